// What every streaming chart must show: C1 to C9. A chart gets these tests by its folder.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LimitsPlan } from '../../src/config/plan.ts';
import { CENTRE, type Chart, points as emptyPoints, SIGMA } from '../../src/spc/chart.ts';
import type { ChartExample, ExampleDesign } from '../../src/spc/chart-example.ts';
import { createEngine } from '../../src/spc/engine.ts';
import type { Engine, LanePoint, LimitsInForce, StreamSpec, SubgroupData } from '../../src/spc/stream.ts';
import { type Random, seeded } from './random.ts';

/** A chart under contract, with the example that stands beside it. */
export interface ChartUnderContract extends Chart {
  readonly example: ChartExample;
  /** Contract lines this chart cannot have, each with the reason. */
  readonly exempt?: Readonly<Record<string, string>>;
}

const RULES = [
  { id: 'N1', sentence: '1 of 1 beyond 3 sigma' },
  { id: 'N2', sentence: '9 of 9 beyond 0 sigma on one side' },
  { id: 'N3', sentence: '6 of 6 trending' },
  { id: 'N5', sentence: '2 of 3 beyond 2 sigma on one side' },
];

/** Registers the tests of one chart. */
export function chartContract(name: string, chart: ChartUnderContract): void {
  const { example } = chart;
  const isCounted = chart.kind === 'attributes' || example.isCounted === true;
  const { variables } = example;
  const nominal = isCounted ? 1 : Math.max(...example.subgroups.map((members) => members.length));
  const specOf = (limits: LimitsPlan, settings = example.settings): StreamSpec => ({
    chart: { use: name, ...settings },
    rules: RULES,
    limits,
    spec: {},
    size: nominal / (variables ?? 1),
    ...(variables === undefined ? {} : { variables: Array.from({ length: variables }, (_, i) => `v${i + 1}`) }),
  });
  const typed = { centre: example.centre, sigma: example.sigma };
  const parts = chart.compile(chart.settings.parse(example.settings), variables).keys?.length ?? 0;
  const dataOf = (members: readonly number[]): SubgroupData =>
    isCounted
      ? rows([members[0]!], [members[1]!])
      : rows(
          members,
          members.map(() => 1),
        );

  function check(line: string, title: string, body: () => void, timeout?: number): void {
    const reason = chart.exempt?.[line];
    if (reason !== undefined) test.skip(`${line} ${name}: ${title} (exempt: ${reason})`, () => {});
    else test(`${line} ${name}: ${title}`, body, timeout);
  }

  /** Random subgroups like those of the example: with missing members, missing subgroups, and a wandering level. */
  function randomSubgroups(random: Random, count: number): SubgroupData[] {
    let level = 0;
    return Array.from({ length: count }, () => {
      level = 0.9 * level + 0.4 * random.normal();
      if (isCounted) {
        if (random.uniform() < 0.05) return rows([Number.NaN], [Number.NaN]);
        const size = 20 + Math.floor(random.uniform() * 100);
        const rate = Math.min(0.9, Math.max(0, 0.1 + 0.03 * level));
        let counted = 0;
        for (let i = 0; i < size; i++) if (random.uniform() < rate) counted += 1;
        return rows([counted], [size]);
      }
      const x = Array.from({ length: nominal }, () =>
        random.uniform() < 0.08 ? Number.NaN : example.centre + example.sigma * (level + random.normal()),
      );
      return rows(
        x,
        x.map(() => 1),
        parts < 2 ? 0 : Math.floor(random.uniform() * parts),
      );
    });
  }

  function keyed(subgroup: SubgroupData, i: number): SubgroupData {
    return example.keys === undefined ? subgroup : { ...subgroup, key: example.keys[i]! };
  }

  check('C1', 'the published example comes out to 1e-9', () => {
    expect(chart.reference.length).toBeGreaterThan(10);
    let learnt: LimitsInForce | undefined;
    if ('baseline' in example.limits) {
      const engine = createEngine();
      const ix = engine.open(specOf(example.limits));
      const { baseline } = example.limits;
      for (const [i, members] of example.subgroups.entries())
        expect(engine.step(ix, keyed(dataOf(members), i)).froze).toBe(i + 1 === baseline);
      expectClose(engine.limits(ix).centre, example.centre);
      expectClose(engine.limits(ix).sigma, example.sigma);
      learnt = engine.limits(ix);
      expect(learnt).toMatchObject({ version: 1, subgroups: baseline });
    }
    const engine = createEngine();
    const ix = engine.open(specOf(typed));
    // What a chart learns beside centre and sigma cannot be typed.
    if (learnt?.parameters !== undefined) engine.adopt(ix, learnt);
    const beyond: Record<string, number[]> = {};
    for (const [i, members] of example.subgroups.entries()) {
      for (const lane of engine.step(ix, keyed(dataOf(members), i)).lanes) {
        const expected = example.lanes[lane.statistic]!;
        const value = expected.values[i]!;
        if (value === null) expect(lane.status).toBe('no_value');
        else {
          expectClose(lane.value, value);
          for (const line of ['centre', 'lower', 'upper'] as const) {
            const at = expected[line];
            expectClose(lane[line], typeof at === 'number' ? at : at[i]!);
          }
        }
        beyond[lane.statistic] ??= [];
        const bit = lane.ruleIds.indexOf('N1');
        if ((lane.holds >>> bit) & 1) beyond[lane.statistic]!.push(i + 1);
      }
    }
    for (const lane of chart.lanes) expect(beyond[lane], lane).toEqual(example.lanes[lane]!.beyond);
  });

  check('C2', 'subgroups one by one give what all columns at once give', () => {
    const subgroups = randomSubgroups(seeded(2), 200);
    const kernel = chart.compile(chart.settings.parse(example.settings), variables);
    const lanes = chart.lanes.length;
    const x = Float64Array.from(subgroups.flatMap((subgroup) => [...subgroup.x]));
    const size = Float64Array.from(subgroups.flatMap((subgroup) => [...subgroup.size]));
    const all = emptyPoints(subgroups.length * lanes);
    const state = new Float64Array(kernel.width + 5).fill(7);
    kernel.reset(state, 3);
    state[3 + CENTRE] = example.centre;
    state[3 + SIGMA] = example.sigma;
    let from = 0;
    subgroups.forEach((subgroup, i) => {
      kernel.step(state, 3, { ...subgroup, x, size }, from, from + subgroup.length, all, i * lanes);
      from += subgroup.length;
    });
    expect([...state.slice(0, 3), ...state.slice(3 + kernel.width)]).toEqual([7, 7, 7, 7, 7]);
    const engine = createEngine();
    const ix = engine.open(specOf(typed));
    subgroups.forEach((subgroup, i) => {
      for (const point of engine.step(ix, subgroup).lanes) {
        const row = i * lanes + point.lane;
        expect([point.value, point.centre, point.lower, point.upper, point.n]).toEqual([
          all.statistic[row],
          all.centre[row],
          all.lower[row],
          all.upper[row],
          all.n[row],
        ]);
      }
    });
  });

  check('C3', 'snapshot and restore anywhere change nothing', () => {
    const subgroups = randomSubgroups(seeded(3), 60);
    const spec = specOf({ baseline: 20 });
    const plain = run(createEngine(), spec, subgroups);
    for (let cut = 0; cut <= subgroups.length; cut++) {
      const before = createEngine();
      const ix = before.open(spec);
      const first = subgroups.slice(0, cut).map((subgroup) => copied(before, ix, subgroup));
      const after = createEngine();
      after.restore(before.snapshot());
      const rest = subgroups.slice(cut).map((subgroup) => copied(after, ix, subgroup));
      expect([...first, ...rest]).toEqual(plain.points);
      expect(after.snapshot()).toEqual(plain.engine.snapshot());
    }
  });

  if (chart.kind === 'variables')
    check('C4', 'an affine change of the unit leaves z', () => {
      const subgroups = randomSubgroups(seeded(4), 60);
      const plain = run(createEngine(), specOf({ baseline: 20 }), subgroups).points;
      fc.assert(
        fc.property(
          fc.double({ min: -1000, max: 1000, noNaN: true }),
          fc.double({ min: 0.01, max: 100, noNaN: true }),
          (offset, factor) => {
            const changed = subgroups.map((subgroup) => ({
              ...subgroup,
              x: subgroup.x.map((value) => offset + factor * value),
            }));
            const points = run(createEngine(), specOf({ baseline: 20 }), changed).points;
            const tolerance =
              1e-9 + 1e-13 * (Math.abs(offset) / (factor * example.sigma) + Math.abs(example.centre) / example.sigma);
            points.forEach((lanes, i) => {
              lanes.forEach((lane, j) => {
                const z = plain[i]![j]!.z;
                if (Number.isNaN(z)) expect(lane.z).toBeNaN();
                else expect(Math.abs(lane.z - z)).toBeLessThan(tolerance * Math.max(1, Math.abs(z)) * 10);
              });
            });
          },
        ),
        { numRuns: 50 },
      );
    });

  check(
    'C5',
    'the simulated in-control run length agrees with the exact one',
    () => {
      expect(example.designs.length).toBeGreaterThan(0);
      for (const design of example.designs) {
        const { mean, half } = simulatedRunLength(
          specOf({ centre: design.centre, sigma: design.sigma }, { ...example.settings, ...design.settings }),
          design,
        );
        expect(Math.abs(mean - design.arl), `${mean} ± ${half}, exact ${design.arl}`).toBeLessThan(half);
      }
    },
    30_000,
  );

  check('C6', 'a subgroup without a value leaves the state', () => {
    const nothing = isCounted
      ? rows([Number.NaN], [Number.NaN])
      : rows(Array(nominal).fill(Number.NaN), Array(nominal).fill(1));
    for (const count of [0, 1, 12, 40]) {
      const { engine, ix } = run(createEngine(), specOf({ baseline: 20 }), randomSubgroups(seeded(6), count));
      const before = engine.snapshot();
      const { lanes, froze } = engine.step(ix, nothing);
      expect(froze).toBe(false);
      for (const lane of lanes)
        expect(lane).toMatchObject({ value: Number.NaN, status: 'no_value', holds: 0, rises: 0 });
      expect(engine.snapshot()).toEqual(before);
    }
  });

  check('C7', 'streams do not influence each other', () => {
    const spec = specOf({ baseline: 20 });
    const mine = [71, 72, 73].map((seed) => randomSubgroups(seeded(seed), 50));
    const alone = mine.map((subgroups) => run(createEngine(), spec, subgroups).points);
    const engine = createEngine();
    const streams = mine.map(() => engine.open(spec));
    const together: LanePoint[][][] = mine.map(() => []);
    const next = mine.map(() => 0);
    const random = seeded(7);
    while (next.some((i, s) => i < mine[s]!.length)) {
      const s = Math.floor(random.uniform() * mine.length);
      const subgroup = mine[s]![next[s]!];
      if (subgroup === undefined) continue;
      together[s]!.push(copied(engine, streams[s]!, subgroup));
      next[s]! += 1;
    }
    expect(together).toEqual(alone);
  });

  check('C8', 'lower ≤ centre ≤ upper wherever there are limits', () => {
    for (const lanes of run(createEngine(), specOf(typed), randomSubgroups(seeded(8), 500)).points)
      for (const { centre, lower, upper, status } of lanes)
        if (status === 'judged') expect(lower > centre || centre > upper || lower > upper).toBe(false);
  });

  check(
    'C9',
    'a million steps allocate nothing',
    () => {
      const engine = createEngine();
      const ix = engine.open(specOf(typed));
      const subgroups = randomSubgroups(seeded(9), 64);
      const growth: number[] = [];
      for (let slice = 0; slice < 20; slice++) {
        const before = process.memoryUsage().heapUsed;
        for (let i = 0; i < 50_000; i++) engine.step(ix, subgroups[i & 63]!);
        growth.push(process.memoryUsage().heapUsed - before);
      }
      // A collection makes one slice shrink, the compiler makes another grow; the middle one tells what a step takes.
      const bytesPerStep = growth.sort((a, b) => a - b)[10]! / 50_000;
      expect(bytesPerStep).toBeLessThan(0.5);
    },
    30_000,
  );
}

function rows(x: readonly number[], size: readonly number[], key = 0): SubgroupData {
  return { x: Float64Array.from(x), size: Float64Array.from(size), length: x.length, timeMs: 0, key };
}

/** One step, its answer copied out of the engine's reused objects. */
function copied(engine: Engine, ix: number, subgroup: SubgroupData): LanePoint[] {
  return engine.step(ix, subgroup).lanes.map((lane) => ({ ...lane }));
}

function run(
  engine: Engine,
  spec: StreamSpec,
  subgroups: readonly SubgroupData[],
): { readonly engine: Engine; readonly ix: number; readonly points: LanePoint[][] } {
  const ix = engine.open(spec);
  return { engine, ix, points: subgroups.map((subgroup) => copied(engine, ix, subgroup)) };
}

function expectClose(actual: number, expected: number): void {
  if (Number.isNaN(expected)) {
    expect(actual).toBeNaN();
    return;
  }
  expect(Math.abs(actual - expected), `${actual} is not ${expected}`).toBeLessThanOrEqual(
    Math.max(1e-10, 1e-9 * Math.abs(expected)),
  );
}

/** Mean run length to the first point of lane 0 beyond its limits, with half of its 99 % interval; the seed is fixed. */
function simulatedRunLength(spec: StreamSpec, design: ExampleDesign): { readonly mean: number; readonly half: number } {
  const runs = 1500;
  const random = seeded(5);
  const engine = createEngine();
  const ix = engine.open({ ...spec, rules: [RULES[0]!] });
  const isCounted = design.distribution === 'binomial' || design.distribution === 'poisson';
  const subgroup = {
    x: new Float64Array(isCounted ? 1 : design.size),
    size: new Float64Array(isCounted ? 1 : design.size).fill(isCounted ? design.size : 1),
    length: isCounted ? 1 : design.size,
    timeMs: 0,
    key: 0,
  };
  const cumulative = isCounted ? cumulated(design) : [];
  let total = 0;
  let squares = 0;
  for (let i = 0; i < runs; i++) {
    engine.setLimits(ix, design.centre, design.sigma);
    let length = 0;
    do {
      length += 1;
      if (isCounted) {
        const u = random.uniform();
        subgroup.x[0] = cumulative.findIndex((p) => u < p);
      } else for (let j = 0; j < design.size; j++) subgroup.x[j] = drawn(design, random);
    } while (engine.step(ix, subgroup).lanes[0]!.holds === 0);
    total += length;
    squares += length * length;
  }
  const mean = total / runs;
  return { mean, half: (2.5758 * Math.sqrt(squares / runs - mean * mean)) / Math.sqrt(runs) };
}

/** One single value of the design. */
function drawn({ distribution, centre, sigma, mean = centre }: ExampleDesign, random: Random): number {
  if (distribution === 'normal') return centre + sigma * random.normal();
  const exponential = -Math.log1p(-random.uniform());
  return distribution === 'exponential' ? mean * exponential : Math.floor(exponential / Math.log1p(1 / mean));
}

/** Distribution function of the count, value by value. */
function cumulated({ distribution, centre, size }: ExampleDesign): number[] {
  let probability = distribution === 'binomial' ? (1 - centre) ** size : Math.exp(-centre * size);
  const cumulative = [probability];
  for (let k = 1; k < 1000 && cumulative[k - 1]! < 1 - 1e-12; k++) {
    probability *= distribution === 'binomial' ? ((size - k + 1) / k) * (centre / (1 - centre)) : (centre * size) / k;
    cumulative.push(cumulative[k - 1]! + probability);
  }
  return cumulative;
}
