// The tail: rows of the newest blocks, one BLOB a block whatever their series, until there are enough of them to be worth
// chunks of their own. A block costs one insert instead of one a series.
import type { DatabaseSync } from 'node:sqlite';
import { asBytes } from './chunks.ts';
import { type AnyRow, type ChunkKind, fullKey } from './kinds.ts';

export interface TailReader<Row> {
  /** Rows of one series, in order of writing. */
  of(series: number): readonly Row[];
}

export interface Tail<Row> extends TailReader<Row> {
  insert(rows: readonly Row[]): void;
  /** Takes rows with these keys (series and key) out and returns them. */
  take(keys: ReadonlySet<string>, firstSeq: number, lastSeq: number): Row[];
  /** Removes the rows of a series of entries before `beforeSeq` for which `isGone`. */
  drop(series: number, beforeSeq: number, isGone: (row: Row) => boolean): void;
  /** Takes everything out. */
  drain(): Row[];
  size(): { readonly blocks: number; readonly rows: number };
}

/** Reads the tail; what it has unpacked it remembers for as long as it is in the tail. */
export function tailReader<Row extends AnyRow>(db: DatabaseSync, kind: ChunkKind<Row>): TailReader<Row> {
  const ids = db.prepare(`SELECT id FROM tail WHERE kind = ${kind.number} ORDER BY id`);
  const bodyOf = db.prepare('SELECT body FROM tail WHERE id = ?');
  // A block's id is never used again and its body never changes.
  let known = new Map<number, ReadonlyMap<number, readonly Row[]>>();

  function unpacked(id: number): ReadonlyMap<number, readonly Row[]> {
    return Map.groupBy(kind.unpack(asBytes(bodyOf.get(id)?.body)), (row) => row.series);
  }

  return {
    of(series) {
      const current = new Map<number, ReadonlyMap<number, readonly Row[]>>();
      const rows: Row[] = [];
      for (const { id } of ids.all()) {
        const block = known.get(Number(id)) ?? unpacked(Number(id));
        current.set(Number(id), block);
        for (const row of block.get(series) ?? []) rows.push(row);
      }
      known = current;
      return rows;
    },
  };
}

/** The tail as its writer has it; all writing happens inside the caller's transaction. */
export function openTail<Row extends AnyRow>(db: DatabaseSync, kind: ChunkKind<Row>): Tail<Row> {
  const add = db.prepare(`INSERT INTO tail (kind, seq0, seq1, n, body) VALUES (${kind.number}, ?, ?, ?, ?)`);
  const all = db.prepare(`SELECT id, body FROM tail WHERE kind = ${kind.number} ORDER BY id`);
  const holding = db.prepare(
    `SELECT id, n, body FROM tail WHERE kind = ${kind.number} AND seq0 <= ? AND seq1 >= ? ORDER BY id`,
  );
  const remove = db.prepare('DELETE FROM tail WHERE id = ?');
  const clear = db.prepare(`DELETE FROM tail WHERE kind = ${kind.number}`);
  const sum = db.prepare(`SELECT count(*) AS blocks, sum(n) AS n FROM tail WHERE kind = ${kind.number}`).get();
  let blocks = Number(sum?.blocks ?? 0);
  let count = Number(sum?.n ?? 0);

  function insert(rows: readonly Row[]): void {
    if (rows.length === 0) return;
    const seqs = rows.map((row) => row.seq);
    const seq0 = seqs.reduce((a, b) => Math.min(a, b));
    const seq1 = seqs.reduce((a, b) => Math.max(a, b));
    add.run(seq0, seq1, rows.length, kind.pack(rows));
    blocks += 1;
    count += rows.length;
  }

  return {
    ...tailReader(db, kind),
    insert,
    take(keys, firstSeq, lastSeq) {
      const taken: Row[] = [];
      for (const { id, n, body } of holding.all(lastSeq, firstSeq)) {
        const held = kind.unpack(asBytes(body));
        const kept = held.filter((row) => !keys.has(fullKey(kind, row)));
        if (kept.length === held.length) continue;
        for (const row of held) if (keys.has(fullKey(kind, row))) taken.push(row);
        remove.run(Number(id));
        blocks -= 1;
        count -= Number(n);
        insert(kept);
      }
      return taken;
    },
    drop(series, beforeSeq, isGone) {
      for (const { id, n, body } of holding.all(beforeSeq - 1, 0)) {
        const held = kind.unpack(asBytes(body));
        const kept = held.filter((row) => row.series !== series || row.seq >= beforeSeq || !isGone(row));
        if (kept.length === held.length) continue;
        remove.run(Number(id));
        blocks -= 1;
        count -= Number(n);
        insert(kept);
      }
    },
    drain() {
      const rows = all.all().flatMap(({ body }) => kind.unpack(asBytes(body)));
      clear.run();
      blocks = 0;
      count = 0;
      return rows;
    },
    size: () => ({ blocks, rows: count }),
  };
}
