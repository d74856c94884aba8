// The whole plant: three lines, the stores between them, and every record in the order of plant time.
import { type Calendar, plantCalendar } from './calendar.ts';
import { type Countermeasure, faultSchedule, historyStory, type ScheduledFault } from './faults.ts';
import { type CycleRecord, createLine, type Line, type StoredPart, type Supply } from './line.ts';
import { type LineId, loadPlantFile, type PlantFile } from './plant-file.ts';

export interface PlantOptions {
  /** Integer; the same seed gives the same plant. */
  readonly seed: number;
  /** Working days before the live start at which the plant begins. */
  readonly days: number;
  /** Whether the history story of the plant file happens; the default is that it does. */
  readonly story?: boolean;
  readonly faults?: readonly ScheduledFault[];
  readonly file?: PlantFile;
}

export interface PlantModel {
  readonly file: PlantFile;
  readonly calendar: Calendar;
  readonly lines: Readonly<Record<LineId, Line>>;
  /** Plant time at which it began. */
  readonly startMs: number;
  /** End of the next cycle anywhere. */
  peekMs(): number;
  /** The next record in plant time. */
  next(): CycleRecord;
  /** Every record up to and including `untilMs`. */
  until(untilMs: number): Generator<CycleRecord>;
  /** Begins a fault of the plant file at a plant time that is not over yet. */
  inject(fault: ScheduledFault): void;
}

/** Parts that fit between two lines: two hours of assembly. What does not fit is sold as service parts. */
const STORE_SIZE = 300;

/**
 * A plant at its beginning. It knows no wall time and does nothing by itself.
 *
 * @throws Error when the plant file is wrong or a fault has no such name
 * @example
 * const plant = createPlant({ seed: 1, days: 1 });
 * plant.next().line; // => 'L2'
 */
export function createPlant(options: PlantOptions): PlantModel {
  const file = options.file ?? loadPlantFile();
  const calendar = plantCalendar(file);
  const startMs = calendar.daysBeforeLive(options.days);
  const story = options.story === false ? { faults: [], countermeasures: [] } : historyStory(file, calendar);
  // A story that lies before the beginning leaves only its lasting effects.
  const told = story.faults.filter((each) => each.atMs >= startMs);
  const countermeasures: readonly Countermeasure[] = story.countermeasures;
  const schedule = faultSchedule(file, [...told, ...(options.faults ?? [])]);
  const line = (id: LineId): Line => createLine(file, id, calendar, schedule, countermeasures, options.seed, startMs);
  const lines = { L1: line('L1'), L2: line('L2'), L3: line('L3') };
  const inOrder: readonly Line[] = [lines.L1, lines.L2, lines.L3];
  const supply = createSupply();

  const first = (): Line => {
    let found = lines.L1;
    for (const each of inOrder) if (each.nextMs() < found.nextMs()) found = each;
    return found;
  };
  return {
    file,
    calendar,
    lines,
    startMs,
    peekMs: () => first().nextMs(),
    next() {
      for (;;) {
        const record = first().step(supply);
        if (record !== undefined) return record;
      }
    },
    *until(untilMs) {
      for (let each = first(); each.nextMs() <= untilMs; each = first()) {
        const record = each.step(supply);
        if (record !== undefined) yield record;
      }
    },
    inject: (fault) => schedule.add(fault),
  };
}

function createSupply(): Supply {
  const covers = new Map<string, Fifo>();
  const bodies = createFifo();
  return {
    cover: (assembly) => covers.get(assembly.replace(/-AS$/, '-CV'))?.take(),
    body: () => bodies.take(),
    store(line, part, lot, mark, vector) {
      let store = bodies;
      if (line === 'L1') {
        const known = covers.get(part) ?? createFifo();
        covers.set(part, known);
        store = known;
      }
      if (store.hasRoom()) store.put({ vector: vector.slice(), part, lot, mark });
    },
  };
}

interface Fifo {
  hasRoom(): boolean;
  put(part: StoredPart): void;
  take(): StoredPart | undefined;
}

function createFifo(): Fifo {
  const ring: (StoredPart | undefined)[] = new Array(STORE_SIZE).fill(undefined);
  let head = 0;
  let length = 0;
  return {
    hasRoom: () => length < STORE_SIZE,
    put(part) {
      ring[(head + length) % STORE_SIZE] = part;
      length++;
    },
    take() {
      if (length === 0) return undefined;
      const part = ring[head];
      ring[head] = undefined;
      head = (head + 1) % STORE_SIZE;
      length--;
      return part;
    },
  };
}
