import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { main } from '../main.ts';
import type { Measured } from './bench-measure.ts';
import { type BenchResult, benchVerdict, printBench } from './bench-text.ts';
import type { CommandIo } from './command.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pumjil-bench-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function run(argv: readonly string[], signal = new AbortController().signal) {
  let out = '';
  let err = '';
  const io: CommandIo = {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    env: {},
    cwd: folder,
    isTerminal: false,
    signal,
    ask: async () => undefined,
  };
  return { code: await main(['bench', ...argv], io), out, err };
}

const ROWS: readonly Measured[] = [
  { what: 'kernel', streams: 100, perSecond: 90_000_000, cores: 0.99, working: 1 },
  { what: 'journal', perSecond: 600_000, cores: 0.9, working: 0.8 },
  { what: 'whole_way', streams: 100, perSecond: 20_000, cores: 1, working: 0.9, bytesEach: 50 },
];

function result(rows: readonly Measured[]): BenchResult {
  const machine = { cpu: 'Some CPU', cores: 4, memoryGb: 16, node: '24.0.0' };
  return { machine, folder: '/data', freeBytes: 1e12, rows, verdict: benchVerdict(rows, 1e12) };
}

test('every part is measured on the disk of the data folder, and nothing is left there', async () => {
  writeFileSync(join(folder, 'pumjil.yaml'), 'plant: { language: en }\ndata_dir: ./data/of/plant\n');
  const { code, out, err } = await run(['--seconds', '1', '--json']);
  expect([code, err]).toEqual([0, '']);
  const found = JSON.parse(out) as BenchResult;
  expect(found.rows.map(({ what, streams }) => [what, streams])).toEqual([
    ['kernel', 100],
    ['kernel', 10_000],
    ['kernel', 100_000],
    ...(found.machine.cores > 1 ? [['kernel_all_cores', 10_000]] : []),
    ['decode_json', undefined],
    ['journal_one_by_one', undefined],
    ['journal', undefined],
    ['whole_way', 100],
  ]);
  for (const { perSecond, cores, working } of found.rows) {
    expect(working).toBeGreaterThan(0);
    expect(working).toBeLessThanOrEqual(1);
    expect(perSecond).toBeGreaterThan(1);
    expect(cores).toBeGreaterThan(0);
  }
  const whole = found.rows.at(-1)!;
  expect(found.verdict.carries / whole.perSecond).toBeCloseTo(0.5, 1);
  // A number and its points take some bytes, and not a page each.
  expect(whole.bytesEach).toBeGreaterThan(5);
  expect(whole.bytesEach).toBeLessThan(4096);
  expect(found.folder).toBe(folder);
  expect(readdirSync(folder)).toEqual(['pumjil.yaml']);
}, 60_000);

test('stopped by Ctrl-C, it tells so and leaves nothing', async () => {
  const { code, out, err } = await run([], AbortSignal.abort());
  expect([code, out]).toEqual([1, '']);
  expect(err).toContain('stopped');
  expect(readdirSync(folder)).toEqual([]);
});

test('a wrong command line is told', async () => {
  expect(await run(['--language', 'de'])).toMatchObject({ code: 2, err: expect.stringContaining('ko or en') });
  expect(await run(['--seconds', '0'])).toMatchObject({ code: 2 });
  expect(await run(['-c', 'a.yaml', '--data', 'b'])).toMatchObject({ code: 2 });
  expect(await run(['-c', 'none.yaml', '--language', 'ko'])).toMatchObject({
    code: 1,
    err: expect.stringContaining('CONFIG_UNREADABLE'),
  });
});

test('half of the whole way is what a plant may bring, and the disk says how long it is kept', () => {
  // 1e12 bytes / 50 bytes / 31,536,000 s = 634 values a second.
  expect(benchVerdict(ROWS, 1e12)).toEqual({
    carries: 10_000,
    limit: 'processor',
    perSecondForAYear: 630,
    microseconds: 50,
    isBusy: false,
  });
  const had = (cores: number, working: number) =>
    benchVerdict(
      ROWS.map((row) => ({ ...row, cores, working })),
      1e12,
    );
  expect(had(1, 0.3)).toMatchObject({ limit: 'disk', isBusy: false });
  // Half a core was to be had, and there was always something to do.
  expect(had(0.5, 0.95)).toMatchObject({ limit: 'processor', isBusy: true });
});

test('the table is aligned in either language, Korean letters counting twice', () => {
  for (const [language, unit, sentence] of [
    ['en', 'values/s', /carries a plant of about 10,000 values a second/],
    ['ko', '값/초', /초당 약 10,000개의 값/],
  ] as const) {
    const text = printBench(result(ROWS), language);
    expect(text).toMatch(sentence);
    const rows = text.split('\n').slice(3, 6);
    expect(rows.at(-1)).toContain(`20,000 ${unit}`);
    const widths = rows.map((row) => [...row].reduce((sum, letter) => sum + (letter > '\u1100' ? 2 : 1), 0));
    expect(new Set(widths).size).toBe(1);
  }
  const slow = result(ROWS.map((row) => ({ ...row, cores: 0.8, working: 0.2 })));
  expect(printBench(slow, 'en')).toMatch(/the disk: .*Other programs were busy/s);
  expect(printBench(slow, 'ko')).toMatch(/한계는 디스크.*다른 프로그램/s);
});
