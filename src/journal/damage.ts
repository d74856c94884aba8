// What is wrong with the journal's files: noted once, the bytes set aside, nothing deleted.
import { join } from 'node:path';
import type { Crc32cTable } from './crc32c.ts';
import { type JournalFile, type JournalFiles, readFully, systemCode, writeFully } from './files.ts';
import type { JournalStats, Seq } from './journal.ts';
import { type ScannedRecord, scanRecords } from './scan.ts';

export type Damage = JournalStats['damage'][number];

/** Everything found so far. */
export interface DamageLog {
  /** Notes or completes one finding; the same place is one finding. */
  note(segment: string, offset: number, what: string, missing?: { readonly from: Seq; readonly to: Seq }): void;
  rows(): readonly Damage[];
}

/** An empty log. */
export function damageLog(): DamageLog {
  const rows = new Map<string, Damage>();
  return {
    note(segment, offset, what, missing) {
      const key = `${segment}@${offset}`;
      rows.set(key, { ...rows.get(key), segment, what, ...missing });
    },
    rows: () => [...rows.values()],
  };
}

export interface Stretch {
  readonly name: string;
  readonly mark: number;
  readonly start: number;
  readonly end: number;
  /** Seq the next record should have. */
  readonly expected: Seq;
  /** Records from this seq on were never confirmed: a later segment says so. */
  readonly limit: Seq;
}

/**
 * The records of a stretch of a segment that count: intact, in order, confirmed. Damage, repetitions and holes are noted.
 */
export async function* intactRecords(
  table: Crc32cTable,
  file: JournalFile,
  stretch: Stretch,
  log: DamageLog,
): AsyncGenerator<readonly ScannedRecord[]> {
  const { name } = stretch;
  let expected = stretch.expected;
  let broken: { from: number; to: number; what: string } | undefined;
  for await (const items of scanRecords(table, file, stretch.mark, stretch.start, stretch.end)) {
    const good: ScannedRecord[] = [];
    for (const item of items) {
      // All that was confirmed has been seen; what follows is void, torn or not.
      if (expected >= stretch.limit) break;
      const isRepeat = item.what === 'record' && item.seq < expected;
      if (item.what === 'damage' || isRepeat) {
        const what = isRepeat
          ? `${name}: entries that came before are repeated at byte ${item.from}; the repetition is left out`
          : `${name}: ${item.to - item.from} bytes at byte ${item.from} are no entries`;
        if (broken !== undefined && broken.to === item.from) broken.to = item.to;
        else broken = { from: item.from, to: item.to, what };
        log.note(name, broken.from, broken.what);
        continue;
      }
      const isVoid = item.seq >= stretch.limit;
      if (item.seq > expected) {
        const missing = { from: expected, to: Math.min(item.seq, stretch.limit) - 1 };
        log.note(name, broken?.from ?? item.from, broken?.what ?? `${name}: entries are missing`, missing);
      }
      broken = undefined;
      expected = item.seq + 1;
      if (!isVoid) good.push(item);
    }
    yield good;
  }
}

/**
 * Copies damaged bytes to `<segment>@<offset>.damaged`, once. A disk that refuses does not stop the journal:
 * the bytes still lie in the segment, unless they are a tail about to be cut, which the caller then keeps.
 *
 * @returns false when the copy could not be made
 */
export async function setAside(
  files: JournalFiles,
  folder: string,
  source: JournalFile,
  name: string,
  from: number,
  to: number,
): Promise<boolean> {
  let copy: JournalFile;
  try {
    copy = await files.open(join(folder, `${name}@${from}.damaged`), 'wx');
  } catch (cause) {
    return systemCode(cause) === 'EEXIST';
  }
  try {
    const buffer = Buffer.allocUnsafe(Math.min(to - from, 1024 * 1024));
    for (let at = from; at < to; ) {
      const read = await readFully(source, buffer.subarray(0, Math.min(buffer.length, to - at)), at);
      if (read === 0) break;
      await writeFully(copy, buffer.subarray(0, read), at - from);
      at += read;
    }
    await copy.datasync();
    return true;
  } catch {
    return false;
  } finally {
    await copy.close();
  }
}
