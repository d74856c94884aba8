// The journal on disk: segment files `<first seq>.seg`, opened by one process at a time.
import { randomInt } from 'node:crypto';
import { PumjilError } from '../errors.ts';
import { type Appender, type AppenderLimits, bytesOf, failure, openAppender } from './appender.ts';
import { decodeEntry } from './codec.ts';
import { type Crc32cTable, crc32cTable } from './crc32c.ts';
import { type DamageLog, damageLog, intactRecords } from './damage.ts';
import { diskFiles, type JournalFile, type JournalFiles, systemCode } from './files.ts';
import type { Journal, Journaled, Seq } from './journal.ts';
import { type FolderLock, lockFolder } from './lock.ts';
import { HEADER_BYTES } from './record.ts';
import { type Recovered, recover, type Segment } from './recover.ts';

export interface JournalOptions {
  /** Folder of the segments; made when absent. */
  readonly folder: string;
  /** A segment is sealed at this size; 64 MiB, or an eighth of `maxBytes` if that is less: only whole segments can be trimmed. */
  readonly segmentBytes?: number;
  /** Appends are refused with JOURNAL_FULL beyond this size of all segments; no limit. */
  readonly maxBytes?: number;
  /**
   * Called when the limit is reached or the disk is full, before an append is refused: may trim the journal down to `downToBytes`.
   * The append is tried once more when the journal has become smaller. It must not wait for an append: none goes on until it returns.
   */
  readonly makeRoom?: (downToBytes: number) => Promise<void>;
  /** Called when the disk could not make a write durable, or could not do it at all (EIO), with what it said. */
  readonly onDiskFailed?: (what: string) => void;
  /** The newest bytes that are read through when the journal is opened; older ones are checked when read; 2 GiB. */
  readonly verifyBytes?: number;
  /** Last seq anyone else has kept results of (the history's cursor). Should the journal end before it, the seqs between are declared missing and never given again. */
  readonly seenSeq?: Seq;
  readonly now?: () => number;
  readonly fs?: JournalFiles;
}

/** A journal in segments, whose limit may change while it is open. */
export interface SegmentJournal extends Journal {
  setMaxBytes(maxBytes: number): void;
}

const SEGMENT_BYTES = 64 * 1024 * 1024;
const LEAST_SEGMENT_BYTES = 4096;

/**
 * Opens the journal in a folder and repairs what a crash left.
 *
 * @throws PumjilError DATA_DIR_LOCKED, DATA_DIR_UNWRITABLE, JOURNAL_DAMAGED (written by a newer version), JOURNAL_FAILED
 */
export async function openJournal(options: JournalOptions): Promise<SegmentJournal> {
  const { folder } = options;
  const files = options.fs ?? diskFiles();
  const table = crc32cTable();
  const log = damageLog();
  try {
    await files.mkdir(folder);
  } catch (cause) {
    throw new PumjilError('DATA_DIR_UNWRITABLE', {
      message: `${folder}: the folder of the journal cannot be made.`,
      hint: 'Choose a data_dir that may be written.',
      cause,
    });
  }
  const lock = lockFolder(folder);
  let found: Recovered;
  try {
    found = await recover(files, folder, table, log, options.verifyBytes ?? 2 * 1024 ** 3);
  } catch (cause) {
    lock.release();
    if (cause instanceof PumjilError) throw cause;
    throw failure(folder, cause);
  }
  const { segments, last } = found;
  const seen = options.seenSeq ?? 0;
  const isBehind = seen > last;
  if (isBehind) {
    const name = segments.at(-1)?.name ?? 'the journal';
    log.note(name, -1, `${name}: the end of the journal is missing`, { from: last + 1, to: seen });
  }
  const next = Math.max(last, seen) + 1;
  const limitsOf = (maxBytes: number): AppenderLimits => ({
    maxBytes,
    segmentBytes: options.segmentBytes ?? Math.max(LEAST_SEGMENT_BYTES, Math.min(SEGMENT_BYTES, maxBytes / 8)),
  });
  let limits = limitsOf(options.maxBytes ?? Infinity);
  const appender = openAppender({
    folder,
    files,
    table,
    limits: () => limits,
    makeRoom: options.makeRoom,
    onDiskFailed: options.onDiskFailed,
    now: options.now ?? Date.now,
    newMark: () => randomInt(1, 0xffff_ffff),
    segments,
    next,
    after: next,
    isLastOpen: found.isLastOpen && !isBehind,
  });
  return {
    ...journalOver({ folder, files, table, log, lock, segments, appender, seen: next - 1 }),
    setMaxBytes(maxBytes) {
      limits = limitsOf(maxBytes);
    },
  };
}

interface Parts {
  readonly folder: string;
  readonly files: JournalFiles;
  readonly table: Crc32cTable;
  readonly log: DamageLog;
  readonly lock: FolderLock;
  readonly segments: Segment[];
  readonly appender: Appender;
  readonly seen: Seq;
}

function journalOver({ folder, files, table, log, lock, segments, appender, seen }: Parts): Journal {
  async function* read(from: Seq, signal?: AbortSignal): AsyncGenerator<Journaled> {
    let next = from;
    for (;;) {
      const segment = segments.find((one) => one.last >= next);
      if (segment === undefined || signal?.aborted) return;
      const { last } = segment;
      let file: JournalFile;
      try {
        file = await files.open(segment.path, 'r');
      } catch (cause) {
        // Trimmed in the meantime.
        if (systemCode(cause) === 'ENOENT' && !segments.includes(segment)) continue;
        throw failure(folder, cause);
      }
      try {
        let start = HEADER_BYTES;
        let expected = segment.first;
        // Goes on in the same file for as long as more of it becomes durable.
        while (start < segment.size) {
          const { name, mark, limit, size: end } = segment;
          for await (const records of intactRecords(table, file, { name, mark, start, end, expected, limit }, log)) {
            for (const record of records) {
              expected = record.seq + 1;
              if (record.seq < next) continue;
              if (signal?.aborted) return;
              next = record.seq + 1;
              yield { seq: record.seq, entry: decodeEntry(record.kind, record.payload) };
            }
          }
          start = end;
        }
        next = Math.max(next, last + 1);
      } finally {
        await file.close();
      }
    }
  }

  let trimming: Promise<void> = Promise.resolve();

  async function trimNow(before: Seq, downToBytes: number): Promise<void> {
    while (segments.length > 1 && bytesOf(segments) > downToBytes) {
      const oldest = segments[0];
      if (oldest === undefined || oldest.last >= before || oldest === appender.active()) return;
      segments.shift();
      try {
        await files.unlink(oldest.path);
      } catch (cause) {
        if (systemCode(cause) === 'ENOENT') continue;
        // Open elsewhere on Windows, or a read-only disk: it stays counted, the next trim tries again.
        segments.unshift(oldest);
        return;
      }
    }
  }

  return {
    append: (entry) => appender.append(entry),
    read,
    trim(before, downToBytes = 0) {
      // One after the other: a segment that cannot be removed goes back to its place.
      trimming = trimming.then(() => trimNow(before, downToBytes));
      return trimming;
    },
    stats() {
      const last = segments.reduce((max, segment) => Math.max(max, segment.last), 0);
      return {
        first: segments.find((one) => one.last >= one.first)?.first ?? Math.max(last, seen) + 1,
        last,
        bytes: bytesOf(segments),
        segments: segments.length,
        damage: log.rows(),
      };
    },
    async close() {
      await appender.close();
      lock.release();
    },
  };
}
