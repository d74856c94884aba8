// The tables of plant.db, and the version that says which.
import { DatabaseSync } from 'node:sqlite';
import { PumjilError } from '../../errors.ts';

/** Version of the tables below. Raised with every change of them; older ones are brought up to date when opened. */
export const SCHEMA_VERSION = 2;

// `chunk` holds measurements (kind 0) and points (kind 1): up to 1000 rows of one series, packed. Rows wait in `tail`, one BLOB
// a block, until there are enough for small chunks, which are folded into full ones. t0, t1: first and last time, whole ms;
// seq0, seq1: first and last seq; good, bad: rows by quality; counted, lo, hi, total: of the good finite values.
// outbox.n: accepted values of the block, NULL in one that version 1 has written. What waits there together stands in `meta`.
const TABLES = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE series (ix INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, body TEXT NOT NULL,
  span0 REAL NOT NULL DEFAULT 0, span1 REAL NOT NULL DEFAULT 0, max_tie INTEGER NOT NULL DEFAULT 0);
CREATE TABLE chunk (id INTEGER PRIMARY KEY AUTOINCREMENT, kind INTEGER NOT NULL, series INTEGER NOT NULL,
  t0 REAL NOT NULL, t1 REAL NOT NULL, seq0 INTEGER NOT NULL, seq1 INTEGER NOT NULL, n INTEGER NOT NULL, is_full INTEGER NOT NULL,
  good INTEGER, bad INTEGER, counted INTEGER, lo REAL, hi REAL, total REAL, body BLOB NOT NULL);
CREATE TABLE tail (id INTEGER PRIMARY KEY AUTOINCREMENT, kind INTEGER NOT NULL, seq0 INTEGER NOT NULL, seq1 INTEGER NOT NULL,
  n INTEGER NOT NULL, body BLOB NOT NULL);
CREATE INDEX chunk_t0 ON chunk (kind, series, t0);
CREATE INDEX chunk_t1 ON chunk (kind, series, t1);
CREATE INDEX chunk_small ON chunk (kind, series) WHERE is_full = 0;
CREATE TABLE event (seq INTEGER NOT NULL, ordinal INTEGER NOT NULL, kind TEXT NOT NULL, time REAL NOT NULL, series INTEGER NOT NULL,
  final INTEGER, body TEXT NOT NULL, PRIMARY KEY (seq, ordinal)) WITHOUT ROWID;
CREATE INDEX event_time ON event (time);
CREATE INDEX event_series ON event (series, time);
CREATE INDEX event_kind ON event (kind, time);
CREATE INDEX event_final ON event (kind, final) WHERE final IS NOT NULL;
CREATE TABLE alarm (id TEXT PRIMARY KEY, series INTEGER NOT NULL, is_open INTEGER NOT NULL, raised REAL NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX alarm_raised ON alarm (raised);
CREATE INDEX alarm_open ON alarm (raised) WHERE is_open = 1;
CREATE TABLE snapshot (seq INTEGER PRIMARY KEY, at REAL NOT NULL, body BLOB NOT NULL);
CREATE TABLE seq_time (at REAL PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE side_blob (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, at REAL NOT NULL, body BLOB NOT NULL);
CREATE TABLE outbox (seq INTEGER PRIMARY KEY, body BLOB NOT NULL, n INTEGER);
CREATE TABLE sink (name TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE quarantine (id INTEGER PRIMARY KEY AUTOINCREMENT, sink TEXT NOT NULL, at REAL NOT NULL, line TEXT NOT NULL, reason TEXT NOT NULL,
  UNIQUE (line, sink));
CREATE TABLE record (kind TEXT NOT NULL, key TEXT NOT NULL, json TEXT NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID;
`;

/**
 * Opens plant.db for writing, made when absent.
 *
 * The journal is what is durable: blocks are written without a flush of their own (synchronous NORMAL in WAL mode), which
 * survives kill -9 of the process; after a power failure the file is whole but may end earlier, and the journal is replayed
 * from its cursor. What the journal cannot give back (records, cursors of sinks, quarantine) is flushed; see `flushed`.
 *
 * @throws PumjilError HISTORY_DAMAGED when a newer version wrote the file or it is no database, DATA_DIR_UNWRITABLE
 */
export function openPlantDb(file: string): DatabaseSync {
  let db: DatabaseSync;
  try {
    db = new DatabaseSync(file, { timeout: 5000 });
  } catch (cause) {
    throw new PumjilError('DATA_DIR_UNWRITABLE', {
      message: `${file} cannot be opened.`,
      hint: 'Check that the folder exists and may be written.',
      cause,
    });
  }
  try {
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 67108864');
    db.exec('PRAGMA cache_size = -32000; PRAGMA temp_store = MEMORY');
    const version = schemaVersion(db);
    if (version > SCHEMA_VERSION) throw newerSchema(file, version);
    if (version === 0) {
      db.exec('BEGIN IMMEDIATE');
      if (schemaVersion(db) === 0) db.exec(`${TABLES} PRAGMA user_version = ${SCHEMA_VERSION}`);
      db.exec('COMMIT');
    } else if (version === 1) {
      db.exec('BEGIN IMMEDIATE');
      if (schemaVersion(db) === 1) db.exec('ALTER TABLE outbox ADD COLUMN n INTEGER; PRAGMA user_version = 2');
      db.exec('COMMIT');
    }
    return db;
  } catch (cause) {
    db.close();
    if (cause instanceof PumjilError) throw cause;
    throw brokenFile(file, cause);
  }
}

/**
 * Opens plant.db for reading only.
 *
 * @throws PumjilError HISTORY_DAMAGED as {@link openPlantDb}, also when the file is not there
 */
export function openPlantDbToRead(file: string): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(file, { readOnly: true, timeout: 5000 });
    const version = schemaVersion(db);
    if (version > SCHEMA_VERSION) throw newerSchema(file, version);
    if (version === 0) throw new Error('it holds no history');
    return db;
  } catch (cause) {
    db?.close();
    if (cause instanceof PumjilError) throw cause;
    throw brokenFile(file, cause);
  }
}

function schemaVersion(db: DatabaseSync): number {
  return Number(db.prepare('PRAGMA user_version').get()?.user_version ?? 0);
}

function newerSchema(file: string, version: number): PumjilError {
  return new PumjilError('HISTORY_DAMAGED', {
    message: `${file} was written by a newer version of Pumjil (tables of version ${version}, known up to ${SCHEMA_VERSION}).`,
    hint: 'Run that version again, or restore the backup made before the update.',
  });
}

function brokenFile(file: string, cause: unknown): PumjilError {
  return new PumjilError('HISTORY_DAMAGED', {
    message: `${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}.`,
    hint: 'Move the file away and restore it from a backup; what the journal still holds is replayed by itself.',
    cause,
  });
}
