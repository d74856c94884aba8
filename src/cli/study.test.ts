import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { main } from '../main.ts';
import { STUDIES } from '../studies/registry.ts';
import type { CommandIo } from './command.ts';
import { readLines } from './lines.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pumjil-study-'));
  writeFileSync(join(folder, 'in.json'), '{"n":[2]}');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function* chunks(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size);
}

async function run(argv: readonly string[], input?: string): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const io: CommandIo = {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    // Small chunks that cut Korean letters in the middle.
    ...(input === undefined ? {} : { stdin: chunks(input, 7) }),
    env: {},
    cwd: folder,
    isTerminal: false,
    signal: new AbortController().signal,
    ask: async () => undefined,
  };
  return { code: await main(['study', ...argv], io), out, err };
}

test('without a name the studies are listed, one line each, or as JSON', async () => {
  const { code, out } = await run([]);
  expect(code).toBe(0);
  expect(
    out
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[0]),
  ).toEqual(Object.keys(STUDIES));
  expect(JSON.parse((await run(['--json'])).out)).toHaveLength(Object.keys(STUDIES).length);
});

test('a study reads stdin or a file and writes its result as JSON', async () => {
  const piped = await run(['chart-constants', '--json'], '{"n":[2]}');
  expect(piped).toMatchObject({ code: 0, err: '' });
  expect(piped.out.trim()).not.toContain('\n');
  expect(JSON.parse(piped.out).rows[0].d2).toBe(1.1283791670955126);
  const filed = await run(['chart-constants', '--input', 'in.json']);
  expect(JSON.parse(filed.out)).toEqual(JSON.parse(piped.out));
  expect(JSON.parse((await run(['baseline', '--schema'])).out)).toMatchObject({ input: { type: 'object' } });
});

test('part numbers in Korean survive any cut of the stream', async () => {
  const input = { chart: 'short-run', values: [1, 2, 3, 4], part: ['가', '나', '가', '나'], nominal: { 가: 1, 나: 2 } };
  expect(JSON.parse((await run(['control-chart'], JSON.stringify(input))).out).z_by_part.part_mean).toEqual({
    가: 2,
    나: 3,
  });
});

test('a refused input is exit code 1 with field and fix on stderr and nothing on stdout', async () => {
  for (const [input, words] of [
    ['', 'empty'],
    ['{', 'not JSON'],
    ['[1]', 'expected object'],
    ['{"chart":"i-mr"}', 'values'],
    ['{"chart":"i-mr","values":[1,NaN]}', 'not JSON'],
    ['{"chart":"i-mr","values":[1,"a"]}', 'values[1]'],
    ['{"chart":"imr2","values":[1]}', 'expected one of i-mr'],
  ] as const) {
    const { code, out, err } = await run(['control-chart'], input);
    expect([input, code, out]).toEqual([input, 1, '']);
    expect(err).toContain(words);
    expect(err).toContain('STUDY_INPUT');
  }
  expect(await run(['control-chart', '--input', 'none.json'])).toMatchObject({
    code: 1,
    err: expect.stringContaining('none.json'),
  });
});

test('a wrong command line is exit code 2 with the nearest study', async () => {
  expect(await run(['chart-constant'], '{}')).toMatchObject({
    code: 2,
    err: expect.stringContaining('did you mean chart-constants?'),
  });
  expect(await run(['chart-constants'])).toMatchObject({ code: 2, err: expect.stringContaining('no input') });
  expect(await run(['--batch', 'baseline'], '')).toMatchObject({ code: 2 });
  expect(await run(['--schema'])).toMatchObject({ code: 2 });
});

test('a batch answers every line in order, good or bad, and exits 0', async () => {
  const lines = [
    '{"id":"a","study":"chart-constants","input":{"n":[2]}}',
    'not json',
    '',
    '{"id":7,"study":"nonsense","input":{}}',
    '{"id":[8],"input":{}}',
    '{"id":"b","study":"control-chart","input":{"chart":"run","values":[]}}',
    '[]',
    '{"id":"c","study":"d2-star","input":{"pairs":[[2,1]]}}',
  ];
  const { code, out } = await run(['--batch'], lines.join('\n'));
  expect(code).toBe(0);
  const answers = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(answers.map(({ id }) => id)).toEqual(['a', null, 7, [8], 'b', null, 'c']);
  expect(answers.map((each) => each.error?.code ?? 'ok')).toEqual([
    'ok',
    'STUDY_INPUT',
    'STUDY_UNKNOWN',
    'STUDY_INPUT',
    'STUDY_INPUT',
    'STUDY_INPUT',
    'ok',
  ]);
  expect(answers[4].error).toMatchObject({ field: 'values' });
});

test('lines come whole, with either line end, and one that is too long as undefined', async () => {
  const found: (string | undefined)[] = [];
  for await (const line of readLines(chunks('가나\r\n0123456789012\n\nlast', 3), 10)) found.push(line);
  expect(found).toEqual(['가나', undefined, '', 'last']);
});
