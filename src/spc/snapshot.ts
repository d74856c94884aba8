// Snapshots as bytes: a header that says which layout follows, a description as JSON, and the state copied as it stands.
import { PumjilError } from '../errors.ts';

const MAGIC = 0x4a4d5550;
const FORMAT = 1;
const HEADER_BYTES = 24;

/**
 * Bytes of a snapshot: magic, format, layout hash, lengths, JSON, numbers. Little-endian on every machine that Node runs on.
 *
 * @param layout names the meaning of every slot; another layout does not open
 * @param description encoded JSON
 */
export function packSnapshot(layout: string, description: Uint8Array, numbers: Float64Array): Uint8Array {
  const body = HEADER_BYTES + padded(description.length);
  const bytes = new Uint8Array(body + numbers.byteLength);
  const head = new Uint32Array(bytes.buffer, 0, HEADER_BYTES / 4);
  head[0] = MAGIC;
  head[1] = FORMAT;
  head[2] = layoutHash(layout);
  head[3] = description.length;
  head[4] = numbers.length;
  bytes.set(description, HEADER_BYTES);
  bytes.set(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength), body);
  return bytes;
}

/**
 * Opens what `packSnapshot` made.
 *
 * @throws PumjilError SNAPSHOT_UNKNOWN when the bytes are damaged or of another layout
 */
export function openSnapshot(
  layout: string,
  bytes: Uint8Array,
): { readonly description: unknown; readonly numbers: Float64Array } {
  // A copy: the caller's bytes may begin anywhere, and numbers need an address divisible by eight.
  const copy = Uint8Array.from(bytes);
  if (copy.length < HEADER_BYTES) throw unknown('is cut short');
  const head = new Uint32Array(copy.buffer, 0, HEADER_BYTES / 4);
  if (head[0] !== MAGIC || head[1] !== FORMAT) throw unknown('is not a snapshot of this version');
  if (head[2] !== layoutHash(layout)) throw unknown('has another layout of the state');
  const body = HEADER_BYTES + padded(head[3]!);
  if (copy.length !== body + head[4]! * 8) throw unknown('is cut short');
  const text = new TextDecoder().decode(copy.subarray(HEADER_BYTES, HEADER_BYTES + head[3]!));
  return { description: JSON.parse(text), numbers: new Float64Array(copy.buffer, body, head[4]!) };
}

/** The error of a snapshot that does not fit. */
export function unknown(why: string): PumjilError {
  return new PumjilError('SNAPSHOT_UNKNOWN', {
    message: `The snapshot of the engine ${why}.`,
    hint: 'Start from an older snapshot or replay the journal from its beginning; nothing is lost.',
  });
}

function padded(length: number): number {
  return Math.ceil(length / 8) * 8;
}

/** FNV-1a, 32 bits. */
function layoutHash(layout: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < layout.length; i++) hash = Math.imul(hash ^ layout.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
