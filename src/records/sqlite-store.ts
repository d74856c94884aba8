// Records in plant.db, opened directly: for `pumjil user`, which runs beside or without the plant.

import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { PumjilError } from '../errors.ts';
import { openPlantDb } from '../history/embedded/schema.ts';
import type { RecordStore } from './record-store.ts';

export interface SqliteStore extends RecordStore {
  close(): void;
}

/**
 * Opens plant.db, made when absent, for its records. A running plant may hold the same file open: a write waits up to 5 s for it.
 *
 * @throws PumjilError DATA_DIR_UNWRITABLE, HISTORY_DAMAGED
 */
export function openSqliteStore(path: string): SqliteStore {
  const database = open(path);
  const get = database.prepare('SELECT json FROM record WHERE kind = ? AND key = ?');
  const put = database.prepare(
    'INSERT INTO record (kind, key, json) VALUES (?, ?, ?) ON CONFLICT (kind, key) DO UPDATE SET json = excluded.json',
  );
  const remove = database.prepare('DELETE FROM record WHERE kind = ? AND key = ?');
  const list = database.prepare('SELECT key, json FROM record WHERE kind = ? ORDER BY key');
  return {
    get: async (kind, key) => {
      const row = get.get(kind, key);
      return row === undefined ? undefined : String(row.json);
    },
    put: async (kind, key, json) => {
      put.run(kind, key, json);
    },
    delete: async (kind, key) => {
      remove.run(kind, key);
    },
    list: async (kind) => list.all(kind).map((row) => ({ key: String(row.key), json: String(row.json) })),
    close: () => database.close(),
  };
}

function open(path: string): DatabaseSync {
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (cause) {
    throw new PumjilError('DATA_DIR_UNWRITABLE', {
      message: `the folder ${dirname(path)} cannot be made: ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: 'Check the data folder, its permissions and the free space; --data-dir names another.',
      cause,
    });
  }
  const database = openPlantDb(path);
  // The journal cannot give users back: each change is flushed.
  database.exec('PRAGMA synchronous = FULL');
  return database;
}
