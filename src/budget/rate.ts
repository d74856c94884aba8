// How many points a day a stream plots: as seen, over the hours in which the plant plans to work.
import type { ShiftPlan } from '../config/plan.ts';
import { plannedIntervals, seconds } from '../diagnosis/calendar.ts';

const DAY_MS = 86_400_000;

/** When the plant plans to work. */
export interface WorkCalendar {
  readonly shifts: readonly ShiftPlan[];
  /** IANA name. */
  readonly timezone: string;
}

/**
 * Points a day of a stream, by its newest points: their number by the planned time they took, times the planned time of a mean day of the week
 * before `nowMs`. Points that came outside of planned hours only count by the clock.
 *
 * @param times source times of neighbouring points, ascending, ms
 * @returns NaN below two points or where they all came at one time
 * @example
 * const shifts = [{ id: 'D', from: '08:00', to: '16:00', breaks: [], days: [] }];
 * const day = Date.UTC(2026, 8, 1);
 * const times = [day + 8 * 3600e3, day + 9 * 3600e3, day + 10 * 3600e3];
 * pointsPerDay(times, { shifts, timezone: 'UTC' }, day + 86400e3); // => 8
 */
export function pointsPerDay(times: readonly number[], calendar: WorkCalendar, nowMs: number): number {
  const firstMs = times[0] ?? Number.NaN;
  const lastMs = times.at(-1) ?? Number.NaN;
  if (times.length < 2 || !(lastMs > firstMs)) return Number.NaN;
  const planned = seconds(plannedIntervals(calendar.shifts, calendar.timezone, firstMs, lastMs));
  const steps = times.length - 1;
  if (planned <= 0) return (steps * DAY_MS) / (lastMs - firstMs);
  return (steps / planned) * plannedSecondsPerDay(calendar, nowMs);
}

/** Planned seconds of a mean day of the week before `nowMs`. */
export function plannedSecondsPerDay({ shifts, timezone }: WorkCalendar, nowMs: number): number {
  return seconds(plannedIntervals(shifts, timezone, nowMs - 7 * DAY_MS, nowMs)) / 7;
}
