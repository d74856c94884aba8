import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { defineAdapter } from '../component.ts';
import type { ChartComponent, Components } from './components.ts';
import { loadPlan } from './load.ts';
import type { Plan } from './plan.ts';
import { printProblem, problemsOf } from './problem.ts';

// Small components of the test's own, so that these tests say nothing about any real adapter.
const press = defineAdapter({
  settings: z.strictObject({
    host: z.string().describe('Host.'),
    port: z.int().min(1).default(502),
    password: z.string().min(3).optional(),
    pin: z.string().optional().meta({ secret: true }),
    token: z.string().optional().meta({ secret: false }),
    certificate: z.string().optional().meta({ path: true }),
    tags: z.record(z.string(), z.strictObject({ address: z.int().min(0) })).default({}),
  }),
  async probe() {},
  async *collect() {},
  tags: (settings) => Object.keys(settings.tags),
});
const chart = (kind: 'variables' | 'attributes'): ChartComponent => ({
  settings: z.strictObject({ width: z.number().default(3) }),
  lanes: ['x'],
  kind,
  ...(kind === 'attributes' ? { unitSigma: Math.sqrt } : {}),
});
const components: Components = {
  adapters: new Map([['press', { load: async () => press }]]),
  charts: new Map([
    ['i-mr', { ...chart('variables'), maxSize: 1 }],
    ['xbar-s', { ...chart('variables'), minSize: 2 }],
    ['p', { ...chart('attributes'), unitSigma: (c) => Math.sqrt(c * (1 - c)) }],
    ['u', chart('attributes')],
  ]),
  ruleSets: new Map([
    ['standard', { N1: '1 of 1 beyond 3 sigma', N2: '9 of 9 beyond 0 sigma on one side' }],
    ['three', { A: '1 of 1 beyond 3 sigma', B: '6 of 6 trending', C: '14 of 14 alternating' }],
  ]),
};
const HEAD = `plant: { id: a }
adapters:
  one: { use: press, host: h, tags: { x: { address: 1 }, ng: { address: 2 }, total: { address: 3 } } }
`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pumjil-load-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const load = (text: string, env: Record<string, string> = {}): Promise<Plan> =>
  loadPlan({ text, folder, components, env });
async function mistakes(text: string, env: Record<string, string> = {}): Promise<string[]> {
  const error: unknown = await load(text, env).then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (error !== undefined && problemsOf(error).length === 0) throw error;
  return problemsOf(error).map((problem) => printProblem('f', problem).split('\n')[0] ?? '');
}
const characteristic = async (settings: string) =>
  (await load(`${HEAD}characteristics:\n  c: ${settings}\n`)).characteristics[0];

test('a plant with nothing but an id gets every default', async () => {
  expect(await load('plant: { id: a }')).toEqual({
    plant: {
      id: 'a',
      name: { ko: 'a', en: 'a' },
      timezone: 'Asia/Seoul',
      language: 'ko',
      size: 'small',
      industry: 'machinery_electronics',
    },
    server: { host: '127.0.0.1', port: 8080 },
    data_dir: resolve(folder, 'data'),
    history: { use: 'embedded' },
    journal: { max_gb: 20, keep_days: 7, when_full: 'stop' },
    lateness_ms: 2000,
    shifts: [],
    adapters: [],
    characteristics: [],
  });
});

test('a characteristic with nothing but its tag gets every default', async () => {
  expect(await characteristic('{ from: one/x }')).toEqual({
    id: 'c',
    name: { ko: 'c', en: 'c' },
    unit: '',
    class: 'standard',
    line: '',
    station: 'one',
    from: { tag: 'one/x' },
    context: {},
    split_by: [],
    spec: {},
    by_part: {},
    plausible: {},
    sample: { take: 1, of: 1 },
    subgroup: { size: 1, close_on: [], partial: 'judge' },
    chart: { use: 'i-mr', width: 3 },
    rules: [
      { id: 'N1', sentence: '1 of 1 beyond 3 sigma' },
      { id: 'N2', sentence: '9 of 9 beyond 0 sigma on one side' },
    ],
    limits: { baseline: 25 },
  });
});

test('a name in one language serves for both', async () => {
  expect((await characteristic('{ from: one/x, name: 쿠션 }'))?.name).toEqual({ ko: '쿠션', en: '쿠션' });
  expect((await characteristic('{ from: one/x, name: { en: Cushion } }'))?.name).toEqual({
    ko: 'Cushion',
    en: 'Cushion',
  });
});

test('the size of a subgroup follows from the chart where none is written', async () => {
  expect((await characteristic('{ from: one/x, chart: xbar-s }'))?.subgroup.size).toBe(5);
  expect(
    (await characteristic('{ from: one/x, chart: { use: xbar-s, width: 2 }, subgroup: { size: 3 } }'))?.subgroup.size,
  ).toBe(3);
});

test('counts get a p chart, and without a size only time or a key closes their subgroup', async () => {
  const counted = await characteristic(
    '{ from: { count: one/ng, inspected: one/total }, by: defect, subgroup: { every_s: 60, partial: discard } }',
  );
  expect(counted?.chart.use).toBe('p');
  expect(counted?.from).toEqual({ count: 'one/ng', inspected: 'one/total', counter: 'per_record' });
  expect(counted?.split_by).toEqual(['defect']);
  expect(counted?.subgroup.size).toBeGreaterThan(100_000);
  expect(counted?.subgroup.partial).toBe('judge');
  expect((await characteristic('{ from: { count: one/ng, inspected: one/total } }'))?.subgroup.size).toBe(1);
});

test('typed limits of counts need no sigma: binomial for p, Poisson for u', async () => {
  const from = 'from: { count: one/ng, inspected: one/total }';
  // sqrt(0.2 * 0.8) = 0.4; sqrt(2.25) = 1.5
  const p = (await characteristic(`{ ${from}, limits: { centre: 0.2 } }`))?.limits;
  expect(p).toEqual({ centre: 0.2, sigma: expect.closeTo(0.4, 12) });
  expect((await characteristic(`{ ${from}, chart: u, limits: { centre: 2.25 } }`))?.limits).toEqual({
    centre: 2.25,
    sigma: 1.5,
  });
});

test('rules are the set, less what is switched off, plus what is added', async () => {
  const rules = (
    await characteristic(
      '{ from: one/x, rules: { use: three, without: [B], add: { X1: "2 of 3 beyond 2 sigma on one side" } } }',
    )
  )?.rules;
  expect(rules?.map((rule) => rule.id)).toEqual(['A', 'C', 'X1']);
});

test('environment variables are filled in, files hold secrets, paths start at the file', async () => {
  writeFileSync(join(folder, 'pw'), 'geheim\n');
  const plan = await load(
    `plant: { id: a }\nadapters:\n  one: { use: press, host: "\${HOST}.local", password: "file:pw", pin: "\${PIN}", token: "$\${X}", certificate: certs/a.pem }\n`,
    { HOST: 'plc3', PIN: '12' },
  );
  expect(plan.adapters[0]?.settings).toEqual({
    host: 'plc3.local',
    port: 502,
    password: 'geheim',
    pin: '12',
    token: `\${X}`,
    certificate: resolve(folder, 'certs', 'a.pem'),
    tags: {},
  });
});

test('secrets by name, by the schema, inside an address and as a key block are refused, and never shown', async () => {
  const found = await mistakes(`plant: { id: a }
adapters:
  one:
    use: press
    host: "mqtt://u:hunter2@h"
    password: hunter2
    pin: hunter2
    token: harmless
    certificate: "-----BEGIN PRIVATE KEY----- hunter2"
`);
  expect(found).toEqual([
    'f:5:11 adapters.one.host: a secret must not stand in this file',
    'f:6:15 adapters.one.password: a secret must not stand in this file',
    'f:7:10 adapters.one.pin: a secret must not stand in this file',
    'f:9:18 adapters.one.certificate: a secret must not stand in this file',
  ]);
});

test('a tag may be called password: it is a name, not a setting', async () => {
  expect(
    await mistakes('plant: { id: a }\nadapters:\n  one: { use: press, host: h, tags: { password: { address: 1 } } }\n'),
  ).toEqual([]);
});

test('a secret that fails its check is not shown', async () => {
  expect(
    await mistakes(`plant: { id: a }\nadapters:\n  one: { use: press, host: h, password: "\${PW}" }\n`, { PW: 'ab' }),
  ).toEqual(['f:3:41 adapters.one.password: must have at least 3 characters']);
});

test('a variable that is not set is told once, not again by the schema', async () => {
  expect(await mistakes(`plant: { id: a }\nadapters:\n  one: { use: press, host: h, password: "\${PW}" }\n`)).toEqual([
    'f:3:41 adapters.one.password: the environment variable PW is not set',
  ]);
});

test('a part tag that nearly is one of the adapter is a mistake, one that is not there yet is none', async () => {
  expect(
    await mistakes(`${HEAD}characteristics:\n  c: { from: one/x, part: one/part_no, context: { a: one/totl } }\n`),
  ).toEqual(['f:5:54 characteristics.c.context.a: the adapter one has no tag "totl"; did you mean total?']);
});

test('a broken setting does not hide mistakes in its neighbours', async () => {
  const found = await mistakes(
    `${HEAD}characteristics:\n  c: { from: one/y, class: 3, context: { lot: two/a, tool: 7 }, rules: nix }\n`,
  );
  expect(found).toEqual([
    'f:5:14 characteristics.c.from: the adapter one has no tag "y"',
    'f:5:28 characteristics.c.class: 3 is not allowed',
    'f:5:47 characteristics.c.context.lot: there is no adapter "two"',
    'f:5:60 characteristics.c.context.tool: expected a text, found 7',
    'f:5:72 characteristics.c.rules: there is no rule set "nix"',
  ]);
});

test('a missing file, a folder and a file that is not UTF-8 are told apart', async () => {
  const code = (path: string) =>
    loadPlan({ path, components, env: {} }).catch(
      (error: { code: string; message: string }) => `${error.code} ${error.message}`,
    );
  expect(await code(join(folder, 'none.yaml'))).toMatch(/CONFIG_UNREADABLE .*does not exist/);
  expect(await code(folder)).toMatch(/CONFIG_UNREADABLE .*is a folder/);
  // 한 in CP949
  writeFileSync(join(folder, 'ansi.yaml'), Buffer.from([0x61, 0x3a, 0x20, 0xc7, 0xd1]));
  expect(await code(join(folder, 'ansi.yaml'))).toMatch(/CONFIG_INVALID .*not UTF-8/);
  writeFileSync(join(folder, 'big.yaml'), `# ${'x'.repeat(4 * 1024 * 1024)}`);
  expect(await code(join(folder, 'big.yaml'))).toMatch(/CONFIG_INVALID .*larger than 4 MB/);
});

test('whatever text it is given, loading either gives a plan or CONFIG_INVALID with problems in the file', async () => {
  const word = fc.constantFrom(
    'plant',
    'id',
    'adapters',
    'use',
    'press',
    'from',
    'characteristics',
    'chart',
    'rules',
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    '- ',
    '\n',
    '\n  ',
    '"',
    "'",
    '&a',
    '*a',
    `\${X}`,
    '!t',
    '#',
    '|',
    '3',
    '~',
    '__proto__',
    '<<',
  );
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.string({ unit: 'grapheme' }),
        fc.array(word, { maxLength: 30 }).map((words) => words.join(' ')),
      ),
      async (text) => {
        const lines = text.split('\n').length;
        const error: unknown = await load(text).then(
          () => undefined,
          (caught: unknown) => caught,
        );
        if (error === undefined) return;
        expect(error).toMatchObject({ code: 'CONFIG_INVALID' });
        expect(problemsOf(error).length).toBeGreaterThan(0);
        for (const problem of problemsOf(error)) {
          expect(problem.line).toBeGreaterThanOrEqual(1);
          expect(problem.line).toBeLessThanOrEqual(lines + 1);
        }
      },
    ),
    { numRuns: 300 },
  );
  expect(({} as Record<string, unknown>).use).toBeUndefined();
});
