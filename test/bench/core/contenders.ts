// The forms of the standard kernel that run in this process, as the bench times them: each run begins from the same state.
import type { StandardKernel } from '../../../src/spc/standard/kernel.ts';
import { createStandard } from '../../../src/spc/standard/standard.ts';
import { StandardChart } from '../idiomatic/standard.ts';
import type { PlantData } from './data.ts';
import { openPlant, streamOf } from './plant.ts';
import type { RunResult } from './reference.ts';

/** One form; `points` of the data are taken in each run. */
export interface CoreContender {
  readonly impl: string;
  readonly points: number;
  run(): Promise<RunResult>;
}

/** CPU nanoseconds of this process for some work. */
export function cpuOf(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) * 1000;
}

/** Our kernel, fed from columns of the caller. */
export function ownKernel(
  implementation: 'wasm' | 'typescript',
  data: PlantData,
  block: number,
  points: number,
): CoreContender {
  const kernel = createStandard({ implementation });
  openPlant(kernel, data);
  const start = kernel.snapshot();
  return { impl: implementation, points, run: async () => runKernel(kernel, start, data, block, points) };
}

/** Our kernel, the points already in its own columns. */
export function ownColumns(data: PlantData, block: number): CoreContender {
  const points = data.ix.length;
  const kernel = createStandard({ implementation: 'wasm', block: points });
  openPlant(kernel, data);
  const start = kernel.snapshot();
  const { columns } = kernel;
  columns.ix.set(data.ix);
  columns.x.set(data.x);
  columns.t.set(data.t);
  const here = { ...data, ...columns };
  return { impl: 'wasm, own columns', points, run: async () => runKernel(kernel, start, here, block, points) };
}

function runKernel(
  kernel: StandardKernel,
  start: Uint8Array,
  { ix, x, t }: PlantData,
  block: number,
  points: number,
): RunResult {
  kernel.restore(start);
  let events = 0;
  const ns = cpuOf(() => {
    for (let at = 0; at < points; at += block) events += kernel.process(ix, x, t, at, Math.min(points, at + block));
  });
  return { ns, events, hash: kernel.eventHash() };
}

/** An object a stream. It has no hash: its events are counted, and the unit tests hold it to the same events. */
export function objectPerChart(data: PlantData, points: number): CoreContender {
  const design = { lambda: 0.2, width: 2.962, isExact: true, k: 0.5, h: 5 };
  const { ix, x, t } = data;
  return {
    impl: 'object-per-chart',
    points,
    run: async () => {
      const charts = Array.from({ length: data.streams }, (_, s) => new StandardChart(streamOf(data, s), design));
      let events = 0;
      const ns = cpuOf(() => {
        for (let i = 0; i < points; i++) if (charts[ix[i]!]!.add(x[i]!, t[i]!) !== 0) events += 1;
      });
      return { ns, events, hash: '' };
    },
  };
}
