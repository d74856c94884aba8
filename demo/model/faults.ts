// Faults: which driver is moved how far at a moment, and what the history story changes for good.
import { type Calendar, DAY, HOUR, MINUTE } from './calendar.ts';
import type { FaultFile, PlantFile } from './plant-file.ts';

/** A fault of the plant file with the plant time at which it begins. */
export interface ScheduledFault {
  readonly name: string;
  readonly atMs: number;
}

/** One driver being moved. */
export interface Move {
  readonly fault: string;
  readonly to: number;
  /** 0 … 1: how far it has come. */
  readonly fraction: number;
  readonly fromMs: number;
}

/** A lasting change of a defect's own figures. */
export interface Countermeasure {
  readonly code: string;
  readonly atMs: number;
  readonly basePpm: number;
  /** Weight of the night shift. */
  readonly nightWeight: number;
}

export interface FaultSchedule {
  add(fault: ScheduledFault): void;
  /** Moves of a driver at a moment, the oldest fault first; undefined when there are none. */
  movesOf(driver: string, ms: number): readonly Move[] | undefined;
  readonly scheduled: readonly ScheduledFault[];
}

/**
 * A schedule that further faults may join at any time.
 *
 * @throws Error on a name that the plant file does not have
 */
export function faultSchedule(file: PlantFile, first: readonly ScheduledFault[]): FaultSchedule {
  const scheduled: ScheduledFault[] = [];
  const byDriver = new Map<string, { name: string; fromMs: number; toMs: number; to: number; rampMs: number }[]>();
  const schedule: FaultSchedule = {
    scheduled,
    add(fault) {
      const known = faultOf(file, fault.name);
      scheduled.push(fault);
      for (const move of known.moves) {
        const list = byDriver.get(move.x) ?? [];
        list.push({
          name: fault.name,
          fromMs: fault.atMs,
          toMs: fault.atMs + known.lasts_h * HOUR,
          to: move.to,
          rampMs: move.in_min * MINUTE,
        });
        list.sort((a, b) => a.fromMs - b.fromMs);
        byDriver.set(move.x, list);
      }
    },
    movesOf(driver, ms) {
      const list = byDriver.get(driver);
      if (list === undefined) return undefined;
      let moves: Move[] | undefined;
      for (const each of list) {
        if (ms < each.fromMs || ms >= each.toMs) continue;
        const fraction = each.rampMs === 0 ? 1 : Math.min(1, (ms - each.fromMs) / each.rampMs);
        moves ??= [];
        moves.push({ fault: each.name, to: each.to, fraction, fromMs: each.fromMs });
      }
      return moves;
    },
  };
  for (const each of first) schedule.add(each);
  return schedule;
}

/** The fault of that name. @throws Error listing the names there are */
export function faultOf(file: PlantFile, name: string): FaultFile {
  const found = file.faults.find((each) => each.name === name);
  if (found !== undefined) return found;
  throw new Error(`no fault is called "${name}"; there are ${file.faults.map((each) => each.name).join(', ')}`);
}

/**
 * The story of the ten working days before the live start. A cold start happens at the next shift start, the rest at once.
 */
export function historyStory(
  file: PlantFile,
  calendar: Calendar,
): { faults: readonly ScheduledFault[]; countermeasures: readonly Countermeasure[] } {
  const startMs = calendar.daysBeforeLive(10);
  const faults: ScheduledFault[] = [];
  const countermeasures: Countermeasure[] = [];
  for (const each of file.history_story) {
    const dayMs = calendar.plantMs(calendar.workMs(startMs) + each.day * DAY);
    if (each.fault !== undefined) {
      const isStart = faultOf(file, each.fault).moves.some((move) => move.x === 'cold');
      faults.push({ name: each.fault, atMs: isStart ? nextDayShift(calendar, dayMs) : dayMs });
    }
    if (each.act !== undefined) countermeasures.push(parseAct(each.act, dayMs));
  }
  return { faults, countermeasures };
}

/** The scripted faults of the first five live minutes: wall time after the start, and name. Data faults are among them. */
export function fiveMinuteScript(file: PlantFile): readonly { readonly wallMs: number; readonly name: string }[] {
  return file.script_5_minutes.flatMap((each) => {
    const [minutes, seconds] = each.at.split(':').map(Number);
    return each.fault === undefined
      ? []
      : [{ wallMs: (minutes ?? 0) * MINUTE + (seconds ?? 0) * 1000, name: each.fault }];
  });
}

function nextDayShift(calendar: Calendar, ms: number): number {
  let shift = calendar.shiftAt(ms);
  do shift = calendar.shiftAt(shift.toMs);
  while (shift.id !== 'D');
  return shift.fromMs;
}

/** Reads `DN countermeasure …: night weight 0.6 -> 0.1, base 900 -> 350 ppm`. */
function parseAct(text: string, atMs: number): Countermeasure {
  const found = /^(\w+) countermeasure.*night weight [\d.]+ -> ([\d.]+), base \d+ -> (\d+) ppm/.exec(text);
  if (found === null) throw new Error(`history_story act "${text}" is not understood`);
  return { code: found[1] ?? '', atMs, nightWeight: Number(found[2]), basePpm: Number(found[3]) };
}
