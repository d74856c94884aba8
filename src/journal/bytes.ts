// Writing and reading of packed bytes: the alphabet of the journal's payloads and of the history's chunks. Little-endian throughout.
import { endianness } from 'node:os';
import type { PumjilError } from '../errors.ts';

/** A buffer that grows. */
export interface ByteWriter {
  u8(value: number): void;
  u32(value: number): void;
  f64(value: number): void;
  i64(value: bigint): void;
  /** A whole number 0 .. 2^53 - 1 in 1 to 8 bytes. */
  varint(value: number): void;
  /** A whole number of either sign, |value| < 2^52. */
  zigzag(value: number): void;
  /** Any string, lone surrogates included. */
  text(value: string): void;
  /** A typed array as little-endian bytes, without its length. */
  column(values: Uint8Array | Uint16Array | Uint32Array | Float64Array | BigInt64Array): void;
  /** Text of some of `n` rows: a dictionary and the rows that have one. */
  sparse(values: readonly (string | undefined)[], n: number): void;
  /** The bytes written so far; valid until the next write. */
  bytes(): Uint8Array;
}

/** Reads what a {@link ByteWriter} wrote; asks `damaged` for the error to throw when the bytes cannot be such. */
export interface ByteReader {
  u8(): number;
  u32(): number;
  f64(): number;
  i64(): bigint;
  varint(): number;
  zigzag(): number;
  text(): string;
  raw(length: number): Uint8Array;
  u8s(n: number): Uint8Array;
  u16s(n: number): Uint16Array;
  u32s(n: number): Uint32Array;
  f64s(n: number): Float64Array;
  i64s(n: number): BigInt64Array;
  sparse(n: number): (string | undefined)[];
  /** Bytes not read yet. */
  left(): number;
}

/** An empty writer. */
export function byteWriter(capacity = 1024): ByteWriter {
  let buffer = Buffer.allocUnsafe(capacity);
  let at = 0;
  function need(n: number): void {
    if (at + n <= buffer.length) return;
    const wider = Buffer.allocUnsafe(Math.max(buffer.length * 2, at + n));
    buffer.copy(wider, 0, 0, at);
    buffer = wider;
  }
  const writer: ByteWriter = {
    u8(value) {
      need(1);
      buffer[at] = value;
      at += 1;
    },
    u32(value) {
      need(4);
      at = buffer.writeUInt32LE(value, at);
    },
    f64(value) {
      need(8);
      at = buffer.writeDoubleLE(value, at);
    },
    i64(value) {
      need(8);
      at = buffer.writeBigInt64LE(value, at);
    },
    varint(value) {
      need(8);
      let rest = value;
      while (rest > 127) {
        buffer[at] = (rest % 128) + 128;
        at += 1;
        rest = Math.floor(rest / 128);
      }
      buffer[at] = rest;
      at += 1;
    },
    zigzag(value) {
      writer.varint(value < 0 ? -value * 2 - 1 : value * 2);
    },
    text(value) {
      // UTF-8 has no lone surrogates; such a string is kept as UTF-16, told by the lowest bit of the length.
      const encoding = value.isWellFormed() ? 'utf8' : 'utf16le';
      const length = Buffer.byteLength(value, encoding);
      writer.varint(length * 2 + (encoding === 'utf8' ? 0 : 1));
      need(length);
      buffer.write(value, at, length, encoding);
      at += length;
    },
    column(values) {
      const bytes = littleEndian(
        Buffer.from(values.buffer, values.byteOffset, values.byteLength),
        values.BYTES_PER_ELEMENT,
      );
      need(bytes.length);
      bytes.copy(buffer, at);
      at += bytes.length;
    },
    sparse(values, n) {
      const words = new Map<string, number>();
      const rows: number[] = [];
      for (let i = 0; i < n && i < values.length; i += 1) {
        const value = values[i];
        if (value === undefined) continue;
        rows.push(i);
        if (!words.has(value)) words.set(value, words.size);
      }
      writer.varint(rows.length);
      if (rows.length === 0) return;
      writer.varint(words.size);
      for (const word of words.keys()) writer.text(word);
      let before = -1;
      for (const i of rows) {
        writer.varint(i - before - 1);
        writer.varint(words.get(values[i] ?? '') ?? 0);
        before = i;
      }
    },
    bytes() {
      return buffer.subarray(0, at);
    },
  };
  return writer;
}

/**
 * A reader over `bytes`.
 *
 * @param damaged makes the error for bytes that no writer wrote
 * @throws PumjilError whatever `damaged` makes; never anything else
 */
export function byteReader(bytes: Uint8Array, damaged: (what: string) => PumjilError): ByteReader {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  function take(n: number): number {
    if (!(n >= 0) || n > buffer.length - at) throw damaged(`${n} bytes wanted, ${buffer.length - at} left`);
    const from = at;
    at += n;
    return from;
  }
  // A copy, because typed arrays must begin at a multiple of their width.
  function copy(n: number, width: number): ArrayBuffer {
    const from = take(n * width);
    const bytesOf = Uint8Array.prototype.slice.call(buffer, from, from + n * width);
    littleEndian(Buffer.from(bytesOf.buffer), width, true);
    return bytesOf.buffer;
  }
  const reader: ByteReader = {
    u8: () => buffer[take(1)] ?? 0,
    u32: () => buffer.readUInt32LE(take(4)),
    f64: () => buffer.readDoubleLE(take(8)),
    i64: () => buffer.readBigInt64LE(take(8)),
    varint() {
      let value = 0;
      let scale = 1;
      for (let i = 0; i < 8; i += 1) {
        const byte = buffer[take(1)] ?? 0;
        value += (byte & 127) * scale;
        if (byte < 128) {
          if (value > Number.MAX_SAFE_INTEGER) break;
          return value;
        }
        scale *= 128;
      }
      throw damaged('a whole number is too long');
    },
    zigzag() {
      const value = reader.varint();
      return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    },
    text() {
      const length = reader.varint();
      const from = take(Math.floor(length / 2));
      return buffer.toString(length % 2 === 0 ? 'utf8' : 'utf16le', from, at);
    },
    raw(length) {
      const from = take(length);
      return buffer.subarray(from, at);
    },
    u8s: (n) => new Uint8Array(copy(n, 1)),
    u16s: (n) => new Uint16Array(copy(n, 2)),
    u32s: (n) => new Uint32Array(copy(n, 4)),
    f64s: (n) => new Float64Array(copy(n, 8)),
    i64s: (n) => new BigInt64Array(copy(n, 8)),
    sparse(n) {
      const values: (string | undefined)[] = [];
      const count = reader.varint();
      if (count === 0) return values;
      if (count > n) throw damaged(`${count} texts for ${n} rows`);
      const words: string[] = [];
      for (let left = reader.varint(); left > 0; left -= 1) words.push(reader.text());
      let row = -1;
      for (let left = count; left > 0; left -= 1) {
        row += reader.varint() + 1;
        const word = words[reader.varint()];
        if (word === undefined || row >= n) throw damaged('a text points nowhere');
        values[row] = word;
      }
      return values;
    },
    left: () => buffer.length - at,
  };
  return reader;
}

// Files are little-endian everywhere; on a big-endian machine the elements are turned round.
function littleEndian(bytes: Buffer, width: number, inPlace = false): Buffer {
  if (endianness() === 'LE' || width === 1) return bytes;
  const turned = inPlace ? bytes : Buffer.from(bytes);
  if (width === 2) return turned.swap16();
  return width === 4 ? turned.swap32() : turned.swap64();
}
