import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { diskFiles, type JournalFile, type JournalFiles } from './files.ts';
import type { Journal } from './journal.ts';
import { openJournal } from './segments.ts';

const tick = (k: number) => ({ kind: 'tick', atMs: k }) as const;

async function scratch(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pumjil-journal-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function ticks(journal: Journal): Promise<[number, number][]> {
  const all: [number, number][] = [];
  for await (const { seq, entry } of journal.read(1)) all.push([seq, entry.kind === 'tick' ? entry.atMs : Number.NaN]);
  return all;
}

type Fault = (file: JournalFile) => Partial<JournalFile>;

/** The machine's disk, except for what `fault` puts in place of a file's functions. */
function faultyDisk(fault: Fault): JournalFiles {
  const disk = diskFiles();
  return {
    ...disk,
    async open(path, flags) {
      const file = await disk.open(path, flags);
      const sound: JournalFile = {
        read: (...a) => file.read(...a),
        write: (...a) => file.write(...a),
        truncate: (n) => file.truncate(n),
        datasync: () => file.datasync(),
        sync: () => file.sync(),
        stat: () => file.stat(),
        close: () => file.close(),
      };
      return { ...sound, ...fault(sound) };
    },
  };
}

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: the test says so`), { code });
}

test('appends in flight share one flush', async () => {
  let flushes = 0;
  const fs = faultyDisk((file) => ({
    datasync: () => {
      flushes += 1;
      return file.datasync();
    },
  }));
  const journal = await openJournal({ folder: await scratch(), fs });
  await journal.append(tick(0));
  flushes = 0;
  await Promise.all(Array.from({ length: 100 }, (_, k) => journal.append(tick(k + 1))));
  expect(flushes).toBe(1);
  await journal.close();
});

test('short writes are completed', async () => {
  const folder = await scratch();
  const fs = faultyDisk((file) => ({
    write: (buffer, offset, length, position) => file.write(buffer, offset, Math.min(length, 7), position),
  }));
  const journal = await openJournal({ folder, fs });
  await Promise.all([1, 2, 3].map((k) => journal.append(tick(k))));
  await journal.close();
  const again = await openJournal({ folder });
  expect(again.stats().damage).toEqual([]);
  expect(await ticks(again)).toEqual([
    [1, 1],
    [2, 2],
    [3, 3],
  ]);
  await again.close();
});

test('a flush that fails is never tried again on that file, and no seq is given twice', async () => {
  const folder = await scratch();
  const flushes = new Map<JournalFile, string[]>();
  let isBroken = false;
  const fs = faultyDisk((file) => ({
    async datasync() {
      flushes.set(file, [...(flushes.get(file) ?? []), isBroken ? 'failed' : 'good']);
      if (isBroken) throw systemError('EIO');
      await file.datasync();
    },
  }));
  const journal = await openJournal({ folder, fs });
  for (const k of [1, 2]) await journal.append(tick(k));
  isBroken = true;
  const refused = await Promise.allSettled([journal.append(tick(3)), journal.append(tick(4))]);
  for (const one of refused) {
    expect(one).toMatchObject({ status: 'rejected', reason: { code: 'JOURNAL_FAILED', retryable: true } });
  }
  await expect(journal.append(tick(5))).rejects.toMatchObject({ code: 'JOURNAL_FAILED' });
  isBroken = false;
  const seq = await journal.append(tick(6));
  expect(seq).toBe(5);
  const expected = [
    [1, 1],
    [2, 2],
    [5, 6],
  ];
  expect(await ticks(journal)).toEqual(expected);
  for (const outcomes of flushes.values()) expect(outcomes.slice(0, -1)).not.toContain('failed');
  await journal.close();
  const again = await openJournal({ folder });
  expect(await ticks(again)).toEqual(expected);
  expect(again.stats().damage).toEqual([]);
  await again.close();
});

test('entries a failed flush left in the file stay void when they cannot be cut off', async () => {
  const folder = await scratch();
  let isBroken = false;
  const fs = faultyDisk((file) => ({
    datasync: () => (isBroken ? Promise.reject(systemError('EIO')) : file.datasync()),
    truncate: (n) => (isBroken ? Promise.reject(systemError('EIO')) : file.truncate(n)),
  }));
  const journal = await openJournal({ folder, fs });
  await journal.append(tick(1));
  isBroken = true;
  await expect(journal.append(tick(2))).rejects.toMatchObject({ code: 'JOURNAL_FAILED' });
  isBroken = false;
  expect(await journal.append(tick(3))).toBe(3);
  const expected = [
    [1, 1],
    [3, 3],
  ];
  expect(await ticks(journal)).toEqual(expected);
  await journal.close();
  const again = await openJournal({ folder });
  expect(await ticks(again)).toEqual(expected);
  expect(again.stats().damage).toEqual([]);
  await again.close();
});

test.each([1, 2, 3, 4, 5, 6])('a disk full at write %i leaves no torn entry inside later ones', async (failing) => {
  const folder = await scratch();
  let writes = 0;
  const fs = faultyDisk((file) => ({
    async write(buffer, offset, length, position) {
      writes += 1;
      if (writes !== failing) return file.write(buffer, offset, length, position);
      // What a full disk does: it takes a part, then nothing.
      await file.write(buffer, offset, Math.floor(length / 2), position);
      throw systemError('ENOSPC');
    },
  }));
  const journal = await openJournal({ folder, fs });
  const confirmed: [number, number][] = [];
  for (let k = 1; k <= 8; k += 1) {
    try {
      confirmed.push([await journal.append(tick(k)), k]);
    } catch (error) {
      expect(error).toMatchObject({ code: 'JOURNAL_FULL', retryable: true });
    }
  }
  expect(confirmed).toHaveLength(7);
  expect(await ticks(journal)).toEqual(confirmed);
  await journal.close();
  const again = await openJournal({ folder });
  expect(again.stats().damage).toEqual([]);
  expect(await ticks(again)).toEqual(confirmed);
  expect(await again.append(tick(9))).toBe((confirmed.at(-1)?.[0] ?? 0) + 1);
  await again.close();
});

test('the limit in bytes refuses until trim makes room', async () => {
  const folder = await scratch();
  const journal = await openJournal({ folder, segmentBytes: 200, maxBytes: 1000 });
  let last = 0;
  await expect(
    (async () => {
      for (let k = 1; k < 100; k += 1) last = await journal.append(tick(k));
    })(),
  ).rejects.toMatchObject({ code: 'JOURNAL_FULL', retryable: true });
  expect(journal.stats().bytes).toBeLessThanOrEqual(1000);
  await journal.trim(last);
  expect(await journal.append(tick(100))).toBe(last + 1);
  await journal.close();
});

test('seqs that others have seen are declared missing and not given again', async () => {
  const folder = await scratch();
  const journal = await openJournal({ folder });
  for (const k of [1, 2, 3]) await journal.append(tick(k));
  await journal.close();
  const behind = await openJournal({ folder, seenSeq: 7 });
  expect(behind.stats().damage).toMatchObject([{ from: 4, to: 7 }]);
  expect(await behind.append(tick(8))).toBe(8);
  await behind.close();
  const again = await openJournal({ folder, seenSeq: 8 });
  expect(again.stats().damage).toMatchObject([{ from: 4, to: 7 }]);
  expect((await ticks(again)).map(([seq]) => seq)).toEqual([1, 2, 3, 8]);
  await again.close();
});

test('a torn tail is kept beside the segment before it is cut off', async () => {
  const folder = await scratch();
  const journal = await openJournal({ folder });
  for (const k of [1, 2, 3]) await journal.append(tick(k));
  const { bytes } = journal.stats();
  await journal.close();
  const name = (await readdir(folder)).find((each) => each.endsWith('.seg')) ?? '';
  const file = await diskFiles().open(join(folder, name), 'r+');
  await file.truncate(bytes - 3);
  await file.close();
  const again = await openJournal({ folder });
  expect(again.stats().damage).toHaveLength(1);
  expect(again.stats().damage[0]?.what).toContain('torn entry');
  expect((await readdir(folder)).some((each) => each.startsWith(`${name}@`) && each.endsWith('.damaged'))).toBe(true);
  expect(await ticks(again)).toEqual([
    [1, 1],
    [2, 2],
  ]);
  await again.close();
});

test('damage in an old segment that was not read when opening is found when it is read', async () => {
  const folder = await scratch();
  const journal = await openJournal({ folder, segmentBytes: 200 });
  for (let k = 1; k <= 20; k += 1) await journal.append(tick(k));
  await journal.close();
  const name = (await readdir(folder)).filter((each) => each.endsWith('.seg')).sort()[0] ?? '';
  const file = await diskFiles().open(join(folder, name), 'r+');
  await file.write(Buffer.from([0xff, 0xff]), 0, 2, 64 + 30);
  await file.close();
  const again = await openJournal({ folder, segmentBytes: 200, verifyBytes: 0 });
  expect(again.stats().damage).toEqual([]);
  expect((await ticks(again)).map(([seq]) => seq)).toEqual(Array.from({ length: 19 }, (_, i) => i + 2));
  expect(again.stats().damage).toMatchObject([{ segment: name, from: 1, to: 1 }]);
  await again.close();
});

test('a flush that fails once costs nothing: the entries are written into a new segment and the failure is told', async () => {
  const folder = await scratch();
  const said: string[] = [];
  let isBroken = false;
  const fs = faultyDisk((file) => ({
    async datasync() {
      if (!isBroken) return file.datasync();
      isBroken = false;
      throw systemError('EIO');
    },
  }));
  const journal = await openJournal({ folder, fs, onDiskFailed: (what) => said.push(what) });
  await journal.append(tick(1));
  isBroken = true;
  // Seqs 2 and 3 may lie in the file that failed: they are not given again.
  expect(await Promise.all([journal.append(tick(2)), journal.append(tick(3))])).toEqual([4, 5]);
  expect(said).toEqual([expect.stringContaining('EIO')]);
  expect(journal.stats().segments).toBe(2);
  const expected = [
    [1, 1],
    [4, 2],
    [5, 3],
  ];
  expect(await ticks(journal)).toEqual(expected);
  await journal.close();
  const again = await openJournal({ folder });
  expect(again.stats().damage).toEqual([]);
  expect(await ticks(again)).toEqual(expected);
  await again.close();
});

test('a full disk is no broken one', async () => {
  const said: string[] = [];
  let isFull = false;
  const fs = faultyDisk((file) => ({
    datasync: () => (isFull ? Promise.reject(systemError('ENOSPC')) : file.datasync()),
  }));
  const journal = await openJournal({ folder: await scratch(), fs, onDiskFailed: (what) => said.push(what) });
  await journal.append(tick(1));
  isFull = true;
  await expect(journal.append(tick(2))).rejects.toMatchObject({ code: 'JOURNAL_FULL' });
  isFull = false;
  await journal.append(tick(3));
  expect(said).toEqual([]);
  await journal.close();
});

test('who is asked to make room may trim down to the size that is wanted; what then fits is confirmed', async () => {
  const folder = await scratch();
  const asked: number[] = [];
  let last = 0;
  const journal: Journal = await openJournal({
    folder,
    maxBytes: 100_000,
    makeRoom: async (downToBytes) => {
      asked.push(downToBytes);
      await journal.trim(last, downToBytes);
    },
  });
  for (let k = 0; k < 100; k += 1) {
    const seqs = await Promise.all(Array.from({ length: 100 }, (_, i) => journal.append(tick(k * 100 + i))));
    last = seqs.at(-1) ?? 0;
    expect(journal.stats().bytes).toBeLessThanOrEqual(100_000);
  }
  expect(last).toBe(10_000);
  const { bytes, segments, first } = journal.stats();
  // Segments of an eighth of the limit: only few entries have to go at a time.
  expect(segments).toBeGreaterThanOrEqual(6);
  expect(bytes).toBeGreaterThan(70_000);
  expect(first).toBeGreaterThan(1);
  expect(asked.length).toBeGreaterThan(5);
  expect(asked.length).toBeLessThan(40);
  await journal.close();
});

test('what others cannot make room for is refused, and a higher limit lets it in', async () => {
  const journal = await openJournal({
    folder: await scratch(),
    maxBytes: 5000,
    makeRoom: () => Promise.reject(new Error()),
  });
  let last = 0;
  await expect(
    (async () => {
      for (;;) last = await journal.append(tick(1));
    })(),
  ).rejects.toMatchObject({ code: 'JOURNAL_FULL' });
  journal.setMaxBytes(10_000);
  expect(await journal.append(tick(2))).toBe(last + 1);
  await journal.close();
});
