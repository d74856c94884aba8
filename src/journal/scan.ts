// Reads one segment file from front to back in bounded memory and finds its way again behind damage.
import type { Crc32cTable } from './crc32c.ts';
import { type JournalFile, readFully } from './files.ts';
import { MAX_PAYLOAD, RECORD_HEAD, recordSum } from './record.ts';

const CHUNK = 1024 * 1024;

/** An intact record. `payload` stays valid, but keeps the megabyte around it alive. */
export interface ScannedRecord {
  readonly what: 'record';
  readonly seq: number;
  readonly kind: number;
  readonly payload: Uint8Array;
  readonly from: number;
  /** Offset behind the record. */
  readonly to: number;
}

/** Bytes `from` .. `to` that are no record. */
export interface ScannedDamage {
  readonly what: 'damage';
  readonly from: number;
  readonly to: number;
}

/**
 * Records and damaged stretches of `file` between two offsets, in order. Several come in one step.
 *
 * @param mark the segment's own mark
 */
export async function* scanRecords(
  table: Crc32cTable,
  file: JournalFile,
  mark: number,
  from: number,
  end: number,
): AsyncGenerator<readonly (ScannedRecord | ScannedDamage)[]> {
  let window = Buffer.allocUnsafe(0);
  let base = from;
  const pattern = Buffer.alloc(4);
  pattern.writeUInt32LE(mark);

  // Makes [at, at + n) available in the window as far as the file goes; returns the index of `at` in it.
  async function load(at: number, n: number): Promise<number> {
    if (at >= base && at + n <= base + window.length) return at - base;
    const kept = at >= base && at < base + window.length ? window.subarray(at - base) : Buffer.alloc(0);
    const wanted = Math.min(Math.max(n, CHUNK), end - at);
    const next = Buffer.allocUnsafe(Math.max(wanted, kept.length));
    kept.copy(next);
    const read = await readFully(file, next.subarray(kept.length), at + kept.length);
    window = next.subarray(0, kept.length + read);
    base = at;
    return 0;
  }

  async function recordAt(at: number): Promise<ScannedRecord | undefined> {
    if (end - at < RECORD_HEAD) return undefined;
    let i = await load(at, RECORD_HEAD);
    if (window.length - i < RECORD_HEAD || window.readUInt32LE(i) !== mark) return undefined;
    const length = window.readUInt32LE(i + 4);
    if (length > MAX_PAYLOAD || at + RECORD_HEAD + length > end) return undefined;
    i = await load(at, RECORD_HEAD + length);
    const stop = i + RECORD_HEAD + length;
    if (stop > window.length || recordSum(table, window, i, stop) !== window.readUInt32LE(i + 20)) return undefined;
    return {
      what: 'record',
      seq: window.readUInt32LE(i + 8) + window.readUInt32LE(i + 12) * 0x1_0000_0000,
      kind: window.readUInt32LE(i + 16),
      payload: window.subarray(i + RECORD_HEAD, stop),
      from: at,
      to: at + RECORD_HEAD + length,
    };
  }

  async function nextRecord(after: number): Promise<number> {
    let at = after;
    while (end - at >= RECORD_HEAD) {
      const i = await load(at, RECORD_HEAD);
      const found = window.indexOf(pattern, i);
      if (found >= 0) {
        at = base + found;
        if ((await recordAt(at)) !== undefined) return at;
        at += 1;
        continue;
      }
      const seen = base + window.length;
      if (seen >= end) break;
      at = Math.max(at + 1, seen - 3);
    }
    return end;
  }

  let at = from;
  let found: (ScannedRecord | ScannedDamage)[] = [];
  while (at < end) {
    const record = await recordAt(at);
    if (record !== undefined) {
      found.push(record);
      at = record.to;
    } else {
      const next = await nextRecord(at + 1);
      found.push({ what: 'damage', from: at, to: next });
      at = next;
    }
    // Hand over what one window held, so that no more than that is in memory.
    const isWindowSpent = at + RECORD_HEAD > base + window.length;
    const isNextCut = !isWindowSpent && at + RECORD_HEAD + window.readUInt32LE(at - base + 4) > base + window.length;
    if (isWindowSpent || isNextCut) {
      yield found;
      found = [];
    }
  }
  if (found.length > 0) yield found;
}
