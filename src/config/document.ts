// Reference tables for the documentation, made from the schemas and the catalogue so that they cannot fall behind.
import { type ZodType, z } from 'zod';
import { ERROR_CATALOGUE } from '../errors.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * All settings of a schema as a Markdown table: one line a setting, nested ones by their path.
 *
 * @param base what stands before each path, for instance `plant`
 */
export function settingsTable(schema: ZodType, base = ''): string {
  // Both sides are plain JSON Schema.
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', cycles: 'ref', reused: 'inline' }) as Json;
  const rows = rowsOf(json, base, true).map(
    ({ path, form, fallback, meaning }) => `| \`${path}\` | ${cell(form)} | ${cell(fallback)} | ${cell(meaning)} |`,
  );
  return ['| Setting | Form | Default | Meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

/** The catalogue of errors as Markdown, by area. */
export function errorDocument(): string {
  const areas = new Map<string, string[]>();
  for (const [code, { en, ko }] of Object.entries(ERROR_CATALOGUE).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const area = code.slice(0, code.indexOf('_'));
    const rows = areas.get(area) ?? [];
    rows.push(`| \`${code}\` | ${cell(en)} | ${cell(ko)} |`);
    areas.set(area, rows);
  }
  const sections = [...areas].map(
    ([area, rows]) => `## ${area}\n\n| Code | Meaning | 뜻 |\n| --- | --- | --- |\n${rows.join('\n')}\n`,
  );
  return `# Errors

Every error of Pumjil carries one of these codes, a message that says what happened to which id, and a hint that says what to do next.
The command line prints all three, the API answers them as \`{ code, message, hint }\`, and the health page shows them for each adapter.
A code never changes its meaning and is never used again for another. This page is made from \`src/errors.ts\`.

${sections.join('\n')}`;
}

interface Row {
  readonly path: string;
  readonly form: string;
  readonly fallback: string;
  readonly meaning: string;
}

function rowsOf(schema: Json, path: string, isRoot: boolean): Row[] {
  const own = isRoot ? [] : [rowOf(schema, path)];
  return [...own, ...childRows(schema, path)];
}

function childRows(schema: Json, path: string): Row[] {
  const rows: Row[] = [];
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  for (const [key, child] of Object.entries((schema.properties ?? {}) as Record<string, Json>)) {
    const found = rowsOf(child, path === '' ? key : `${path}.${key}`, false);
    const [first, ...rest] = found;
    if (first === undefined) continue;
    rows.push(required.has(key) ? { ...first, fallback: 'required' } : first, ...rest);
  }
  const values = schema.additionalProperties as Json | boolean | undefined;
  if (typeof values === 'object' && Object.keys(values).length > 0 && schema.properties === undefined)
    rows.push(...childRows(values, `${path}.<name>`));
  if (schema.items !== undefined) rows.push(...childRows(schema.items as Json, `${path}[]`));
  const seen = new Set<string>();
  for (const option of optionsOf(schema)) {
    for (const row of childRows(option, path)) {
      if (!seen.has(row.path)) rows.push(row);
      seen.add(row.path);
    }
  }
  return rows;
}

function rowOf(schema: Json, path: string): Row {
  const { default: fallback } = schema;
  return {
    path,
    form: formOf(schema),
    fallback:
      fallback === undefined || isGroup(fallback)
        ? ''
        : `\`${typeof fallback === 'string' && fallback !== '' ? fallback : JSON.stringify(fallback)}\``,
    meaning: typeof schema.description === 'string' ? schema.description : '',
  };
}

function formOf(schema: Json): string {
  const options = optionsOf(schema);
  if (options.length > 0) return [...new Set(options.map(formOf))].join(' or ');
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  if (Array.isArray(schema.enum)) return schema.enum.map((each) => `\`${String(each)}\``).join(', ');
  if (schema.type === 'array') return `list of: ${formOf((schema.items ?? {}) as Json)}`;
  if (schema.type === 'object') {
    const values = schema.additionalProperties as Json | boolean | undefined;
    return schema.properties === undefined && typeof values === 'object' ? `name → ${formOf(values)}` : 'group';
  }
  if (schema.type === 'string') return 'text';
  if (schema.type === 'boolean') return 'true or false';
  if (schema.type !== 'number' && schema.type !== 'integer') return '';
  return `${schema.type === 'integer' ? 'whole number' : 'number'}${rangeOf(schema)}`;
}

function rangeOf(schema: Json): string {
  const shown = (limit: unknown): number | undefined =>
    typeof limit === 'number' && Math.abs(limit) < Number.MAX_SAFE_INTEGER ? limit : undefined;
  const least = shown(schema.minimum);
  const above = shown(schema.exclusiveMinimum);
  const most = shown(schema.maximum);
  const low = least !== undefined ? `${least}` : above !== undefined ? `above ${above}` : undefined;
  if (low !== undefined && most !== undefined) return `, ${low} to ${most}`;
  if (low !== undefined) return least === undefined ? `, ${low}` : `, at least ${low}`;
  return most === undefined ? '' : `, at most ${most}`;
}

function optionsOf(schema: Json): readonly Json[] {
  const options = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  return Array.isArray(options) ? options : [];
}

function isGroup(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
