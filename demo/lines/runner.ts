// What every process of the plant has in common: its arguments, the silent past, the clock, orders on stdin, a clean end.
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import type { ScheduledFault } from '../model/faults.ts';
import type { CycleRecord } from '../model/line.ts';
import { createPlant, type PlantModel } from '../model/plant.ts';

export interface LineArguments {
  readonly seed: number;
  /** Working days that lie behind the plant when it first goes live; 0 = it begins there. */
  readonly days: number;
  /** Plant time after that at which earlier starts have ended, ms; 0 = this is the first. */
  readonly livedMs: number;
  /** What went wrong in earlier starts, by name and plant time in ms after the first live start. */
  readonly earlier: readonly { readonly name: string; readonly afterMs: number }[];
  /** Plant time per wall time. */
  readonly speed: number;
  /** 0 = any free port. */
  readonly port: number;
  readonly folder: string;
  /** Faults known from the start, by name and plant time in ms after this start. Data faults are among them. */
  readonly faults: readonly { readonly name: string; readonly afterMs: number }[];
  /** Where people's entries go; undefined: nowhere. */
  readonly httpUrl: string | undefined;
}

/** One process of the plant. */
export interface LineProcess {
  /** A record of the past; changes counters, shows nothing. */
  past(record: CycleRecord): void;
  /** A record that has just been made. `wallMs` is its time on the wall clock. */
  live(record: CycleRecord, wallMs: number): void;
  /** A data fault begins. */
  dataFault(name: string, atWallMs: number): void;
  /** Opens the server after the past is over; the port it listens on, or 0. */
  open(): Promise<number>;
  close(): Promise<void>;
}

export interface Clock {
  /** Wall time of a plant time, ms since 1970; NaN before the start. */
  wallMs(plantMs: number): number;
  /** Plant time that a stretch of wall time is. */
  plantSpan(wallMs: number): number;
}

/**
 * Runs one process of the plant until stdin closes, `stop` is read or SIGTERM comes.
 *
 * Orders on stdin, one a line: `start <wall ms>` · `fault <name> <plant ms after the start>` · `stop`.
 * Prints one line of JSON, `{"ready":true,"port":…}`, when it can be reached.
 */
export async function runLine(
  create: (plant: PlantModel, clock: Clock, given: LineArguments) => LineProcess | Promise<LineProcess>,
): Promise<void> {
  const given = readArguments();
  const names = new Set<string>();
  const plant = createPlant({ seed: given.seed, days: given.days });
  for (const each of plant.file.data_faults) names.add(each.name);
  // Between two starts the plant worked on, and nobody looked.
  const firstStartMs = plant.calendar.liveStartMs;
  const liveStartMs = plant.calendar.startAfter(given.livedMs);
  let startWallMs = Number.NaN;
  const clock: Clock = {
    wallMs: (plantMs) => startWallMs + (plantMs - liveStartMs) / given.speed,
    plantSpan: (wallMs) => wallMs * given.speed,
  };
  const line = await create(plant, clock, given);
  const dataFaults: ScheduledFault[] = [];
  const schedule = (name: string, afterMs: number): void => {
    const fault = { name, atMs: liveStartMs + afterMs };
    if (names.has(name)) dataFaults.push(fault);
    else plant.inject(fault);
  };

  for (const { name, afterMs } of given.earlier) {
    if (!names.has(name)) plant.inject({ name, atMs: firstStartMs + afterMs });
  }
  // What nobody saw is not counted either: a counter that leapt would make one huge subgroup.
  for (const record of plant.until(liveStartMs)) if (record.ms <= firstStartMs + given.livedMs) line.past(record);
  for (const each of given.faults) schedule(each.name, each.afterMs);
  const port = await line.open();

  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  const step = (): void => {
    if (isOver) return;
    const nowMs = liveStartMs + (Date.now() - startWallMs) * given.speed;
    for (const record of plant.until(nowMs)) line.live(record, clock.wallMs(record.ms));
    for (let i = dataFaults.length - 1; i >= 0; i--) {
      const fault = dataFaults[i];
      if (fault === undefined || fault.atMs > nowMs) continue;
      dataFaults.splice(i, 1);
      line.dataFault(fault.name, clock.wallMs(fault.atMs));
    }
    // Faults fall due between records too: never sleep past a tenth of a second.
    timer = setTimeout(step, Math.min(100, Math.max(1, clock.wallMs(plant.peekMs()) - Date.now())));
  };

  await new Promise<void>((end) => {
    const input = createInterface({ input: process.stdin });
    input.on('line', (text) => {
      const [order, first = '', second = ''] = text.trim().split(/\s+/);
      if (order === 'start' && Number.isNaN(startWallMs)) {
        startWallMs = Number(first) || Date.now();
        step();
      } else if (order === 'fault') {
        try {
          schedule(first, Number(second));
        } catch (error) {
          process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
        }
      } else if (order === 'stop') end();
    });
    input.on('close', end);
    process.once('SIGTERM', end);
    process.once('SIGINT', end);
    process.stdout.write(`${JSON.stringify({ ready: true, port })}\n`);
  });
  isOver = true;
  clearTimeout(timer);
  await line.close();
  process.exit(0);
}

/** Publishes at most once in `leastMs`, in order: a latched record must stand long enough to be read. */
export interface Pacer<T> {
  add(item: T): void;
  close(): void;
}

export function pacer<T>(leastMs: number, publish: (item: T) => void): Pacer<T> {
  const waiting: T[] = [];
  let lastMs = 0;
  let timer: NodeJS.Timeout | undefined;
  const drain = (): void => {
    timer = undefined;
    const waitMs = lastMs + leastMs - performance.now();
    if (waitMs > 0) {
      timer = setTimeout(drain, waitMs);
      return;
    }
    const item = waiting.shift();
    if (item === undefined) return;
    lastMs = performance.now();
    publish(item);
    if (waiting.length > 0) timer = setTimeout(drain, leastMs);
  };
  return {
    add(item) {
      waiting.push(item);
      if (timer === undefined) drain();
    },
    close: () => clearTimeout(timer),
  };
}

function readArguments(): LineArguments {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      days: { type: 'string', default: '0' },
      lived: { type: 'string', default: '0' },
      earlier: { type: 'string', multiple: true, default: [] },
      speed: { type: 'string', default: '60' },
      port: { type: 'string', default: '0' },
      folder: { type: 'string', default: '.' },
      fault: { type: 'string', multiple: true, default: [] },
      'http-url': { type: 'string' },
    },
  });
  return {
    seed: Number(values.seed),
    days: Number(values.days),
    livedMs: Number(values.lived),
    earlier: values.earlier.map(nameAndTime),
    speed: Number(values.speed),
    port: Number(values.port),
    folder: values.folder,
    faults: values.fault.map(nameAndTime),
    httpUrl: values['http-url'],
  };
}

function nameAndTime(text: string): { readonly name: string; readonly afterMs: number } {
  const [name = '', after = '0'] = text.split('@');
  return { name, afterMs: Number(after) };
}
