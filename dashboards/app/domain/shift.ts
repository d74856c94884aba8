// Which shift is on, by the plant's clock.
import type { ShiftJson } from '../../../src/api/contract.ts';

/**
 * The shift at a moment, or undefined outside all shifts.
 *
 * @param clock HH:MM in plant time
 * @param weekday 1 = Monday … 7 = Sunday in plant time
 */
export function shiftAt(shifts: readonly ShiftJson[], clock: string, weekday: number): ShiftJson | undefined {
  return shifts.find((shift) => {
    const crossesMidnight = shift.to <= shift.from;
    const isAfterStart = clock >= shift.from;
    const isIn = crossesMidnight ? isAfterStart || clock < shift.to : isAfterStart && clock < shift.to;
    if (!isIn) return false;
    // The small hours belong to the day the shift began on.
    const day = crossesMidnight && !isAfterStart ? ((weekday + 5) % 7) + 1 : weekday;
    return shift.days.length === 0 || shift.days.includes(day);
  });
}

/** Weekday of a moment in a time zone, 1 = Monday … 7 = Sunday. */
export function weekdayAt(timezone: string, atMs: number): number {
  const name = new Intl.DateTimeFormat('en-US', { timeZone: timezone, weekday: 'short' }).format(atMs);
  return ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].indexOf(name) + 1;
}
