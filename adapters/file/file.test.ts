import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type TestContext, testContext } from '../../test/contract/context.ts';
import { type Supervised, supervise } from '../../test/contract/supervise.ts';
import { globMatcher } from './folder.ts';
import file from './index.ts';

let folder: string;
let context: TestContext;
let running: Supervised | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pumjil-file-'));
  context = testContext('cmm');
});

afterEach(async () => {
  await running?.stop();
  running = undefined;
  context.dispose();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

function start(settings: object, options: { acknowledge?: boolean } = {}): Supervised {
  const whole = { folder, every_ms: 20, stable_ms: 0, ...settings };
  running = supervise(file, file.settings.parse(whole), context, options);
  return running;
}

const BORE = { mapping: { time: '일시', part: '품번', value: { bore: '내경' } }, timezone: 'Asia/Seoul' };

test('a CP949 file with Korean headers gives values, part numbers and times', async () => {
  // 일시,품번,내경 / 똠방 needs the syllables that plain EUC-KR lacks; bytes from Python's cp949 codec.
  const bytes = Buffer.from(
    'c0cfbdc32cc7b0b9f82cb3bbb0e60d0a323032362d30332d30322030383a30303a30302c8c63b9e6352c32322e3031350d0a',
    'hex',
  );
  await writeFile(join(folder, 'a.csv'), bytes);
  const { rows, until } = start(BORE);
  await until('the row', () => rows.length === 1);
  expect(rows[0]).toMatchObject({
    tag: 'bore',
    value: 22.015,
    quality: 0,
    timeMs: Date.UTC(2026, 2, 1, 23),
    context: { part: '똠방5' },
  });
  await until('done', () => existsSync(join(folder, 'done', 'a.csv')));
});

test('byte order marks, semicolons, decimal commas, lines above the header and empty cells are read', async () => {
  const text =
    '\uFEFFMessprotokoll;\r\n일시;품번;내경;비고\r\n2026-03-02 08:00:00;A;"22,5";x\r\n2026-03-02 08:00:01;A;;\r\n';
  await writeFile(join(folder, 'a.csv'), text);
  await writeFile(join(folder, 'b.csv'), Buffer.from(`\uFEFF${text.slice(1).replace('22,5', '22,6')}`, 'utf16le'));
  const { rows, until } = start({ ...BORE, decimal: ',', header_line: 2 });
  await until('both files', () => rows.length === 2);
  expect(rows.map((row) => row.value)).toEqual([22.5, 22.6]);
});

test('a word in a value column is a bad value, not a zero and not a rejected file', async () => {
  await writeFile(
    join(folder, 'a.csv'),
    '일시,품번,내경\n1772440215000,A,ERR\n1772440216000,A,0x10\n1772440217000,A,22\n',
  );
  const { rows, until } = start(BORE);
  await until('three rows', () => rows.length === 3);
  expect(rows.map((row) => [row.value, row.quality, row.reason])).toEqual([
    [Number.NaN, 2, 'not_a_number'],
    [Number.NaN, 2, 'not_a_number'],
    [22, 0, undefined],
  ]);
});

test('a file with one bad line is rejected whole, each mistake with its line', async () => {
  const lines = [
    '일시,품번,내경',
    '1772440215000,A,22.1',
    '"yesterday",A,22.2',
    '1772440217000,A,22.3,extra',
    '1772440218000,A,22.4',
  ];
  await writeFile(join(folder, 'bad.csv'), lines.join('\n'));
  await writeFile(join(folder, 'good.csv'), lines.filter((_, i) => i !== 2 && i !== 3).join('\n'));
  const { rows, until } = start(BORE);
  await until('the good file', () => rows.length === 2);
  const report = await until('the report', () => existsSync(join(folder, 'rejected', 'bad.csv.error.txt')) && true);
  expect(report).toBe(true);
  const text = await readFile(join(folder, 'rejected', 'bad.csv.error.txt'), 'utf8');
  expect(text).toContain("line 3: 'yesterday' is not a time");
  expect(text).toContain('4행: 필드가 4개입니다');
  expect(existsSync(join(folder, 'rejected', 'bad.csv'))).toBe(true);
  expect(context.refusals).toMatchObject([{ count: 4, reason: 'file_rejected' }]);
});

test('a missing column is named together with the columns that are there', async () => {
  await writeFile(join(folder, 'a.csv'), '일시,품번,외경\n1772440215000,A,22.1\n');
  const { until } = start(BORE);
  await until('the report', () => existsSync(join(folder, 'rejected', 'a.csv.error.txt')));
  const text = await readFile(join(folder, 'rejected', 'a.csv.error.txt'), 'utf8');
  expect(text).toContain("there is no column '내경'; the columns are: 일시, 품번, 외경");
});

test('long format takes the tag from a column, and size and context from theirs', async () => {
  await writeFile(join(folder, 'a.csv'), 't,what,v,n,lot\n1772440215000,ng,3,150,L1\n1772440215000,ok,147,,L1\n');
  const mapping = { time: 't', tag: 'what', value: 'v', size: 'n', context: { lot: 'lot' } };
  const { rows, batches, until } = start({ mapping });
  await until('both rows', () => rows.length === 2);
  expect(rows.map((row) => [row.tag, row.value, row.context])).toEqual([
    ['ng', 3, { lot: 'L1' }],
    ['ok', 147, { lot: 'L1' }],
  ]);
  expect([...batches[0]!.size.slice(0, 2)]).toEqual([150, 1]);
});

test('a file is moved only when its last batch is durable; read again it has the same ids', async () => {
  const count = 5000;
  const lines = Array.from({ length: count }, (_, i) => `${1772440215000 + i},A,${22 + i / 1e5}`);
  await writeFile(join(folder, 'a.csv'), ['일시,품번,내경', ...lines].join('\n'));
  const first = start(BORE, { acknowledge: false });
  await first.until('every row', () => first.rows.length === count);
  expect(first.batches.every((batch) => batch.length <= 2000)).toBe(true);
  expect(existsSync(join(folder, 'a.csv'))).toBe(true);
  await first.stop();
  context.dispose();
  context = testContext('cmm');
  const second = start(BORE);
  await second.until('every row again', () => second.rows.length === count);
  expect(second.rows.map((row) => row.sourceId)).toEqual(first.rows.map((row) => row.sourceId));
  expect(new Set(second.rows.map((row) => row.sourceId)).size).toBe(count);
  await second.until('done', () => existsSync(join(folder, 'done', 'a.csv')));
  expect(second.rows.length).toBe(count);
});

test('a batch that the journal refuses is read again from the file', async () => {
  await writeFile(join(folder, 'a.csv'), '일시,품번,내경\n1772440215000,A,22.1\n');
  const first = start(BORE, { acknowledge: false });
  const batch = await first.until('the batch', () => first.batches[0]);
  batch.refuse?.(new Error('full'));
  await first.until('the batch again', () => first.batches[1]);
  expect(existsSync(join(folder, 'a.csv'))).toBe(true);
  first.batches[1]?.ack?.({ seq: 1, accepted: 1, duplicates: 0 });
  await first.until('done', () => existsSync(join(folder, 'done', 'a.csv')));
});

test('files are taken in the order of their names, and a second file of one name keeps the first', async () => {
  await mkdir(join(folder, 'done'));
  await writeFile(join(folder, 'done', '1.csv'), 'older');
  for (const [name, value] of [
    ['2', 22.2],
    ['1', 22.1],
    ['10', 22.3],
  ] as const)
    await writeFile(join(folder, `${name}.csv`), `일시,품번,내경\n1772440215000,A,${value}\n`);
  const { rows, until } = start(BORE);
  await until('all', () => rows.length === 3);
  expect(rows.map((row) => row.value)).toEqual([22.1, 22.3, 22.2]);
  await until('moved', () => existsSync(join(folder, 'done', '1.2.csv')));
  expect(await readFile(join(folder, 'done', '1.csv'), 'utf8')).toBe('older');
});

test('a file that still grows is left alone until it stands still', async () => {
  const path = join(folder, 'a.csv');
  const { rows, until } = start({ ...BORE, stable_ms: 300 });
  const began = performance.now();
  await until('the file to grow for a while', () => {
    void writeFile(
      path,
      `일시,품번,내경\n${'1772440215000,A,22.1\n'.repeat(1 + Math.floor((performance.now() - began) / 20))}`,
    );
    return performance.now() - began > 600;
  });
  expect(rows).toEqual([]);
  await until('the whole file', () => rows.length > 25);
  expect((await readdir(join(folder, 'rejected'))).length).toBe(0);
});

test('patterns match like a shell without case, and stay linear', () => {
  expect(globMatcher('*.csv')('A.CSV')).toBe(true);
  expect(globMatcher('cmm_*_*.csv')('cmm_1_2.csv')).toBe(true);
  expect(globMatcher('cmm_*_*.csv')('cmm_1.csv')).toBe(false);
  expect(globMatcher('a*a')('a')).toBe(false);
  expect(globMatcher(`${'*a'.repeat(30)}*b`)('a'.repeat(5000))).toBe(false);
});
