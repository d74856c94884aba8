// The embedded history: plant.db, one SQLite file, written by the writer thread alone.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { PumjilError } from '../../errors.ts';
import type { Seq } from '../../journal/journal.ts';
import type { History } from '../history.ts';
import { asBytes } from './chunks.ts';
import { type OutboxSize, outboxWriter } from './outbox.ts';
import { type HistoryQueries, historyQueries } from './queries.ts';
import { squeeze, unsqueeze } from './rows.ts';
import { openPlantDb } from './schema.ts';
import { type BlockWriter, blockWriter } from './write.ts';

/** Snapshots that are kept. */
const SNAPSHOTS = 3;
/** Side blobs are kept this long, and seqs by time this long. */
const BLOB_MS = 25 * 3_600_000;
const SEQ_TIME_MS = 400 * 24 * 3_600_000;
/** Refused lines that are kept in full; all are counted. */
const QUARANTINED_LINES = 10_000;

export interface EmbeddedOptions {
  /** plant.db; its folder exists. */
  readonly file: string;
  /** Keep every block for other sinks until all of them have it. */
  readonly outbox?: boolean;
  /** ms since 1970. */
  readonly now?: () => number;
}

export interface Snapshot {
  readonly seq: Seq;
  readonly bytes: Uint8Array;
}

/** A history with everything the writer keeps beside it. All but the interface of History is synchronous. */
export interface EmbeddedHistory extends History, Omit<HistoryQueries, 'cursor' | 'measurements' | 'points'> {
  /**
   * Keeps the state of engine and alarms; the newest three stay.
   *
   * @param fingerprints kept beside it in the same transaction for 25 h; see `blobs('dedupe')`
   * @param isFlushed on the disk when it returns, and all that was written before it: the journal may be trimmed up to it
   */
  saveSnapshot(seq: Seq, bytes: Uint8Array, fingerprints?: Uint8Array, isFlushed?: boolean): void;
  latestSnapshot(): Snapshot | undefined;
  oldestSnapshot(): Snapshot | undefined;
  oldestSnapshotSeq(): Seq | undefined;
  /** Forgets snapshots before `seq`; the newest stays. */
  forgetSnapshots(before: Seq): void;
  /** Side blobs of that name that are not too old, oldest first. */
  blobs(name: string): readonly Uint8Array[];
  /** Last entry of the newest snapshot taken at or before `ms`; undefined when there was none. */
  seqAt(ms: number): Seq | undefined;
  /** Moves a sink on and forgets outbox blocks that all sinks have. */
  setSinkCursor(name: string, seq: Seq): void;
  /** Forgets outbox blocks up to and with `upto`. */
  trimOutbox(upto: Seq): void;
  /** Drops the oldest outbox blocks until at most `downToBytes` wait, counted as lost for ever; see OutboxWriter. */
  dropOutbox(downToBytes: number, spared: number): OutboxSize;
  /** Keeps a line that a sink refuses for good. */
  quarantineLine(sink: string, line: string, reason: string): void;
  putRecord(kind: string, key: string, json: string): void;
  deleteRecord(kind: string, key: string): void;
}

/**
 * Opens plant.db, made when absent.
 *
 * @throws PumjilError HISTORY_DAMAGED (no database, or of a newer version), DATA_DIR_UNWRITABLE
 */
export function openEmbeddedHistory(options: EmbeddedOptions): EmbeddedHistory {
  const { file } = options;
  const now = options.now ?? Date.now;
  const db = openPlantDb(file);
  const queries = historyQueries(db);
  const outbox = outboxWriter(db);
  let writer: BlockWriter | undefined;
  const statements = new Map<string, StatementSync>();
  let cursor = queries.cursor();

  function run(sql: string, ...values: (string | number | Uint8Array)[]): void {
    let statement = statements.get(sql);
    if (statement === undefined) {
      statement = db.prepare(sql);
      statements.set(sql, statement);
    }
    statement.run(...values);
  }

  function moveSink(name: string, seq: Seq): void {
    run('INSERT OR REPLACE INTO sink (name, seq) VALUES (?, ?)', name, seq);
    const all = Object.values(queries.sinkCursors());
    outbox.forget(Math.min(...all));
  }

  function snapshot(order: 'ASC' | 'DESC'): Snapshot | undefined {
    const row = db.prepare(`SELECT seq, body FROM snapshot ORDER BY seq ${order} LIMIT 1`).get();
    return row === undefined
      ? undefined
      : { seq: Number(row.seq), bytes: new Uint8Array(unsqueeze(asBytes(row.body))) };
  }

  inTransaction(db, file, outbox.recount);

  return {
    ...queries,
    async append(block) {
      if (block.seq <= cursor) return;
      // What a writer remembers is of no use once a transaction was taken back: then there is none.
      const current = writer ?? blockWriter(db, options.outbox ?? false);
      writer = undefined;
      inTransaction(db, file, () => current.write(block, cursor));
      cursor = block.seq;
      current.committed();
      writer = current;
    },
    cursor: async () => cursor,
    measurements: async (query) => queries.measurements(query),
    points: async (query) => queries.points(query),
    saveSnapshot(seq, bytes, fingerprints, isFlushed = false) {
      const body = squeeze(bytes);
      const at = now();
      (isFlushed ? flushed : inTransaction)(db, file, () => {
        run('INSERT OR REPLACE INTO snapshot (seq, at, body) VALUES (?, ?, ?)', seq, at, body);
        run(`DELETE FROM snapshot WHERE seq NOT IN (SELECT seq FROM snapshot ORDER BY seq DESC LIMIT ${SNAPSHOTS})`);
        run('INSERT OR REPLACE INTO seq_time (at, seq) VALUES (?, ?)', at, seq);
        run('DELETE FROM seq_time WHERE at < ?', at - SEQ_TIME_MS);
        if (fingerprints === undefined) return;
        run("INSERT INTO side_blob (name, at, body) VALUES ('dedupe', ?, ?)", at, squeeze(fingerprints));
        run('DELETE FROM side_blob WHERE at < ?', at - BLOB_MS);
      });
    },
    latestSnapshot: () => snapshot('DESC'),
    oldestSnapshot: () => snapshot('ASC'),
    oldestSnapshotSeq() {
      const seq = db.prepare('SELECT min(seq) AS seq FROM snapshot').get()?.seq;
      return typeof seq === 'number' ? seq : undefined;
    },
    forgetSnapshots(before) {
      inTransaction(db, file, () =>
        run('DELETE FROM snapshot WHERE seq < ? AND seq < (SELECT max(seq) FROM snapshot)', before),
      );
    },
    blobs(name) {
      const rows = db
        .prepare('SELECT body FROM side_blob WHERE name = ? AND at >= ? ORDER BY id')
        .all(name, now() - BLOB_MS);
      return rows.map((row) => new Uint8Array(unsqueeze(asBytes(row.body))));
    },
    seqAt(ms) {
      const seq = db.prepare('SELECT seq FROM seq_time WHERE at <= ? ORDER BY at DESC LIMIT 1').get(ms)?.seq;
      return typeof seq === 'number' ? seq : undefined;
    },
    setSinkCursor: (name, seq) => flushed(db, file, () => moveSink(name, seq)),
    trimOutbox: (upto) => inTransaction(db, file, () => outbox.forget(upto)),
    dropOutbox(downToBytes, spared) {
      let dropped: OutboxSize = { bytes: 0, values: 0 };
      flushed(db, file, () => {
        dropped = outbox.drop(downToBytes, spared);
      });
      return dropped;
    },
    quarantineLine(sink, line, reason) {
      flushed(db, file, () => {
        const sql = 'INSERT OR IGNORE INTO quarantine (sink, at, line, reason) VALUES (?, ?, ?, ?)';
        const { changes } = db.prepare(sql).run(sink, now(), line, reason);
        // The same line again is the same refusal: its block was sent once more.
        if (changes === 0 || !line.startsWith('pumjil_measurement')) return;
        run('DELETE FROM quarantine WHERE id <= (SELECT max(id) FROM quarantine) - ?', QUARANTINED_LINES);
        run("INSERT OR REPLACE INTO meta (key, value) VALUES ('quarantined', ?)", queries.quarantined() + 1);
      });
    },
    putRecord(kind, key, json) {
      flushed(db, file, () => run('INSERT OR REPLACE INTO record (kind, key, json) VALUES (?, ?, ?)', kind, key, json));
    },
    deleteRecord(kind, key) {
      flushed(db, file, () => run('DELETE FROM record WHERE kind = ? AND key = ?', kind, key));
    },
    async close() {
      if (db.isOpen) db.close();
    },
  };
}

/** All or nothing of what `work` writes. */
function inTransaction(db: DatabaseSync, file: string, work: () => void): void {
  try {
    db.exec('BEGIN IMMEDIATE');
    work();
    db.exec('COMMIT');
  } catch (cause) {
    // SQLite has taken some failed transactions back by itself.
    if (db.isOpen && db.isTransaction) db.exec('ROLLBACK');
    if (cause instanceof PumjilError) throw cause;
    throw new PumjilError('HISTORY_UNREACHABLE', {
      message: `${file} could not be written: ${cause instanceof Error ? cause.message : String(cause)}.`,
      hint: 'Check free space and permissions of the data directory; writing goes on by itself.',
      retryable: true,
      cause,
    });
  }
}

/** A transaction that is on the disk when it returns: for what the journal cannot give back. */
function flushed(db: DatabaseSync, file: string, work: () => void): void {
  db.exec('PRAGMA synchronous = FULL');
  try {
    inTransaction(db, file, work);
  } finally {
    db.exec('PRAGMA synchronous = NORMAL');
  }
}
