// Walks a zod schema as JSON Schema, where descriptions are plain keys.
import { type ZodType, z } from 'zod';

interface JsonSchema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema | boolean;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
}

/** Paths of the settings that have no description, for instance `tags.*.address`. */
export function undescribed(settings: ZodType): string[] {
  const root = z.toJSONSchema(settings, { io: 'input', unrepresentable: 'any', reused: 'inline' }) as JsonSchema;
  const missing = new Set<string>();
  visit(root, '');
  return [...missing].sort();

  function visit(schema: JsonSchema, path: string): void {
    for (const [key, value] of Object.entries(schema.properties ?? {})) {
      const here = path === '' ? key : `${path}.${key}`;
      if (!value.description) missing.add(here);
      visit(value, here);
    }
    if (typeof schema.additionalProperties === 'object') visit(schema.additionalProperties, `${path}.*`);
    if (typeof schema.items === 'object') visit(schema.items, `${path}[]`);
    for (const part of [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])]) visit(part, path);
  }
}
