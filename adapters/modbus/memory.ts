// What an instance must know again after a restart: the last record taken, and since when the link is down.
// A small file, replaced as a whole before a record is handed out: a kill leaves the old one or the new one.
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface LastRecord {
  /** Which trigger this belongs to; another trigger starts anew. */
  readonly trigger: string;
  /** Value of the trigger, or its text. */
  readonly counter: number | string;
  /** Time of the read that saw it, ms since 1970. */
  readonly timeMs: number;
  /** When this counting began (first start, or last fall of the counter), ms since 1970; makes record ids unique. */
  readonly countingSinceMs: number;
}

export interface Memory {
  readonly record?: LastRecord | undefined;
  /** Start of a gap that was declared open and not closed yet, ms since 1970. */
  readonly downSinceMs?: number | undefined;
}

const FILE = 'position.json';

/** Reads the memory; an absent or damaged file is an empty one: then nothing is claimed about the past. */
export async function recall(folder: string): Promise<Memory> {
  try {
    const memory: unknown = JSON.parse(await readFile(join(folder, FILE), 'utf8'));
    return typeof memory === 'object' && memory !== null ? memory : {};
  } catch {
    return {};
  }
}

/** Replaces the memory. */
export async function remember(folder: string, memory: Memory): Promise<void> {
  const file = join(folder, FILE);
  await writeFile(`${file}.new`, JSON.stringify(memory));
  await rename(`${file}.new`, file);
}
