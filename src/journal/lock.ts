// One process a folder: a lock that the operating system gives back even after kill -9.
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { PumjilError } from '../errors.ts';

/** A held lock. */
export interface FolderLock {
  /** Gives the folder free; twice is harmless. */
  release(): void;
}

/**
 * Takes `folder` for this process. The lock is SQLite's exclusive one on the empty file `lock`: record locks on POSIX,
 * LockFileEx on Windows; it ends with the process, so a stale one cannot exist.
 *
 * @param folder must exist
 * @throws PumjilError DATA_DIR_LOCKED when another process, or another journal of this one, holds it; DATA_DIR_UNWRITABLE
 */
export function lockFolder(folder: string): FolderLock {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(join(folder, 'lock'), { timeout: 0 });
    db.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    db?.close();
    const isBusy = cause instanceof Error && 'errcode' in cause && (Number(cause.errcode) & 0xff) === 5;
    if (isBusy) {
      throw new PumjilError('DATA_DIR_LOCKED', {
        message: `${folder}: another Pumjil process works in this folder.`,
        hint: 'Stop the other process, or give this one a data_dir of its own.',
        cause,
      });
    }
    throw new PumjilError('DATA_DIR_UNWRITABLE', {
      message: `${folder}: no lock can be made here.`,
      hint: 'Check that the folder may be written and that its disk is neither full nor read-only.',
      cause,
    });
  }
  const held = db;
  return {
    release() {
      if (held.isOpen) held.close();
    },
  };
}
