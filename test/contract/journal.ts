// What every journal must do: J1 same id once, J2 order, J3 durable cursor, J4 damage visible.
import { type ChildProcess, spawn } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished as afterThisTest, expect, test } from 'vitest';
import { PumjilError } from '../../src/errors.ts';
import type { Journal, Journaled } from '../../src/journal/journal.ts';
import { numberedEntry, numberOf } from './numbered-entry.ts';

/** Opens the journal in a folder; `segmentBytes` small enough makes several segments. */
export type OpenJournal = (folder: string, segmentBytes?: number) => Promise<Journal>;

export interface JournalContractOptions {
  /** Program that appends for ever and prints `<seq> <number>` for each confirmed entry; its argument is the folder. */
  readonly child: string;
  /** Rounds of kill -9. */
  readonly rounds: number;
}

/** All entries from `from` on. */
export async function readAll(journal: Journal, from = 1): Promise<Journaled[]> {
  const all: Journaled[] = [];
  for await (const each of journal.read(from)) all.push(each);
  return all;
}

/** A folder that is gone after the test. */
export async function scratchFolder(onTestFinished: (done: () => Promise<void>) => void): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pumjil-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** Runs the contract of journals. */
export function journalContract(name: string, open: OpenJournal, options: JournalContractOptions): void {
  test(`${name} J1: every entry has one seq, the same before and after reopening`, async ({ onTestFinished }) => {
    const folder = await scratchFolder(onTestFinished);
    const journal = await open(folder, 400);
    const seqs = await Promise.all(Array.from({ length: 20 }, (_, k) => journal.append(numberedEntry(k))));
    expect(seqs).toEqual(Array.from({ length: 20 }, (_, k) => k + 1));
    await journal.close();
    const again = await open(folder, 400);
    expect(await again.append(numberedEntry(20))).toBe(21);
    const all = await readAll(again);
    expect(all.map((each) => [each.seq, numberOf(each.entry)])).toEqual(all.map((_, k) => [k + 1, k]));
    expect(all).toHaveLength(21);
    await again.close();
  });

  test(`${name} J2: order of calls is order of entries, also while a reader follows`, async ({ onTestFinished }) => {
    const journal = await open(await scratchFolder(onTestFinished), 2000);
    const seen: number[] = [];
    const appended: Promise<number>[] = [];
    for (let round = 0; round < 30; round += 1) {
      for (let k = 0; k < 7; k += 1) appended.push(journal.append(numberedEntry(round * 7 + k)));
      await appended.at(-1);
      for await (const each of journal.read(seen.length + 1)) seen.push(numberOf(each.entry));
    }
    expect(seen).toEqual(Array.from({ length: 210 }, (_, k) => k));
    expect(await Promise.all(appended)).toEqual(seen.map((k) => k + 1));
    expect((await readAll(journal, 100)).map((each) => each.seq)).toEqual(seen.slice(99).map((k) => k + 1));
    await journal.close();
  });

  test(`${name} J3: kill -9 at any moment loses nothing that was confirmed`, async ({ onTestFinished }) => {
    const folder = await scratchFolder(onTestFinished);
    let confirmed = new Map<number, number>();
    for (let round = 0; round < options.rounds; round += 1) {
      confirmed = new Map([...confirmed, ...(await runAndKill(options.child, folder, round))]);
      const journal = await open(folder);
      const all = await readAll(journal);
      expect(all.map((each) => each.seq)).toEqual(all.map((_, k) => k + 1));
      for (const [seq, number] of confirmed) expect(numberOf(all[seq - 1]!.entry)).toBe(number);
      await journal.close();
    }
    expect(confirmed.size).toBeGreaterThan(options.rounds);
  });

  test(`${name} J3: two cannot open one folder, and a killed one does not keep it locked`, async ({
    onTestFinished,
  }) => {
    const folder = await scratchFolder(onTestFinished);
    const journal = await open(folder);
    await expect(open(folder)).rejects.toMatchObject({ code: 'DATA_DIR_LOCKED' });
    await journal.close();
    await (await open(folder)).close();
    const { child, line } = startChild(options.child, folder);
    await line(1);
    await expect(open(folder)).rejects.toMatchObject({ code: 'DATA_DIR_LOCKED' });
    await killed(child);
    await (await open(folder)).close();
  });

  test(`${name} J4: damage anywhere is told and costs no intact entry`, async ({ onTestFinished }) => {
    const home = await scratchFolder(onTestFinished);
    const model = join(home, 'model');
    const journal = await open(model, 1500);
    for (let k = 0; k < 40; k += 1) await journal.append(numberedEntry(k));
    await journal.close();
    const names = (await readdir(model)).filter((each) => each.endsWith('.seg')).sort();
    expect(names.length).toBeGreaterThan(3);
    const random = mulberry32(20240607);
    for (let i = 0; i < 200; i += 1) {
      const folder = join(home, `case-${i}`);
      await mkdir(folder);
      for (const each of names) await copyFile(join(model, each), join(folder, each));
      const what = await damage(folder, names, random);
      await checkDamaged(open, folder, `case ${i}: ${what}`, i % 4 === 0);
      await rm(folder, { recursive: true });
    }
  });

  test(`${name}: trim removes whole sealed segments only and never the seq`, async ({ onTestFinished }) => {
    const folder = await scratchFolder(onTestFinished);
    const journal = await open(folder, 600);
    for (let k = 0; k < 30; k += 1) await journal.append(numberedEntry(k));
    const before = journal.stats();
    await journal.trim(15);
    const after = journal.stats();
    expect(after.segments).toBeLessThan(before.segments);
    expect(after.first).toBeLessThanOrEqual(15);
    expect((await readAll(journal)).map((each) => each.seq)).toEqual(
      Array.from({ length: 31 - after.first }, (_, i) => after.first + i),
    );
    await journal.trim(1000);
    await journal.close();
    const again = await open(folder, 600);
    expect(again.stats().damage).toEqual([]);
    expect(await again.append(numberedEntry(30))).toBe(31);
    await again.close();
  });

  test(`${name}: aborting a read ends it`, async ({ onTestFinished }) => {
    const journal = await open(await scratchFolder(onTestFinished));
    for (let k = 0; k < 10; k += 1) await journal.append(numberedEntry(k));
    const stop = new AbortController();
    let n = 0;
    for await (const _ of journal.read(1, stop.signal)) {
      n += 1;
      if (n === 3) stop.abort();
    }
    expect(n).toBe(3);
    await journal.close();
  });
}

async function checkDamaged(open: OpenJournal, folder: string, what: string, isReopened: boolean): Promise<void> {
  let journal: Journal;
  try {
    journal = await open(folder, 1500);
  } catch (error) {
    expect(error, what).toBeInstanceOf(PumjilError);
    return;
  }
  const all = await readAll(journal);
  const { damage: found, first, last } = journal.stats();
  for (const each of all) expect(numberOf(each.entry), what).toBe(each.seq - 1);
  expect(new Set(all.map((each) => each.seq)).size, what).toBe(all.length);
  expect(
    all.map((each) => each.seq),
    what,
  ).toEqual(all.map((each) => each.seq).toSorted((a, b) => a - b));
  // Every hole below the end is declared; one stroke costs at most one segment.
  const seen = new Set(all.map((each) => each.seq));
  const declared = (seq: number) => found.some((row) => (row.from ?? Infinity) <= seq && seq <= (row.to ?? -Infinity));
  for (let seq = first; seq <= last; seq += 1) expect(seen.has(seq) || declared(seq), `${what}, seq ${seq}`).toBe(true);
  // What is gone without a trace at either end shows in `first` and `last` alone.
  if (all.length < 40 && first === 1 && !what.includes('the end is gone'))
    expect(found.length, what).toBeGreaterThan(0);
  expect(all.length, what).toBeGreaterThan(40 - 20);
  const seq = await journal.append(numberedEntry(1_000_000));
  expect(seq, what).toBeGreaterThan(Math.max(0, ...seen));
  await journal.close();
  if (!isReopened) return;
  const again = await open(folder, 1500);
  expect(
    (await readAll(again)).map((each) => each.seq),
    what,
  ).toEqual([...all.map((each) => each.seq), seq]);
  await again.close();
}

async function damage(folder: string, names: readonly string[], random: () => number): Promise<string> {
  const name = names[Math.floor(random() * names.length)]!;
  const path = join(folder, name);
  const bytes = await readFile(path);
  const at = Math.floor(random() * bytes.length);
  const kind = Math.floor(random() * 7);
  const isLast = name === names.at(-1);
  switch (kind) {
    case 0:
      bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8));
      await writeFile(path, bytes);
      return `bit flip in ${name} at ${at}`;
    case 1:
      bytes.fill(0, at, Math.min(at + 300, bytes.length));
      await writeFile(path, bytes);
      return `zeros in ${name} at ${at}`;
    case 2:
      await writeFile(path, bytes.subarray(0, at));
      return `${name} cut at ${at}${isLast ? ', the end is gone' : ''}`;
    case 3:
      await writeFile(path, Buffer.concat([bytes, bytes.subarray(at)]));
      return `tail of ${name} from ${at} twice`;
    case 4:
      await rm(path);
      return `${name} missing${isLast ? ', the end is gone' : ''}`;
    case 5: {
      const other = names[Math.floor(random() * names.length)]!;
      await writeFile(path, await readFile(join(folder, other)));
      if (other !== name) await writeFile(join(folder, other), bytes);
      return `${name} and ${other} swapped`;
    }
    default:
      await writeFile(path, Buffer.concat([bytes.subarray(0, at), Buffer.from('PUMJSEG\n'), bytes.subarray(at)]));
      return `foreign bytes in ${name} at ${at}`;
  }
}

/** Starts `program folder` and kills it when it has printed some lines; returns what it had confirmed by then. */
async function runAndKill(program: string, folder: string, round: number): Promise<Map<number, number>> {
  const { child, line, lines } = startChild(program, folder);
  await line(1 + Math.floor(mulberry32(round + 1)() * 300));
  await killed(child);
  return new Map(
    lines.filter((line) => / \d+$/.test(line)).map((line) => line.split(' ').map(Number) as [number, number]),
  );
}

/** A child process that runs a TypeScript program; its lines are collected. */
export function startChild(program: string, ...args: string[]) {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  afterThisTest(() => {
    child.kill('SIGKILL');
  });
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  /** Resolves when `n` lines have come. */
  const line = (n: number) =>
    new Promise<void>((resolve, reject) => {
      if (lines.length >= n) resolve();
      reader.on('line', () => lines.length >= n && resolve());
      child.once('exit', (code) => reject(new Error(`${program} ended with ${code} after ${lines.length} lines`)));
    });
  reader.on('line', (each) => lines.push(each));
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  return { child: Object.assign(child, { closed }), line, lines };
}

/** kill -9, and all that it printed has been read. */
export async function killed(child: ChildProcess & { closed: Promise<void> }): Promise<void> {
  child.kill('SIGKILL');
  await child.closed;
}

/** Repeatable random numbers in [0, 1). */
export function mulberry32(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
