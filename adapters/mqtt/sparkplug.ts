// Sparkplug B payloads (Eclipse Sparkplug 3.0, sparkplug_b.proto): encoding for tests and the demo plant, decoding for the adapter.
import { readFields, writeMessage } from './protobuf.ts';

/** Datatype codes of Sparkplug 3.0, table 6.4.16. */
export const SPARKPLUG_TYPES = {
  int8: 1,
  int16: 2,
  int32: 3,
  int64: 4,
  uint8: 5,
  uint16: 6,
  uint32: 7,
  uint64: 8,
  float: 9,
  double: 10,
  boolean: 11,
  string: 12,
  datetime: 13,
  text: 14,
  uuid: 15,
} as const;

export type SparkplugType = keyof typeof SPARKPLUG_TYPES;

/** A metric; whole numbers of 64 bits and times are numbers too (exact to 2^53). */
export interface SparkplugMetric {
  readonly name?: string;
  readonly alias?: bigint;
  /** ms since 1970. */
  readonly timestamp?: number;
  /** Absent in DATA messages: the birth has told it. */
  readonly type?: SparkplugType;
  readonly isHistorical?: boolean;
  /** null = is_null. */
  readonly value: number | boolean | string | null;
  /** Property `Quality`: 192 good, 0 bad, 500 stale. */
  readonly quality?: number;
}

export interface SparkplugPayload {
  /** ms since 1970. */
  readonly timestamp?: number;
  /** 0 … 255; absent in NDEATH. */
  readonly seq?: number;
  readonly metrics: readonly SparkplugMetric[];
}

/** A metric as it stands in the bytes; its value cannot be told from them alone when the type is missing. */
export interface RawMetric {
  readonly name: string | undefined;
  readonly alias: bigint | undefined;
  readonly timestamp: number | undefined;
  /** Code of the datatype, 0 when it is not told. */
  readonly type: number;
  readonly isHistorical: boolean;
  readonly isNull: boolean;
  readonly quality: number | undefined;
  /** int_value or long_value. */
  readonly integer: bigint | undefined;
  /** float_value or double_value. */
  readonly float: number | undefined;
  readonly boolean: boolean | undefined;
  readonly text: string | undefined;
}

export interface RawPayload {
  readonly timestamp: number | undefined;
  readonly seq: number | undefined;
  readonly metrics: readonly RawMetric[];
}

/**
 * Bytes of a payload.
 *
 * @example
 * decodePayload(encodePayload({ seq: 3, metrics: [{ name: 'leak', type: 'double', value: 0.5 }] })).metrics[0]?.float; // => 0.5
 */
export function encodePayload(payload: SparkplugPayload): Uint8Array {
  const out = writeMessage();
  if (payload.timestamp !== undefined) out.varint(1, BigInt(payload.timestamp));
  for (const metric of payload.metrics) out.bytes(2, encodeMetric(metric));
  if (payload.seq !== undefined) out.varint(3, BigInt(payload.seq));
  return out.finish();
}

/**
 * Reads a payload. Fields that are not known are skipped.
 *
 * @throws RangeError when the bytes are no Sparkplug payload
 */
export function decodePayload(bytes: Uint8Array): RawPayload {
  let timestamp: number | undefined;
  let seq: number | undefined;
  const metrics: RawMetric[] = [];
  for (const { number, wire, integer, bytes: content } of readFields(bytes)) {
    if (number === 1 && wire === 0) timestamp = Number(integer);
    else if (number === 2 && wire === 2) metrics.push(decodeMetric(content));
    else if (number === 3 && wire === 0) seq = Number(integer);
  }
  return { timestamp, seq, metrics };
}

/**
 * The value of a metric.
 *
 * @param type code of the datatype, from the metric or from its birth
 * @returns undefined for types that are no single value (data sets, templates, files, bytes, arrays)
 * @example
 * const raw = decodePayload(encodePayload({ metrics: [{ type: 'int16', value: -2 }] })).metrics[0];
 * raw && metricValue(raw, SPARKPLUG_TYPES.int16); // => -2
 */
export function metricValue(metric: RawMetric, type: number): number | boolean | string | null | undefined {
  if (metric.isNull) return null;
  const { integer } = metric;
  switch (type) {
    case 1:
    case 2:
    case 3:
    case 4:
      // Signed numbers come as two's complement of 32 or 64 bits.
      return integer === undefined
        ? undefined
        : Number(BigInt.asIntN(type === 4 ? 64 : ([8, 16, 32][type - 1] ?? 32), integer));
    case 5:
    case 6:
    case 7:
    case 8:
    case 13:
      return integer === undefined ? undefined : Number(integer);
    case 9:
    case 10:
      return metric.float;
    case 11:
      return metric.boolean;
    case 12:
    case 14:
    case 15:
      return metric.text;
    default:
      return undefined;
  }
}

function encodeMetric(metric: SparkplugMetric): Uint8Array {
  const out = writeMessage();
  if (metric.name !== undefined) out.text(1, metric.name);
  if (metric.alias !== undefined) out.varint(2, metric.alias);
  if (metric.timestamp !== undefined) out.varint(3, BigInt(metric.timestamp));
  const type = metric.type ?? impliedType(metric.value);
  if (metric.type !== undefined) out.varint(4, BigInt(SPARKPLUG_TYPES[metric.type]));
  if (metric.isHistorical) out.varint(5, 1n);
  if (metric.value === null) out.varint(7, 1n);
  if (metric.quality !== undefined) out.bytes(9, qualityProperties(metric.quality));
  if (metric.value === null) return out.finish();
  if (typeof metric.value === 'string') out.text(15, metric.value);
  else if (type === 'boolean') out.varint(14, metric.value ? 1n : 0n);
  else if (type === 'double') out.double(13, Number(metric.value));
  else if (type === 'float') out.float(12, Number(metric.value));
  else if (type === 'int64' || type === 'uint64' || type === 'datetime') out.varint(11, BigInt(metric.value));
  else out.varint(10, BigInt.asUintN(32, BigInt(metric.value)));
  return out.finish();
}

function impliedType(value: SparkplugMetric['value']): SparkplugType {
  return typeof value === 'string' ? 'string' : typeof value === 'boolean' ? 'boolean' : 'double';
}

/** PropertySet { keys: ['Quality'], values: [{ type: Int32, int_value }] }. */
function qualityProperties(quality: number): Uint8Array {
  const value = writeMessage();
  value.varint(1, BigInt(SPARKPLUG_TYPES.int32));
  value.varint(3, BigInt(quality));
  const set = writeMessage();
  set.text(1, 'Quality');
  set.bytes(2, value.finish());
  return set.finish();
}

function decodeMetric(bytes: Uint8Array): RawMetric {
  const text = (content: Uint8Array) => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
  const metric = {
    name: undefined as string | undefined,
    alias: undefined as bigint | undefined,
    timestamp: undefined as number | undefined,
    type: 0,
    isHistorical: false,
    isNull: false,
    quality: undefined as number | undefined,
    integer: undefined as bigint | undefined,
    float: undefined as number | undefined,
    boolean: undefined as boolean | undefined,
    text: undefined as string | undefined,
  };
  try {
    for (const { number, wire, integer, bytes: content } of readFields(bytes)) {
      if (number === 1 && wire === 2) metric.name = text(content);
      else if (number === 2 && wire === 0) metric.alias = integer;
      else if (number === 3 && wire === 0) metric.timestamp = Number(integer);
      else if (number === 4 && wire === 0) metric.type = Number(integer);
      else if (number === 5 && wire === 0) metric.isHistorical = integer !== 0n;
      else if (number === 7 && wire === 0) metric.isNull = integer !== 0n;
      else if (number === 9 && wire === 2) metric.quality = decodeQuality(content);
      else if ((number === 10 || number === 11) && wire === 0) metric.integer = integer;
      else if (number === 12 && wire === 5) metric.float = new Float32Array(Uint32Array.of(Number(integer)).buffer)[0];
      else if (number === 13 && wire === 1) metric.float = new Float64Array(BigUint64Array.of(integer).buffer)[0];
      else if (number === 14 && wire === 0) metric.boolean = integer !== 0n;
      else if (number === 15 && wire === 2) metric.text = text(content);
    }
  } catch (error) {
    if (error instanceof TypeError) throw new RangeError('a text is not UTF-8');
    throw error;
  }
  return metric;
}

function decodeQuality(bytes: Uint8Array): number | undefined {
  const keys: string[] = [];
  const values: (number | undefined)[] = [];
  for (const { number, wire, bytes: content } of readFields(bytes)) {
    if (wire !== 2) continue;
    if (number === 1) keys.push(new TextDecoder().decode(content));
    if (number === 2) {
      const fields = [...readFields(content)];
      const integer = fields.find((field) => field.wire === 0 && (field.number === 3 || field.number === 4))?.integer;
      values.push(integer === undefined ? undefined : Number(integer));
    }
  }
  return values[keys.indexOf('Quality')];
}
