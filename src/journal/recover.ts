// Opens what is there: finds the segments, reads them through, cuts a torn tail, sets damage aside.
import { join } from 'node:path';
import { PumjilError } from '../errors.ts';
import type { Crc32cTable } from './crc32c.ts';
import { type DamageLog, intactRecords, setAside } from './damage.ts';
import { type JournalFile, type JournalFiles, readFully } from './files.ts';
import type { Seq } from './journal.ts';
import { decodeHeader, HEADER_BYTES, type SegmentHeader } from './record.ts';
import { scanRecords } from './scan.ts';

/** One segment file as the journal knows it. */
export interface Segment {
  readonly path: string;
  readonly name: string;
  readonly mark: number;
  readonly first: Seq;
  /** Last durable entry; `first - 1` when there is none. */
  last: Seq;
  /** Bytes of it that are durable. */
  size: number;
  /** Records from this seq on are void. */
  limit: Seq;
}

export interface Recovered {
  readonly segments: Segment[];
  /** Last entry of all, 0 in an empty folder. */
  readonly last: Seq;
  /** True: the last segment is sound and takes more records. */
  readonly isLastOpen: boolean;
}

interface Found {
  readonly name: string;
  readonly size: number;
  readonly header: SegmentHeader | undefined;
  readonly mark: number;
  /** From the header, or from the file's name. */
  readonly first: Seq;
}

const SEGMENT_NAME = /^(\d{16})(?:-\d+)?\.seg$/;

/** Name of the segment that begins with `first`; `again` makes another for the same seq. */
export function segmentName(first: Seq, again: number): string {
  return `${String(first).padStart(16, '0')}${again === 0 ? '' : `-${again}`}.seg`;
}

function seqOfName(name: string): Seq {
  return Number(SEGMENT_NAME.exec(name)?.[1] ?? Infinity);
}

/**
 * Recovers a folder of segments.
 *
 * @param verifyBytes the newest segments up to this size are read through; older ones when they are read
 * @param isLooking true: nothing is changed on the disk, a torn end is only noted
 * @throws PumjilError JOURNAL_DAMAGED when a newer version wrote here; the disk's own errors otherwise
 */
export async function recover(
  files: JournalFiles,
  folder: string,
  table: Crc32cTable,
  log: DamageLog,
  verifyBytes: number,
  isLooking = false,
): Promise<Recovered> {
  const names = await files.readdir(folder);
  const found: Found[] = [];
  for (const name of names.filter((each) => SEGMENT_NAME.test(each))) {
    const one = await inspect(files, folder, table, name);
    if (one !== undefined) found.push(one);
    else if (isLooking) log.note(name, 0, `${name} holds no entry that can be read`);
    else await setFileAside(files, folder, name, names, log);
  }
  found.sort((a, b) => a.first - b.first || (a.name < b.name ? -1 : 1));

  let unverified = found.reduce((sum, one) => sum + one.size, 0) - verifyBytes;
  let last = (found[0] === undefined ? 1 : Math.min(found[0].first, seqOfName(found[0].name))) - 1;
  let isLastOpen = false;
  const segments: Segment[] = [];
  for (const [i, one] of found.entries()) {
    if (one.header !== undefined && one.header.after > last + 1) {
      log.note(one.name, 0, `${one.name}: the segment before it is missing or incomplete`, {
        from: last + 1,
        to: one.header.after - 1,
      });
    }
    const segment: Segment = {
      path: join(folder, one.name),
      name: one.name,
      mark: one.mark,
      first: one.header === undefined ? last + 1 : Math.max(one.first, last + 1),
      last,
      size: one.size,
      limit: Math.min(...found.slice(i + 1).map((later) => later.header?.after ?? Infinity)),
    };
    if (one.header === undefined) log.note(one.name, 0, `${one.name}: the head of the segment is damaged`);
    const next = found[i + 1]?.header;
    if (unverified > 0 && next !== undefined) segment.last = next.after - 1;
    else if (isLooking) await look(files, table, log, segment);
    else isLastOpen = await verify(files, folder, table, log, segment, i === found.length - 1);
    unverified -= one.size;
    last = Math.max(last, segment.last);
    segments.push(segment);
  }
  return { segments, last, isLastOpen: isLastOpen && found.at(-1)?.header !== undefined };
}

async function inspect(
  files: JournalFiles,
  folder: string,
  table: Crc32cTable,
  name: string,
): Promise<Found | undefined> {
  const file = await files.open(join(folder, name), 'r');
  try {
    const { size } = await file.stat();
    const bytes = Buffer.alloc(HEADER_BYTES + 4);
    await readFully(file, bytes, 0);
    const header = decodeHeader(table, bytes.subarray(0, HEADER_BYTES));
    if (header === 'newer') {
      throw new PumjilError('JOURNAL_DAMAGED', {
        message: `${name} was written by a newer version of Pumjil.`,
        hint: 'Run that version again, or restore the data directory that belongs to this one.',
      });
    }
    if (header !== undefined) return { name, size, header, mark: header.mark, first: header.first };
    // Without a sound head the mark may still be read from it, or from the first record.
    for (const mark of [bytes.readUInt32LE(HEADER_BYTES), bytes.readUInt32LE(12)]) {
      const first = mark === 0 ? undefined : await firstSeq(file, table, mark, size);
      if (first !== undefined) return { name, size, header: undefined, mark, first };
    }
    return undefined;
  } finally {
    await file.close();
  }
}

async function firstSeq(file: JournalFile, table: Crc32cTable, mark: number, size: number): Promise<Seq | undefined> {
  for await (const items of scanRecords(table, file, mark, HEADER_BYTES, size)) {
    for (const item of items) if (item.what === 'record') return item.seq;
  }
  return undefined;
}

/** Reads a segment through; true when its end is sound and, in the last one, durable and ready for more. */
async function verify(
  files: JournalFiles,
  folder: string,
  table: Crc32cTable,
  log: DamageLog,
  segment: Segment,
  isLast: boolean,
): Promise<boolean> {
  const file = await files.open(segment.path, isLast ? 'r+' : 'r');
  try {
    let end = HEADER_BYTES;
    const { name, mark, limit } = segment;
    const stretch = { name, mark, start: HEADER_BYTES, end: segment.size, expected: segment.first, limit };
    for await (const records of intactRecords(table, file, stretch, log)) {
      for (const record of records) {
        if (record.from > end) await setAside(files, folder, file, name, end, record.from);
        end = record.to;
        segment.last = record.seq;
      }
    }
    const hasTail = segment.size > end && segment.last + 1 < limit;
    const isKept = !hasTail || (await setAside(files, folder, file, name, end, segment.size));
    if (!isLast) return true;
    if (hasTail) {
      const bytes = `${segment.size - end} bytes at its end were a torn entry and are`;
      log.note(name, end, `${name}: ${bytes} ${isKept ? 'cut off' : 'left alone, the disk takes no copy'}`);
      segment.size = isKept ? end : segment.size;
      if (isKept) await file.truncate(end);
    }
    // What was read may still only be in memory of the system: what is shown must be durable.
    await file.datasync();
    return isKept;
  } finally {
    await file.close();
  }
}

/** Reads a segment through and leaves it as it is; another process may be writing it. */
async function look(files: JournalFiles, table: Crc32cTable, log: DamageLog, segment: Segment): Promise<void> {
  const file = await files.open(segment.path, 'r');
  try {
    let end = HEADER_BYTES;
    const { name, mark, limit, size } = segment;
    const stretch = { name, mark, start: HEADER_BYTES, end: size, expected: segment.first, limit };
    for await (const records of intactRecords(table, file, stretch, log))
      for (const record of records) {
        end = record.to;
        segment.last = record.seq;
      }
    if (size > end && segment.last + 1 < limit)
      log.note(name, end, `${name}: ${size - end} bytes at its end are no whole entry: being written now, or torn`);
  } finally {
    await file.close();
  }
}

async function setFileAside(
  files: JournalFiles,
  folder: string,
  name: string,
  names: readonly string[],
  log: DamageLog,
): Promise<void> {
  let aside = `${name}.damaged`;
  for (let i = 2; names.includes(aside); i += 1) aside = `${name}-${i}.damaged`;
  await files.rename(join(folder, name), join(folder, aside));
  log.note(name, 0, `${name} holds no entry that can be read; it is kept as ${aside}`);
}
