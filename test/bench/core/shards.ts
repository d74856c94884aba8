// Shards by stream over worker threads, beside one kernel in this thread: wall time, as that is what they are for, and CPU time of a
// thread that judges, which is what a block takes when the cores are free. The points lie in shared memory.

import { createShardedStandard, type Points } from '../../../src/pipeline/shard/sharded.ts';
import type { StandardKernel } from '../../../src/spc/standard/kernel.ts';
import { createStandard } from '../../../src/spc/standard/standard.ts';
import { median, type Report } from '../measure.ts';
import { type PlantData, plantData } from './data.ts';
import { openPlant } from './plant.ts';

const POINTS = 1 << 21;
const BLOCK = 65_536;
const ROUNDS = 7;

/** One kernel, one shard, two shards, in turn; the event hashes must agree. */
export async function benchShards(report: Report): Promise<void> {
  for (const streams of [10_000, 100_000]) await benchStreams(streams, report);
}

async function benchStreams(streams: number, report: Report): Promise<void> {
  const data = shared(plantData(streams, POINTS, 'uniform'));
  const kernel = createStandard({ block: BLOCK });
  openPlant(kernel, data);
  const start = kernel.snapshot();
  const sharded = [1, 2].map((shards) => createShardedStandard({ shards, block: BLOCK }));
  const contenders = [
    { impl: 'wasm', run: async () => runKernel(kernel, start, data) },
    ...sharded.map((each) => ({ impl: shardsOf(each.shards), run: () => runShards(each, start, data) })),
  ];
  const ms: number[][] = contenders.map(() => []);
  const cpuMs: number[][] = contenders.map(() => []);
  for (let round = -1; round < ROUNDS; round++) {
    const hashes = new Set<string>();
    for (const [i, { run }] of contenders.entries()) {
      const found = await run();
      hashes.add(found.hash);
      if (round < 0) continue;
      ms[i]!.push(found.ms);
      cpuMs[i]!.push(found.cpuMs);
    }
    if (hashes.size !== 1) throw new Error(`shards: event hashes ${[...hashes].join(', ')}`);
  }
  const figure = { bench: 'core', case: `${streams} streams uniform, block ${BLOCK}, threads`, n: POINTS };
  for (const [i, { impl }] of contenders.entries()) {
    report({ ...figure, impl, value: (median(ms[i]!) * 1e6) / POINTS, unit: 'ns/point, wall' });
    report({ ...figure, impl, value: (median(cpuMs[i]!) * 1e6) / POINTS, unit: 'ns/point, CPU of a thread' });
    if (i > 0)
      report({ ...figure, impl, value: median(ms[i]!.map((each, k) => ms[0]![k]! / each)), unit: 'times one kernel' });
  }
  const last = sharded.at(-1)!;
  const before = performance.now();
  await last.snapshot();
  report({
    ...figure,
    case: `snapshot of ${streams} streams`,
    impl: '2 shards',
    value: performance.now() - before,
    unit: 'ms',
  });
  await Promise.all(sharded.map((each) => each.close()));
}

function shardsOf(shards: number): string {
  return shards === 1 ? '1 shard' : `${shards} shards`;
}

interface Found {
  readonly ms: number;
  readonly cpuMs: number;
  readonly hash: string;
}

/** @param shards threads beside this one that judge; 0: this one does */
function stopwatch(shards: number): () => { readonly ms: number; readonly cpuMs: number } {
  const all = process.cpuUsage();
  const own = process.threadCpuUsage();
  const before = performance.now();
  const total = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1000;
  return () => {
    const ms = performance.now() - before;
    const here = total(process.threadCpuUsage(own));
    return { ms, cpuMs: shards === 0 ? here : (total(process.cpuUsage(all)) - here) / shards };
  };
}

function shared(data: PlantData): PlantData {
  const column = (from: Float64Array): Float64Array => {
    const to = new Float64Array(new SharedArrayBuffer(from.byteLength));
    to.set(from);
    return to;
  };
  const ix = new Uint32Array(new SharedArrayBuffer(data.ix.byteLength));
  ix.set(data.ix);
  return { ...data, ix, x: column(data.x), t: column(data.t) };
}

function runKernel(kernel: StandardKernel, start: Uint8Array, { ix, x, t }: PlantData): Found {
  kernel.restore(start);
  const look = stopwatch(0);
  for (let at = 0; at < POINTS; at += BLOCK) kernel.process(ix, x, t, at, Math.min(POINTS, at + BLOCK));
  return { ...look(), hash: kernel.eventHash() };
}

async function runShards(
  sharded: ReturnType<typeof createShardedStandard>,
  start: Uint8Array,
  data: PlantData,
): Promise<Found> {
  sharded.restore(start);
  // Behind the restoring in the queue of every thread.
  await sharded.totals();
  const look = stopwatch(sharded.shards);
  for await (const { length } of sharded.run(blocks(data))) if (length < 0) throw new Error('a block was refused');
  return { ...look(), hash: await sharded.eventHash() };
}

function* blocks({ ix, x, t }: PlantData): Generator<Points> {
  for (let at = 0; at < POINTS; at += BLOCK) yield { ix, x, t, from: at, to: Math.min(POINTS, at + BLOCK) };
}
