// The plant's past as files: what the lines would have delivered, in CSV that the file adapter reads.
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { BACKFILL_CONTEXT, backfillTags } from './config.ts';
import {
  codesOf,
  contextOf,
  type Inspection,
  inspection,
  REPORT_EVERY,
  samplePeriod,
  sampleReader,
} from './lines/samples.ts';
import { HOUR } from './model/calendar.ts';
import type { CycleRecord } from './model/line.ts';
import { createPlant, type PlantModel } from './model/plant.ts';
import { ADAPTERS, type AdapterId } from './wiring.ts';

export interface BackfillOptions {
  /** Working days of 24 h before the live start; the history story lies in the last ten. */
  readonly days: number;
  readonly seed: number;
  /** Gets one folder for each adapter; each file in it holds four plant hours. */
  readonly folder: string;
  /** Wall time that the live start of the plant stands for, ms since 1970. */
  readonly endMs: number;
  readonly signal?: AbortSignal;
  onProgress?(progress: BackfillProgress): void;
}

export interface BackfillProgress {
  /** 0 … 1. */
  readonly done: number;
  readonly rows: number;
  readonly values: number;
  readonly files: number;
}

const BLOCK = 4 * HOUR;
/** Records between two looks at signal, progress and other work. */
const BREATHE_EVERY = 5000;

/**
 * Writes the past. Files are complete once they have their name: until then they end in `.part`.
 *
 * @returns what was written
 * @throws Error of the file system; AbortError when the signal aborts
 */
export async function writeBackfill(options: BackfillOptions): Promise<BackfillProgress> {
  const plant = createPlant({ seed: options.seed, days: options.days });
  const endPlantMs = plant.calendar.liveStartMs;
  const offsetMs = options.endMs - endPlantMs;
  const writers = new Map<AdapterId, BlockWriter>();
  for (const adapter of ADAPTERS) {
    const folder = join(options.folder, adapter);
    await mkdir(folder, { recursive: true });
    writers.set(adapter, blockWriter(folder, adapter, backfillTags(plant.file, adapter)));
  }
  const rowsOf = recordRows(plant);
  const progress = { done: 0, rows: 0, values: 0, files: 0 };
  const report = (ms: number): void => {
    progress.done = (ms - plant.startMs) / (endPlantMs - plant.startMs);
    progress.files = [...writers.values()].reduce((sum, each) => sum + each.files(), 0);
    options.onProgress?.({ ...progress });
  };
  let records = 0;
  for (const record of plant.until(endPlantMs)) {
    const block = Math.floor((record.ms - plant.startMs) / BLOCK);
    for (const row of rowsOf(record)) {
      const writer = writers.get(row.adapter);
      if (writer === undefined) continue;
      const done = writer.add(block, Math.round(record.ms + offsetMs), row);
      if (done !== undefined) await done;
      progress.rows++;
      progress.values += row.values.size;
    }
    if (++records % BREATHE_EVERY === 0) {
      report(record.ms);
      await nextTurn();
      options.signal?.throwIfAborted();
    }
  }
  for (const writer of writers.values()) await writer.close();
  report(endPlantMs);
  return { ...progress };
}

/** What one adapter delivers of one record, of one cavity where there are several. */
export interface Row {
  readonly adapter: AdapterId;
  readonly values: ReadonlyMap<string, number>;
  readonly context: Readonly<Record<string, string>>;
}

/** Rows of a record: one for each adapter and cavity. */
export function recordRows(plant: PlantModel): (record: CycleRecord) => Row[] {
  const readers = {
    L1: sampleReader(plant, plant.lines.L1),
    L2: sampleReader(plant, plant.lines.L2),
    L3: sampleReader(plant, plant.lines.L3),
  };
  const inspections = {
    L1: inspection(plant, 'L1'),
    L2: inspection(plant, 'L2'),
    L3: inspection(plant, 'L3'),
  };
  return (record) => {
    const rows = new Map<
      string,
      { adapter: AdapterId; values: Map<string, number>; context: Record<string, string> }
    >();
    const common = { ...contextOf(plant, record), part: record.part };
    for (const { wire, value, cavity } of readers[record.line](record)) {
      const period = wire.isWired ? undefined : samplePeriod(plant.calendar, wire, record.ms);
      const key = `${wire.adapter} ${cavity} ${period ?? ''}`;
      const row = rows.get(key) ?? {
        adapter: wire.adapter,
        values: new Map(),
        context: {
          ...common,
          ...(cavity === 0 ? {} : { cavity: String(cavity) }),
          ...(period === undefined ? {} : { period }),
        },
      };
      row.values.set(wire.tag, value);
      rows.set(key, row);
    }
    const own = inspections[record.line];
    own.add(record);
    const report = record.counter % REPORT_EVERY === 0 ? reportRow(plant, record, own, common) : undefined;
    return report === undefined ? [...rows.values()] : [...rows.values(), report];
  };
}

function reportRow(
  plant: PlantModel,
  record: CycleRecord,
  own: Inspection,
  common: Readonly<Record<string, string>>,
): Row {
  const counts = own.counts(record.part);
  const prefix = record.line === 'L3' ? 'eol/' : '';
  const values = new Map([
    [`${prefix}rejected`, counts.rejected],
    [`${prefix}inspected`, counts.inspected],
  ]);
  for (const code of codesOf(plant.file, record.line)) {
    values.set(`${prefix}defect_${code.toLowerCase()}`, counts.byCode.get(code) ?? 0);
  }
  // L1, L2, L3 are the lines and, in small letters, their adapters.
  return {
    adapter: record.line.toLowerCase() as AdapterId,
    values,
    context: { ...common, period: own.period(record) },
  };
}

interface BlockWriter {
  /** Adds a row; a promise when the file before must be finished first. */
  add(block: number, timeMs: number, row: Row): Promise<void> | undefined;
  close(): Promise<void>;
  files(): number;
}

function blockWriter(folder: string, adapter: string, tags: readonly string[]): BlockWriter {
  let block = -1;
  let lines: string[] = [];
  let files = 0;
  const header = ['time', ...tags, ...BACKFILL_CONTEXT].join(',');
  async function flush(): Promise<void> {
    if (lines.length === 0) return;
    const name = `${adapter}_${String(block).padStart(5, '0')}.csv`;
    const text = `${header}\n${lines.join('\n')}\n`;
    lines = [];
    await writeWhole(join(folder, name), text);
    files++;
  }
  return {
    add(now, timeMs, row) {
      const write = now === block ? undefined : flush();
      block = now;
      const values = tags.map((tag) => row.values.get(tag) ?? '');
      const context = BACKFILL_CONTEXT.map((key) => row.context[key] ?? '');
      lines.push(`${timeMs},${values.join(',')},${context.join(',')}`);
      return write;
    },
    close: flush,
    files: () => files,
  };
}

/** Writes under another name and renames, so that nobody reads half a file. */
async function writeWhole(path: string, text: string): Promise<void> {
  await writeFile(`${path}.part`, text);
  await rename(`${path}.part`, path);
}
