// The JSON Schema says what loadPlan says: every example passes it, and a mistyped key does not.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { type ZodType, z } from 'zod';
import { loadComponents } from '../../src/cli/load.ts';
import { configJsonSchema } from '../../src/config/json-schema.ts';
import { readYaml } from '../../src/config/yaml.ts';

const examples = join(import.meta.dirname, '..', '..', 'examples');
let json: Record<string, unknown>;
let schema: ZodType;
beforeAll(async () => {
  json = await configJsonSchema(await loadComponents());
  schema = z.fromJSONSchema(json as Parameters<typeof z.fromJSONSchema>[0]);
});

for (const name of readdirSync(examples).filter((each) => each.endsWith('.yaml'))) {
  test(`examples/${name} passes the JSON Schema`, () => {
    const { value } = readYaml(readFileSync(join(examples, name), 'utf8'));
    expect(schema.safeParse(value).error?.issues ?? []).toEqual([]);
  });
}

test('a mistyped key, a wrong kind and a bad rule sentence do not pass it', () => {
  const base = { plant: { id: 'a' } };
  expect(schema.safeParse(base).success).toBe(true);
  expect(schema.safeParse({ ...base, plnt: {} }).success).toBe(false);
  expect(schema.safeParse({ ...base, adapters: { a: { use: 'modbuss', host: 'h', tags: {} } } }).success).toBe(false);
  expect(schema.safeParse({ ...base, adapters: { a: { use: 'http', token: 'x'.repeat(20), tokn: 1 } } }).success).toBe(
    false,
  );
  const rules = (sentence: string) => ({
    ...base,
    characteristics: { c: { from: 'a/b', rules: { add: { X: sentence } } } },
  });
  expect(schema.safeParse(rules('2 of 3 beyond 2 sigma')).success).toBe(true);
  expect(schema.safeParse(rules('two of three')).success).toBe(false);
});

test('every setting of every adapter and chart is described', () => {
  const text = JSON.stringify(json);
  const { adapters } = json.properties as {
    adapters: { additionalProperties: { oneOf: { properties: { use: { const: string } } }[] } };
  };
  expect(adapters.additionalProperties.oneOf.map((each) => each.properties.use.const)).toEqual(
    [...adapters.additionalProperties.oneOf.map((each) => each.properties.use.const)].sort(),
  );
  for (const kind of ['modbus', 'opcua', 'mqtt', 'http', 'file', 'ewma', 'xbar-s'])
    expect(text).toContain(`"const":"${kind}"`);
});
