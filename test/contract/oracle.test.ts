// The reference cases of the shared oracle, streamed: baseline first, limits frozen, then one subgroup at a time.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { capabilityIndices } from '../../src/spc/capability.ts';
import { createEngine } from '../../src/spc/engine.ts';
import { c4, d2, d3 } from '../../src/spc/math/constants.ts';
import { MOMENTS_WIDTH, momentMean, momentSigma, observeMoment } from '../../src/spc/moments.ts';
import { parseRule } from '../../src/spc/rule.ts';
import type { LanePoint, StreamSpec, SubgroupData } from '../../src/spc/stream.ts';
import { runRules } from './rule-set.ts';

const shared = process.env.PUMJIL_SHARED ?? join(import.meta.dirname, '../../../shared');
const folder = join(shared, 'oracle');
const hasOracle = existsSync(folder);
const why = hasOracle ? '' : ' (skipped: the shared oracle is not beside this checkout)';

interface Case {
  readonly id: string;
  // biome-ignore lint/suspicious/noExplicitAny: the files differ from topic to topic; each test reads what its own topic has
  readonly input: any;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly expected: any;
  readonly tolerance: {
    readonly rel?: number;
    readonly abs?: number;
    readonly streaming_rel?: number;
    readonly streaming_mean_rel?: number;
    readonly mean_rel?: number;
  };
}

function cases(prefix: string): Case[] {
  if (!hasOracle) return [];
  const files = readdirSync(folder).filter((name) => name.startsWith(prefix) && name.endsWith('.json'));
  return files.map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Case);
}

function each(prefix: string, title: string, body: (one: Case) => void): void {
  const found = cases(prefix);
  if (found.length === 0) test.skip(`${prefix}*: ${title}${why}`, () => {});
  for (const one of found) test(`${one.id}: ${title}`, () => body(one));
}

function close(one: Case, actual: number, expected: number | null, what: string): void {
  if (expected === null) return;
  const { rel = 0, abs = 0 } = one.tolerance;
  expect(Math.abs(actual - expected), `${one.id} ${what}: ${actual} is not ${expected}`).toBeLessThanOrEqual(
    Math.max(abs, rel * Math.abs(expected)),
  );
}

const LIMIT = [{ id: 'N1', sentence: '1 of 1 beyond 3 sigma' }];

function members(x: readonly number[], size = x.map(() => 1)): SubgroupData {
  return { x: Float64Array.from(x), size: Float64Array.from(size), length: x.length, timeMs: 0 };
}

interface Streamed {
  readonly lanes: readonly (readonly LanePoint[])[];
  readonly centre: number;
  readonly sigma: number;
}

/**
 * Learns limits from the first `baseline` subgroups, then judges all subgroups with them, one at a time: those of the baseline by a
 * second stream with the same centre and sigma, the later ones by the stream that learnt.
 */
function stream(
  spec: Omit<StreamSpec, 'limits' | 'rules' | 'spec'>,
  subgroups: readonly SubgroupData[],
  baseline: number,
): Streamed {
  const engine = createEngine();
  const learner = engine.open({ ...spec, rules: LIMIT, spec: {}, limits: { baseline } });
  const later: LanePoint[][] = [];
  for (const [i, subgroup] of subgroups.entries()) {
    const { lanes, froze } = engine.step(learner, subgroup);
    expect(froze).toBe(i + 1 === baseline);
    if (i < baseline) for (const lane of lanes) expect(Number.isNaN(lane.upper) && lane.holds === 0).toBe(true);
    else later.push(lanes.map((lane) => ({ ...lane })));
  }
  const { centre, sigma } = engine.limits(learner);
  const judge = engine.open({ ...spec, rules: LIMIT, spec: {}, limits: { centre, sigma } });
  const all = subgroups.map((subgroup) => engine.step(judge, subgroup).lanes.map((lane) => ({ ...lane })));
  for (const [i, lanes] of later.entries())
    for (const [j, lane] of lanes.entries()) {
      // An EWMA starts anew where limits freeze; every other chart gives the same point either way.
      if (spec.chart.use !== 'ewma') expect(lane).toEqual(all[baseline + i]![j]);
    }
  return { lanes: all, centre, sigma };
}

function beyond(lanes: readonly (readonly LanePoint[])[], lane: number): number[] {
  return lanes.flatMap((points, i) => (points[lane]!.holds === 0 ? [] : [i + 1]));
}

each('a-imr', 'individuals and moving ranges', (one) => {
  const { values, baseline_n } = one.input;
  const e = one.expected;
  const { lanes, centre, sigma } = stream(
    { chart: { use: 'i-mr' }, size: 1 },
    values.map((x: number) => members([x])),
    baseline_n,
  );
  close(one, centre, e.center, 'centre');
  close(one, sigma, e.sigma_hat, 'sigma');
  lanes.forEach(([x, mr], i) => {
    close(one, x!.lower, e.lcl, 'lcl');
    close(one, x!.upper, e.ucl, 'ucl');
    if (i === 0) {
      expect(mr!.status).toBe('no_value');
      return;
    }
    close(one, mr!.value, e.mr[i - 1], 'mr');
    close(one, mr!.centre, e.mr_bar, 'mr centre');
    close(one, mr!.upper, e.mr_ucl, 'mr ucl');
    close(one, mr!.lower, e.mr_lcl, 'mr lcl');
  });
  expect(beyond(lanes, 0)).toEqual(e.beyond);
  expect(beyond(lanes, 1)).toEqual(e.mr_beyond);
});

for (const use of ['xbar-r', 'xbar-s'] as const)
  each(`a-${use}`, 'means and spreads', (one) => {
    const e = one.expected;
    const phase1 = one.input.subgroups as number[][];
    const phase2 = (one.input.phase2_subgroups ?? []) as number[][];
    const subgroups = [...phase1, ...phase2].map((x) => members(x));
    const size = Math.max(...phase1.map((x) => x.length));
    const { lanes, centre, sigma } = stream({ chart: { use }, size }, subgroups, phase1.length);
    const spreads = use === 'xbar-r' ? 'range' : 's';
    lanes.forEach(([mean, spread], i) => {
      const k = i - phase1.length;
      close(one, mean!.value, k < 0 ? e.xbar[i] : e.phase2.xbar[k], 'mean');
      close(one, spread!.value, k < 0 ? e[spreads][i] : e.phase2[spreads][k], spreads);
    });
    if (e.sizes !== undefined) {
      // Numbers inspected vary: several estimators are listed, ours is the unweighted mean of s/c4(n).
      close(one, sigma, e.sigma.uwave_sd, 'sigma');
      close(one, centre, e.xbar_chart_uwave_sd.center, 'centre');
      lanes.forEach(([mean], i) => {
        close(one, mean!.lower, e.xbar_chart_uwave_sd.lcl[i], 'lcl');
        close(one, mean!.upper, e.xbar_chart_uwave_sd.ucl[i], 'ucl');
      });
      return expect(beyond(lanes, 0)).toEqual(e.xbar_chart_uwave_sd.beyond);
    }
    close(one, sigma, e.sigma_hat, 'sigma');
    const spreadChart = use === 'xbar-r' ? e.r_chart : e.s_chart;
    for (const [mean, spread] of lanes) {
      close(one, mean!.centre, e.xbar_chart.center, 'centre');
      close(one, mean!.lower, e.xbar_chart.lcl, 'lcl');
      close(one, mean!.upper, e.xbar_chart.ucl, 'ucl');
      close(one, spread!.centre, spreadChart.center, 'spread centre');
      close(one, spread!.lower, spreadChart.lcl, 'spread lcl');
      close(one, spread!.upper, spreadChart.ucl, 'spread ucl');
    }
    const spreadBeyond = use === 'xbar-r' ? e.phase2?.r_beyond : [];
    expect(beyond(lanes, 0)).toEqual([...e.xbar_chart.beyond, ...(e.phase2?.xbar_beyond ?? [])]);
    expect(beyond(lanes, 1)).toEqual([...spreadChart.beyond, ...(spreadBeyond ?? [])]);
  });

each('a-xbar-s-var', 'ranges of subgroups of varying size', (one) => {
  const e = one.expected;
  const subgroups = (one.input.subgroups as number[][]).map((x) => members(x));
  const { lanes, sigma } = stream({ chart: { use: 'xbar-r' }, size: 5 }, subgroups, subgroups.length);
  close(one, sigma, e.sigma.uwave_r, 'sigma');
  lanes.forEach(([mean], i) => {
    close(one, mean!.lower, e.xbar_chart_uwave_r.lcl[i], 'lcl');
    close(one, mean!.upper, e.xbar_chart_uwave_r.ucl[i], 'ucl');
  });
});

for (const use of ['p', 'u'] as const)
  each(`a-${use}-`, 'counts with stepped limits', (one) => {
    const e = one.expected;
    const { counts, sizes, baseline_n } = one.input;
    const { lanes, centre } = stream(
      { chart: { use }, size: 1 },
      counts.map((x: number, i: number) => members([x], [sizes[i]])),
      baseline_n,
    );
    close(one, centre, e.center, 'centre');
    lanes.forEach(([point], i) => {
      close(one, point!.value, e.statistic[i], 'statistic');
      close(one, point!.lower, e.lcl[i], 'lcl');
      close(one, point!.upper, e.ucl[i], 'ucl');
    });
    expect(beyond(lanes, 0)).toEqual(e.beyond);
  });

for (const limits of ['exact', 'asymptotic'] as const)
  each('d-ewma', `moving average with ${limits} limits`, (one) => {
    const { values, subgroup_size, target, sigma, lambda, L } = one.input;
    const e = one.expected;
    const engine = createEngine();
    const ix = engine.open({
      chart: { use: 'ewma', lambda, width: L, limits },
      rules: LIMIT,
      spec: {},
      limits: { centre: target, sigma },
      size: subgroup_size,
    });
    const lanes = (values as number[]).map((x) =>
      engine.step(ix, members(Array(subgroup_size).fill(x))).lanes.map((lane) => ({ ...lane })),
    );
    lanes.forEach(([point], i) => {
      close(one, point!.value, e.ewma[i], 'ewma');
      close(one, point!.upper, limits === 'exact' ? e.ucl[i] : e.ucl_asymptotic, 'ucl');
      close(one, point!.lower, limits === 'exact' ? e.lcl[i] : e.lcl_asymptotic, 'lcl');
    });
    expect(beyond(lanes, 0)).toEqual(limits === 'exact' ? e.signals_time_varying : e.signals_asymptotic);
  });

const SENTENCES: Readonly<Record<string, string>> = {
  nelson1: '1 of 1 beyond 3 sigma',
  nelson2: '9 of 9 beyond 0 sigma on one side',
  nelson3: '6 of 6 trending',
  nelson4: '14 of 14 alternating',
  nelson5: '2 of 3 beyond 2 sigma on one side',
  nelson6: '4 of 5 beyond 1 sigma on one side',
  nelson7: '15 of 15 within 1 sigma',
  nelson8: '8 of 8 beyond 1 sigma on both sides',
  we1: '1 of 1 beyond 3 sigma',
  we2: '2 of 3 beyond 2 sigma on one side',
  we3: '4 of 5 beyond 1 sigma on one side',
  we4: '8 of 8 beyond 0 sigma on one side',
  same7: '7 of 7 beyond 0 sigma on one side',
  same8: '8 of 8 beyond 0 sigma on one side',
  trend7_points: '7 of 7 trending',
  nelson8_one_or_both_sides: '8 of 8 beyond 1 sigma',
  '1_2s': '1 of 1 beyond 2 sigma',
  '1_3s': '1 of 1 beyond 3 sigma',
  '2_2s': '2 of 2 beyond 2 sigma on one side',
  R_4s: '2 of 2 beyond 2 sigma on both sides',
  '2of3_2s': '2 of 3 beyond 2 sigma on one side',
  '3_1s': '3 of 3 beyond 1 sigma on one side',
  '4_1s': '4 of 4 beyond 1 sigma on one side',
  '6_x': '6 of 6 beyond 0 sigma on one side',
  '8_x': '8 of 8 beyond 0 sigma on one side',
  '9_x': '9 of 9 beyond 0 sigma on one side',
  '10_x': '10 of 10 beyond 0 sigma on one side',
  '12_x': '12 of 12 beyond 0 sigma on one side',
  '7_T': '7 of 7 trending',
};

/** Every rule list of a case, through an i-mr stream with typed limits. */
function expectRuleLists(
  one: Case,
  centre: number,
  sigma: number,
  lists: Readonly<Record<string, readonly number[]>>,
): void {
  const names = Object.keys(lists).filter((name) => name in SENTENCES);
  const engine = createEngine();
  const rules = names.map((id) => ({ id, sentence: SENTENCES[id]! }));
  const ix = engine.open({ chart: { use: 'i-mr' }, rules, spec: {}, limits: { centre, sigma }, size: 1 });
  const held: Record<string, number[]> = Object.fromEntries(names.map((name) => [name, []]));
  (one.input.values as number[]).forEach((x, i) => {
    const { holds } = engine.step(ix, members([x])).lanes[0]!;
    names.forEach((name, bit) => {
      if ((holds >>> bit) & 1) held[name]!.push(i + 1);
    });
  });
  for (const name of names) expect(held[name], `${one.id} ${name}`).toEqual(lists[name]);
}

each('c-rules', 'every rule list, and the other conventions that a sentence can say', (one) => {
  const { rules, alternates } = one.expected;
  expect(Object.keys(rules).filter((name) => !(name in SENTENCES))).toEqual([]);
  expectRuleLists(one, one.input.center, one.input.sigma, rules);
  expectRuleLists(one, one.input.center, one.input.sigma, alternates);
});

each('j-westgard', 'every rule list', (one) => {
  expect(Object.keys(one.expected.rules).filter((name) => !(name in SENTENCES))).toEqual([]);
  expectRuleLists(one, one.input.mean, one.input.sd, one.expected.rules);
});

each('b-constants', 'control chart constants', (one) => {
  for (const row of one.expected.rows) {
    close(one, d2(row.n), row.d2, `d2(${row.n})`);
    close(one, d3(row.n), row.d3, `d3(${row.n})`);
    close(one, c4(row.n), row.c4, `c4(${row.n})`);
  }
});

each('f-cap', 'indices and intervals at 95 %', (one) => {
  const e = one.expected;
  const values: number[] = one.input.values ?? one.input.subgroups.flat();
  const state = new Float64Array(MOMENTS_WIDTH);
  for (const x of values) observeMoment(state, 0, x);
  const mean = momentMean(state, 0);
  const overall = momentSigma(state, 0);
  close(one, mean, e.mean, 'mean');
  close(one, overall, e.sigma_overall, 'sigma overall');
  const spec = {
    ...(one.input.lsl === undefined ? {} : { lower: one.input.lsl }),
    ...(one.input.usl === undefined ? {} : { upper: one.input.usl }),
  };
  for (const [family, sigma, potential, actual, interval] of [
    ['within', e.sigma_within, 'cp', 'cpk', 'cp_ci_df_n_minus_1'],
    ['overall', overall, 'pp', 'ppk', 'pp_ci'],
  ] as const) {
    const found = capabilityIndices(spec, mean, sigma, values.length, 'none');
    close(one, found.actual, e[family][actual], actual);
    if (e[family][potential] !== undefined) close(one, found.potential, e[family][potential], potential);
    else expect(found.potential).toBeNaN();
    if (one.input.confidence !== 0.95) continue;
    const [low, high] = e[family][`${actual}_ci_bissell`];
    close(one, found.actualLower, low, `${actual} lower`);
    close(one, found.actualUpper, high, `${actual} upper`);
    if (e[family][interval] === undefined) continue;
    close(one, found.potentialLower, e[family][interval][0], `${potential} lower`);
    close(one, found.potentialUpper, e[family][interval][1], `${potential} upper`);
  }
});

/** Values of a hard case: written out, or by the rule that the case states. */
function valuesOf(one: Case): number[] {
  const { values, generator } = one.input;
  if (values !== undefined) return values;
  if (generator.formula !== undefined) return Array.from({ length: generator.n }, (_, i) => 1e12 + (i % 7));
  return Array.from({ length: generator.n }, (_, i) =>
    i === 0 ? generator.first : generator.then_alternating[(i - 1) % 2],
  );
}

each('h-strd', 'mean and standard deviation of hard numbers in one pass', (one) => {
  const state = new Float64Array(MOMENTS_WIDTH);
  for (const x of valuesOf(one)) observeMoment(state, 0, x);
  const { mean, sd } = one.expected;
  const { rel = 0, streaming_rel = rel } = one.tolerance;
  const meanRel = one.tolerance.streaming_mean_rel ?? one.tolerance.mean_rel ?? rel;
  expect(Math.abs(momentMean(state, 0) - mean)).toBeLessThanOrEqual(meanRel * Math.abs(mean));
  expect(Math.abs(momentSigma(state, 0) - sd)).toBeLessThanOrEqual(streaming_rel * Math.abs(sd));
});

test.skipIf(!hasOracle)(`the 231 rule lists of the oracle are all there${why}`, () => {
  const count = (prefix: string) =>
    cases(prefix).reduce((total, one) => total + Object.keys(one.expected.rules).length, 0);
  expect(count('c-rules') + count('j-westgard')).toBe(231);
  expect(runRules([parseRule('1 of 1 beyond 3 sigma')], [4])).toEqual([1]);
});
