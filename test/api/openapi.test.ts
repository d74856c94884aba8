// The OpenAPI document tells every route, and whatever is sent along it or beside it, the server answers without breaking.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from './client.ts';

type JsonSchema = { readonly [key: string]: unknown };

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly schema: JsonSchema;
    readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
  }[];
  readonly body: JsonSchema | undefined;
}

let api: TestApi;
let admin: string;
let document: {
  readonly paths: Record<string, Record<string, JsonSchema>>;
  readonly components: { readonly schemas: Record<string, JsonSchema> };
};
let operations: Operation[];
let alarmIds: readonly string[];

beforeAll(async () => {
  api = await startTestApi();
  admin = await api.signIn('admin');
  alarmIds = (await api.plant.alarms({ limit: 5 })).map((alarm) => alarm.id);
  document = (await api.ask('/api/openapi.json', { cookie: admin })).json as typeof document;
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Operation => {
      const content = (operation.requestBody as { content?: JsonSchema } | undefined)?.content;
      const json = content?.['application/json'] as { schema?: JsonSchema } | undefined;
      const parameters = (operation.parameters ?? []) as Operation['parameters'];
      return { method: method.toUpperCase(), path, parameters, body: json?.schema };
    }),
  );
});
afterAll(() => api.close());

test('the document has every route but the pages of the dashboards, each with its access', () => {
  const inDocument = new Set(operations.map((o) => `${o.method} ${o.path}`));
  for (const { method, url, access } of api.routes) {
    if (url === '/*' || method === 'HEAD') continue;
    const path = url.replace(/:(\w+)/g, '{$1}');
    expect([...inDocument]).toContain(`${method} ${path}`);
    expect([url, document.paths[path]![method.toLowerCase()]!['x-access']]).toEqual([url, access]);
  }
});

test('answers are named schemas, and every reference leads to one', () => {
  const references = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map((m) => m[1]!);
  expect(references.length).toBeGreaterThan(20);
  for (const name of new Set(references)) expect(document.components.schemas).toHaveProperty([name]);
  for (const name of ['Stream', 'Point', 'Alarm', 'Event', 'Health', 'Diagnosis', 'LiveMessage'])
    expect(document.components.schemas).toHaveProperty([name]);
});

/** Strings that have broken servers before. */
const odd = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '',
    ' ',
    '0',
    '-1',
    '1e308',
    '1e309',
    'NaN',
    'null',
    '__proto__',
    'constructor',
    '../..',
    "' or 1=1 --",
    '\u0000',
    '\ud800',
    '한글',
    '9'.repeat(40),
    'L3.torque',
    'mes',
  ),
);

/** Values that mostly fit a schema, and now and then do not. */
function valueFor(schema: JsonSchema, depth = 0): fc.Arbitrary<unknown> {
  const wild = fc.oneof(
    odd,
    fc.double(),
    fc.integer(),
    fc.constantFrom(null, true, [], {}),
    fc.object({ maxDepth: 1 }),
  );
  return fc.oneof({ weight: 8, arbitrary: fittingValue(schema, depth) }, { weight: 1, arbitrary: wild });
}

function fittingValue(schema: JsonSchema, depth: number): fc.Arbitrary<unknown> {
  if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum);
  if (Array.isArray(schema.examples)) return fc.constantFrom(...schema.examples);
  if (Array.isArray(schema.anyOf))
    return fc.oneof(...schema.anyOf.map((each: JsonSchema) => valueFor(each, depth + 1)));
  if (typeof schema.pattern === 'string') return fc.stringMatching(new RegExp(schema.pattern));
  if (schema.type === 'integer') return fc.oneof(fc.nat(), fc.integer());
  if (schema.type === 'number') return fc.oneof(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), fc.double());
  if (schema.type === 'object' && depth < 3) {
    const properties = Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>);
    const fields = Object.fromEntries(properties.map(([name, inner]) => [name, valueFor(inner, depth + 1)]));
    const all = properties.map(([name]) => name);
    const lacking = fc.record(fields, { requiredKeys: all.slice(1) });
    const whole = { weight: 4, arbitrary: fc.record(fields) };
    const required = (schema.required ?? []) as readonly string[];
    if (required.length === all.length) return fc.oneof(whole, lacking);
    return fc.oneof(whole, lacking, { weight: 3, arbitrary: fc.record(fields, { requiredKeys: [...required] }) });
  }
  return fc.oneof(fc.stringMatching(/^[\w.:-]{1,20}$/), fc.stringMatching(/^[\w.:-]{1,20}$/), odd);
}

/** Query parameters arrive as text: numbers of every size mostly, words sometimes. */
function queryValue(name: string, schema: JsonSchema): fc.Arbitrary<unknown> {
  const ms = fc.oneof(
    fc.constantFrom(0, api.plant.nowMs(), api.plant.nowMs() - 3_600_000),
    fc.integer(),
    fc.double({ noNaN: true }),
  );
  const counts = fc.oneof(fc.integer({ min: 10, max: 5000 }), fc.integer());
  const fitting =
    name === 'max' || name === 'limit' || name === 'after'
      ? counts
      : name === 'from' || name === 'to'
        ? ms
        : valueFor(schema);
  return fc.oneof({ weight: 6, arbitrary: fitting }, { weight: 1, arbitrary: odd });
}

/** The document moves the examples of a parameter out of its schema. */
function schemaOf({ schema, examples }: Operation['parameters'][number]): JsonSchema {
  return examples === undefined ? schema : { ...schema, examples: Object.values(examples).map(({ value }) => value) };
}

function questionTo(operation: Operation) {
  const isAlarm = operation.path.startsWith('/api/alarms');
  const known = isAlarm ? fc.constantFrom(...alarmIds) : fc.constantFrom(...api.plant.streams().map((s) => s.id));
  const adapter = fc.constantFrom('mes', 'mes', 'press3');
  const study = fc.constantFrom('chart-constants', 'chart-constants', 'control-chart', 'baseline');
  const inPath = operation.parameters.filter((p) => p.in === 'path');
  const inQuery = operation.parameters.filter((p) => p.in === 'query');
  const pathValue = (name: string) =>
    fc.oneof(
      { weight: 5, arbitrary: name === 'adapter' ? adapter : name === 'name' ? study : known },
      { weight: 1, arbitrary: odd },
    );
  const text = odd.map((word) => `{${word}`);
  return fc.record({
    path: fc.record(Object.fromEntries(inPath.map((p) => [p.name, pathValue(p.name)]))),
    query: fc.record(Object.fromEntries(inQuery.map((p) => [p.name, queryValue(p.name, schemaOf(p))])), {
      requiredKeys: [],
    }),
    body:
      operation.body === undefined
        ? fc.constant(undefined)
        : fc.oneof({ weight: 6, arbitrary: valueFor(operation.body) }, { weight: 1, arbitrary: text }),
    headers: fc.record(
      {
        'last-event-id': fc.oneof(
          fc.nat().map(String),
          odd.map((word) => encodeURIComponent(word.toWellFormed())),
        ),
        authorization: fc.constantFrom('Bearer mes-token', 'Bearer x', 'Basic eDp5'),
      },
      { requiredKeys: [] },
    ),
  });
}

function encode(value: unknown): string {
  return encodeURIComponent(String(typeof value === 'object' ? JSON.stringify(value) : value).toWellFormed());
}

test('no question, well-formed or not, gets an answer of 5xx; every kind of answer occurs', {
  timeout: 60_000,
}, async () => {
  // Signing in is limited per address and would only answer 429 after twenty.
  const limited = new Set(['/api/session', '/login/{token}']);
  const seen = new Map<string, number>();
  for (const operation of operations) {
    const isPlain = operation.parameters.length === 0 && operation.body === undefined && operation.path !== '/api/live';
    const numRuns = limited.has(operation.path) || isPlain ? 3 : 30;
    await fc.assert(
      fc.asyncProperty(questionTo(operation), async ({ path, query, body, headers }) => {
        let url = operation.path;
        for (const [name, value] of Object.entries(path)) url = url.replace(`{${name}}`, encode(value));
        const search = Object.entries(query).map(([name, value]) => `${encode(name)}=${encode(value)}`);
        if (search.length > 0) url += `?${search.join('&')}`;
        const type = typeof body === 'string' ? { 'content-type': 'application/json' } : {};
        const ask = { method: operation.method, cookie: admin, headers: { ...headers, ...type } };
        const answer = await api.ask(url, body === undefined ? ask : { ...ask, body });
        const kind = `${operation.method} ${operation.path} ${answer.status}`;
        seen.set(kind, (seen.get(kind) ?? 0) + 1);
        if (answer.status >= 500) throw new Error(`${kind}: ${url} ${answer.text}`);
        const { code } = (answer.json ?? {}) as { code?: string };
        if (answer.status >= 400 && code === undefined)
          throw new Error(`${kind} without a code: ${url} ${answer.text}`);
        if (operation.path === '/api/session' && operation.method === 'DELETE') admin = await sessionOfAdmin();
      }),
      { numRuns, seed: 20_261_124 },
    );
  }
  expect(api.logged.filter((line) => line.startsWith('error'))).toEqual([]);
  // The questions are neither all right nor all wrong.
  for (const { method, path } of operations) {
    if (limited.has(path)) continue;
    expect([
      path,
      [...seen.keys()].some((kind) => /20\d$/.test(kind) && kind.startsWith(`${method} ${path} `)),
    ]).toEqual([path, true]);
  }
  expect([...seen].filter(([kind]) => kind.endsWith('400')).length).toBeGreaterThan(12);
});

async function sessionOfAdmin(): Promise<string> {
  return `pumjil_session=${await api.plant.users.open({ name: 'admin', role: 'admin' }, 0)}`;
}
