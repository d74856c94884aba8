// Where the rows of one kind go: the tail first, then small chunks by series, then full ones.
import type { DatabaseSync } from 'node:sqlite';
import { CHUNK_ROWS, chunkStore } from './chunks.ts';
import { type AnyRow, type ChunkKind, fullKey } from './kinds.ts';
import { openTail } from './tail.ts';

/** The tail is emptied into chunks at this size: so many rows for each series there is, within bounds. A block as large goes there at once. */
const TAIL_BLOCKS = 200;
const TAIL_ROWS_A_SERIES = 32;
const LEAST_TAIL_ROWS = 8000;
const MOST_TAIL_ROWS = 64_000;
/**
 * A series' small chunks are folded when there are about this many, spread so that not all fall due at once, and when they hold as
 * many rows as the chunk folded last: each row is then written anew a few times, however small the chunks come.
 */
const FOLD_AT = 6;
const FOLD_SPREAD = 6;
const MOST_CHUNKS = 40;

/** Rows of one kind; all writing happens inside the caller's transaction. */
export interface RowLane<Row> {
  /** Adds rows whose ids are new. */
  add(rows: readonly Row[]): void;
  /** Takes the rows with the same ids out, wherever they are; returns them by `fullKey`. */
  take(rows: readonly Row[]): Map<string, Row>;
  /** Removes the rows of a series from `fromMs` on that are of entries before `beforeSeq`. */
  drop(series: number, fromMs: number, beforeSeq: number): void;
  /** Rows of a series with a whole ms in [fromMs, toMs]. */
  around(series: number, fromMs: number, toMs: number): Row[];
  /** Last ms of the series, -Infinity when it has no rows. */
  newestMs(series: number): number;
}

/** The lane of a kind in an open database. */
export function openLane<Row extends AnyRow>(db: DatabaseSync, kind: ChunkKind<Row>): RowLane<Row> {
  const tail = openTail(db, kind);
  const chunks = chunkStore(db, kind);
  /** `folded`: rows of the chunk that was folded last. */
  const small = new Map<number, { chunks: number; rows: number; folded: number }>();
  const counts = db.prepare(
    'SELECT series, count(*) AS chunks, sum(n) AS n FROM chunk WHERE kind = ? AND is_full = 0 GROUP BY series',
  );
  for (const row of counts.all(kind.number)) {
    small.set(Number(row.series), { chunks: Number(row.chunks), rows: Number(row.n), folded: 0 });
  }

  function insertChunks(rows: readonly Row[]): void {
    for (const [series, own] of Map.groupBy(rows, (row) => row.series)) {
      const sorted = own.toSorted(kind.compare);
      for (let i = 0; i < sorted.length; i += CHUNK_ROWS) chunks.insert(series, sorted.slice(i, i + CHUNK_ROWS));
      const rest = sorted.length % CHUNK_ROWS;
      if (rest === 0) continue;
      const before = small.get(series) ?? { chunks: 0, rows: 0, folded: 0 };
      const after = { ...before, chunks: before.chunks + 1, rows: before.rows + rest };
      if (isDue(series, after)) chunks.fold(series);
      else {
        small.set(series, after);
        continue;
      }
      const left = after.rows % CHUNK_ROWS;
      small.set(series, { chunks: left > 0 ? 1 : 0, rows: left, folded: left });
    }
  }

  function tailRows(): number {
    return Math.min(MOST_TAIL_ROWS, Math.max(LEAST_TAIL_ROWS, TAIL_ROWS_A_SERIES * small.size));
  }

  return {
    add(rows) {
      if (rows.length >= tailRows()) {
        insertChunks(rows);
        return;
      }
      tail.insert(rows);
      const size = tail.size();
      if (size.blocks >= TAIL_BLOCKS || size.rows >= tailRows()) insertChunks(tail.drain());
    },
    take(rows) {
      if (rows.length === 0) return new Map();
      const keys = new Set(rows.map((row) => fullKey(kind, row)));
      const seqs = rows.map((row) => row.seq);
      const first = seqs.reduce((a, b) => Math.min(a, b));
      const last = seqs.reduce((a, b) => Math.max(a, b));
      const taken = tail.take(keys, first, last);
      for (const series of new Set(rows.map((row) => row.series))) {
        taken.push(...chunks.take(series, keys, first, last));
      }
      return new Map(taken.map((row) => [fullKey(kind, row), row]));
    },
    drop(series, fromMs, beforeSeq) {
      const isGone = (row: Row) => kind.isInRange(row, { fromMs, toMs: Infinity });
      tail.drop(series, beforeSeq, isGone);
      chunks.drop(series, Math.floor(fromMs), beforeSeq, isGone);
    },
    around(series, fromMs, toMs) {
      const isThere = (row: Row) => kind.ms(row) >= fromMs && kind.ms(row) <= toMs;
      return [...chunks.around(series, fromMs, toMs), ...tail.of(series).filter(isThere)];
    },
    newestMs(series) {
      return tail.of(series).reduce((max, row) => Math.max(max, kind.ms(row)), chunks.newestMs(series));
    },
  };
}

function isDue(series: number, { chunks, rows, folded }: { chunks: number; rows: number; folded: number }): boolean {
  if (rows >= CHUNK_ROWS || chunks >= MOST_CHUNKS) return true;
  return chunks >= FOLD_AT + ((series * 7) % FOLD_SPREAD) && rows >= 2 * folded;
}
