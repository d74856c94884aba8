// The writing end: appends in flight share one write and one fdatasync; a segment whose flush failed is closed for ever.
import { join } from 'node:path';
import { type ErrorCode, PumjilError } from '../errors.ts';
import { encodeEntry } from './codec.ts';
import type { Crc32cTable } from './crc32c.ts';
import { type JournalFile, type JournalFiles, syncFolder, systemCode, writeFully } from './files.ts';
import type { Entry, Seq } from './journal.ts';
import { encodeHeader, HEADER_BYTES, MAX_PAYLOAD, putRecord, RECORD_HEAD } from './record.ts';
import { type Segment, segmentName } from './recover.ts';

/** One flush takes at most about this many bytes. */
const GROUP_BYTES = 8 * 1024 * 1024;

export interface AppenderLimits {
  /** A segment is sealed at this size. */
  readonly segmentBytes: number;
  /** Size of all segments. */
  readonly maxBytes: number;
}

export interface AppenderOptions {
  readonly folder: string;
  readonly files: JournalFiles;
  readonly table: Crc32cTable;
  /** Those in force now. */
  readonly limits: () => AppenderLimits;
  /** See JournalOptions. */
  readonly makeRoom: ((downToBytes: number) => Promise<void>) | undefined;
  readonly onDiskFailed: ((what: string) => void) | undefined;
  readonly now: () => number;
  /** A random mark for a new segment, not 0. */
  readonly newMark: () => number;
  /** The journal's list; new segments are pushed onto it. */
  readonly segments: Segment[];
  /** First seq to give. */
  readonly next: Seq;
  /** Seq behind the last durable entry; less than `next` when seqs were left out on purpose. */
  readonly after: Seq;
  /** The last segment of the list takes more. */
  readonly isLastOpen: boolean;
}

export interface Appender {
  append(entry: Entry): Promise<Seq>;
  /** The segment that is being written, if any. */
  active(): Segment | undefined;
  /** Ends when everything asked for so far is durable or refused. */
  close(): Promise<void>;
}

interface Waiting {
  readonly kind: number;
  readonly payload: Uint8Array;
  readonly resolve: (seq: Seq) => void;
  readonly reject: (error: PumjilError) => void;
}

/** The appender of an open journal. */
export function openAppender(options: AppenderOptions): Appender {
  const { folder, files, table, segments } = options;
  let next = options.next;
  let after = options.after;
  let waiting: Waiting[] = [];
  let flushing: Promise<void> | undefined;
  let isClosed = false;
  let current: { segment: Segment; file: JournalFile } | undefined;
  let hasFlushFailed = false;
  let reopen = options.isLastOpen ? segments.at(-1) : undefined;

  async function flush(): Promise<void> {
    // Let the rest of this turn of the event loop join in.
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.length > 0) {
      const group = takeGroup();
      try {
        const first = await commit(group);
        for (const [i, one] of group.entries()) one.resolve(first + i);
      } catch (cause) {
        const error = cause instanceof PumjilError ? cause : failure(folder, cause);
        for (const one of group) one.reject(error);
      }
    }
    flushing = undefined;
  }

  function takeGroup(): Waiting[] {
    const most = Math.min(GROUP_BYTES, options.limits().maxBytes / 8);
    let bytes = 0;
    let n = 0;
    for (; n < waiting.length && (n === 0 || bytes < most); n += 1) {
      bytes += RECORD_HEAD + (waiting[n]?.payload.length ?? 0);
    }
    const group = waiting.slice(0, n);
    waiting = waiting.slice(n);
    return group;
  }

  /** Commits a group; a second time where that can help: once room was made, or in a new segment after a failed flush. */
  async function commit(group: readonly Waiting[]): Promise<Seq> {
    const length = group.reduce((sum, one) => sum + RECORD_HEAD + one.payload.length, 0);
    hasFlushFailed = false;
    try {
      return await write(group, length);
    } catch (cause) {
      if (systemCode(cause) === 'EIO' && !hasFlushFailed) diskFailed(cause);
      const isWorthIt = isOutOfSpace(cause) ? await hasMadeRoom(length) : hasFlushFailed;
      if (!isWorthIt) throw cause;
      return await write(group, length);
    }
  }

  async function hasMadeRoom(length: number): Promise<boolean> {
    const { maxBytes, segmentBytes } = options.limits();
    const before = bytesOf(segments);
    // More than this group needs, so that not every append has to ask.
    const spare = Math.max(length + HEADER_BYTES, 2 * segmentBytes);
    await options.makeRoom?.(Math.max(0, Math.min(before, maxBytes) - spare)).catch(() => undefined);
    return bytesOf(segments) < before;
  }

  function diskFailed(cause: unknown): void {
    options.onDiskFailed?.(failure(folder, cause).message);
  }

  async function flushed(file: JournalFile): Promise<void> {
    try {
      await file.datasync();
    } catch (cause) {
      hasFlushFailed = true;
      // A full disk is no broken one.
      if (!isOutOfSpace(cause)) diskFailed(cause);
      throw cause;
    }
  }

  async function write(group: readonly Waiting[], length: number): Promise<Seq> {
    const { maxBytes, segmentBytes } = options.limits();
    if (bytesOf(segments) + length + (current === undefined ? HEADER_BYTES : 0) > maxBytes) {
      throw new PumjilError('JOURNAL_FULL', {
        message: `The journal in ${folder} has reached its limit of ${maxBytes} bytes.`,
        hint: 'Raise journal.max_gb, or set journal.when_full to drop_oldest; else it goes on when entries older than journal.keep_days are removed.',
        retryable: true,
      });
    }
    current ??= await begin();
    const { segment, file } = current;
    const bytes = Buffer.allocUnsafe(length);
    let at = 0;
    for (const [i, one] of group.entries()) {
      at = putRecord(table, bytes, at, { mark: segment.mark, seq: next + i, kind: one.kind, payload: one.payload });
    }
    try {
      await writeFully(file, bytes, segment.size);
    } catch (cause) {
      // Not flushed, so the bytes can be taken back: the next entry is written over them.
      await file.truncate(segment.size).catch(() => retire(group.length));
      throw cause;
    }
    try {
      await flushed(file);
    } catch (cause) {
      await file.truncate(segment.size).catch(() => undefined);
      await retire(group.length);
      throw cause;
    }
    const first = next;
    next += group.length;
    after = next;
    segment.last = next - 1;
    segment.size += length;
    if (segment.size >= segmentBytes) await end();
    return first;
  }

  // After a failed flush nobody knows which bytes the disk has: this file is done with, and so are the seqs it may hold.
  async function retire(lost: number): Promise<void> {
    next += lost;
    await end();
  }

  async function end(): Promise<void> {
    const done = current;
    current = undefined;
    await done?.file.close().catch(() => undefined);
  }

  async function begin(): Promise<{ segment: Segment; file: JournalFile }> {
    const known = reopen;
    reopen = undefined;
    if (known !== undefined && known.size < options.limits().segmentBytes) {
      return { segment: known, file: await files.open(known.path, 'r+') };
    }
    const mark = options.newMark();
    const header = encodeHeader(table, { mark, first: next, after, createdMs: options.now() });
    const { name, file } = await create();
    const path = join(folder, name);
    try {
      await writeFully(file, header, 0);
      await flushed(file);
      await syncFolder(files, folder);
    } catch (cause) {
      await file.close().catch(() => undefined);
      await files.unlink(path).catch(() => undefined);
      throw cause;
    }
    const segment: Segment = { path, name, mark, first: next, last: next - 1, size: header.length, limit: Infinity };
    for (const before of segments) before.limit = Math.min(before.limit, after);
    segments.push(segment);
    return { segment, file };
  }

  async function create(): Promise<{ name: string; file: JournalFile }> {
    for (let again = 0; ; again += 1) {
      const name = segmentName(next, again);
      try {
        return { name, file: await files.open(join(folder, name), 'wx') };
      } catch (cause) {
        if (systemCode(cause) !== 'EEXIST' || again > 99) throw cause;
      }
    }
  }

  return {
    append(entry) {
      if (isClosed) return Promise.reject(failure(folder, new Error('the journal is closed')));
      const { kind, payload } = encodeEntry(entry);
      if (payload.length > MAX_PAYLOAD) {
        return Promise.reject(failure(folder, new Error(`an entry of ${payload.length} bytes is too large`)));
      }
      return new Promise((resolve, reject) => {
        waiting.push({ kind, payload, resolve, reject });
        flushing ??= flush();
      });
    },
    active: () => current?.segment,
    async close() {
      isClosed = true;
      await flushing;
      await end();
    },
  };
}

/** Size of segments together. */
export function bytesOf(segments: readonly Segment[]): number {
  return segments.reduce((sum, segment) => sum + segment.size, 0);
}

/** True when removing files of ours can help. */
function isOutOfSpace(cause: unknown): boolean {
  return cause instanceof PumjilError
    ? cause.code === 'JOURNAL_FULL'
    : ['ENOSPC', 'EDQUOT'].includes(systemCode(cause));
}

/** The error for what a disk said while entries were being written. */
export function failure(folder: string, cause: unknown): PumjilError {
  const isFull = ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(systemCode(cause));
  const code: ErrorCode = isFull ? 'JOURNAL_FULL' : 'JOURNAL_FAILED';
  const what = cause instanceof Error ? cause.message : String(cause);
  return new PumjilError(code, {
    message: `The journal in ${folder} could not be written: ${what}.`,
    hint: isFull
      ? 'Free space on this disk; the journal goes on by itself.'
      : 'Check the disk; nothing is confirmed until it takes writes again.',
    retryable: true,
    cause,
  });
}
