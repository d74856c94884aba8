// Rows of the history as packed bytes: measurements and points, each many at a time.
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { PumjilError } from '../../errors.ts';
import { type ByteReader, byteReader, byteWriter } from '../../journal/bytes.ts';
import { fromJson, toJson } from '../../journal/json.ts';
import type { MeasurementContext } from '../../measurement.ts';
import type { PointRow, PointStatus } from '../history.ts';
import {
  readFloats,
  readInts,
  readTimes,
  readWords,
  writeFloats,
  writeInts,
  writeTimes,
  writeWords,
} from './columns.ts';

/** A measurement with everything that is kept of it. */
export interface StoredMeasurement {
  readonly series: number;
  readonly seq: number;
  readonly ordinal: number;
  readonly timeNs: bigint;
  /** Added to the time where a store needs distinct times; see MeasurementColumns.tie. */
  readonly tie: number;
  readonly value: number;
  readonly size: number;
  readonly quality: number;
  readonly reason: string | undefined;
  readonly text: string | undefined;
  readonly context: MeasurementContext;
}

/** A point with its tie. */
export type StoredPoint = PointRow & { readonly tie: number };

const FORMAT = 1;
const PLAIN = 0;
const ZSTD = 1;
/** Smaller bodies are put together with others before long: compressing them would be work for nothing. */
const WORTH_ZSTD = 2000;

/** Packs measurements; a chunk holds those of one series, an outbox block those of many. */
export function packMeasurements(rows: readonly StoredMeasurement[]): Uint8Array {
  const writer = byteWriter(64 + rows.length * 12);
  writer.u8(FORMAT);
  writer.varint(rows.length);
  writeInts(
    writer,
    rows.map((row) => row.series),
  );
  writeInts(
    writer,
    rows.map((row) => row.seq),
  );
  writeInts(
    writer,
    rows.map((row) => row.ordinal),
  );
  writeTimes(
    writer,
    BigInt64Array.from(rows, (row) => row.timeNs),
  );
  writeInts(
    writer,
    rows.map((row) => row.tie),
  );
  writeFloats(
    writer,
    Float64Array.from(rows, (row) => row.value),
  );
  writeFloats(
    writer,
    Float64Array.from(rows, (row) => row.size),
  );
  writer.column(Uint8Array.from(rows, (row) => row.quality));
  writer.sparse(
    rows.map((row) => row.reason),
    rows.length,
  );
  writer.sparse(
    rows.map((row) => row.text),
    rows.length,
  );
  writeWords(writer, contextTexts(rows));
  return squeeze(writer.bytes());
}

/**
 * The measurements packed by {@link packMeasurements}.
 *
 * @throws PumjilError HISTORY_DAMAGED
 */
export function unpackMeasurements(body: Uint8Array): StoredMeasurement[] {
  const reader = openBody(body);
  const n = reader.varint();
  const series = readInts(reader, n);
  const seq = readInts(reader, n);
  const ordinal = readInts(reader, n);
  const times = readTimes(reader, n);
  const tie = readInts(reader, n);
  const value = readFloats(reader, n);
  const size = readFloats(reader, n);
  const quality = reader.u8s(n);
  const reason = reader.sparse(n);
  const text = reader.sparse(n);
  const contexts = readContexts(reader, n);
  const rows: StoredMeasurement[] = [];
  for (let i = 0; i < n; i += 1) {
    rows.push({
      series: series[i] ?? 0,
      seq: seq[i] ?? 0,
      ordinal: ordinal[i] ?? 0,
      timeNs: times[i] ?? 0n,
      tie: tie[i] ?? 0,
      value: value[i] ?? Number.NaN,
      size: size[i] ?? 1,
      quality: quality[i] ?? 0,
      reason: reason[i],
      text: text[i],
      context: contexts[i] ?? {},
    });
  }
  return rows;
}

const POINT_NUMBERS = ['value', 'centre', 'lower', 'upper', 'z', 'n', 'timeMs'] as const;
const POINT_INTS = ['series', 'seq', 'ordinal', 'lane', 'limitsVersion', 'tie'] as const;

/** Packs points; see {@link packMeasurements}. */
export function packPoints(rows: readonly StoredPoint[]): Uint8Array {
  const writer = byteWriter(64 + rows.length * 40);
  writer.u8(FORMAT);
  writer.varint(rows.length);
  for (const name of POINT_INTS) {
    writeInts(
      writer,
      rows.map((row) => row[name]),
    );
  }
  for (const name of POINT_NUMBERS)
    writeFloats(
      writer,
      Float64Array.from(rows, (row) => row[name]),
    );
  // An id is `<seq>.<ordinal>`; one that is not is kept as it is.
  writer.sparse(
    rows.map((row) => (row.id === `${row.seq}.${row.ordinal}` ? undefined : row.id)),
    rows.length,
  );
  writeWords(
    writer,
    rows.map((row) => row.statistic),
  );
  writeWords(
    writer,
    rows.map((row) => `${row.status} ${row.breakBefore ? 1 : 0}`),
  );
  writeWords(
    writer,
    rows.map((row) => JSON.stringify(row.rules)),
  );
  writeWords(writer, contextTexts(rows));
  return squeeze(writer.bytes());
}

/**
 * The points packed by {@link packPoints}.
 *
 * @throws PumjilError HISTORY_DAMAGED
 */
export function unpackPoints(body: Uint8Array): StoredPoint[] {
  const reader = openBody(body);
  const count = reader.varint();
  const [series = [], seq = [], ordinal = [], lane = [], limitsVersion = [], tie = []] = POINT_INTS.map(() =>
    readInts(reader, count),
  );
  const numbers = POINT_NUMBERS.map(() => readFloats(reader, count));
  const number = (column: number, i: number) => numbers[column]?.[i] ?? Number.NaN;
  const ids = reader.sparse(count);
  const statistic = readWords(reader, count);
  const status = readWords(reader, count);
  const rules = readWords(reader, count);
  const contexts = readContexts(reader, count);
  const rows: StoredPoint[] = [];
  for (let i = 0; i < count; i += 1) {
    const [word = '', isBroken] = (status[i] ?? '').split(' ');
    rows.push({
      id: ids[i] ?? `${seq[i]}.${ordinal[i]}`,
      seq: seq[i] ?? 0,
      ordinal: ordinal[i] ?? 0,
      series: series[i] ?? 0,
      lane: lane[i] ?? 0,
      statistic: statistic[i] ?? '',
      value: number(0, i),
      centre: number(1, i),
      lower: number(2, i),
      upper: number(3, i),
      z: number(4, i),
      n: number(5, i),
      timeMs: number(6, i),
      rules: parsed(rules[i] ?? '[]'),
      limitsVersion: limitsVersion[i] ?? 0,
      // Written from a PointRow, so it is one of the words.
      status: word as PointStatus,
      breakBefore: isBroken === '1',
      context: contexts[i] ?? {},
      tie: tie[i] ?? 0,
    });
  }
  return rows;
}

/** Compresses a body where that pays. */
export function squeeze(bytes: Uint8Array): Uint8Array {
  const isWorthIt = bytes.length >= WORTH_ZSTD;
  const body = isWorthIt
    ? zstdCompressSync(bytes, {
        params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 },
      })
    : bytes;
  const out = new Uint8Array(body.length + 1);
  out[0] = isWorthIt ? ZSTD : PLAIN;
  out.set(body, 1);
  return out;
}

/**
 * The bytes given to {@link squeeze}.
 *
 * @throws PumjilError HISTORY_DAMAGED
 */
export function unsqueeze(body: Uint8Array): Uint8Array {
  const rest = body.subarray(1);
  if (body[0] === PLAIN) return rest;
  if (body[0] !== ZSTD) throw damagedHistory(`a packed body begins with ${body[0]}`);
  try {
    return zstdDecompressSync(rest);
  } catch (cause) {
    throw damagedHistory('a packed body cannot be unpacked', cause);
  }
}

/** The error for bytes in the history that no version wrote. */
export function damagedHistory(what: string, cause?: unknown): PumjilError {
  return new PumjilError('HISTORY_DAMAGED', {
    message: `The history cannot be read: ${what}.`,
    hint: 'Restore plant.db from a backup; what the journal still holds is replayed by itself.',
    cause,
  });
}

function openBody(body: Uint8Array): ByteReader {
  const reader = byteReader(unsqueeze(body), (what) => damagedHistory(`a chunk is cut, ${what}`));
  const format = reader.u8();
  if (format !== FORMAT) throw damagedHistory(`chunk format ${format} is unknown`);
  return reader;
}

function contextTexts(rows: readonly { readonly context: MeasurementContext }[]): string[] {
  const known = new Map<MeasurementContext, string>();
  return rows.map(({ context }) => {
    let text = known.get(context);
    if (text === undefined) {
      text = toJson(context);
      known.set(context, text);
    }
    return text;
  });
}

function readContexts(reader: ByteReader, n: number): MeasurementContext[] {
  const known = new Map<string, MeasurementContext>();
  return readWords(reader, n).map((text) => {
    let context = known.get(text);
    if (context === undefined) {
      context = parsed<MeasurementContext>(text === '' ? '{}' : text);
      known.set(text, context);
    }
    return context;
  });
}

function parsed<T>(text: string): T {
  try {
    // Written by this file from a value of that type.
    return fromJson(text) as T;
  } catch (cause) {
    throw damagedHistory('a text in a chunk is no JSON', cause);
  }
}
