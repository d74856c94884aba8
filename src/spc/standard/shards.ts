// Streams dealt out to several standard kernels: stream s is stream ⌊s / shards⌋ of shard s mod shards. Each shard looks through all points
// and takes its own, so that nobody deals them out; the events of all shards, in the order of their points, are those of one kernel.
import { REFUSED, type StandardColumns, type StandardEvents } from './kernel.ts';
import type { Numbering } from './settings.ts';

/** Most shards: the arithmetic of `takeOwn` is exact for these and 2^31 streams. */
export const MOST_SHARDS = 64;

/** Which of how many. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

/** Events of one call, as many as there are rows in use. */
export interface EventRows extends StandardEvents {
  /** Rows in use. */
  readonly length: number;
}

/** How the kernel of a shard numbers its streams: as all of them together are numbered. */
export function numberingOf({ index, of }: Shard): Numbering {
  return { first: index, step: of };
}

/**
 * How many of `streams` streams a shard has.
 *
 * @example
 * [0, 1, 2].map((index) => streamsOf({ index, of: 3 }, 7)); // => [3, 2, 2]
 */
export function streamsOf({ index, of }: Shard, streams: number): number {
  return Math.floor((streams - index + of - 1) / of);
}

/**
 * Copies the points of a shard's streams from columns of all into the columns of its kernel, under the indices of its kernel.
 * Without a branch that depends on the stream: at random arrival it would be foretold wrongly every other time.
 *
 * @param n rows of `from`
 * @param streams how many there are in all, below 2^31
 * @param into room for `n` rows, and one more that may be overwritten
 * @param row set to the row of `from` of each row taken; as long as `into`
 * @returns rows taken; REFUSED when a stream does not exist, and then so answers every shard
 */
export function takeOwn(
  { index, of }: Shard,
  from: StandardColumns,
  n: number,
  streams: number,
  into: StandardColumns,
  row: Uint32Array,
): number {
  const { ix, x, t } = from;
  const { ix: toIx, x: toX, t: toT } = into;
  const share = 1 / of;
  let taken = 0;
  for (let i = 0; i < n; i++) {
    const s = ix[i]!;
    if (s >= streams) return REFUSED;
    // ⌊s / of⌋: half a stream on, no quotient is so near a whole number that the rounding of `share` matters.
    const own = ((s + 0.5) * share) | 0;
    toIx[taken] = own;
    row[taken] = i;
    const off = s - own * of - index;
    // 1 where `off` is 0. A comparison the compiler would turn into a branch.
    taken += 1 - ((off | -off) >>> 31);
  }
  // In a second go, as most points belong to others.
  for (let k = 0; k < taken; k++) {
    const i = row[k]!;
    toX[k] = x[i]!;
    toT[k] = t[i]!;
  }
  return taken;
}

/**
 * The events of all shards in the order of their points, which no two shards share.
 *
 * @param first added to every point
 * @example
 * const rows = (point, stream) => ({ length: 1, point: Uint32Array.of(point), stream: Uint32Array.of(stream), bits: Uint32Array.of(1) });
 * [...mergeEvents([rows(5, 0), rows(2, 3)], 10).point]; // => [12, 15]
 */
export function mergeEvents(parts: readonly EventRows[], first: number): EventRows {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const [point, stream, bits] = [new Uint32Array(length), new Uint32Array(length), new Uint32Array(length)];
  const at = parts.map(() => 0);
  for (let e = 0; e < length; e++) {
    let next = 0;
    let nextPoint = Number.POSITIVE_INFINITY;
    for (let p = 0; p < parts.length; p++) {
      const part = parts[p]!;
      const own = at[p]!;
      if (own < part.length && part.point[own]! < nextPoint) {
        next = p;
        nextPoint = part.point[own]!;
      }
    }
    const from = parts[next]!;
    const own = at[next]!;
    point[e] = first + nextPoint;
    stream[e] = from.stream[own]!;
    bits[e] = from.bits[own]!;
    at[next] = own + 1;
  }
  return { length, point, stream, bits };
}

/**
 * The event hash of all shards from theirs: a sum, as the hash is one over events.
 *
 * @param hashes of `eventHash`
 * @example
 * sumOfHashes(['00000001ffffffff', '0000000100000002']); // => '0000000200000001'
 */
export function sumOfHashes(hashes: readonly string[]): string {
  const word = (at: number): string =>
    (hashes.reduce((sum, hash) => sum + Number.parseInt(hash.slice(at, at + 8), 16), 0) >>> 0)
      .toString(16)
      .padStart(8, '0');
  return word(0) + word(8);
}
