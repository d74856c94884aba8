// The journal inside its limit, and on a disk that is full.
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { characteristic, config } from '../../test/fixtures/entries.ts';
import {
  BATCHES,
  batch,
  expectBalance,
  fill,
  folder,
  journalBytes,
  killed,
  LIMIT,
  open,
  ROWS,
  stored,
} from '../../test/fixtures/filling.ts';
import { diskFiles, type JournalFile, type JournalFiles } from '../journal/files.ts';
import { verifyDataDir } from './verify.ts';

/** A disk of its own for the journal, with room for `free.bytes` in its segments. */
function smallDisk(free: { bytes: number }): JournalFiles {
  const disk = diskFiles();
  const sizes = new Map<string, number>();
  const used = () => [...sizes.values()].reduce((sum, size) => sum + size, 0);
  return {
    ...disk,
    async unlink(path) {
      await disk.unlink(path);
      sizes.delete(path);
    },
    async open(path, flags) {
      const file = await disk.open(path, flags);
      const sound: JournalFile = {
        read: (...a) => file.read(...a),
        async write(buffer, offset, length, position) {
          const size = Math.max(sizes.get(path) ?? 0, position + length);
          if (used() - (sizes.get(path) ?? 0) + size > free.bytes)
            throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
          sizes.set(path, size);
          return file.write(buffer, offset, length, position);
        },
        async truncate(length) {
          sizes.set(path, length);
          await file.truncate(length);
        },
        datasync: () => file.datasync(),
        sync: () => file.sync(),
        stat: () => file.stat(),
        close: () => file.close(),
      };
      return sound;
    },
  };
}

test('drop_oldest: the journal goes on inside its limit, and the history keeps every value of the entries that went', async () => {
  const dir = folder();
  const writer = await open(dir, { whenFull: 'drop_oldest' });
  await writer.append(config(characteristic()));
  const batches = BATCHES;
  let most = 0;
  for (let k = 0; k < batches; k += 20) {
    expect(await fill(writer, k, k + 20)).toBe(k + 20);
    most = Math.max(most, journalBytes(dir));
  }
  expect(most).toBeGreaterThan(LIMIT / 2);
  expect(most).toBeLessThanOrEqual(LIMIT);
  expect(writer.state().journal.firstSeq).toBeGreaterThan(40);
  expect(await stored(writer)).toBe(batches * ROWS);
  expectBalance(writer);
  expect(writer.state()).toMatchObject({ ready: true, balance: { stored: batches * ROWS, waiting: 0, lost: 0 } });
  const copy = killed(dir);
  const { eventHash } = writer.state();
  await writer.close();
  const again = await open(copy, { whenFull: 'drop_oldest' });
  expect(again.state().eventHash).toBe(eventHash);
  expect(again.state().journal.damage).toEqual([]);
  expect(await stored(again)).toBe(batches * ROWS);
  expect(await fill(again, batches, batches + 50)).toBe(batches + 50);
  await again.close();
  for (const each of [dir, copy]) {
    const verified = await verifyDataDir(each);
    expect(verified.differences).toEqual([]);
    expect(verified.comparedFrom).toBeGreaterThan(40);
    expect(verified.balance.accepted).toBe((each === dir ? batches : batches + 50) * ROWS);
  }
}, 60_000);

test('after a trim the values since the snapshot are still compared: one that went missing is told', async () => {
  const dir = folder();
  const writer = await open(dir, { whenFull: 'drop_oldest' });
  await writer.append(config(characteristic()));
  await fill(writer, 0, BATCHES / 2);
  const copy = killed(dir);
  await writer.close();
  const verified = await verifyDataDir(copy);
  expect(verified.differences).toEqual([]);
  const count = verified.series.get('bore')?.count ?? 0;
  expect(count).toBeGreaterThan(0);
  expect(count).toBeLessThan((BATCHES / 2) * ROWS);
  const db = new DatabaseSync(join(copy, 'plant.db'));
  db.exec('DELETE FROM tail WHERE kind = 0 AND id = (SELECT max(id) FROM tail WHERE kind = 0)');
  db.close();
  expect((await verifyDataDir(copy)).differences).toContain(
    `bore: ${count - ROWS} measurements in the history, ${count} in the journal`,
  );
});

test('stop: a full journal confirms nothing, says what to do, and goes on when the operator allows more', async () => {
  const dir = folder();
  const writer = await open(dir);
  await writer.append(config(characteristic()));
  const taken = await fill(writer, 0, 1000);
  expect(taken).toBeLessThan(1000);
  const refused = await writer.append(batch(taken)).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 'JOURNAL_FULL', hint: expect.stringContaining('journal.max_gb') });
  expect(writer.state().journal.firstSeq).toBe(1);
  writer.setLimits({ maxBytes: 2 * LIMIT, keepMs: 1e9, whenFull: 'stop' });
  expect(await fill(writer, taken, taken + 3)).toBe(taken + 3);
  const full = await fill(writer, taken + 3, 2000);
  writer.setLimits({ maxBytes: 2 * LIMIT, keepMs: 1e9, whenFull: 'drop_oldest' });
  expect(await fill(writer, full, full + 100)).toBe(full + 100);
  expect(journalBytes(dir)).toBeLessThanOrEqual(2 * LIMIT);
  await writer.close();
  expect((await verifyDataDir(dir)).differences).toEqual([]);
}, 60_000);

test('stop: once keep_days has passed the journal takes again by itself', async () => {
  const dir = folder();
  const first = await open(dir);
  await first.append(config(characteristic()));
  const taken = await fill(first, 0, 1000);
  await first.close();
  const second = await open(dir);
  await expect(second.append(batch(taken))).rejects.toMatchObject({ code: 'JOURNAL_FULL' });
  // As if the days had passed since the snapshot that closing took.
  second.setLimits({ maxBytes: LIMIT, keepMs: 0, whenFull: 'stop' });
  expect(await fill(second, taken, taken + 5)).toBe(taken + 5);
  expect(await stored(second)).toBe((taken + 5) * ROWS);
  await second.close();
  expect((await verifyDataDir(dir)).differences).toEqual([]);
});

test('a full disk: drop_oldest makes room once and goes on, stop refuses until there is space', async () => {
  const free = { bytes: LIMIT };
  const dropping = await open(folder(), { maxBytes: 1e9, whenFull: 'drop_oldest' }, smallDisk(free));
  await dropping.append(config(characteristic()));
  // Segments are 64 MiB here: nothing of the only one can go, and the disk stays full.
  const stuck = await fill(dropping, 0, 1000);
  expect(stuck).toBeLessThan(1000);
  free.bytes = 2 * LIMIT;
  expect(await fill(dropping, stuck, stuck + 2)).toBe(stuck + 2);
  await dropping.close();

  const dir = folder();
  const small = { bytes: LIMIT };
  const writer = await open(dir, { maxBytes: 3 * LIMIT, whenFull: 'drop_oldest' }, smallDisk(small));
  await writer.append(config(characteristic()));
  expect(await fill(writer, 0, BATCHES)).toBe(BATCHES);
  expect(writer.state().journal.firstSeq).toBeGreaterThan(40);
  await writer.close();
  expect((await verifyDataDir(dir)).differences).toEqual([]);

  const stop = { bytes: LIMIT };
  const stopping = await open(folder(), { maxBytes: 3 * LIMIT }, smallDisk(stop));
  await stopping.append(config(characteristic()));
  const taken = await fill(stopping, 0, 1000);
  expect(taken).toBeLessThan(1000);
  expect(stopping.state().journal.firstSeq).toBe(1);
  stop.bytes = 2 * LIMIT;
  expect(await fill(stopping, taken, taken + 2)).toBe(taken + 2);
  await stopping.close();
}, 60_000);
