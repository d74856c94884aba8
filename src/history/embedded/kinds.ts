// What measurements and points have in common as rows of a chunk: packing, order, identity, statistics.
import type { RangeQuery } from '../history.ts';
import {
  packMeasurements,
  packPoints,
  type StoredMeasurement,
  type StoredPoint,
  unpackMeasurements,
  unpackPoints,
} from './rows.ts';

/** Statistics of a chunk, kept beside it so that summaries need not open it. */
export interface ChunkStatistics {
  /** Rows of good quality and of bad quality; the rest is uncertain. Points: 0. */
  readonly good: number;
  readonly bad: number;
  /** Good finite values, their least, greatest and sum; null where there are none. */
  readonly counted: number;
  readonly lo: number | null;
  readonly hi: number | null;
  readonly total: number | null;
}

/** What every row has. */
export interface AnyRow {
  readonly series: number;
  readonly seq: number;
  readonly ordinal: number;
  readonly tie: number;
}

/** A kind of row that is stored in chunks. */
export interface ChunkKind<Row extends AnyRow> {
  /** Column `kind` of the table. */
  readonly number: number;
  pack(rows: readonly Row[]): Uint8Array;
  unpack(body: Uint8Array): Row[];
  /** Time in whole ms, rounded down: what chunks are found by. */
  ms(row: Row): number;
  /** Order of an answer: time, then id. */
  compare(a: Row, b: Row): number;
  /** Identity within a series. */
  key(row: Row): string;
  statistics(rows: readonly Row[]): ChunkStatistics;
  isInRange(row: Row, query: Pick<RangeQuery, 'fromMs' | 'toMs'>): boolean;
  /** Time in ns without the tie. */
  ns(row: Row): bigint;
  tied(row: Row, tie: number): Row;
}

/** Key of a row among all series. */
export function fullKey<Row extends AnyRow>(kind: ChunkKind<Row>, row: Row): string {
  return `${row.series} ${kind.key(row)}`;
}

/** Measurements. */
export function measurementKind(): ChunkKind<StoredMeasurement> {
  return {
    number: 0,
    pack: packMeasurements,
    unpack: unpackMeasurements,
    ms: (row) => Number(floorDivide(row.timeNs, 1_000_000n)),
    compare: (a, b) => order(a.timeNs, b.timeNs) || a.seq - b.seq || a.ordinal - b.ordinal,
    key: (row) => `${row.seq}.${row.ordinal}`,
    statistics: measurementStatistics,
    isInRange(row, { fromMs, toMs }) {
      // Comparing a BigInt with a number is exact; only the scale must not be.
      const ms = Number(floorDivide(row.timeNs, 1_000_000n));
      const rest = Number(row.timeNs - BigInt(ms) * 1_000_000n) / 1e6;
      return isAtLeast(ms, rest, fromMs) && !isAtLeast(ms, rest, toMs);
    },
    ns: (row) => row.timeNs,
    tied: (row, tie) => ({ ...row, tie }),
  };
}

/** Points. */
export function pointKind(): ChunkKind<StoredPoint> {
  return {
    number: 1,
    pack: packPoints,
    unpack: unpackPoints,
    ms: (row) => Math.floor(row.timeMs),
    compare: (a, b) => order(a.timeMs, b.timeMs) || a.seq - b.seq || a.ordinal - b.ordinal || a.lane - b.lane,
    key: (row) => `${row.id} ${row.lane}`,
    statistics: () => ({ good: 0, bad: 0, counted: 0, lo: null, hi: null, total: null }),
    isInRange: (row, { fromMs, toMs }) => row.timeMs >= fromMs && row.timeMs < toMs,
    ns: (row) => nsOfMs(row.timeMs),
    tied: (row, tie) => ({ ...row, tie }),
  };
}

/**
 * A time in ms, fractions allowed, as whole ns.
 *
 * @example
 * nsOfMs(1700000000000.5); // => 1700000000000500000n
 */
export function nsOfMs(ms: number): bigint {
  const whole = Math.floor(ms);
  return BigInt(whole) * 1_000_000n + BigInt(Math.round((ms - whole) * 1e6));
}

function measurementStatistics(rows: readonly StoredMeasurement[]): ChunkStatistics {
  let good = 0;
  let bad = 0;
  let counted = 0;
  let lo = Infinity;
  let hi = -Infinity;
  let total = 0;
  let rest = 0;
  for (const { quality, value } of rows) {
    if (quality === 0) good += 1;
    if (quality === 2) bad += 1;
    if (quality !== 0 || !Number.isFinite(value)) continue;
    counted += 1;
    lo = Math.min(lo, value);
    hi = Math.max(hi, value);
    // Neumaier's compensated sum.
    const next = total + value;
    rest += Math.abs(total) >= Math.abs(value) ? total - next + value : value - next + total;
    total = next;
  }
  if (counted === 0) return { good, bad, counted, lo: null, hi: null, total: null };
  // A sum beyond the largest number has no meaningful rest.
  return { good, bad, counted, lo, hi, total: Number.isFinite(rest) ? total + rest : total };
}

function isAtLeast(ms: number, rest: number, bound: number): boolean {
  const whole = Math.floor(bound);
  return ms > whole || (ms === whole && rest >= bound - whole);
}

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}

function order<T extends bigint | number>(a: T, b: T): number {
  if (a < b) return -1;
  return a > b ? 1 : 0;
}
