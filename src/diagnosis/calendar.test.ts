import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ShiftPlan } from '../config/plan.ts';
import { plannedIntervals, seconds, subtract, union } from './calendar.ts';

const HOUR = 3_600_000;

function shift(
  id: string,
  from: string,
  to: string,
  breaks: readonly string[] = [],
  days: readonly number[] = [],
): ShiftPlan {
  return { id, from, to, breaks, days };
}

const THREE_SHIFTS = [shift('F', '06:00', '14:00'), shift('S', '14:00', '22:00'), shift('N', '22:00', '06:00')];

function hours(shifts: readonly ShiftPlan[], zone: string, from: string, to: string): number {
  return seconds(plannedIntervals(shifts, zone, Date.parse(from), Date.parse(to))) / 3600;
}

test('a day of round-the-clock shifts has 24 hours, 23 when the clocks go forward, 25 when they go back', () => {
  // Berlin changes on 2026-03-29 and 2026-10-25 (EU directive 2000/84/EC: last Sundays of March and October, 01:00 UTC).
  expect(hours(THREE_SHIFTS, 'Europe/Berlin', '2026-06-10T00:00+02:00', '2026-06-11T00:00+02:00')).toBe(24);
  expect(hours(THREE_SHIFTS, 'Europe/Berlin', '2026-03-29T00:00+01:00', '2026-03-30T00:00+02:00')).toBe(23);
  expect(hours(THREE_SHIFTS, 'Europe/Berlin', '2026-10-25T00:00+02:00', '2026-10-26T00:00+01:00')).toBe(25);
});

test('the night shift over a clock change is an hour shorter in spring and an hour longer in autumn', () => {
  const night = [shift('N', '22:00', '06:00', ['01:00-01:30'])];
  expect(hours(night, 'Europe/Berlin', '2026-03-27T12:00Z', '2026-03-28T12:00Z')).toBe(7.5);
  expect(hours(night, 'Europe/Berlin', '2026-03-28T12:00Z', '2026-03-29T12:00Z')).toBe(6.5);
  expect(hours(night, 'Europe/Berlin', '2026-10-24T12:00Z', '2026-10-25T12:00Z')).toBe(8.5);
});

test('a break in the skipped hour takes no time, one in the hour that comes twice its length', () => {
  const night = [shift('N', '22:00', '06:00', ['02:00-03:00'])];
  expect(hours(night, 'Europe/Berlin', '2026-03-28T12:00Z', '2026-03-29T12:00Z')).toBe(7);
  // 02:00 is the first of the two, 03:00 comes two hours later.
  expect(hours(night, 'Europe/Berlin', '2026-10-24T12:00Z', '2026-10-25T12:00Z')).toBe(7);
});

test('breaks are left out, also those after midnight in a night shift', () => {
  const shifts = [
    shift('D', '08:00', '20:00', ['10:00-10:10', '12:00-13:00', '15:00-15:10', '17:00-17:30']),
    shift('N', '20:00', '08:00', ['22:00-22:10', '00:00-01:00', '03:00-03:10', '05:00-05:30']),
  ];
  const minutes = 24 * 60 - 2 * (10 + 60 + 10 + 30);
  expect(hours(shifts, 'Asia/Seoul', '2026-09-15T08:00+09:00', '2026-09-16T08:00+09:00') * 60).toBeCloseTo(minutes, 9);
});

test('a shift belongs to the day on which it begins', () => {
  const fridays = [shift('N', '22:00', '06:00', [], [5])];
  const [only, ...more] = plannedIntervals(
    fridays,
    'Asia/Seoul',
    Date.parse('2026-09-14T00:00+09:00'),
    Date.parse('2026-09-21T00:00+09:00'),
  );
  expect(more).toEqual([]);
  expect(only).toEqual({ fromMs: Date.parse('2026-09-18T22:00+09:00'), toMs: Date.parse('2026-09-19T06:00+09:00') });
});

test('without shifts the plant is taken to run all the time', () => {
  expect(plannedIntervals([], 'UTC', 5, 7)).toEqual([{ fromMs: 5, toMs: 7 }]);
  expect(plannedIntervals(THREE_SHIFTS, 'UTC', 7, 7)).toEqual([]);
});

/** The plain definition, minute by minute: is the wall clock inside a shift and in none of its breaks? */
function plannedMinutes(shifts: readonly ShiftPlan[], zone: string, fromMs: number, minutes: number): number {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
  const inside = (at: string, from: string, to: string) => (from < to ? at >= from && at < to : at >= from || at < to);
  let count = 0;
  for (let i = 0; i < minutes; i++) {
    const parts = Object.fromEntries(format.formatToParts(fromMs + i * 60_000).map((p) => [p.type, p.value]));
    const at = `${parts.hour}:${parts.minute}`;
    const today = days.indexOf(parts.weekday!);
    const isPlanned = shifts.some((s) => {
      const startDay = s.from > s.to && at < s.to ? (today + 6) % 7 : today;
      const isDay = s.days.length === 0 || s.days.includes(startDay + 1);
      return isDay && inside(at, s.from, s.to) && !s.breaks.some((b) => inside(at, b.slice(0, 5), b.slice(6)));
    });
    if (isPlanned) count += 1;
  }
  return count;
}

const zones = fc.constantFrom('Europe/Berlin', 'Asia/Seoul', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Auckland');
const around = fc.constantFrom(
  '2026-03-29',
  '2026-10-25',
  '2026-03-08',
  '2026-11-01',
  '2026-04-05',
  '2026-07-01',
  '2026-12-31',
);

test('planned time agrees with the clock read minute by minute, across clock changes and zones', () => {
  const calendars = fc.constantFrom(
    [shift('D', '08:00', '20:00', ['12:00-13:00']), shift('N', '20:00', '08:00', ['00:00-01:00', '05:00-05:30'])],
    [shift('D', '07:30', '16:15', ['09:00-09:15', '12:00-12:45'], [1, 2, 3, 4, 5])],
    [shift('N', '22:00', '06:00', ['23:50-00:10', '04:00-04:20'], [2, 5, 7])],
  );
  fc.assert(
    fc.property(
      zones,
      around,
      calendars,
      fc.integer({ min: 0, max: 1440 }),
      fc.integer({ min: 1, max: 2200 }),
      (zone, day, shifts, offset, minutes) => {
        const fromMs = Date.parse(`${day}T00:00Z`) - 12 * HOUR + offset * 60_000;
        const got = seconds(plannedIntervals(shifts, zone, fromMs, fromMs + minutes * 60_000)) / 60;
        expect(got).toBe(plannedMinutes(shifts, zone, fromMs, minutes));
      },
    ),
    { numRuns: 40 },
  );
});

test('planned time adds up over any division of a period', () => {
  fc.assert(
    fc.property(zones, around, fc.double({ min: 0, max: 1, noNaN: true }), (zone, day, share) => {
      const from = Date.parse(`${day}T00:00Z`) - 30 * HOUR;
      const to = from + 80 * HOUR;
      const middle = from + Math.round(share * 80 * HOUR);
      const of = (a: number, b: number) => seconds(plannedIntervals(THREE_SHIFTS, zone, a, b));
      expect(of(from, middle) + of(middle, to)).toBeCloseTo(of(from, to), 6);
    }),
  );
});

test('union and subtract agree with sets of moments', () => {
  const intervals = fc.array(
    fc.tuple(fc.nat(60), fc.nat(20)).map(([fromMs, length]) => ({ fromMs, toMs: fromMs + length })),
    { maxLength: 12 },
  );
  const moments = (list: readonly { fromMs: number; toMs: number }[]) =>
    new Set(list.flatMap((i) => Array.from({ length: i.toMs - i.fromMs }, (_, k) => i.fromMs + k)));
  fc.assert(
    fc.property(intervals, intervals, (a, b) => {
      const left = subtract(union(a), union(b));
      const inB = moments(b);
      expect(moments(left)).toEqual(new Set([...moments(a)].filter((m) => !inB.has(m))));
      expect(union(left)).toEqual(left);
      expect(moments(union(a))).toEqual(moments(a));
    }),
  );
});
