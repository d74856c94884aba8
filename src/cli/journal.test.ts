import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { characteristic, config, values } from '../../test/fixtures/entries.ts';
import { main } from '../main.ts';
import { openWriter, type Writer } from '../pipeline/writer-core.ts';

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pumjil-journal-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function pumjil(cwd: string, ...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const code = await main(argv, {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    env: {},
    cwd,
    isTerminal: false,
    signal: new AbortController().signal,
    ask: async () => undefined,
  });
  return { code, out, err };
}

function open(dataDir: string): Promise<Writer> {
  return openWriter({ dataDir, maxBytes: 1e9, keepMs: 1e9, outbox: false }, () => undefined);
}

/** A plant that has taken a configuration and 60 values, one of them twice, one of them far outside. */
async function plant(folder: string): Promise<Writer> {
  const writer = await open(join(folder, 'data'));
  await writer.append(config(characteristic()));
  for (let i = 0; i < 60; i++) await writer.append(values(['bore', i === 50 ? 10.9 : 10 + (i % 3) / 100, i]));
  await writer.append(values(['bore', 10, 0]));
  return writer;
}

test('a stopped plant is verified: seqs, hash, balance, no damage, no differences, exit 0', async () => {
  const folder = scratch();
  writeFileSync(join(folder, 'pumjil.yaml'), 'plant: { id: a }\n');
  await (await plant(folder)).close();
  const { code, out, err } = await pumjil(folder, 'journal', 'verify');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain('entries      1 to 62');
  expect(out).toContain('received 61 = accepted 60 + duplicate 1 + refused 0');
  expect(out).toMatch(/^event hash {3}([0-9a-f]{64}) by replay\n +\1 of the running plant at entry 62$/m);
  // Two points a value: i and mr.
  expect(out).toContain('60 measurements, 120 points, 1 alarms');
  expect(out).toMatch(/^damage {7}none\ndifferences {2}none$/m);
  const json = await pumjil(folder, 'journal', 'verify', '--data', 'data', '--json');
  expect(JSON.parse(json.out)).toMatchObject({ ok: true, compared: true, firstSeq: 1, lastSeq: 62, measurements: 60 });
});

test('what the history lost or gained is a difference and exit 1', async () => {
  const folder = scratch();
  await (await plant(folder)).close();
  const db = new DatabaseSync(join(folder, 'data', 'plant.db'));
  db.exec('DELETE FROM alarm');
  db.close();
  const { code, out } = await pumjil(folder, 'journal', 'verify', '--data', 'data');
  expect(code).toBe(1);
  expect(out).toMatch(
    /^differences {2}2\n {2}alarms missing in the history: \d+\.\d+\n {2}0 alarms in the history, 1 by replay$/m,
  );
});

test('a torn end is damage and exit 1; stats names it and leaves it, verify cuts it', async () => {
  const folder = scratch();
  await (await plant(folder)).close();
  const journal = join(folder, 'data', 'journal');
  const segment = join(journal, readdirSync(journal).find((name) => name.endsWith('.seg'))!);
  const { size } = statSync(segment);
  appendFileSync(segment, Buffer.alloc(7, 1));
  const stats = await pumjil(folder, 'journal', 'stats', '--data', 'data');
  expect(stats).toMatchObject({ code: 1, out: expect.stringContaining('7 bytes at its end are no whole entry') });
  expect(statSync(segment).size).toBe(size + 7);
  const verify = await pumjil(folder, 'journal', 'verify', '--data', 'data');
  expect(verify).toMatchObject({ code: 1, out: expect.stringContaining('7 bytes at its end were a torn entry') });
  expect(statSync(segment).size).toBe(size);
  expect(await pumjil(folder, 'journal', 'verify', '--data', 'data')).toMatchObject({ code: 0 });
});

test('while the plant runs, stats answers and verify says to stop it first', async () => {
  const folder = scratch();
  const writer = await plant(folder);
  try {
    const stats = await pumjil(folder, 'journal', 'stats', '--data', 'data', '--json');
    expect(JSON.parse(stats.out)).toMatchObject({ first: 1, last: 62, segments: 1, damage: [] });
    expect(await pumjil(folder, 'journal', 'verify', '--data', 'data')).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/a plant runs on this data folder \(DATA_DIR_LOCKED\)\n +Stop it first/),
    });
  } finally {
    await writer.close();
  }
});

test('a folder without a journal, a missing verb and two folders are answered in sentences, and nothing is created', async () => {
  const folder = scratch();
  mkdirSync(join(folder, 'empty'));
  expect(await pumjil(folder, 'journal', 'verify', '--data', 'empty')).toMatchObject({
    code: 1,
    err: expect.stringContaining('DATA_DIR_EMPTY'),
  });
  expect(readdirSync(join(folder, 'empty'))).toEqual([]);
  expect(await pumjil(folder, 'journal')).toMatchObject({
    code: 2,
    err: expect.stringContaining('what shall be done'),
  });
  expect(await pumjil(folder, 'journal', 'verfy')).toMatchObject({ code: 2, err: expect.stringContaining('"verfy"') });
  expect(await pumjil(folder, 'journal', 'stats', '-c', 'a.yaml', '--data', 'b')).toMatchObject({ code: 2 });
});
