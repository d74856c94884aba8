// Data faults of the demo plant end to end: carried out by the plant, told from process faults by Pumjil; then a second start.
import { characteristicOf } from './demo-expect.ts';
import type { DemoEvent, DemoHealth, DemoRun } from './demo-run.ts';

export interface Value {
  readonly timeMs: number;
  readonly value: number | null;
  /** 0 good, 1 uncertain, 2 bad. */
  readonly quality: number;
  readonly reason: string | null;
  readonly context: Readonly<Record<string, string>>;
}

export interface DataFaultsResult {
  /** Longest run of equal mould temperatures, plant minutes. */
  readonly stuckMin: number;
  /** Bad share of vibrations while they drop out. */
  readonly badShare: number;
  readonly badReasons: readonly string[];
  /** Values of the moisture that the chart did not take, and what was told about them. */
  readonly typos: readonly Value[];
  readonly typoEvents: readonly DemoEvent[];
  /** The correction of the typo. */
  readonly corrections: readonly Value[];
  readonly duplicates: number;
  /** Flatness values that came, late ones among them. */
  readonly flatness: number;
  readonly signalsByTypo: number;
  readonly first: DemoHealth;
}

/**
 * One start with all data faults but the cut, without past.
 *
 * @param plantHours how long to watch
 */
export async function runDataFaults(demo: DemoRun, plantHours: number): Promise<DataFaultsResult> {
  const endMs = demo.startMs + (plantHours * 3_600_000) / demo.speed;
  await new Promise((next) => setTimeout(next, Math.max(0, endMs - Date.now())));
  const events = await demo.events();
  const mould = await valuesOf(demo, 'L1.mould_temp');
  const vibration = await valuesOf(demo, 'L2.vibration');
  const moisture = await valuesOf(demo, 'L1.moisture');
  const bad = vibration.filter((each) => each.quality === 2);
  const [badFrom = 0, badTo = 0] = [bad[0]?.timeMs, bad.at(-1)?.timeMs];
  const during = vibration.filter((each) => each.timeMs >= badFrom && each.timeMs <= badTo);
  const health = await demo.get<DemoHealth>('/api/health');
  return {
    stuckMin: (longestEqual(mould) / 60_000) * demo.speed,
    badShare: bad.length / Math.max(1, during.length),
    badReasons: [...new Set(bad.map((each) => each.reason ?? ''))],
    typos: moisture.filter((each) => each.reason === 'implausible'),
    typoEvents: events.filter((each) => each.kind === 'quality' && characteristicOf(each.stream) === 'L1.moisture'),
    corrections: moisture.filter((each) => each.context.corrects !== undefined),
    duplicates: health.adapters.find(({ id }) => id === 'l3')?.duplicate ?? 0,
    flatness: (await valuesOf(demo, 'L1.flatness')).length,
    signalsByTypo: events.filter((each) => each.kind === 'signal' && characteristicOf(each.stream) === 'L1.moisture')
      .length,
    first: health,
  };
}

/** All values of a characteristic since the live start, over its streams, in order of time. */
export async function valuesOf(demo: DemoRun, characteristic: string): Promise<readonly Value[]> {
  const { streams } = await demo.get<{ streams: { id: string; characteristic: string }[] }>('/api/streams');
  const found: Value[] = [];
  for (const { id } of streams.filter((each) => each.characteristic === characteristic)) {
    const path = `/api/streams/${encodeURIComponent(id)}/measurements?from=${demo.startMs - 1000}&max=5000`;
    const { measurements } = await demo.get<{ measurements: Value[] }>(path);
    found.push(...measurements);
  }
  return found.sort((a, b) => a.timeMs - b.timeMs);
}

function longestEqual(values: readonly Value[]): number {
  let longest = 0;
  let from = 0;
  for (const [i, each] of values.entries()) {
    if (each.value !== values[from]?.value) from = i;
    longest = Math.max(longest, each.timeMs - (values[from]?.timeMs ?? each.timeMs));
  }
  return longest;
}
