// Entries as bytes: `values` as packed columns, every other kind as JSON that keeps NaN and minus zero.
import { PumjilError } from '../errors.ts';
import type { Batch, MeasurementContext } from '../measurement.ts';
import { type ByteReader, type ByteWriter, byteReader, byteWriter } from './bytes.ts';
import type { Entry, ValuesEntry } from './journal.ts';
import { fromJson, toJson } from './json.ts';

/** The kinds by their number on disk; a number is never given to another kind. */
const KINDS = ['', 'values', 'gap', 'tick', 'config', 'limits', 'exclude', 'revise', 'command'] as const;

const VALUES_FORMAT = 1;
const HAS_SIZE = 1;
const HAS_QUALITY = 2;
const HAS_CONTEXT = 4;

/** An entry ready for a segment. */
export interface Encoded {
  /** Number of the kind. */
  readonly kind: number;
  readonly payload: Uint8Array;
}

/**
 * Packs an entry. The bytes are its own: later changes of the entry's batch do not reach them.
 *
 * @example
 * encodeEntry({ kind: 'tick', atMs: 5 }).kind; // => 3
 */
export function encodeEntry(entry: Entry): Encoded {
  const kind = KINDS.indexOf(entry.kind);
  if (entry.kind === 'values') return { kind, payload: encodeValues(entry) };
  return { kind, payload: Buffer.from(toJson(entry)) };
}

/**
 * Unpacks an entry.
 *
 * @throws PumjilError JOURNAL_DAMAGED when the bytes are not of a form this version knows
 */
export function decodeEntry(kind: number, payload: Uint8Array): Entry {
  const name = KINDS[kind];
  if (name === undefined || name === '') throw unreadable(`kind ${kind} is unknown`);
  if (name === 'values') return decodeValues(payload);
  let entry: unknown;
  try {
    entry = fromJson(Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString());
  } catch (cause) {
    throw unreadable(`a ${name} entry is no JSON`, cause);
  }
  if (typeof entry !== 'object' || entry === null || !('kind' in entry) || entry.kind !== name) {
    throw unreadable(`a ${name} entry does not say so`);
  }
  // Written by encodeEntry from an Entry of this kind, and guarded by the record's checksum.
  return entry as Entry;
}

function encodeValues(entry: ValuesEntry): Uint8Array {
  const { batch } = entry;
  const n = batch.length;
  const writer = byteWriter(256 + n * 20);
  writer.u8(VALUES_FORMAT);
  writer.text(entry.adapter);
  writer.f64(entry.received);
  writer.f64(entry.duplicate);
  writer.f64(entry.refused);
  writer.f64(batch.receivedMs);
  writer.varint(n);
  writeIndexed(writer, batch.tag, n, (tag) => writer.text(batch.tagNames[tag] ?? ''));
  writer.column(batch.value.subarray(0, n));
  writer.column(batch.sourceTimeNs.subarray(0, n));
  const flags =
    (isConstant(batch.size, n, 1) ? 0 : HAS_SIZE) |
    (isConstant(batch.quality, n, 0) ? 0 : HAS_QUALITY) |
    (isConstant(batch.context, n, 0) ? 0 : HAS_CONTEXT);
  writer.u8(flags);
  if (flags & HAS_SIZE) writer.column(batch.size.subarray(0, n));
  if (flags & HAS_QUALITY) writer.column(batch.quality.subarray(0, n));
  if (flags & HAS_CONTEXT) {
    writeIndexed(writer, batch.context, n, (context) => writeContext(writer, batch.contexts[context] ?? {}));
  }
  writer.sparse(batch.sourceId, n);
  writer.sparse(batch.text, n);
  writer.sparse(batch.reason, n);
  return writer.bytes();
}

function decodeValues(payload: Uint8Array): ValuesEntry {
  const reader = byteReader(payload, (what) => unreadable(`a values entry is cut: ${what}`));
  const format = reader.u8();
  if (format !== VALUES_FORMAT) throw unreadable(`values of format ${format} are unknown`);
  const adapter = reader.text();
  const received = reader.f64();
  const duplicate = reader.f64();
  const refused = reader.f64();
  const receivedMs = reader.f64();
  const length = reader.varint();
  const tags = readIndexed(reader, length, () => reader.text());
  const value = reader.f64s(length);
  const sourceTimeNs = reader.i64s(length);
  const flags = reader.u8();
  const size = flags & HAS_SIZE ? reader.f64s(length) : new Float64Array(length).fill(1);
  const quality = flags & HAS_QUALITY ? reader.u8s(length) : new Uint8Array(length);
  const used: { words: MeasurementContext[]; index: Uint32Array } =
    flags & HAS_CONTEXT
      ? readIndexed(reader, length, () => readContext(reader))
      : { words: [], index: new Uint32Array(length) };
  const batch: Batch = {
    kind: 'values',
    tagNames: tags.words,
    length,
    tag: tags.index,
    value,
    size,
    quality,
    sourceTimeNs,
    // contexts[0] is always the empty one.
    context: flags & HAS_CONTEXT ? used.index.map((i) => i + 1) : used.index,
    contexts: [{}, ...used.words],
    sourceId: reader.sparse(length),
    text: reader.sparse(length),
    reason: reader.sparse(length),
    receivedMs,
  };
  return { kind: 'values', adapter, batch, received, duplicate, refused };
}

/** Writes the words that `column` really uses, in order of appearance, then one index a row in the narrowest width. */
function writeIndexed(writer: ByteWriter, column: Uint32Array, n: number, writeWord: (word: number) => void): void {
  const places = new Map<number, number>();
  const index = new Uint32Array(n);
  for (let i = 0; i < n; i += 1) {
    const word = column[i] ?? 0;
    let place = places.get(word);
    if (place === undefined) {
      place = places.size;
      places.set(word, place);
    }
    index[i] = place;
  }
  writer.varint(places.size);
  for (const word of places.keys()) writeWord(word);
  if (places.size <= 256) writer.column(Uint8Array.from(index));
  else writer.column(places.size <= 65536 ? Uint16Array.from(index) : index);
}

function readIndexed<T>(reader: ByteReader, n: number, readWord: () => T): { words: T[]; index: Uint32Array } {
  const count = reader.varint();
  if (count > n) throw unreadable(`${count} names for ${n} rows`);
  const words: T[] = [];
  for (let i = 0; i < count; i += 1) words.push(readWord());
  const narrow = count <= 256 ? reader.u8s(n) : count <= 65536 ? reader.u16s(n) : reader.u32s(n);
  if (narrow.some((place) => place >= count)) throw unreadable('a row points to no name');
  return { words, index: Uint32Array.from(narrow) };
}

/** A context as pairs of texts. */
export function writeContext(writer: ByteWriter, context: MeasurementContext): void {
  const pairs = Object.entries(context);
  writer.varint(pairs.length);
  for (const [key, value] of pairs) {
    writer.text(key);
    writer.text(value);
  }
}

/** The context written by {@link writeContext}. */
export function readContext(reader: ByteReader): MeasurementContext {
  const pairs: [string, string][] = [];
  for (let left = reader.varint(); left > 0; left -= 1) pairs.push([reader.text(), reader.text()]);
  return Object.fromEntries(pairs);
}

function isConstant(column: ArrayLike<number>, n: number, constant: number): boolean {
  for (let i = 0; i < n; i += 1) if (column[i] !== constant) return false;
  return true;
}

function unreadable(what: string, cause?: unknown): PumjilError {
  return new PumjilError('JOURNAL_DAMAGED', {
    message: `A journal entry cannot be read: ${what}.`,
    hint: 'The journal may have been written by a newer version: run that version, or restore a backup.',
    cause,
  });
}
