// The plant judged by the product without wires: readings of the model go straight into the plant machine, under the
// demo's own configuration. Weeks of plant time take seconds; what is left out is what the adapters do.
import { loadComponents } from '../src/cli/load.ts';
import { loadPlan } from '../src/config/load.ts';
import { GOOD, openBatch } from '../src/measurement.ts';
import { blockBuilder } from '../src/pipeline/block.ts';
import { createMachine } from '../src/pipeline/machine.ts';
import { recordRows } from './backfill.ts';
import { backfillConfig, backfillTags, DEMO_SECRETS } from './config.ts';
import { createPlant, type PlantOptions } from './model/plant.ts';
import { ADAPTERS, type AdapterId } from './wiring.ts';

export interface JudgedSignal {
  /** Plant time of the point, ms. */
  readonly ms: number;
  readonly characteristic: string;
  readonly part: string;
  readonly split: string;
  readonly rule: string;
  readonly statistic: string;
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
}

export interface Judged {
  readonly signals: readonly JudgedSignal[];
  /** Judged points of the first lane by stream. */
  readonly points: ReadonlyMap<string, number>;
  readonly startMs: number;
  readonly liveStartMs: number;
}

/** Wall time of the live start; any will do. */
const LIVE_START_WALL_MS = 1_800_000_000_000;

/**
 * Runs a plant to `untilMs` after its live start, ms of plant time.
 *
 * @throws Error when the plant file or a fault name is wrong
 */
export async function judgePlant(options: PlantOptions, untilMs = 0): Promise<Judged> {
  const plant = createPlant(options);
  const { liveStartMs } = plant.calendar;
  const plan = await loadPlan({
    text: backfillConfig({ folder: './past', language: 'en', file: plant.file }),
    components: await loadComponents(),
    env: DEMO_SECRETS,
  });
  const machine = createMachine();
  const out = blockBuilder();
  let seq = 0;
  const atMs = LIVE_START_WALL_MS;
  const adapters = plan.adapters.map(({ id, use }) => ({ id, use }));
  const { characteristics, shifts, lateness_ms } = plan;
  const engine = { plant: plan.plant, shifts, adapters, characteristics, lateness_ms };
  machine.apply(++seq, { kind: 'config', atMs, author: 'demo', hash: 'demo', plan: engine }, out);

  const rowsOf = recordRows(plant);
  const names = new Map<AdapterId, readonly string[]>(ADAPTERS.map((each) => [each, backfillTags(plant.file, each)]));
  const offsetMs = LIVE_START_WALL_MS - liveStartMs;
  const signals: JudgedSignal[] = [];
  const points = new Map<string, number>();
  const collect = (): void => {
    for (const point of out.points) {
      const id = machine.state.series[point.series]?.id ?? '';
      if (point.lane === 0 && point.status === 'judged') points.set(id, (points.get(id) ?? 0) + 1);
    }
    for (const event of out.events) {
      const series = event.series === null ? undefined : machine.state.series[event.series];
      if (event.kind !== 'signal' || series === undefined) continue;
      const { characteristic, part, split } = series;
      const { rule, statistic, value, lower, upper } = event.data as Record<string, string & number>;
      const ms = event.timeMs - offsetMs;
      signals.push({
        ...{ ms, characteristic, part, split },
        ...{ rule: rule ?? '', statistic: statistic ?? '' },
        ...{ value: value ?? Number.NaN, lower: lower ?? Number.NaN, upper: upper ?? Number.NaN },
      });
    }
    for (const list of [out.points, out.events, out.series]) list.length = 0;
    out.measurements.length = 0;
    for (const column of Object.values(out.measurements)) if (Array.isArray(column)) column.length = 0;
    out.alarms.clear();
    out.touched.clear();
  };
  let waiting = 0;
  for (const record of plant.until(liveStartMs + untilMs)) {
    const receivedMs = record.ms + offsetMs;
    for (const row of rowsOf(record)) {
      const tagNames = names.get(row.adapter) ?? [];
      const batch = openBatch(tagNames, receivedMs, row.values.size);
      const timeNs = BigInt(Math.round(receivedMs)) * 1_000_000n;
      for (const [tag, value] of row.values) {
        batch.add(tagNames.indexOf(tag), value, GOOD, timeNs, { context: row.context });
      }
      const received = batch.length;
      machine.apply(++seq, { kind: 'values', adapter: row.adapter, batch, received, duplicate: 0, refused: 0 }, out);
    }
    if (++waiting % 1000 === 0) collect();
  }
  collect();
  return { signals, points, startMs: plant.startMs, liveStartMs };
}
