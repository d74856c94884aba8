// Drivers: what nobody measures and everything follows. One call a cycle writes each driver's value into its slot.
import { type Calendar, DAY, HOUR, MINUTE } from './calendar.ts';
import type { FaultSchedule } from './faults.ts';
import type { DriverFile, LineFile, PlantFile } from './plant-file.ts';
import { randomStream } from './random.ts';

/** What a line knows about itself when a cycle begins. */
export interface Moment {
  readonly ms: number;
  /** Parts made so far by the line. */
  readonly made: number;
  /** Start of running after the last long stop, by length of stop in minutes; -Infinity when it never stopped that long. */
  runningSince(stopMin: number): number;
}

export interface Driver {
  readonly id: string;
  /** Value for this moment; `made` may have grown since the last call. */
  value(moment: Moment): number;
}

/** Names of what is being used up: lot labels and the tool. */
export interface Label {
  readonly id: string;
  text(moment: Moment): string;
}

/**
 * The drivers of one line, in file order. Every driver takes the same number of random steps whatever faults run.
 */
export function lineDrivers(
  file: PlantFile,
  line: LineFile,
  calendar: Calendar,
  faults: FaultSchedule,
  seed: number,
): readonly Driver[] {
  return line.drivers.map((each) => {
    const natural = naturalValue(file, line, each, calendar, seed);
    let heldAt = Number.NaN;
    let held = 0;
    return {
      id: each.id,
      value(moment) {
        let x = natural(moment);
        const moves = faults.movesOf(each.id, moment.ms);
        if (moves === undefined) return x;
        for (const move of moves) {
          if (each.kind === 'ar1') {
            x += move.fraction * (move.to - each.mean);
          } else if (each.kind === 'warmup') {
            x = Math.max(x, move.to * Math.exp(-(moment.ms - move.fromMs) / MINUTE / each.tau_min));
          } else if (each.kind === 'ramp') {
            // The change that was due does not come: wear goes on from where it stood.
            if (heldAt !== move.fromMs) {
              heldAt = move.fromMs;
              held = x;
            }
            x = held + move.fraction * (move.to - held);
          } else {
            x += move.fraction * (move.to - x);
          }
        }
        return x;
      },
    };
  });
}

/**
 * The lots of one line. A fault that swaps the material at once brings a lot of its own: its number starts with 9, and
 * the lots before and after it keep theirs.
 */
export function lotLabels(file: PlantFile, line: LineFile, faults: FaultSchedule): readonly Label[] {
  return file.lots
    .filter((each) => each.line === line.id)
    .map((each) => {
      const drivers = line.drivers.filter((one) => one.kind === 'lot' && one.lot === each.id);
      return {
        id: each.id,
        text(moment) {
          const moves = drivers.flatMap((one) => faults.movesOf(one.id, moment.ms) ?? []);
          const swap = moves.find((move) => isSwap(file, move.fault));
          const n =
            swap === undefined
              ? 1 + Math.floor(moment.made / each.every)
              : 9001 + faults.scheduled.findIndex((one) => one.name === swap.fault && one.atMs === swap.fromMs);
          return each.label.replace('%04d', String(n).padStart(4, '0'));
        },
      };
    });
}

/** The tool in use, `T0001` and on; while a change is missed it stays the same. */
export function toolLabel(line: LineFile, faults: FaultSchedule): Label | undefined {
  const tool = line.drivers.find((each) => each.kind === 'ramp');
  if (tool?.kind !== 'ramp') return undefined;
  let heldAt = Number.NaN;
  let held = 0;
  return {
    id: 'tool',
    text(moment) {
      let n = 1 + Math.floor(moment.made / tool.every);
      const move = faults.movesOf(tool.id, moment.ms)?.[0];
      if (move !== undefined) {
        if (heldAt !== move.fromMs) {
          heldAt = move.fromMs;
          held = n;
        }
        n = held;
      }
      return `T${String(n).padStart(4, '0')}`;
    },
  };
}

function isSwap(file: PlantFile, fault: string): boolean {
  return file.faults.find((each) => each.name === fault)?.moves.every((move) => move.in_min === 0) === true;
}

function naturalValue(
  file: PlantFile,
  line: LineFile,
  driver: DriverFile,
  calendar: Calendar,
  seed: number,
): (moment: Moment) => number {
  const stream = randomStream(seed, `${line.id} driver ${driver.id}`);
  switch (driver.kind) {
    case 'ar1': {
      const { mean, sd, phi } = driver;
      const kick = sd * Math.sqrt(1 - phi * phi);
      let a = sd * stream.normal();
      return () => {
        a = phi * a + kick * stream.normal();
        return mean + a;
      };
    }
    case 'lot': {
      const every = file.lots.find((each) => each.id === driver.lot)?.every ?? 1;
      let lot = -1;
      let x = driver.mean;
      return ({ made }) => {
        const now = Math.floor(made / every);
        while (lot < now) {
          lot++;
          x = driver.mean + driver.sd * stream.normal();
        }
        return x;
      };
    }
    case 'ramp':
      return ({ made }) => made % driver.every;
    case 'saw': {
      const periodMs = driver.days * DAY;
      return ({ ms }) => {
        const workMs = calendar.workMs(ms);
        const phase = workMs / periodMs - Math.floor(workMs / periodMs);
        return driver.high + (driver.low - driver.high) * phase;
      };
    }
    case 'daily':
      return ({ ms }) => {
        const hour = (ms / HOUR) % 24;
        return driver.amp * Math.cos((2 * Math.PI * (hour - driver.peak)) / 24);
      };
    case 'warmup':
      return ({ ms, runningSince }) => Math.exp(-(ms - runningSince(driver.stop_min)) / MINUTE / driver.tau_min);
    case 'fault':
      return () => driver.mean;
  }
}
