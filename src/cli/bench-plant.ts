// The plant of pumjil bench: a hundred characteristics with individual charts and the standard rules, and values as gauges give them.
import type { CharacteristicPlan } from '../config/plan.ts';
import type { ConfigEntry } from '../journal/journal.ts';
import type { SeededRandom } from '../spc/math/random.ts';

/** Ids of the characteristics, which are their tags too. */
export const BENCH_TAGS: readonly string[] = Array.from({ length: 100 }, (_, i) => `line${i % 4}.station${i}`);

/** The configuration of the plant. */
export function benchPlan(): ConfigEntry {
  const name = { ko: '벤치', en: 'Bench' };
  return {
    kind: 'config',
    atMs: 1_700_000_000_000,
    author: 'bench',
    hash: 'bench',
    plan: {
      plant: { id: 'bench', name, timezone: 'UTC', language: 'ko', size: 'small', industry: 'other' },
      shifts: [],
      adapters: [{ id: 'bench', use: 'mqtt' }],
      characteristics: BENCH_TAGS.map(characteristic),
      lateness_ms: 0,
    },
  };
}

function characteristic(id: string): CharacteristicPlan {
  return {
    id,
    name: { ko: id, en: id },
    unit: 'mm',
    class: 'standard',
    line: 'bench',
    station: id,
    from: { tag: `bench/${id}` },
    context: {},
    split_by: [],
    spec: { lower: 9, target: 10, upper: 11 },
    by_part: {},
    plausible: {},
    sample: { take: 1, of: 1 },
    subgroup: { size: 1, close_on: [], partial: 'judge' },
    chart: { use: 'i-mr', transform: 'none' },
    rules: [
      { id: 'N1', sentence: '1 of 1 beyond 3 sigma' },
      { id: 'N2', sentence: '9 of 9 beyond 0 sigma on one side' },
    ],
    limits: { centre: 10, sigma: 0.1 },
  };
}

/** Values in control around 10 with sigma 0.1 and three decimals, as a gauge gives them. */
export function benchValue(random: SeededRandom): number {
  return Math.round((10 + 0.1 * random.normal()) * 1000) / 1000;
}
