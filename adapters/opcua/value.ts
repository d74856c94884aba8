// From an OPC UA DataValue to a measurement: number or text, quality, source time.
import type { DataValue } from 'node-opcua';
import { BAD, GOOD, type Quality, UNCERTAIN } from '../../src/component.ts';

/** OPC UA Part 6, table 1. */
const INT64 = 8;
const UINT64 = 9;

export interface Reading {
  /** NaN for a text and for bad. */
  readonly value: number;
  readonly text: string | undefined;
  readonly quality: Quality;
  readonly timeMs: number;
  readonly reason: string | undefined;
}

/**
 * Reads one data value, or one field of it.
 * Status Good, Uncertain and Bad become the quality, and `opcua_<StatusName>` the reason.
 *
 * @param path field names and indices into a structure or array; empty for a scalar
 * @param receivedMs taken as time where the server sends none, ms since 1970
 */
export function readingOf(data: DataValue, path: readonly string[], receivedMs: number): Reading {
  const { statusCode, sourceTimestamp, serverTimestamp } = data;
  const timeMs = sourceTimestamp?.getTime() ?? serverTimestamp?.getTime() ?? receivedMs;
  const severity = statusCode.value >>> 30;
  const quality: Quality = severity === 0 ? GOOD : severity === 1 ? UNCERTAIN : BAD;
  const noTime = sourceTimestamp == null ? 'no_source_time' : undefined;
  const reason = quality === GOOD ? noTime : `opcua_${statusName(data)}`;
  if (quality === BAD) return { value: Number.NaN, text: undefined, quality, timeMs, reason };
  const raw = fieldOf(data.value?.value, path);
  const text = textOf(raw);
  if (text !== undefined) return { value: Number.NaN, text, quality, timeMs, reason };
  const value = wideOf(data, raw) ?? numberOf(raw);
  if (value === undefined) {
    const why = raw === null || raw === undefined ? 'null_value' : 'not_a_scalar';
    return { value: Number.NaN, text: undefined, quality: BAD, timeMs, reason: why };
  }
  return { value, text: undefined, quality, timeMs, reason };
}

/** The name of a status without its information bits: `Good`, `UncertainLastUsableValue`, `BadSensorFailure`. */
export function statusName(data: Pick<DataValue, 'statusCode'>): string {
  return /^[A-Za-z]+/.exec(data.statusCode.name)?.[0] ?? 'Bad';
}

/** Time told by a node: a DateTime, ms since 1970, or an ISO text; undefined for anything else. */
export function timeOf(data: DataValue | undefined): number | undefined {
  if (data === undefined || data.statusCode.value >>> 30 === 2) return undefined;
  const raw: unknown = data.value?.value;
  const ms =
    raw instanceof Date
      ? raw.getTime()
      : typeof raw === 'string'
        ? Date.parse(raw)
        : (wideOf(data, raw) ?? numberOf(raw));
  // A clock that was never set says 1601 or 1970: no time of a part.
  return ms !== undefined && ms > Date.UTC(1990, 0) ? ms : undefined;
}

function fieldOf(raw: unknown, path: readonly string[]): unknown {
  let value = raw;
  for (const key of path) {
    if (value === null || typeof value !== 'object') return undefined;
    const fields = value as Readonly<Record<string, unknown>>;
    // Structures decoded by the library begin their fields in lower case, whatever the server calls them.
    value = fields[key] ?? fields[key.charAt(0).toLowerCase() + key.slice(1)];
  }
  return value;
}

function textOf(raw: unknown): string | undefined {
  if (typeof raw === 'string') return raw;
  if (raw !== null && typeof raw === 'object' && 'text' in raw && typeof raw.text === 'string') return raw.text;
  return undefined;
}

/** The library gives 64-bit integers as [high, low] words; only the type tells them from an array of two. */
function wideOf(data: DataValue, raw: unknown): number | undefined {
  const type: number = data.value?.dataType ?? 0;
  if ((type !== INT64 && type !== UINT64) || !Array.isArray(raw) || raw.length !== 2) return undefined;
  const [high, low]: unknown[] = raw;
  if (typeof high !== 'number' || typeof low !== 'number') return undefined;
  return (type === INT64 ? high | 0 : high >>> 0) * 2 ** 32 + (low >>> 0);
}

function numberOf(raw: unknown): number | undefined {
  if (typeof raw === 'number') return raw;
  if (typeof raw === 'boolean') return raw ? 1 : 0;
  if (typeof raw === 'bigint') return Number(raw);
  if (raw instanceof Date) return raw.getTime();
  return undefined;
}
