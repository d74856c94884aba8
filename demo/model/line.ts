// One production line: it runs its cycles through the calendar and makes parts with true values, readings and defects.
import { type Calendar, MINUTE, type Run, type Shift } from './calendar.ts';
import { lineDrivers, lotLabels, type Moment, toolLabel } from './drivers.ts';
import type { Countermeasure, FaultSchedule } from './faults.ts';
import { type LineId, lineOf, type PlantFile } from './plant-file.ts';
import { parseSampling, sampler } from './sampling.ts';
import { characteristicMaker, defectMaker, inDependencyOrder, type Place, type Sources } from './value.ts';

/** One column of `truths` and `readings`: a characteristic, on L1's product characteristics once a cavity. */
export interface Column {
  readonly characteristic: string;
  /** 1 … 4, or 0. */
  readonly cavity: number;
}

/** A part with everything that was true of it, waiting for assembly. */
export interface StoredPart {
  readonly vector: Float64Array;
  readonly part: string;
  readonly lot: string;
  /** Shot counter and cavity of a cover, serial number of a body. */
  readonly mark: string;
}

/** What one cycle of a line made: a shot of four covers, a body, an assembly. */
export interface CycleRecord {
  readonly line: LineId;
  /** Plant time of the end of the cycle. */
  readonly ms: number;
  /** Counts the records of the line. */
  readonly counter: number;
  readonly part: string;
  readonly lot: string;
  readonly shift: Shift;
  readonly serial: string;
  /** 1 … 3 on L2, else 0. */
  readonly position: number;
  readonly tool: string;
  /** Parts since tool change; NaN on a line without a tool. */
  readonly toolAge: number;
  readonly piece: 'first' | 'middle' | 'last' | undefined;
  /** True values by column. */
  readonly truths: Float64Array;
  /** What the gauges showed by column; NaN = not measured. */
  readonly readings: Float64Array;
  /** Probability of each defect of the line, unit by unit. */
  readonly risks: Float64Array;
  /** Defect codes of each unit made in the cycle. */
  readonly codes: readonly (readonly string[])[];
  readonly cover: StoredPart | undefined;
  readonly body: StoredPart | undefined;
}

export interface Line {
  readonly id: LineId;
  readonly columns: readonly Column[];
  readonly defects: readonly string[];
  /** End of the cycle under way. */
  nextMs(): number;
  /** Finishes that cycle; undefined when it gave nothing: warm-up shots before release, or no material. */
  step(supply: Supply): CycleRecord | undefined;
  /** Parts made, warm-up included. */
  made(): number;
}

/** Where parts come from and go to. */
export interface Supply {
  /** A cover for an assembly of that part number, or undefined. */
  cover(assembly: string): StoredPart | undefined;
  body(): StoredPart | undefined;
  /** Offers a good part; the vector is only copied when there is room. */
  store(line: LineId, part: string, lot: string, mark: string, vector: Float64Array): void;
}

/** A stop is over for production once less than this is left of the cold start: the first piece is then released. */
const RELEASE_BELOW = 0.05;
const LAST_PIECE_BEFORE_END = 5 * MINUTE;

/** Slots of a line's vector: its drivers, the night flag, its characteristics. */
export function lineSlots(file: PlantFile, line: LineId): readonly string[] {
  const drivers = file.lines.find((each) => each.id === line)?.drivers.map((each) => each.id) ?? [];
  const characteristics = file.characteristics.filter((each) => lineOf(each.id) === line).map((each) => each.id);
  return [...drivers, 'shift_night', ...characteristics];
}

/**
 * A line that begins to run at `startMs`.
 *
 * @throws Error when the plant file names something that is neither on the line nor on the way of its parts
 */
export function createLine(
  file: PlantFile,
  id: LineId,
  calendar: Calendar,
  faults: FaultSchedule,
  countermeasures: readonly Countermeasure[],
  seed: number,
  startMs: number,
): Line {
  const line = file.lines.find((each) => each.id === id);
  if (line === undefined) throw new Error(`no line "${id}" in ${file.meta.id}`);
  const ways: readonly LineId[] = id === 'L3' ? ['L3', 'L1', 'L2'] : [id];
  const slotNames = ways.map((each) => lineSlots(file, each));
  const resolve = (name: string): Place => {
    for (const [source, names] of slotNames.entries()) {
      const slot = names.indexOf(name);
      // `ways` has at most three entries.
      if (slot >= 0) return { source: source as 0 | 1 | 2, slot };
    }
    throw new Error(`${id}: nothing is called "${name}" on the way of its parts`);
  };

  const drivers = lineDrivers(file, line, calendar, faults, seed);
  const lot = lotLabels(file, line, faults)[0];
  const tool = toolLabel(line, faults);
  const coldSlot = drivers.findIndex((each) => each.id === 'cold');
  const toolSlot = drivers.findIndex((each) => each.id === 'tool');
  const nightSlot = drivers.length;
  const isShot = id === 'L1';
  const units = isShot ? line.parts_per_cycle : 1;
  const positions = isShot ? 1 : line.parts_per_cycle;
  const stepMs = (line.cycle_s * 1000) / positions;

  const columns: Column[] = [];
  const makers = inDependencyOrder(file.characteristics.filter((each) => lineOf(each.id) === id)).map((each) => {
    const sampling = parseSampling(each.sample);
    const perCavity = isShot && each.role === 'product';
    const column = columns.length;
    for (let c = 1; c <= (perCavity ? units : 1); c++)
      columns.push({ characteristic: each.id, cavity: perCavity ? c : 0 });
    // Whatever has an address in the controller is there for every part; the rest is measured as the sentence says.
    const isWired = typeof each.register === 'number' || each.node !== undefined;
    return {
      maker: characteristicMaker(file, each, resolve(each.id).slot, resolve, seed),
      isDue: sampler(isWired ? { kind: 'every', firstMiddleLast: false } : sampling),
      perCavity,
      column,
      firstMiddleLast: sampling.firstMiddleLast,
      // Part overrides shift a characteristic and every reference to it alike: inside the model it stays unshifted.
      shift: Object.fromEntries(
        file.parts.flatMap((part) => {
          const override = part.overrides[each.id];
          return override === undefined ? [] : [[part.id, override.base - each.base]];
        }),
      ) as Readonly<Record<string, number>>,
    };
  });
  const shotMakers = makers.filter((each) => !each.perCavity);
  const unitMakers = makers.filter((each) => each.perCavity);
  const defects = file.defects
    .filter((each) => each.line === id)
    .map((each) => defectMaker(file, each, resolve, countermeasures, seed));

  const own = new Float64Array(slotNames[0]?.length ?? 0);
  const none = new Float64Array(0);
  const sources: Sources = { own, cover: none, body: none };
  let run: Run = calendar.runAfter(id, startMs);
  let cycleStartMs = run.fromMs;
  let stops: { endMs: number; minutes: number }[] = [];
  let made = 0;
  let counter = 0;
  let position = 0;
  let isColdOnPurpose = false;
  let shift = calendar.shiftAt(cycleStartMs);
  let lastPiece = '';
  let lastLot = '';
  let lastTool = '';
  let lastPart = '';

  const moment = {
    ms: cycleStartMs,
    made: 0,
    runningSince(stopMin: number): number {
      for (const stop of stops) if (stop.minutes > stopMin) return stop.endMs;
      return Number.NEGATIVE_INFINITY;
    },
  } satisfies Moment;

  /** First, middle and last piece: of the shift, and first after a change. Each is told once. */
  function pieceAt(ms: number, changed: boolean): 'first' | 'middle' | 'last' | undefined {
    const middleMs = (shift.fromMs + shift.toMs) / 2;
    const piece = ms >= shift.toMs - LAST_PIECE_BEFORE_END ? 'last' : ms >= middleMs ? 'middle' : 'first';
    const key = `${shift.fromMs} ${piece}`;
    if (key === lastPiece) return changed ? 'first' : undefined;
    lastPiece = key;
    return piece;
  }

  function moveOn(): void {
    const endMs = cycleStartMs + stepMs;
    if (position > 0 || endMs < run.toMs) {
      cycleStartMs = endMs;
      return;
    }
    run = calendar.runAfter(id, endMs);
    cycleStartMs = run.fromMs;
    if (cycleStartMs > endMs) {
      stops = [{ endMs: cycleStartMs, minutes: (cycleStartMs - endMs) / MINUTE }, ...stops].slice(0, 40);
    }
  }

  return {
    id,
    columns,
    defects: defects.map((each) => each.file.code),
    nextMs: () => cycleStartMs + stepMs,
    made: () => made,
    step(supply) {
      const ms = cycleStartMs + stepMs;
      moment.ms = cycleStartMs;
      moment.made = made;
      if (ms >= shift.toMs || ms < shift.fromMs) shift = calendar.shiftAt(ms);
      // AR drivers move once a cycle; the tool ages with every part.
      for (let d = 0; d < drivers.length; d++) {
        if (position === 0 || d === toolSlot) own[d] = drivers[d]?.value(moment) ?? Number.NaN;
      }
      own[nightSlot] = shift.id === 'N' ? 1 : 0;

      const part = run.part;
      const cover = id === 'L3' ? supply.cover(part) : undefined;
      const body = id === 'L3' && cover !== undefined ? supply.body() : undefined;
      const isStarved = id === 'L3' && (cover === undefined || body === undefined);
      // A starved cycle still takes its random steps: it must not move the parts after it.
      sources.cover = cover?.vector ?? none;
      sources.body = body?.vector ?? none;

      // Asked once a cycle, as the cold itself: a cycle is released as a whole.
      if (position === 0) isColdOnPurpose = faults.movesOf('cold', moment.ms) !== undefined;
      const isReleased = coldSlot < 0 || (own[coldSlot] ?? 0) < RELEASE_BELOW || isColdOnPurpose;
      const lotText = lot?.text(moment) ?? '';
      const toolText = tool?.text(moment) ?? '';
      made += units;
      const thisPosition = positions > 1 ? position + 1 : 0;
      position = (position + 1) % positions;

      const truths = new Float64Array(columns.length);
      const readings = new Float64Array(columns.length).fill(Number.NaN);
      const risks = new Float64Array(defects.length * units);
      const codes: string[][] = [];
      const isGiven = isReleased && !isStarved;
      const changed = lotText !== lastLot || toolText !== lastTool || part !== lastPart;
      const piece = isGiven ? pieceAt(ms, changed) : undefined;
      const due = (each: (typeof makers)[number]): boolean =>
        isGiven && (each.isDue(ms) || (each.firstMiddleLast && piece !== undefined));

      for (const each of shotMakers) {
        const shown = each.maker.read(each.maker.make(sources, -1), sources);
        const offset = each.shift[part] ?? 0;
        truths[each.column] = (own[each.maker.slot] ?? 0) + offset;
        if (due(each)) readings[each.column] = offset === 0 ? shown : rounded(shown + offset, each.maker.file.res);
      }
      const dueUnits = unitMakers.map(due);
      for (let unit = 0; unit < units; unit++) {
        for (let m = 0; m < unitMakers.length; m++) {
          const each = unitMakers[m];
          if (each === undefined) continue;
          const shown = each.maker.read(each.maker.make(sources, unit), sources);
          const offset = each.shift[part] ?? 0;
          truths[each.column + unit] = (own[each.maker.slot] ?? 0) + offset;
          if (dueUnits[m] === true) {
            readings[each.column + unit] = offset === 0 ? shown : rounded(shown + offset, each.maker.file.res);
          }
        }
        const found: string[] = [];
        for (let d = 0; d < defects.length; d++) {
          const defect = defects[d];
          if (defect === undefined) continue;
          const risk = defect.risk(sources, ms);
          risks[unit * defects.length + d] = risk;
          if (defect.draw(risk)) found.push(defect.file.code);
        }
        codes.push(found);
        if (isGiven && found.length === 0 && id !== 'L3') {
          const mark = isShot ? `${counter + 1}-${unit + 1}` : serialOf(counter + 1);
          supply.store(id, part, lotText, mark, own);
        }
      }
      moveOn();
      if (!isGiven) return undefined;
      lastLot = lotText;
      lastTool = toolText;
      lastPart = part;
      counter++;
      return {
        line: id,
        ms,
        counter,
        part,
        lot: lotText,
        shift,
        serial: id === 'L2' ? serialOf(counter) : (body?.mark ?? ''),
        position: thisPosition,
        tool: toolText,
        toolAge: toolSlot < 0 ? Number.NaN : (own[toolSlot] ?? Number.NaN),
        piece,
        truths,
        readings,
        risks,
        codes,
        cover,
        body,
      };
    },
  };
}

function serialOf(counter: number): string {
  return `B${String(counter).padStart(7, '0')}`;
}

function rounded(y: number, res: number): number {
  const perUnit = 1 / res;
  return Math.round(y * perUnit) / perUnit;
}
