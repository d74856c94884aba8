// How a benchmark measures: interleaved runs, CPU time of the process, the median; bytes allocated between two collections.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** One figure. `n` = operations behind each run. */
export interface Figure {
  readonly bench: string;
  readonly case: string;
  readonly impl: string;
  readonly value: number;
  readonly unit: string;
  readonly n: number;
}

/** Told of every figure as it comes. */
export type Report = (figure: Figure) => void;

/** One way of doing the work. */
export interface Contender {
  readonly impl: string;
  /** Makes what `run(n)` needs; not measured. */
  prepare?(n: number): unknown;
  /** Does `n` operations. */
  run(n: number): unknown;
}

/** Pairs of runs; the median of so many is printed. */
export const PAIRS = 7;

/**
 * CPU nanoseconds an operation (user and system, all threads of the process) of each contender, in turn, and the median of PAIRS rounds.
 * One round before is not counted: it warms up.
 */
export async function cpuNs(contenders: readonly Contender[], n: number, pairs = PAIRS): Promise<number[]> {
  const samples: number[][] = contenders.map(() => []);
  for (let round = -1; round < pairs; round++)
    for (const [i, contender] of contenders.entries()) {
      await contender.prepare?.(n);
      const before = process.cpuUsage();
      await contender.run(n);
      const { user, system } = process.cpuUsage(before);
      if (round >= 0) samples[i]!.push(((user + system) * 1000) / n);
    }
  return samples.map(median);
}

/** Bytes that one operation allocates on the heap; the median of several looks, each too short for a collection. */
export async function bytesEach(contender: Contender, n = 2000): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const looks: number[] = [];
  await contender.prepare?.(n);
  await contender.run(n);
  for (let look = 0; look < 9; look++) {
    await contender.prepare?.(n);
    collect();
    const before = process.memoryUsage().heapUsed;
    await contender.run(n);
    looks.push((process.memoryUsage().heapUsed - before) / n);
  }
  // What the look itself allocates is a few bytes an operation at most.
  return Math.max(0, Math.round(median(looks.filter((bytes) => bytes >= 0))));
}

/** Median; NaN of none. */
export function median(x: readonly number[]): number {
  if (x.length === 0) return Number.NaN;
  const sorted = x.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Seeded uniform numbers in [0, 1) and normal ones. */
export function seeded(seed: number): { uniform(): number; normal(): number } {
  let state = seed >>> 0;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return {
    uniform,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  };
}

/** Throws unless two numbers are the same up to the last digits; `where` says which. */
export function mustAgree(where: string, ours: number, plain: number): void {
  if (Object.is(ours, plain) || (Number.isNaN(ours) && Number.isNaN(plain))) return;
  if (Math.abs(ours - plain) <= 1e-9 * Math.max(1, Math.abs(plain))) return;
  throw new Error(`${where}: ${ours} here, ${plain} in the plain form`);
}
