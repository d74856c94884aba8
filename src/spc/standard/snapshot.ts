// Snapshots of the standard kernel: a header, then the bytes as they stand.
import { unknown } from '../snapshot.ts';
import { HEAD, LAYOUT, RECORD_BYTES } from './layout.ts';
import { type MemoryPlan, rangesAt, setsAt } from './memory.ts';
import type { StandardDesign } from './settings.ts';

const MAGIC = 0x534d4a50;
const FORMAT = 1;
/** Magic, format, hash of the layout, hash of the design, number of streams, nothing: words of 32 bits. */
export const HEADER_BYTES = 24;
const BYTES_EACH = RECORD_BYTES + 4 + 16;

/** Bytes of a snapshot of so many streams. */
export function snapshotBytes(streams: number): number {
  return HEADER_BYTES + HEAD.kept + streams * BYTES_EACH;
}

/** Copies the state of `streams` streams into `target`, which has at least `snapshotBytes` bytes. */
export function writeSnapshot(
  target: Uint8Array,
  buffer: ArrayBuffer,
  capacity: number,
  streams: number,
  plan: MemoryPlan,
  design: StandardDesign,
): void {
  const header = Uint32Array.of(MAGIC, FORMAT, hashOf(LAYOUT), designHash(design), streams, 0);
  target.set(new Uint8Array(header.buffer));
  let at = HEADER_BYTES;
  for (const [from, length] of parts(plan, capacity, streams)) {
    target.set(new Uint8Array(buffer, from, length), at);
    at += length;
  }
}

/**
 * Number of streams in a snapshot.
 *
 * @throws PumjilError SNAPSHOT_UNKNOWN when it is damaged, of another layout or of another design
 */
export function checkSnapshot(bytes: Uint8Array, design: StandardDesign): number {
  if (bytes.length < HEADER_BYTES) throw unknown('is cut short');
  const head = new Uint32Array(bytes.slice(0, HEADER_BYTES).buffer);
  if (head[0] !== MAGIC || head[1] !== FORMAT) throw unknown('is not a snapshot of this version');
  if (head[2] !== hashOf(LAYOUT)) throw unknown('has another layout of the state');
  if (head[3] !== designHash(design)) throw unknown('was made under another EWMA or CUSUM design');
  const streams = head[4]!;
  if (bytes.length !== snapshotBytes(streams)) throw unknown('is cut short');
  return streams;
}

/** Copies a checked snapshot back; there is room for its streams. */
export function readSnapshot(
  bytes: Uint8Array,
  buffer: ArrayBuffer,
  capacity: number,
  streams: number,
  plan: MemoryPlan,
): void {
  let at = HEADER_BYTES;
  for (const [to, length] of parts(plan, capacity, streams)) {
    new Uint8Array(buffer, to, length).set(bytes.subarray(at, at + length));
    at += length;
  }
}

/** Where the state lies: totals and hash, records, sets of tests, plausible ranges. */
function parts(plan: MemoryPlan, capacity: number, streams: number): readonly (readonly [number, number])[] {
  return [
    [0, HEAD.kept],
    [plan.records, streams * RECORD_BYTES],
    [setsAt(plan, capacity), streams * 4],
    [rangesAt(plan, capacity), streams * 16],
  ];
}

function designHash({ lambda, k, h, ewmaLimits }: StandardDesign): number {
  return hashOf(JSON.stringify([lambda, k, h, ewmaLimits.length, ewmaLimits[1], ewmaLimits.at(-1)]));
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
