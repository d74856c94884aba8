// The few file functions the journal uses. Tests put faulty disks in their place.
import { mkdir, open, readdir, rename, unlink } from 'node:fs/promises';

/** An open file: the part of node's FileHandle that is used. */
export interface JournalFile {
  read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesRead: number }>;
  write(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesWritten: number }>;
  truncate(length: number): Promise<void>;
  datasync(): Promise<void>;
  sync(): Promise<void>;
  stat(): Promise<{ size: number }>;
  close(): Promise<void>;
}

/** A disk. */
export interface JournalFiles {
  open(path: string, flags: 'r' | 'r+' | 'wx'): Promise<JournalFile>;
  readdir(folder: string): Promise<string[]>;
  mkdir(folder: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
}

/** The disk of this machine. */
export function diskFiles(): JournalFiles {
  return {
    open: (path, flags) => open(path, flags),
    readdir: (folder) => readdir(folder),
    mkdir: async (folder) => {
      await mkdir(folder, { recursive: true });
    },
    rename,
    unlink,
  };
}

/** Writes all of `bytes` at `position`, however short the single writes fall. */
export async function writeFully(file: JournalFile, bytes: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    if (bytesWritten <= 0) throw new Error(`the disk took ${done} of ${bytes.length} bytes`);
    done += bytesWritten;
  }
}

/** Reads into all of `buffer`, as far as the file goes; returns the bytes read. */
export async function readFully(file: JournalFile, buffer: Uint8Array, position: number): Promise<number> {
  let done = 0;
  while (done < buffer.length) {
    const { bytesRead } = await file.read(buffer, done, buffer.length - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return done;
}

/** Makes names in a folder durable. Windows has no such call and needs none: NTFS journals its folders. */
export async function syncFolder(files: JournalFiles, folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await files.open(folder, 'r');
  try {
    await handle.sync();
  } catch (cause) {
    // Some network file systems have no such call either.
    if (!['EINVAL', 'ENOTSUP', 'EISDIR', 'EPERM'].includes(systemCode(cause))) throw cause;
  } finally {
    await handle.close();
  }
}

/** The system's name of an error, such as ENOSPC; '' when it has none. */
export function systemCode(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}
