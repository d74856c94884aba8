// Times as they stand in files: ms, s, ISO 8601, local dates in three orders, Excel serial days, all to nanoseconds since 1970.

export type TimeForm = 'auto' | 'ms' | 's' | 'iso' | 'ymd' | 'dmy' | 'mdy' | 'excel';

/** Nanoseconds since 1970, or undefined when the text is no such time. */
export type TimeReader = (text: string) => bigint | undefined;

const OFFSET = /(?:[Zz]|([+-])(\d{2}):?(\d{2}))$/;
const CLOCK = /^(오전|오후|AM|PM)?\s?(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(AM|PM|am|pm)?$/;
const LAST_MS = 9_223_372_036_854;
const DAY_MS = 86_400_000;
/** 1970-01-01 as a serial day of Excel's 1900 system. */
const EXCEL_1970 = 25_569;

/**
 * A reader for one column of times.
 *
 * @param form how the times are written
 * @param zone IANA time zone of times that name no offset; where a clock change repeats an hour, the first one is meant
 * @example
 * createTimeReader('auto', 'Asia/Seoul')('2026-03-02 08:00:00.250'); // => 1772406000250000000n
 */
export function createTimeReader(form: TimeForm, zone: string): TimeReader {
  const offsetMs = zoneOffset(zone);
  // Rows follow each other in time: the date is usually that of the row before.
  let lastDate = '';
  let lastDayMs = Number.NaN;

  function readDate(text: string): number {
    if (text === lastDate) return lastDayMs;
    lastDate = text;
    lastDayMs = dayOf(text, form);
    return lastDayMs;
  }

  function readCalendar(text: string): bigint | undefined {
    const split = text.search(/[T\s]/);
    const dayMs = readDate(split === -1 ? text : text.slice(0, split));
    if (Number.isNaN(dayMs)) return undefined;
    let clock = split === -1 ? '' : text.slice(split + 1).trim();
    const offset = clock === '' ? null : OFFSET.exec(clock);
    if (offset !== null) clock = clock.slice(0, offset.index).trim();
    const time = clock === '' ? { ms: 0, nanos: 0 } : readClock(clock);
    if (time === undefined) return undefined;
    const localMs = dayMs + time.ms;
    const utcMs = offset === null ? localMs - offsetMs(localMs) : localMs - offsetOf(offset);
    return utcMs < 0 || utcMs >= LAST_MS ? undefined : BigInt(utcMs) * 1_000_000n + BigInt(time.nanos);
  }

  return (raw) => {
    const text = raw.trim();
    if (form === 'ms' || form === 's' || form === 'excel') return fromNumber(text, form, offsetMs);
    if (form === 'auto' && /^\d{9,13}(?:\.\d+)?$/.test(text)) {
      return fromNumber(text, /^\d{12}/.test(text) ? 'ms' : 's', offsetMs);
    }
    const compact = /^(\d{8})(\d{2})(\d{2})(\d{2})$/.exec(text);
    return readCalendar(compact === null ? text : `${compact[1]} ${compact[2]}:${compact[3]}:${compact[4]}`);
  };
}

function fromNumber(
  text: string,
  form: 'ms' | 's' | 'excel',
  offsetMs: (localMs: number) => number,
): bigint | undefined {
  if (!/^\d{1,14}(?:\.\d{1,15})?$/.test(text)) return undefined;
  if (form === 'excel') {
    const localMs = Math.round((Number(text) - EXCEL_1970) * DAY_MS);
    const utcMs = localMs - offsetMs(localMs);
    return utcMs < 0 || utcMs >= LAST_MS ? undefined : BigInt(utcMs) * 1_000_000n;
  }
  const [whole = '', fraction = ''] = text.split('.');
  const decimals = form === 'ms' ? 6 : 9;
  const nanos = BigInt(whole) * 10n ** BigInt(decimals) + BigInt(fraction.slice(0, decimals).padEnd(decimals, '0'));
  return nanos < BigInt(LAST_MS) * 1_000_000n ? nanos : undefined;
}

/** Local midnight as if it were UTC, ms; NaN when it is no date of the form. */
function dayOf(text: string, form: TimeForm): number {
  const parts = /^(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})\.?$/.exec(text) ?? /^(\d{4})()(\d{2})(\d{2})$/.exec(text);
  if (parts === null) return Number.NaN;
  const [, a = '', , b = '', c = ''] = parts;
  const [year, month, day] = form === 'dmy' ? [c, b, a] : form === 'mdy' ? [c, a, b] : [a, b, c];
  if (year.length !== 4 || month.length > 2 || day.length > 2) return Number.NaN;
  const ms = Date.UTC(Number(year), Number(month) - 1, Number(day));
  const date = new Date(ms);
  const isReal = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
  return isReal ? ms : Number.NaN;
}

function readClock(text: string): { ms: number; nanos: number } | undefined {
  const parts = CLOCK.exec(text);
  if (parts === null) return undefined;
  const half = (parts[1] ?? parts[6])?.toUpperCase();
  let hour = Number(parts[2]);
  const minute = Number(parts[3]);
  const second = Number(parts[4] ?? 0);
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return undefined;
    hour = (hour % 12) + (half === 'PM' || half === '오후' ? 12 : 0);
  }
  // 24:00:00 is the end of the day, second 60 a leap second: both run on into what follows.
  if (hour > 24 || minute > 59 || second > 60 || (hour === 24 && minute + second > 0)) return undefined;
  return { ms: (hour * 60 + minute) * 60_000 + second * 1000, nanos: Number((parts[5] ?? '').padEnd(9, '0')) };
}

function offsetOf(parts: RegExpExecArray): number {
  if (parts[1] === undefined) return 0;
  return (Number(parts[2]) * 60 + Number(parts[3])) * 60_000 * (parts[1] === '-' ? -1 : 1);
}

/** Difference of a zone's local time to UTC for a local time, ms; remembered by the quarter of an hour, in which no zone changes. */
function zoneOffset(zone: string): (localMs: number) => number {
  if (zone === 'UTC') return () => 0;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const known = new Map<number, number>();
  const at = (utcMs: number): number => {
    const part: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(utcMs)) part[type] = Number(value);
    const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = part;
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(utcMs / 1000) * 1000;
  };
  return (localMs) => {
    const quarter = Math.floor(localMs / 900_000);
    let offset = known.get(quarter);
    if (offset === undefined) {
      // The offset before the local time decides; it is the right one unless a change lies in between.
      const earlier = at(localMs - at(localMs) - DAY_MS / 8);
      const isEarlierRight = at(quarter * 900_000 - earlier) === earlier;
      offset = isEarlierRight ? earlier : at(quarter * 900_000 - at(localMs));
      if (known.size > 50_000) known.clear();
      known.set(quarter, offset);
    }
    return offset;
  };
}
