// When the plant works. Plant time is ms since Monday 00:00 of the week in which the live demo starts; earlier weeks are negative.
import type { LineId, PlantFile } from './plant-file.ts';

export const MINUTE = 60_000;
export const HOUR = 3_600_000;
export const DAY = 86_400_000;
const WEEK = 7 * DAY;
const DAY_NAMES = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;

/** How long after L1's mould change L3 follows: the covers in between are worked off. */
const FLOW_LAG = 2 * HOUR;
/** Position in L1's changeover cycle at the live start: well inside the first part number's run. */
const LIVE_PHASE = 4 * HOUR;

export interface Shift {
  readonly id: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** A stretch in which a line runs without a planned stop. */
export interface Run {
  readonly fromMs: number;
  readonly toMs: number;
  readonly part: string;
}

export interface Calendar {
  /** Start of the live demo, for instance Tuesday 13:05. */
  readonly liveStartMs: number;
  /** Working time from the first shift of week 0 to `ms`; weekends do not count. */
  workMs(ms: number): number;
  /** The plant time at which that much working time is over. */
  plantMs(workMs: number): number;
  /** Plant time `days` working days of 24 h before the live start. */
  daysBeforeLive(days: number): number;
  /**
   * Plant time at which the demo goes on when it had come to `livedMs` after its live start: at the same time of a later
   * working day with the same part numbers set up; the live start itself for 0.
   */
  startAfter(livedMs: number): number;
  shiftAt(ms: number): Shift;
  /** First run of a line that ends after `ms`. */
  runAfter(line: LineId, ms: number): Run;
  /** For instance `Tue 13:05`. */
  label(ms: number): string;
}

/**
 * The calendar of a plant file.
 *
 * @example
 * const calendar = plantCalendar(loadPlantFile());
 * calendar.label(calendar.liveStartMs); // => 'Tue 13:05'
 * calendar.shiftAt(calendar.liveStartMs).id; // => 'D'
 */
export function plantCalendar(file: PlantFile): Calendar {
  const liveStartMs = parseStart(file.meta.start_clock);
  const shifts = file.calendar.shifts.map((each) => ({
    id: each.id,
    from: clock(each.from),
    length: (((clock(each.to) - clock(each.from)) % DAY) + DAY) % DAY || DAY,
    breaks: each.breaks.map(parseBreak),
  }));
  const dayStart = shifts[0]?.from ?? 0;
  const weekWorkMs = file.calendar.week.length * DAY;
  const breaks = shifts.flatMap((each) => each.breaks).sort((a, b) => a.from - b.from);
  const runsThrough = file.calendar.runs_through_breaks as Readonly<Record<string, boolean>>;

  const calendar: Calendar = {
    liveStartMs,
    workMs(ms) {
      const week = Math.floor((ms - dayStart) / WEEK);
      return week * weekWorkMs + Math.min(ms - dayStart - week * WEEK, weekWorkMs);
    },
    plantMs(workMs) {
      const week = Math.floor(workMs / weekWorkMs);
      return week * WEEK + dayStart + (workMs - week * weekWorkMs);
    },
    daysBeforeLive: (days) => calendar.plantMs(calendar.workMs(liveStartMs) - days * DAY),
    startAfter(livedMs) {
      const stepMs = Math.max(...Object.keys(file.changeover).map((line) => setUpsRepeatMs(line as LineId)), DAY);
      const livedWorkMs = calendar.workMs(liveStartMs + livedMs) - calendar.workMs(liveStartMs);
      return calendar.plantMs(calendar.workMs(liveStartMs) + Math.ceil(livedWorkMs / stepMs) * stepMs);
    },
    shiftAt(ms) {
      const day = Math.floor((ms - dayStart) / DAY) * DAY;
      for (const each of shifts) {
        const from = day + each.from + (each.from < dayStart ? DAY : 0);
        if (ms >= from && ms < from + each.length) return { id: each.id, fromMs: from, toMs: from + each.length };
      }
      return { id: '-', fromMs: day + dayStart, toMs: day + dayStart + DAY };
    },
    runAfter(line, ms) {
      let fromMs = ms;
      for (;;) {
        const week = Math.floor((fromMs - dayStart) / WEEK) * WEEK + dayStart;
        if (fromMs >= week + weekWorkMs) fromMs = week + WEEK;
        const block = blockAt(line, fromMs);
        if (fromMs < block.readyMs) {
          fromMs = block.readyMs;
          continue;
        }
        const pause = runsThrough[line] === true ? undefined : breakAfter(fromMs);
        if (pause !== undefined && pause.fromMs <= fromMs) {
          fromMs = pause.toMs;
          continue;
        }
        const weekEnd = Math.floor((fromMs - dayStart) / WEEK) * WEEK + dayStart + weekWorkMs;
        const toMs = Math.min(block.endMs, pause?.fromMs ?? Number.POSITIVE_INFINITY, weekEnd);
        return { fromMs, toMs, part: block.part };
      }
    },
    label(ms) {
      const inWeek = ((ms % WEEK) + WEEK) % WEEK;
      const minutes = Math.floor((inWeek % DAY) / MINUTE);
      const two = (n: number): string => String(n).padStart(2, '0');
      return `${DAY_NAMES[Math.floor(inWeek / DAY)]} ${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
    },
  };

  /**
   * The part number that is set up. With n part numbers a cycle takes n times `every_h` of working time; each part number
   * has its share of it, so that there is one changeover every `every_h` on average.
   */
  function blockAt(line: LineId, ms: number): { part: string; readyMs: number; endMs: number } {
    const parts = file.parts.filter((each) => each.line === line);
    const change = file.changeover[line];
    if (change === undefined || parts.length < 2) {
      return { part: parts[0]?.id ?? '', readyMs: Number.NEGATIVE_INFINITY, endMs: Number.POSITIVE_INFINITY };
    }
    const cycleMs = parts.length * change.every_h * HOUR;
    const originMs = calendar.workMs(liveStartMs) - LIVE_PHASE + (line === 'L1' ? 0 : FLOW_LAG);
    const workMs = calendar.workMs(ms);
    let start = originMs + Math.floor((workMs - originMs) / cycleMs) * cycleMs;
    for (const each of parts) {
      const end = start + each.share * cycleMs;
      if (workMs < end || each === parts.at(-1)) {
        return {
          part: each.id,
          readyMs: calendar.plantMs(start + change.minutes * MINUTE),
          endMs: calendar.plantMs(end),
        };
      }
      start = end;
    }
    throw new Error(`${line}: no part number is planned at ${calendar.label(ms)}`);
  }

  /** Whole working days after which the same part number is set up at the same time of day. */
  function setUpsRepeatMs(line: LineId): number {
    const change = file.changeover[line];
    const parts = file.parts.filter((each) => each.line === line).length;
    if (change === undefined || parts < 2) return DAY;
    const cycleMs = parts * change.every_h * HOUR;
    let repeatMs = cycleMs;
    while (repeatMs % DAY !== 0) repeatMs += cycleMs;
    return repeatMs;
  }

  function breakAfter(ms: number): { fromMs: number; toMs: number } | undefined {
    const day = Math.floor(ms / DAY) * DAY;
    for (const start of [day - DAY, day, day + DAY]) {
      for (const each of breaks) {
        if (start + each.to > ms) return { fromMs: start + each.from, toMs: start + each.to };
      }
    }
    return undefined;
  }

  return calendar;
}

/** `HH:MM` as ms after midnight. */
function clock(text: string): number {
  const [hours, minutes] = text.split(':').map(Number);
  return (hours ?? 0) * HOUR + (minutes ?? 0) * MINUTE;
}

function parseBreak(text: string): { from: number; to: number } {
  const [from, to] = text.split('-').map(clock);
  return { from: from ?? 0, to: to ?? 0 };
}

/** `Tuesday 13:05 plant time` as plant time. */
function parseStart(text: string): number {
  const [day, time] = text.split(' ');
  const index = DAY_NAMES.findIndex((each) => day?.startsWith(each) === true);
  if (index < 0 || time === undefined) throw new Error(`meta.start_clock "${text}" is not like "Tuesday 13:05"`);
  return index * DAY + clock(time);
}
