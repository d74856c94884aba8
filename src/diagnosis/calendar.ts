// The shift calendar: when the plant plans to produce, in instants. Breaks are left out; a shift across a clock change has its true length.
import type { ShiftPlan } from '../config/plan.ts';

/** A half-open stretch of time, ms since 1970. */
export interface Interval {
  readonly fromMs: number;
  readonly toMs: number;
}

const DAY_MS = 86_400_000;

/**
 * Planned production time between two instants: shifts without their breaks, in order, not overlapping.
 * Without any shift the plant is taken to run all the time.
 *
 * @param timezone IANA name of the plant's time zone
 * @example
 * plannedIntervals([{ id: 'D', from: '08:00', to: '12:00', breaks: ['10:00-10:10'], days: [] }], 'UTC', 0, 86400000).length; // => 2
 */
export function plannedIntervals(
  shifts: readonly ShiftPlan[],
  timezone: string,
  fromMs: number,
  toMs: number,
): Interval[] {
  if (!(toMs > fromMs)) return [];
  if (shifts.length === 0) return [{ fromMs, toMs }];
  const clock = zoneClock(timezone);
  const work: Interval[] = [];
  const pauses: Interval[] = [];
  // A shift that began the day before may reach into the period; local days start up to 14 h before or after the UTC day.
  for (let day = Math.floor(fromMs / DAY_MS) - 2; day <= Math.floor(toMs / DAY_MS) + 1; day++) {
    for (const shift of shifts) {
      if (shift.days.length > 0 && !shift.days.includes(weekday(day))) continue;
      const from = minutes(shift.from);
      const to = minutes(shift.to);
      work.push(span(day, from, to > from ? to : to + 1440, clock));
      for (const pause of shift.breaks) {
        const [start = '', end = ''] = pause.split('-');
        const startMin = minutes(start) >= from ? minutes(start) : minutes(start) + 1440;
        const endMin = minutes(end) + (minutes(end) > minutes(start) ? 0 : 1440);
        pauses.push(span(day, startMin, endMin + (startMin >= 1440 ? 1440 : 0), clock));
      }
    }
  }
  return clip(subtract(union(work), union(pauses)), fromMs, toMs);
}

/** Length of intervals that do not overlap, seconds. */
export function seconds(intervals: readonly Interval[]): number {
  return intervals.reduce((sum, interval) => sum + (interval.toMs - interval.fromMs), 0) / 1000;
}

/** The same time as intervals in order that neither overlap nor touch. */
export function union(intervals: readonly Interval[]): Interval[] {
  const sorted = intervals.filter((i) => i.toMs > i.fromMs).sort((a, b) => a.fromMs - b.fromMs);
  const merged: Interval[] = [];
  for (const interval of sorted) {
    const last = merged[merged.length - 1];
    if (last === undefined || interval.fromMs > last.toMs) merged.push(interval);
    else if (interval.toMs > last.toMs) merged[merged.length - 1] = { fromMs: last.fromMs, toMs: interval.toMs };
  }
  return merged;
}

/** What of `whole` is not in `parts`; both as `union` gives them. */
export function subtract(whole: readonly Interval[], parts: readonly Interval[]): Interval[] {
  const left: Interval[] = [];
  let p = 0;
  for (const { fromMs, toMs } of whole) {
    let at = fromMs;
    while (p < parts.length && (parts[p]?.toMs ?? 0) <= at) p++;
    for (let i = p; i < parts.length; i++) {
      const part = parts[i];
      if (part === undefined || part.fromMs >= toMs) break;
      if (part.fromMs > at) left.push({ fromMs: at, toMs: part.fromMs });
      at = Math.max(at, part.toMs);
    }
    if (at < toMs) left.push({ fromMs: at, toMs });
  }
  return left;
}

/** The part of intervals between two instants. */
export function clip(intervals: readonly Interval[], fromMs: number, toMs: number): Interval[] {
  return intervals
    .map((i) => ({ fromMs: Math.max(i.fromMs, fromMs), toMs: Math.min(i.toMs, toMs) }))
    .filter((i) => i.toMs > i.fromMs);
}

function span(day: number, fromMin: number, toMin: number, clock: (localMs: number) => number): Interval {
  return { fromMs: clock(day * DAY_MS + fromMin * 60_000), toMs: clock(day * DAY_MS + toMin * 60_000) };
}

/** 1 = Monday … 7 = Sunday of a day counted from 1970-01-01, a Thursday. */
function weekday(day: number): number {
  return ((((day + 3) % 7) + 7) % 7) + 1;
}

function minutes(time: string): number {
  const [hours = '0', mins = '0'] = time.split(':');
  return Number(hours) * 60 + Number(mins);
}

/**
 * Turns wall-clock time (as if it were UTC, ms) into the instant it names. A time that a clock change skips is the instant
 * that many minutes after the change; one that comes twice is the first.
 */
function zoneClock(timezone: string): (localMs: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const known = new Map<number, number>();
  /** Offset of local time from UTC at an instant, ms. */
  function offset(atMs: number): number {
    const hour = Math.floor(atMs / 900_000) * 900_000;
    const cached = known.get(hour);
    if (cached !== undefined) return cached;
    const part: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(hour)) part[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour: h = 0, minute = 0, second = 0 } = part;
    const found = Date.UTC(year, month - 1, day, h, minute, second) - hour;
    known.set(hour, found);
    return found;
  }
  return (localMs) => {
    const before = localMs - offset(localMs - DAY_MS);
    const after = localMs - offset(localMs + DAY_MS);
    if (before === after) return before;
    // Around a change: the earlier reading that is right, else (a skipped time) the one by the offset before it.
    const first = Math.min(before, after);
    const second = Math.max(before, after);
    if (first + offset(first) === localMs) return first;
    if (second + offset(second) === localMs) return second;
    return before;
  };
}
