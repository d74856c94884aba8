// Summaries of a series: from the statistics beside the chunks where a chunk lies inside one period, else from its rows.
import type { DatabaseSync } from 'node:sqlite';
import { asBytes } from './chunks.ts';
import { type ChunkStatistics, measurementKind } from './kinds.ts';
import type { StoredMeasurement } from './rows.ts';

/** Good finite values of one period. */
export interface Bucket {
  readonly fromMs: number;
  readonly n: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
}

export interface Summary {
  readonly buckets: readonly Bucket[];
  /** All rows by quality; undefined when there are none. */
  readonly tally:
    | {
        readonly good: number;
        readonly uncertain: number;
        readonly bad: number;
        readonly firstMs: number;
        readonly lastMs: number;
      }
    | undefined;
}

interface Sum {
  n: number;
  min: number;
  max: number;
  total: number;
}

/**
 * Summarises measurements of a series in [fromMs, toMs).
 *
 * @param newer rows that are not in chunks yet
 * @param period `bucketMs` is the length of a period, counted from 1970; Infinity for one period
 */
export function summarise(
  db: DatabaseSync,
  series: number,
  newer: readonly StoredMeasurement[],
  period: { readonly fromMs: number; readonly toMs: number; readonly bucketMs: number },
): Summary {
  const { fromMs, toMs, bucketMs } = period;
  const kind = measurementKind();
  const sums = new Map<number, Sum>();
  const tally = { good: 0, uncertain: 0, bad: 0, firstMs: Infinity, lastMs: -Infinity };
  const bucketOf = (ms: number) => (bucketMs === Infinity ? 0 : Math.floor(ms / bucketMs));
  const span = Number(db.prepare('SELECT span0 FROM series WHERE ix = ?').get(series)?.span0 ?? 0);
  const bodyOf = db.prepare('SELECT body FROM chunk WHERE id = ?');
  const heads = db.prepare(
    `SELECT id, t0, t1, n, good, bad, counted, lo, hi, total FROM chunk
     WHERE kind = 0 AND series = ? AND t0 >= ? AND t0 < ? AND t1 >= ? ORDER BY t0, id`,
  );

  function add(bucket: number, rows: number, firstMs: number, lastMs: number, s: ChunkStatistics): void {
    tally.good += s.good;
    tally.bad += s.bad;
    tally.uncertain += rows - s.good - s.bad;
    tally.firstMs = Math.min(tally.firstMs, firstMs);
    tally.lastMs = Math.max(tally.lastMs, lastMs);
    if (s.counted === 0) return;
    const sum = sums.get(bucket) ?? { n: 0, min: Infinity, max: -Infinity, total: 0 };
    sums.set(bucket, sum);
    sum.n += s.counted;
    sum.min = Math.min(sum.min, s.lo ?? Infinity);
    sum.max = Math.max(sum.max, s.hi ?? -Infinity);
    sum.total += s.total ?? 0;
  }

  function addRows(rows: readonly StoredMeasurement[]): void {
    for (const row of rows) {
      if (!kind.isInRange(row, { fromMs, toMs })) continue;
      const ms = kind.ms(row);
      add(bucketOf(ms), 1, ms, ms, kind.statistics([row]));
    }
  }

  for (const head of heads.all(series, Math.floor(fromMs) - span, toMs, Math.floor(fromMs))) {
    const t0 = Number(head.t0);
    const t1 = Number(head.t1);
    const counted = Number(head.counted);
    // t1 is rounded down to a whole ms: the last row may lie up to a ms behind it.
    const isInside = t0 >= fromMs && t1 + 1 <= toMs && bucketOf(t0) === bucketOf(t1 + 1 - 1e-6);
    if (isInside && (counted === 0 || head.total !== null)) {
      add(bucketOf(t0), Number(head.n), t0, t1, {
        good: Number(head.good),
        bad: Number(head.bad),
        counted,
        lo: head.lo === null ? null : Number(head.lo),
        hi: head.hi === null ? null : Number(head.hi),
        total: head.total === null ? null : Number(head.total),
      });
      continue;
    }
    addRows(kind.unpack(asBytes(bodyOf.get(Number(head.id))?.body)));
  }
  addRows(newer);
  const buckets = [...sums.entries()]
    .sort(([a], [b]) => a - b)
    .map(([bucket, { n, min, max, total }]) => ({
      fromMs: bucketMs === Infinity ? fromMs : bucket * bucketMs,
      n,
      min,
      max,
      mean: Math.min(max, Math.max(min, total / n)),
    }));
  const n = tally.good + tally.uncertain + tally.bad;
  return { buckets, tally: n === 0 ? undefined : tally };
}
