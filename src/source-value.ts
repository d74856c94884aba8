// What sources send as time, value and context, read the same way by every adapter that takes text or JSON.
import { BAD, GOOD, type MeasurementContext, type Quality, UNCERTAIN } from './measurement.ts';

/** A value as a row takes it: `text` for a text row, `reason` where the value is not plainly good. */
export interface SourceValue {
  /** NaN for a bad value or a text. */
  readonly value: number;
  readonly quality: Quality;
  readonly text?: string;
  readonly reason?: string;
}

const RFC3339 =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9})\d{0,20})?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;
/** Last ms that fits into a signed 64-bit count of nanoseconds (year 2262). */
const LAST_MS = 9_223_372_036_854;
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Nanoseconds since 1970 of a source time.
 *
 * @param raw ms since 1970 as a number (fractions count), or an RFC 3339 text with up to nine decimals
 * @returns undefined when it is neither, or not within 1970 … 2262
 * @example
 * parseSourceTime('2023-11-14T22:13:20.5Z'); // => 1700000000500000000n
 */
export function parseSourceTime(raw: unknown): bigint | undefined {
  if (typeof raw === 'number') {
    if (!(raw >= 0 && raw < LAST_MS)) return undefined;
    const whole = Math.floor(raw);
    return BigInt(whole) * 1_000_000n + BigInt(Math.round((raw - whole) * 1e6));
  }
  if (typeof raw !== 'string') return undefined;
  const part = RFC3339.exec(raw);
  if (part === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction = '', sign, offsetHour = '0', offsetMinute = '0'] = part;
  const dayMs = Date.UTC(Number(year), Number(month) - 1, Number(day));
  const isRealDay = new Date(dayMs).getUTCDate() === Number(day) && Number(month) >= 1 && Number(month) <= 12;
  // Second 60 is a leap second; like Unix time it falls on the second after it.
  if (!isRealDay || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return undefined;
  if (Number(offsetHour) > 23 || Number(offsetMinute) > 59) return undefined;
  const offsetMs = (Number(offsetHour) * 60 + Number(offsetMinute)) * 60_000 * (sign === '-' ? -1 : 1);
  const ms = dayMs + (Number(hour) * 60 + Number(minute)) * 60_000 + Number(second) * 1000 - offsetMs;
  if (ms < 0 || ms >= LAST_MS) return undefined;
  return BigInt(ms) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
}

/**
 * A value as sent in JSON: a number, true or false as 1 and 0, null as a bad value, a string as a text.
 *
 * @param raw the value
 * @param quality what the source says of it
 * @returns undefined for lists, objects and what is missing
 * @example
 * readSourceValue(null, GOOD)?.reason; // => 'null'
 */
export function readSourceValue(raw: unknown, quality: Quality): SourceValue | undefined {
  const reason = quality === BAD ? 'source_bad' : quality === UNCERTAIN ? 'source_uncertain' : undefined;
  const why = reason === undefined ? {} : { reason };
  if (typeof raw === 'string') return { value: Number.NaN, quality, text: raw, ...why };
  if (raw === null) return { value: Number.NaN, quality: BAD, reason: reason ?? 'null' };
  const value = typeof raw === 'boolean' ? Number(raw) : raw;
  if (typeof value !== 'number') return undefined;
  if (quality === BAD) return { value: Number.NaN, quality, ...why };
  if (!Number.isFinite(value)) return { value: Number.NaN, quality: BAD, reason: 'not_finite' };
  return { value, quality, ...why };
}

/**
 * The quality a source names: good, uncertain or bad; nothing means good.
 *
 * @returns undefined for any other word
 * @example
 * readSourceQuality('uncertain'); // => 1
 */
export function readSourceQuality(raw: unknown): Quality | undefined {
  if (raw === undefined || raw === null || raw === 'good') return GOOD;
  if (raw === 'uncertain') return UNCERTAIN;
  return raw === 'bad' ? BAD : undefined;
}

/**
 * The context a source sends: an object of texts; numbers and booleans become texts, null entries are left out.
 *
 * @returns undefined when it is not such an object, or a key is empty or reaches for the prototype
 * @example
 * readSourceContext({ lot: 'R26-1', cavity: 3, tool: null }); // => { lot: 'R26-1', cavity: '3' }
 */
export function readSourceContext(raw: unknown): MeasurementContext | undefined {
  if (raw === undefined || raw === null) return {};
  if (typeof raw !== 'object' || Array.isArray(raw)) return undefined;
  const context: Record<string, string> = {};
  for (const [key, entry] of Object.entries(raw)) {
    if (entry === null) continue;
    if (key === '' || FORBIDDEN_KEYS.has(key)) return undefined;
    if (typeof entry !== 'string' && typeof entry !== 'number' && typeof entry !== 'boolean') return undefined;
    context[key] = String(entry);
  }
  return context;
}

/**
 * Whether a name may name a tag: 1 to 256 characters, none of them a control character, no word of the prototype.
 *
 * @example
 * isTagName('leak1/leak'); // => true
 */
export function isTagName(name: unknown): name is string {
  if (typeof name !== 'string' || name === '' || name.length > 256 || FORBIDDEN_KEYS.has(name)) return false;
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return false;
  }
  return true;
}

/**
 * Makes equal contexts one object, so that a batch keeps each of them once.
 *
 * @param capacity contexts remembered; more are forgotten together
 * @returns the known context, undefined for an empty one
 * @example
 * const pool = createContextPool(10);
 * pool({ lot: 'R26-1' }) === pool({ lot: 'R26-1' }); // => true
 */
export function createContextPool(capacity: number): (context: MeasurementContext) => MeasurementContext | undefined {
  const known = new Map<string, MeasurementContext>();
  return (context) => {
    const entries = Object.entries(context);
    if (entries.length === 0) return undefined;
    const key = JSON.stringify(entries);
    const one = known.get(key);
    if (one !== undefined) return one;
    if (known.size >= capacity) known.clear();
    known.set(key, context);
    return context;
  };
}
