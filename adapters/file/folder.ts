// What happens to files: which are ready, and where they go afterwards.
import { copyFile, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, extname, isAbsolute, join, resolve } from 'node:path';
import { PumjilError } from '../../src/component.ts';
import type { Mistake } from './rows.ts';
import type { FileSettings } from './settings.ts';

export interface Folders {
  readonly inbox: string;
  readonly done: string;
  readonly rejected: string;
}

/** Absolute paths of the three folders. */
export function foldersOf(settings: FileSettings): Folders {
  const inbox = resolve(settings.folder);
  const below = (folder: string) => (isAbsolute(folder) ? folder : join(inbox, folder));
  return { inbox, done: below(settings.done_folder), rejected: below(settings.rejected_folder) };
}

/**
 * Sees whether the inbox is there and makes the folders beside it.
 *
 * @throws PumjilError ADAPTER_UNREACHABLE when the inbox cannot be read, ADAPTER_FILE when files could not be moved
 */
export async function openFolders(folders: Folders, id: string): Promise<void> {
  try {
    await readdir(folders.inbox);
  } catch (cause) {
    throw new PumjilError('ADAPTER_UNREACHABLE', {
      message: `${id}: the folder ${folders.inbox} cannot be read (${codeOf(cause)})`,
      hint: 'Make the folder or connect the network drive, and give this program the right to read it.',
      retryable: true,
      cause,
    });
  }
  for (const folder of [folders.done, folders.rejected]) {
    try {
      await mkdir(folder, { recursive: true });
    } catch (cause) {
      throw new PumjilError('ADAPTER_FILE', {
        message: `${id}: the folder ${folder} cannot be made (${codeOf(cause)})`,
        hint: 'Give this program the right to write there: files that are read are moved into it.',
        retryable: true,
        cause,
      });
    }
  }
}

/** Keeps in mind since when each file stands still. */
export interface Stillness {
  /** Names of the files that match and have not changed for `stable_ms`, in name order. Rejects when the folder cannot be read. */
  ready(nowMs: number): Promise<string[]>;
}

export function watchStillness(folders: Folders, settings: FileSettings): Stillness {
  const seen = new Map<string, { readonly size: number; readonly mtimeMs: number; readonly sinceMs: number }>();
  const matches = globMatcher(settings.pattern);
  return {
    async ready(nowMs) {
      const entries = await readdir(folders.inbox, { withFileTypes: true });
      const names = entries.filter((entry) => entry.isFile() && matches(entry.name)).map((entry) => entry.name);
      const there = new Set(names);
      for (const name of seen.keys()) if (!there.has(name)) seen.delete(name);
      const ready: string[] = [];
      for (const name of names.sort(byName)) {
        const { size, mtimeMs } = await stat(join(folders.inbox, name)).catch(() => ({ size: -1, mtimeMs: -1 }));
        if (size < 0) continue;
        const before = seen.get(name);
        const isSame = before?.size === size && before.mtimeMs === mtimeMs;
        if (!isSame) seen.set(name, { size, mtimeMs, sinceMs: nowMs });
        const sinceMs = isSame ? before.sinceMs : nowMs;
        if (nowMs - sinceMs >= settings.stable_ms) ready.push(name);
      }
      return ready;
    },
  };
}

/**
 * Moves a file into another folder. A file of that name there stays; the new one gets a number.
 *
 * @returns the path it has now
 */
export async function moveInto(from: string, folder: string): Promise<string> {
  const name = basename(from);
  const end = extname(name);
  for (let n = 1; ; n++) {
    const to = join(folder, n === 1 ? name : `${name.slice(0, name.length - end.length)}.${n}${end}`);
    if (await isThere(to)) continue;
    try {
      await rename(from, to);
    } catch (error) {
      if (codeOf(error) !== 'EXDEV') throw error;
      await copyFile(from, to);
      await rm(from);
    }
    return to;
  }
}

/** Writes the mistakes beside a rejected file, one a line, in both languages. */
export async function writeMistakes(rejected: string, mistakes: readonly Mistake[]): Promise<void> {
  const lines = mistakes.map(({ line, en, ko }) =>
    line === 0 ? `${en} / ${ko}` : `line ${line}: ${en} / ${line}행: ${ko}`,
  );
  const head = 'Nothing of this file was stored. / 이 파일의 자료는 저장되지 않았습니다.';
  // The mark makes Windows editors read the Korean as UTF-8.
  await writeFile(`${rejected}.error.txt`, `\uFEFF${[head, ...lines].join('\r\n')}\r\n`);
}

/** The system's word for what went wrong, such as ENOENT. */
export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : error instanceof Error ? error.message : String(error);
}

/** Whether a name matches a pattern in which * stands for any characters. Linear, whatever the pattern. */
export function globMatcher(pattern: string): (name: string) => boolean {
  const parts = pattern.toLowerCase().split('*');
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  return (raw) => {
    const name = raw.toLowerCase();
    if (parts.length === 1) return name === first;
    if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
    let at = first.length;
    for (const part of parts.slice(1, -1)) {
      const found = name.indexOf(part, at);
      if (found === -1) return false;
      at = found + part.length;
    }
    return at <= name.length - last.length;
  };
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function byName(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
