// The charts: engine, rule kernel and subgroup assembly against the plain forms in idiomatic/.

import { createEngine } from '../../src/spc/engine.ts';
import { parseRule } from '../../src/spc/rule.ts';
import { compileRules } from '../../src/spc/rule-kernel.ts';
import type { StreamSpec, SubgroupData } from '../../src/spc/stream.ts';
import { createSubgroups } from '../../src/spc/subgroup.ts';
import { readRuleSet } from '../contract/rule-set-file.ts';
import { type PlainChart, plainChart } from './idiomatic/charts.ts';
import { NELSON, RecentPoints } from './idiomatic/rules.ts';
import { PlainSubgroups } from './idiomatic/subgroups.ts';
import { bytesEach, type Contender, cpuNs, mustAgree, type Report, seeded } from './measure.ts';

const STREAMS = [1, 100, 10_000];
/** Subgroups made before the clock runs. */
const MADE = 4096;
const CHECKED = 20_000;
const nelson = readRuleSet(new URL('../../rules/run-rules/nelson.yaml', import.meta.url).pathname).rules;

/** A subgroup in both forms. */
interface Given {
  readonly data: SubgroupData;
  readonly x: readonly number[];
  readonly sizes: readonly number[];
}

const CHARTS = [
  { use: 'i-mr', size: 1, steps: 40_000 },
  { use: 'xbar-r', size: 5, steps: 40_000 },
  { use: 'xbar-s', size: 5, steps: 40_000 },
  { use: 'p', size: 1, steps: 40_000 },
  { use: 'u', size: 1, steps: 40_000 },
  { use: 'ewma', size: 1, steps: 80_000 },
] as const;

/** All benchmarks of engine, rules and subgroups. */
export async function benchCharts(report: Report): Promise<void> {
  for (const chart of CHARTS) for (const streams of STREAMS) await benchEngine(chart, streams, report);
  await benchRules(report);
  await benchSubgroups(report);
}

async function benchEngine(
  { use, size, steps }: (typeof CHARTS)[number],
  streams: number,
  report: Report,
): Promise<void> {
  const isCounted = use === 'p' || use === 'u';
  // Sigma of one unit inspected: binomial for p, Poisson for u.
  const unit = use === 'p' ? Math.sqrt(0.05 * 0.95) : Math.sqrt(0.05);
  const limits = isCounted ? { centre: 0.05, sigma: unit } : { centre: 10, sigma: 0.1 };
  const spec: StreamSpec = { chart: { use }, rules: nelson, limits, spec: {}, size };
  const given = isCounted ? countedSubgroups() : measuredSubgroups(size);
  const order = uniformOrder(streams);
  const engine = createEngine();
  for (let i = 0; i < streams; i++) engine.open(spec);
  const plain = Array.from({ length: streams }, () => plainChart(use, limits));
  checkCharts(use, spec, plainChart(use, limits), given);
  const ours: Contender = {
    impl: 'pumjil',
    run(n) {
      for (let i = 0; i < n; i++) engine.step(order[i % order.length]!, given[i % MADE]!.data);
    },
  };
  const theirs: Contender = {
    impl: 'object-per-chart',
    run(n) {
      for (let i = 0; i < n; i++) {
        const { x, sizes } = given[i % MADE]!;
        plain[order[i % order.length]!]!.step(x, sizes);
      }
    },
  };
  await compare('engine.step', `${use}, ${streams} streams`, [ours, theirs], steps, 'subgroup', report);
}

/** The same points, limits, z and rules from both, subgroup by subgroup. */
function checkCharts(use: string, spec: StreamSpec, plain: PlainChart, given: readonly Given[]): void {
  const engine = createEngine();
  const ix = engine.open(spec);
  for (let i = 0; i < CHECKED; i++) {
    const { data, x, sizes } = given[i % MADE]!;
    const { lanes } = engine.step(ix, data);
    for (const [lane, point] of plain.step(x, sizes).entries()) {
      const where = `${use}, subgroup ${i}, ${point.statistic}`;
      const ours = lanes[lane]!;
      for (const key of ['value', 'centre', 'z'] as const) mustAgree(`${where} ${key}`, ours[key], point[key]);
      mustAgree(`${where} lower`, ours.lower, point.lower);
      mustAgree(`${where} upper`, ours.upper, point.upper);
      mustAgree(`${where} rules`, ours.holds, point.holds);
    }
  }
}

async function benchRules(report: Report): Promise<void> {
  const random = seeded(11);
  const z = Float64Array.from({ length: MADE }, () => random.normal());
  const kernel = compileRules(nelson.map(({ sentence }) => parseRule(sentence)));
  const state = new Int32Array(kernel.width);
  let recent = new RecentPoints();
  const changes = z.map((value, i) => value - z[(i + MADE - 1) % MADE]!);
  for (let i = 0; i < CHECKED; i++) {
    const holds = kernel.step(state, 0, z, i % MADE, i === 0 ? 0 : changes[i % MADE]!);
    const plain = recent.add({ z: z[i % MADE]!, x: z[i % MADE]! }, NELSON);
    mustAgree(`rules, point ${i}`, holds, plain);
  }
  recent = new RecentPoints();
  const ours: Contender = {
    impl: 'pumjil',
    run(n) {
      for (let i = 0; i < n; i++) kernel.step(state, 0, z, i % MADE, changes[i % MADE]!);
    },
  };
  const theirs: Contender = {
    impl: 'list of points',
    run(n) {
      for (let i = 0; i < n; i++) recent.add({ z: z[i % MADE]!, x: z[i % MADE]! }, NELSON);
    },
  };
  await compare('rules', 'nelson, eight rules', [ours, theirs], 100_000, 'point', report);
}

async function benchSubgroups(report: Report): Promise<void> {
  const streams = 100;
  const random = seeded(12);
  const values = Float64Array.from({ length: MADE }, () => 10 + random.normal() / 10);
  const order = uniformOrder(streams);
  const names = Array.from({ length: streams }, (_, i) => `L1.weight~CV-2100~${i}`);
  const keys = [['lot 1'], ['lot 2']];
  const subgroups = createSubgroups();
  for (let i = 0; i < streams; i++) subgroups.open({ size: 5, close_on: ['lot'], partial: 'judge' });
  const plain = new PlainSubgroups(5);
  // A new lot every thousand values.
  const key = (i: number): string[] => keys[Math.floor(i / 1000) % 2]!;
  for (let i = 0; i < CHECKED; i++) {
    const stream = order[i % order.length]!;
    const ours = subgroups.add(stream, values[i % MADE]!, 1, i, key(i));
    const theirs = plain.add(names[stream]!, values[i % MADE]!, i, key(i)[0]!);
    mustAgree(`subgroups closed by value ${i}`, ours.length, theirs.length);
    for (const [k, closed] of theirs.entries()) {
      mustAgree('time', ours[k]!.timeMs, closed.timeMs);
      for (const [j, x] of closed.x.entries()) mustAgree('member', ours[k]!.x[j]!, x);
    }
  }
  const contenders: Contender[] = [
    {
      impl: 'pumjil',
      run(n) {
        for (let i = 0; i < n; i++) subgroups.add(order[i % order.length]!, values[i % MADE]!, 1, i, key(i));
      },
    },
    {
      impl: 'map of lists',
      run(n) {
        for (let i = 0; i < n; i++) plain.add(names[order[i % order.length]!]!, values[i % MADE]!, i, key(i)[0]!);
      },
    },
  ];
  await compare('subgroups', `size 5, close_on lot, ${streams} streams`, contenders, 200_000, 'value', report);
}

async function compare(
  bench: string,
  name: string,
  contenders: readonly Contender[],
  n: number,
  each: string,
  report: Report,
): Promise<void> {
  const ns = await cpuNs(contenders, n);
  for (const [i, contender] of contenders.entries()) {
    report({ bench, case: name, impl: contender.impl, value: ns[i]!, unit: `ns/${each}`, n });
    report({
      bench,
      case: name,
      impl: contender.impl,
      value: await bytesEach(contender),
      unit: `bytes/${each}`,
      n: 2000,
    });
  }
}

function uniformOrder(streams: number): Uint32Array {
  const random = seeded(streams);
  return Uint32Array.from({ length: 1 << 16 }, () => Math.floor(random.uniform() * streams));
}

function measuredSubgroups(size: number): readonly Given[] {
  const random = seeded(size);
  return Array.from({ length: MADE }, (_, i) =>
    both(
      Array.from({ length: size }, () => 10 + 0.1 * random.normal()),
      1,
      i,
    ),
  );
}

function countedSubgroups(): readonly Given[] {
  const random = seeded(99);
  return Array.from({ length: MADE }, (_, i) => {
    const size = 50 + Math.floor(random.uniform() * 100);
    let count = 0;
    for (let k = 0; k < size; k++) if (random.uniform() < 0.05) count += 1;
    return both([count], size, i);
  });
}

function both(x: readonly number[], size: number, i: number): Given {
  const sizes = x.map(() => size);
  const data = { x: Float64Array.from(x), size: Float64Array.from(sizes), length: x.length, timeMs: i };
  return { data, x, sizes };
}
