// JSON Schema of pumjil.yaml: editors complete and check with it, forms are drawn from it.
import { type ZodType, z } from 'zod';
import type { Adapter } from '../component.ts';
import type { Components } from './components.ts';
import { fileSchema } from './schema.ts';

type Json = Record<string, unknown>;

const VARIABLE = '\\$\\{[A-Za-z_][A-Za-z0-9_]*\\}';

/** Where editors find the schema: the `$id` of the document. */
export const SCHEMA_ID = 'urn:pumjil:config:1';

/**
 * The schema of the whole file (draft 2020-12), with the settings of every adapter and chart of this installation by their `use`.
 * Imports all adapters.
 */
export async function configJsonSchema(components: Components): Promise<Json> {
  const adapters: [string, Adapter][] = [];
  for (const [name, component] of [...components.adapters].sort(byName)) adapters.push([name, await component.load()]);
  const schema = toJson(fileSchema);
  const properties = schema.properties as Record<string, Json>;
  const adapterMap = properties.adapters;
  if (adapterMap !== undefined) {
    const kinds = adapters.map(([name, adapter]) => withUse(name, adapter.settings));
    adapterMap.additionalProperties = allowVariables({ oneOf: kinds });
  }
  if (properties.history !== undefined) properties.history = allowVariables(properties.history) as Json;
  const characteristic = properties.characteristics?.additionalProperties as Json | undefined;
  const own = characteristic?.properties as Record<string, Json> | undefined;
  if (own !== undefined) {
    const charts = [...components.charts].sort(byName);
    own.chart = {
      description: own.chart?.description ?? '',
      anyOf: [
        { type: 'string', enum: charts.map(([name]) => name) },
        { oneOf: charts.map(([name, chart]) => withUse(name, chart.settings)) },
      ],
    };
    restrictSets(own.rules, [...components.ruleSets.keys()].sort());
  }
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', $id: SCHEMA_ID, title: 'pumjil.yaml', ...schema };
}

function toJson(schema: ZodType): Json {
  // Both sides are plain JSON Schema.
  const { $schema: _draft, ...json } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    cycles: 'ref',
    reused: 'inline',
  }) as Json;
  return json;
}

// The settings of one component together with the word that chooses it.
function withUse(name: string, settings: ZodType): Json {
  const schema = toJson(settings);
  const use = { const: name, description: `Kind: ${name}.` };
  if (schema.type !== 'object') {
    return { allOf: [{ type: 'object', required: ['use'], properties: { use } }, schema] };
  }
  const required = Array.isArray(schema.required) ? schema.required : [];
  return { ...schema, properties: { use, ...(schema.properties as Json | undefined) }, required: ['use', ...required] };
}

// A text that an environment variable fills in has not the form of the final text.
function allowVariables(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(allowVariables);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, allowVariables(value)])) as Json;
  const { type, pattern, format, minLength } = inner;
  const isTight = pattern !== undefined || format !== undefined || (typeof minLength === 'number' && minLength > 1);
  if (type !== 'string' || !isTight) return inner;
  const { description, examples, ...own } = inner;
  const notes = {
    ...(description === undefined ? {} : { description }),
    ...(examples === undefined ? {} : { examples }),
  };
  return { ...notes, anyOf: [own, { type: 'string', pattern: VARIABLE }] };
}

function restrictSets(rules: Json | undefined, sets: readonly string[]): void {
  const forms = rules?.anyOf;
  if (!Array.isArray(forms) || sets.length === 0) return;
  for (const form of forms as Json[]) {
    const target = form.type === 'string' ? form : (form.properties as Record<string, Json> | undefined)?.use;
    if (target !== undefined) target.enum = sets;
  }
}

function byName(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0;
}
