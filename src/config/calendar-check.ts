// Checks of the plant's time zone and shift calendar.
import { didYouMean } from './nearest.ts';
import { type Finding, finding, type Key } from './problem.ts';
import type { ShiftFile } from './schema.ts';

const DAY_MIN = 24 * 60;

/** Finds a time zone that this computer does not know. */
export function checkTimezone(timezone: string): Finding[] {
  try {
    new Intl.DateTimeFormat('en', { timeZone: timezone });
    return [];
  } catch {
    const near = didYouMean(timezone, Intl.supportedValuesOf('timeZone'));
    return [
      finding(
        ['plant', 'timezone'],
        'not_allowed',
        `there is no time zone "${timezone}"${near}`,
        'Write an IANA name such as Asia/Seoul or UTC.',
      ),
    ];
  }
}

/** Finds shifts of one name, of no length, that overlap, and breaks outside their shift. `keys[i]` is where shift i stands. */
export function checkShifts(shifts: readonly ShiftFile[]): Finding[] {
  return shifts.flatMap((shift, i) => checkShift(shift, shifts.slice(0, i), ['shifts', i]));
}

function checkShift(shift: ShiftFile, earlier: readonly ShiftFile[], keys: readonly Key[]): Finding[] {
  const findings: Finding[] = [];
  if (earlier.some((each) => each.id === shift.id)) {
    findings.push(
      finding([...keys, 'id'], 'duplicate', `there are two shifts "${shift.id}"`, 'Give each shift an id of its own.'),
    );
  }
  if (shift.from === shift.to) {
    const hint = 'For work around the clock write two shifts, for instance 08:00-20:00 and 20:00-08:00.';
    return [...findings, finding([...keys, 'to'], 'contradiction', `the shift begins and ends at ${shift.from}`, hint)];
  }
  const clash = earlier.find((each) => each.from !== each.to && overlaps(each, shift));
  if (clash !== undefined) {
    const what = `the shift ${shift.id} (${shift.from}-${shift.to}) overlaps the shift ${clash.id} (${clash.from}-${clash.to})`;
    findings.push(
      finding(
        [...keys, 'from'],
        'contradiction',
        what,
        'Let each shift begin when the one before ends, or name the days of each.',
      ),
    );
  }
  for (const [i, pause] of shift.breaks.entries()) {
    if (isInside(pause, shift)) continue;
    const what = `the break ${pause} does not lie within the shift ${shift.from}-${shift.to}`;
    findings.push(
      finding([...keys, 'breaks', i], 'contradiction', what, 'Correct the times, or move the break to its shift.'),
    );
  }
  return findings;
}

function isInside(pause: string, shift: ShiftFile): boolean {
  const [from = '', to = ''] = pause.split('-');
  const start = (minutes(from) - minutes(shift.from) + DAY_MIN) % DAY_MIN;
  const length = (minutes(to) - minutes(from) + DAY_MIN) % DAY_MIN;
  return length > 0 && start + length <= lengthOf(shift);
}

function overlaps(a: ShiftFile, b: ShiftFile): boolean {
  const days = (shift: ShiftFile): readonly number[] => (shift.days.length === 0 ? [1, 2, 3, 4, 5, 6, 7] : shift.days);
  const week = 7 * DAY_MIN;
  for (const dayA of days(a)) {
    for (const dayB of days(b)) {
      const startA = (dayA - 1) * DAY_MIN + minutes(a.from);
      const startB = (dayB - 1) * DAY_MIN + minutes(b.from);
      if ((startB - startA + week) % week < lengthOf(a) || (startA - startB + week) % week < lengthOf(b)) return true;
    }
  }
  return false;
}

function lengthOf(shift: ShiftFile): number {
  return (minutes(shift.to) - minutes(shift.from) + DAY_MIN) % DAY_MIN;
}

function minutes(clock: string): number {
  const [hour = '0', minute = '0'] = clock.split(':');
  return Number(hour) * 60 + Number(minute);
}
