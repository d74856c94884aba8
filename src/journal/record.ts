// What a segment file looks like inside: a header, then records one behind the other.
//
// header  64 bytes: magic, version, mark, first seq, seq after the last durable entry before it, creation time, CRC
// record  24 bytes: mark, payload length, seq, kind, CRC over the rest of the head and the payload; then the payload
// The mark is random and belongs to one segment: behind a damaged stretch it tells where the next record begins, and
// no payload can imitate it, whatever a device sends.
import { type Crc32cTable, crc32c } from './crc32c.ts';

export const HEADER_BYTES = 64;
export const RECORD_HEAD = 24;
/** Larger entries are refused; a longer length on disk can only be damage. */
export const MAX_PAYLOAD = 64 * 1024 * 1024;

const MAGIC = Buffer.from('PUMJSEG\n');
const VERSION = 1;

export interface SegmentHeader {
  readonly mark: number;
  /** Seq of the first record. */
  readonly first: number;
  /** Seq behind the last durable entry of the segments before: what they hold from here on was never confirmed and is void. */
  readonly after: number;
  readonly createdMs: number;
}

/** The head of a segment file. */
export function encodeHeader(table: Crc32cTable, header: SegmentHeader): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(bytes, 0);
  bytes.writeUInt32LE(VERSION, 8);
  bytes.writeUInt32LE(header.mark, 12);
  bytes.writeDoubleLE(header.first, 16);
  bytes.writeDoubleLE(header.after, 24);
  bytes.writeDoubleLE(header.createdMs, 32);
  bytes.writeUInt32LE(crc32c(table, bytes, 0, HEADER_BYTES - 4), HEADER_BYTES - 4);
  return bytes;
}

/** The header in `bytes`, undefined when damaged, 'newer' when an intact one is of a version this one does not know. */
export function decodeHeader(table: Crc32cTable, bytes: Buffer): SegmentHeader | 'newer' | undefined {
  if (bytes.length < HEADER_BYTES || !bytes.subarray(0, 8).equals(MAGIC)) return undefined;
  if (crc32c(table, bytes, 0, HEADER_BYTES - 4) !== bytes.readUInt32LE(HEADER_BYTES - 4)) return undefined;
  if (bytes.readUInt32LE(8) > VERSION) return 'newer';
  return {
    mark: bytes.readUInt32LE(12),
    first: bytes.readDoubleLE(16),
    after: bytes.readDoubleLE(24),
    createdMs: bytes.readDoubleLE(32),
  };
}

/** Writes head and payload into `target` at `at`; returns the position behind. */
export function putRecord(
  table: Crc32cTable,
  target: Buffer,
  at: number,
  record: { readonly mark: number; readonly seq: number; readonly kind: number; readonly payload: Uint8Array },
): number {
  target.writeUInt32LE(record.mark, at);
  target.writeUInt32LE(record.payload.length, at + 4);
  target.writeUInt32LE(record.seq % 0x1_0000_0000, at + 8);
  target.writeUInt32LE(Math.floor(record.seq / 0x1_0000_0000), at + 12);
  target.writeUInt32LE(record.kind, at + 16);
  target.set(record.payload, at + RECORD_HEAD);
  const end = at + RECORD_HEAD + record.payload.length;
  target.writeUInt32LE(recordSum(table, target, at, end), at + 20);
  return end;
}

/** Checksum of the record that lies in `bytes[at .. end)`. */
export function recordSum(table: Crc32cTable, bytes: Uint8Array, at: number, end: number): number {
  return crc32c(table, bytes, at + RECORD_HEAD, end, crc32c(table, bytes, at, at + 20));
}
