// How columns of numbers, times and texts are packed in a chunk: small before zstd sees them, exact to the bit.
import type { ByteReader, ByteWriter } from '../../journal/bytes.ts';

const CONSTANT = 0;
const DECIMAL = 1;
const PLANES = 2;

/** Digits after the point that are tried for a decimal column. */
const MAX_DIGITS = 6;

const RAW = 0;
const STEPS = 1;

/**
 * Numbers, bit for bit: one constant, decimals as whole numbers, or the eight byte planes.
 * Most gauges give a few decimals; those cost two bytes a value instead of eight.
 */
export function writeFloats(writer: ByteWriter, values: Float64Array): void {
  const n = values.length;
  const first = values[0] ?? 0;
  if (values.every((value) => Object.is(value, first) && !Number.isNaN(value))) {
    writer.u8(CONSTANT);
    writer.f64(first);
    return;
  }
  const digits = commonDigits(values);
  if (digits >= 0) {
    writer.u8(DECIMAL);
    writer.u8(digits);
    const scale = 10 ** digits;
    let before = 0;
    for (const value of values) {
      const whole = Math.round(value * scale);
      writer.zigzag(whole - before);
      before = whole;
    }
    return;
  }
  writer.u8(PLANES);
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const planes = new Uint8Array(n * 8);
  for (let i = 0; i < n; i += 1) for (let b = 0; b < 8; b += 1) planes[b * n + i] = bytes[i * 8 + b] ?? 0;
  writer.column(planes);
}

/** The numbers written by {@link writeFloats}. */
export function readFloats(reader: ByteReader, n: number): Float64Array {
  const form = reader.u8();
  if (form === CONSTANT) return new Float64Array(n).fill(reader.f64());
  const values = new Float64Array(n);
  if (form === DECIMAL) {
    const scale = 10 ** reader.u8();
    let whole = 0;
    for (let i = 0; i < n; i += 1) {
      whole += reader.zigzag();
      values[i] = whole / scale;
    }
    return values;
  }
  const planes = reader.u8s(n * 8);
  const bytes = new Uint8Array(values.buffer);
  for (let i = 0; i < n; i += 1) for (let b = 0; b < 8; b += 1) bytes[i * 8 + b] = planes[b * n + i] ?? 0;
  return values;
}

// The fewest digits after the point that give every value back exactly, or -1.
function commonDigits(values: Float64Array): number {
  let digits = 0;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] ?? 0;
    while (!isDecimal(value, digits)) {
      digits += 1;
      if (digits > MAX_DIGITS) return -1;
    }
  }
  // Fewer digits sufficed for the earlier values; dividing by a larger power must give them back too.
  return values.every((value) => isDecimal(value, digits)) ? digits : -1;
}

function isDecimal(value: number, digits: number): boolean {
  const scale = 10 ** digits;
  const whole = Math.round(value * scale);
  return Math.abs(whole) < 2 ** 50 && !Object.is(whole, -0) && Object.is(whole / scale, value);
}

/** Whole numbers below 2^52 in size, as steps from one to the next. */
export function writeInts(writer: ByteWriter, values: ArrayLike<number>): void {
  let before = 0;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] ?? 0;
    writer.zigzag(value - before);
    before = value;
  }
}

/** The numbers written by {@link writeInts}. */
export function readInts(reader: ByteReader, n: number): number[] {
  const values: number[] = [];
  let value = 0;
  for (let i = 0; i < n; i += 1) {
    value += reader.zigzag();
    values.push(value);
  }
  return values;
}

/** Times in ns: in the coarsest of ms, µs, ns that keeps them exact, as changes of the step; raw when steps are enormous. */
export function writeTimes(writer: ByteWriter, times: BigInt64Array): void {
  const unit = [1_000_000n, 1000n].find((each) => times.every((time) => time % each === 0n)) ?? 1n;
  const first = times[0] ?? 0n;
  const steps: number[] = [];
  let before = first;
  let stepBefore = 0;
  for (let i = 1; i < times.length; i += 1) {
    const time = times[i] ?? 0n;
    const step = Number((time - before) / unit);
    // Changes of steps up to here are exact as numbers.
    if (Math.abs(step) > 2 ** 50) {
      writer.u8(RAW);
      writer.column(times);
      return;
    }
    steps.push(step - stepBefore);
    before = time;
    stepBefore = step;
  }
  writer.u8(STEPS);
  writer.varint(Number(unit));
  writer.i64(first);
  for (const step of steps) writer.zigzag(step);
}

/** The times written by {@link writeTimes}. */
export function readTimes(reader: ByteReader, n: number): BigInt64Array {
  if (reader.u8() === RAW) return reader.i64s(n);
  const times = new BigInt64Array(n);
  const unit = BigInt(reader.varint());
  let time = reader.i64();
  let step = 0;
  if (n > 0) times[0] = time;
  for (let i = 1; i < n; i += 1) {
    step += reader.zigzag();
    time += BigInt(step) * unit;
    times[i] = time;
  }
  return times;
}

/** Any values that have a text, as a dictionary and one number a row. */
export function writeWords(writer: ByteWriter, words: readonly string[]): void {
  const places = new Map<string, number>();
  const index = words.map((word) => {
    const place = places.get(word) ?? places.size;
    places.set(word, place);
    return place;
  });
  writer.varint(places.size);
  for (const word of places.keys()) writer.text(word);
  if (places.size > 1) for (const place of index) writer.varint(place);
}

/** The texts written by {@link writeWords}. */
export function readWords(reader: ByteReader, n: number): string[] {
  const words: string[] = [];
  for (let left = reader.varint(); left > 0; left -= 1) words.push(reader.text());
  const rows: string[] = [];
  for (let i = 0; i < n; i += 1) rows.push(words[words.length > 1 ? reader.varint() : 0] ?? '');
  return rows;
}
