// The OpenAPI document tells every route, and whatever is sent along it or beside it, the server answers without breaking.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from './client.ts';

type JsonSchema = { readonly [key: string]: unknown };

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly schema: JsonSchema }[];
  readonly body: JsonSchema | undefined;
}

let api: TestApi;
let admin: string;
let document: {
  readonly paths: Record<string, Record<string, JsonSchema>>;
  readonly components: { readonly schemas: Record<string, JsonSchema> };
};
let operations: Operation[];

beforeAll(async () => {
  api = await startTestApi();
  admin = await api.signIn('admin');
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

/** Values that fit a schema loosely: right about as often as wrong. */
function valueFor(schema: JsonSchema, depth = 0): fc.Arbitrary<unknown> {
  const wild = fc.oneof(
    odd,
    fc.double(),
    fc.integer(),
    fc.constantFrom(null, true, [], {}),
    fc.object({ maxDepth: 1 }),
  );
  const type = schema.type;
  const fitting = ((): fc.Arbitrary<unknown> => {
    if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum);
    if (type === 'number' || type === 'integer') return fc.oneof(fc.double(), fc.integer());
    if (type === 'object' && depth < 3) {
      const properties = Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>);
      return fc.record(Object.fromEntries(properties.map(([name, inner]) => [name, valueFor(inner, depth + 1)])), {
        requiredKeys: [],
      });
    }
    return fc.oneof(odd, fc.stringMatching(/^[\w.:-]{1,20}$/));
  })();
  return fc.oneof({ weight: 4, arbitrary: fitting }, { weight: 1, arbitrary: wild });
}

function questionTo(operation: Operation) {
  const known = fc.constantFrom('L3.torque', 'L1.weight~CV-2100-CV~3', 'mes', '1.0');
  const inPath = operation.parameters.filter((p) => p.in === 'path');
  const inQuery = operation.parameters.filter((p) => p.in === 'query');
  const record = (parameters: Operation['parameters'], requiredKeys: string[]) =>
    fc.record(Object.fromEntries(parameters.map((p) => [p.name, fc.oneof(known, odd, valueFor(p.schema))])), {
      requiredKeys,
    });
  return fc.record({
    path: record(
      inPath,
      inPath.map((p) => p.name),
    ),
    query: record(inQuery, []),
    body:
      operation.body === undefined
        ? fc.constant(undefined)
        : fc.oneof(
            valueFor(operation.body),
            odd.map((text) => `{${text}`),
          ),
    lastEventId: fc.option(
      odd.map((text) => encodeURIComponent(text.toWellFormed())),
      { nil: undefined },
    ),
  });
}

function encode(value: unknown): string {
  return encodeURIComponent(String(typeof value === 'object' ? JSON.stringify(value) : value).toWellFormed());
}

test('no question, well-formed or not, gets an answer of 5xx', { timeout: 60_000 }, async () => {
  // Signing in is limited per address and would only answer 429 after twenty.
  const limited = new Set(['/api/session', '/login/{token}']);
  for (const operation of operations) {
    const numRuns = limited.has(operation.path) ? 3 : 25;
    await fc.assert(
      fc.asyncProperty(questionTo(operation), async ({ path, query, body, lastEventId }) => {
        let url = operation.path;
        for (const [name, value] of Object.entries(path)) url = url.replace(`{${name}}`, encode(value));
        const search = Object.entries(query).map(([name, value]) => `${encode(name)}=${encode(value)}`);
        const headers = {
          ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
          ...(typeof body === 'string' ? { 'content-type': 'application/json' } : {}),
        };
        const ask = { method: operation.method, cookie: admin, headers, ...(body === undefined ? {} : { body }) };
        const answer = await api.ask(search.length === 0 ? url : `${url}?${search.join('&')}`, ask);
        if (answer.status >= 500) throw new Error(`${operation.method} ${url}: ${answer.status} ${answer.text}`);
        if (answer.status >= 400 && !url.startsWith('/api/measurements/') && operation.method !== 'HEAD') {
          const { code } = (answer.json ?? {}) as { code?: string };
          if (code === undefined)
            throw new Error(`${operation.method} ${url}: ${answer.status} without a code: ${answer.text}`);
        }
        if (operation.path === '/api/session' && operation.method === 'DELETE') admin = await sessionOf('admin');
      }),
      { numRuns, seed: 20_261_124 },
    );
  }
  expect(api.logged.filter((line) => line.startsWith('error'))).toEqual([]);
});

async function sessionOf(role: 'admin'): Promise<string> {
  return `pumjil_session=${await api.plant.users.open({ name: role, role }, 0)}`;
}
