// The chunk table: small chunks come from the tail, full ones are made of them; both are read alike.
import type { DatabaseSync } from 'node:sqlite';
import type { RangeQuery } from '../history.ts';
import { type AnyRow, type ChunkKind, fullKey } from './kinds.ts';

/** Rows of a full chunk. */
export const CHUNK_ROWS = 1000;

interface ChunkHead {
  readonly id: number;
  readonly t0: number;
  readonly t1: number;
  readonly body: Uint8Array;
}

/** Reads chunks of one kind. */
export interface ChunkReader<Row> {
  /** Answers a question; `newer` are rows that are not in chunks yet. */
  range(
    query: Omit<RangeQuery, 'series'>,
    series: number,
    newer: readonly Row[],
    isWanted?: (row: Row) => boolean,
  ): Row[];
  /** Rows with a whole ms in [fromMs, toMs], of one series, unsorted. */
  around(series: number, fromMs: number, toMs: number): Row[];
  /** Last ms of any chunk of the series, -Infinity when there is none. */
  newestMs(series: number): number;
}

/** Reads and writes chunks of one kind; all writing happens inside the caller's transaction. */
export interface ChunkStore<Row> extends ChunkReader<Row> {
  insert(series: number, rows: readonly Row[]): void;
  /** Takes rows with these keys (see fullKey) out and returns them. */
  take(series: number, keys: ReadonlySet<string>, firstSeq: number, lastSeq: number): Row[];
  /** Removes the rows of a series of entries before `beforeSeq`, with a whole ms of at least `fromMs`, for which `isGone`. */
  drop(series: number, fromMs: number, beforeSeq: number, isGone: (row: Row) => boolean): void;
  /** Folds the small chunks of a series into full ones and at most one that is not full. */
  fold(series: number): void;
}

/** Reading access to the chunks of one kind. */
export function chunkReader<Row extends AnyRow>(db: DatabaseSync, kind: ChunkKind<Row>): ChunkReader<Row> {
  // A chunk is as long as the longest one of its series at most: that bounds the search on both sides.
  const span = db.prepare(`SELECT span${kind.number} AS span FROM series WHERE ix = ?`);
  const forward = db.prepare(
    `SELECT id, t0, t1, body FROM chunk WHERE kind = ${kind.number} AND series = ? AND t0 >= ? AND t0 <= ? AND t1 >= ? ORDER BY t0, id`,
  );
  const backward = db.prepare(
    `SELECT id, t0, t1, body FROM chunk WHERE kind = ${kind.number} AND series = ? AND t1 <= ? AND t1 >= ? AND t0 <= ? ORDER BY t1 DESC, id DESC`,
  );
  const newest = db.prepare(`SELECT max(t1) AS t1 FROM chunk WHERE kind = ${kind.number} AND series = ?`);
  const spanOf = (series: number) => Number(span.get(series)?.span ?? 0);

  function heads(series: number, fromMs: number, toMs: number, isLast: boolean): IterableIterator<unknown> {
    const from = Math.floor(fromMs);
    const length = spanOf(series);
    if (isLast) return backward.iterate(series, toMs + length, from, toMs);
    return forward.iterate(series, from - length, toMs, from);
  }

  return {
    range(query, series, newer, isWanted) {
      const { limit, last = false } = query;
      const sign = last ? -1 : 1;
      const compare = (a: Row, b: Row) => sign * kind.compare(a, b);
      if (!(limit > 0) || !(query.fromMs < query.toMs)) return [];
      const isAsked = (row: Row) => kind.isInRange(row, query) && (isWanted === undefined || isWanted(row));
      let rows = newer.filter(isAsked);
      let check = limit;
      for (const head of heads(series, query.fromMs, query.toMs, last) as IterableIterator<ChunkHead>) {
        if (rows.length >= check) {
          // Rows on this side of every chunk still to come are settled.
          rows.sort(compare);
          const settled = rows[limit - 1];
          if (settled !== undefined && (last ? kind.ms(settled) > head.t1 : kind.ms(settled) < head.t0)) break;
          // The first `limit` so far are all that can matter.
          rows = rows.slice(0, limit);
          check = limit + CHUNK_ROWS;
        }
        for (const row of kind.unpack(head.body)) if (isAsked(row)) rows.push(row);
      }
      rows = rows.sort(compare).slice(0, limit);
      return last ? rows.reverse() : rows;
    },
    around(series, fromMs, toMs) {
      const rows: Row[] = [];
      for (const head of heads(series, fromMs, toMs, false) as IterableIterator<ChunkHead>) {
        for (const row of kind.unpack(head.body)) {
          const ms = kind.ms(row);
          if (ms >= fromMs && ms <= toMs) rows.push(row);
        }
      }
      return rows;
    },
    newestMs: (series) => Number(newest.get(series)?.t1 ?? -Infinity),
  };
}

/** Writing access to the chunks of one kind. */
export function chunkStore<Row extends AnyRow>(db: DatabaseSync, kind: ChunkKind<Row>): ChunkStore<Row> {
  const add = db.prepare(
    `INSERT INTO chunk (kind, series, t0, t1, seq0, seq1, n, is_full, good, bad, counted, lo, hi, total, body)
     VALUES (${kind.number}, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const widen = db.prepare(`UPDATE series SET span${kind.number} = ?2 WHERE ix = ?1 AND span${kind.number} < ?2`);
  const small = db.prepare(
    `SELECT id, body FROM chunk WHERE kind = ${kind.number} AND series = ? AND is_full = 0 ORDER BY id`,
  );
  const holding = db.prepare(
    `SELECT id, body FROM chunk WHERE kind = ${kind.number} AND series = ? AND seq0 <= ? AND seq1 >= ?`,
  );
  const reaching = db.prepare(
    `SELECT id, body FROM chunk WHERE kind = ${kind.number} AND series = ? AND t1 >= ? AND seq0 < ?`,
  );
  const remove = db.prepare('DELETE FROM chunk WHERE id = ?');
  const spans = new Map<number, number>();

  function insert(series: number, rows: readonly Row[]): void {
    const first = rows[0];
    if (first === undefined) return;
    let t0 = Infinity;
    let t1 = -Infinity;
    let seq0 = Infinity;
    let seq1 = -Infinity;
    for (const row of rows) {
      const ms = kind.ms(row);
      t0 = Math.min(t0, ms);
      t1 = Math.max(t1, ms);
      seq0 = Math.min(seq0, row.seq);
      seq1 = Math.max(seq1, row.seq);
    }
    const n = rows.length;
    const { good, bad, counted, lo, hi, total } = kind.statistics(rows);
    const isFull = n >= CHUNK_ROWS ? 1 : 0;
    // SQLite has no NaN, and an overflowed sum is none: it is computed again when asked for.
    const sum = total !== null && Number.isFinite(total) ? total : null;
    add.run(series, t0, t1, seq0, seq1, n, isFull, good, bad, counted, lo, hi, sum, kind.pack(rows));
    if (t1 - t0 > (spans.get(series) ?? 0)) {
      spans.set(series, t1 - t0);
      widen.run(series, t1 - t0);
    }
  }

  return {
    ...chunkReader(db, kind),
    insert,
    take(series, keys, firstSeq, lastSeq) {
      const taken: Row[] = [];
      for (const { id, body } of holding.all(series, lastSeq, firstSeq)) {
        const held = kind.unpack(asBytes(body));
        const kept = held.filter((row) => !keys.has(fullKey(kind, row)));
        if (kept.length === held.length) continue;
        for (const row of held) if (keys.has(fullKey(kind, row))) taken.push(row);
        remove.run(Number(id));
        insert(series, kept);
      }
      return taken;
    },
    drop(series, fromMs, beforeSeq, isGone) {
      for (const { id, body } of reaching.all(series, fromMs, beforeSeq)) {
        const held = kind.unpack(asBytes(body));
        const kept = held.filter((row) => row.seq >= beforeSeq || !isGone(row));
        if (kept.length === held.length) continue;
        remove.run(Number(id));
        insert(series, kept);
      }
    },
    fold(series) {
      const rows: Row[] = [];
      for (const { id, body } of small.all(series)) {
        for (const row of kind.unpack(asBytes(body))) rows.push(row);
        remove.run(Number(id));
      }
      rows.sort(kind.compare);
      for (let i = 0; i < rows.length; i += CHUNK_ROWS) insert(series, rows.slice(i, i + CHUNK_ROWS));
    },
  };
}

/** A BLOB column; an absent one is empty. */
export function asBytes(value: unknown): Uint8Array {
  return value instanceof Uint8Array ? value : new Uint8Array();
}
