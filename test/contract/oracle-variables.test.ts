// The shared oracle for charts of measured values beyond Shewhart's: time-weighted, run, short-run, three-way and Levey-Jennings.
import { afterAll, expect, test } from 'vitest';
import { createEngine } from '../../src/spc/engine.ts';
import { beyond, close, eachCase, judge, members, reportErrors } from './oracle-cases.ts';

afterAll(reportErrors);

for (const limits of ['exact', 'asymptotic'] as const)
  eachCase('d-ewma', `moving average with ${limits} limits, whole and streamed`, (one) => {
    const { values, subgroup_size, target, sigma, lambda, L } = one.input;
    const e = one.expected;
    const judged = judge(
      { use: 'ewma', lambda, width: L, limits },
      (values as number[]).map((x) => members(Array(subgroup_size).fill(x))),
      { centre: target, sigma },
    );
    judged.lanes.forEach(([point], i) => {
      close(one, point!.value, e.ewma[i], 'ewma');
      close(one, point!.upper, limits === 'exact' ? e.ucl[i] : e.ucl_asymptotic, 'ucl');
      close(one, point!.lower, limits === 'exact' ? e.lcl[i] : e.lcl_asymptotic, 'lcl');
    });
    expect(beyond(judged, 0)).toEqual(limits === 'exact' ? e.signals_time_varying : e.signals_asymptotic);
  });

eachCase('d-cusum', 'both sums, the length of their runs, and the estimate at a signal', (one) => {
  const { values, target, sigma, k, h, headstart_fraction_of_h } = one.input;
  const e = one.expected;
  const chart = { use: 'cusum', k, h, head_start: headstart_fraction_of_h };
  const judged = judge(
    chart,
    (values as number[]).map((x) => members([x])),
    { centre: target, sigma },
  );
  judged.lanes.forEach(([up, down], i) => {
    close(one, up!.value, e.c_plus[i], 'C+');
    close(one, down!.value, e.c_minus[i], 'C-');
    close(one, up!.upper, e.H, 'H');
  });
  expect(beyond(judged, 0)).toEqual(e.signals_upper);
  expect(beyond(judged, 1)).toEqual(e.signals_lower);
  const engine = createEngine();
  const ix = engine.open({ chart, rules: [], spec: {}, limits: { centre: target, sigma }, size: 1 });
  (values as number[]).forEach((x, i) => {
    engine.step(ix, members([x]));
    const isUp = e.c_plus[i] >= e.c_minus[i];
    const run: number = isUp ? e.n_plus[i] : e.n_minus[i];
    const told = engine.explain(ix)!;
    expect(told.since_points).toBe(run);
    // The estimate is the mean of the values of the run.
    const mean = (values as number[]).slice(i + 1 - run, i + 1).reduce((total, each) => total + each / run, 0);
    if (run > 0) close(one, told.estimated_mean!, mean, 'estimated mean');
  });
});

eachCase('c-anhoej', 'median, longest run and crossings', (one) => {
  const e = one.expected;
  const judged = judge(
    { use: 'run' },
    (one.input.values as number[]).map((x) => members([x])),
  );
  const [, longest, crossings] = judged.lanes.at(-1)!;
  close(one, judged.limits.centre, e.median, 'median');
  close(one, longest!.value, e.longest_run, 'longest run');
  close(one, longest!.upper, e.longest_run_max, 'most');
  close(one, crossings!.value, e.n_crossings, 'crossings');
  close(one, crossings!.lower, e.n_crossings_min, 'fewest');
  close(one, 2 * crossings!.centre + 1, e.n_useful, 'useful points');
  expect(longest!.holds === 1 || crossings!.holds === 1).toBe(e.signal);
});

eachCase('j-shortrun', 'deviation from nominal, Z by part, and Z pooled', (one) => {
  const { values, part, nominal } = one.input;
  const e = one.expected;
  const names = Object.keys(nominal);
  const subgroups = (values as number[]).map((x, i) => members([x], names.indexOf(part[i])));
  const targets = Object.fromEntries(names.map((name) => [name, { target: nominal[name] }]));
  const deviations = judge({ use: 'short-run', parts: targets }, subgroups);
  close(one, deviations.limits.centre, e.dnom.center, 'centre');
  close(one, deviations.limits.sigma, e.dnom.sigma, 'sigma');
  deviations.lanes.forEach(([x, mr], i) => {
    close(one, x!.value, e.dnom.deviation[i], 'deviation');
    close(one, x!.lower, e.dnom.lcl, 'lcl');
    close(one, x!.upper, e.dnom.ucl, 'ucl');
    if (i > 0) close(one, mr!.centre, e.dnom.mr_bar, 'mean moving range');
  });
  expect(beyond(deviations, 0)).toEqual(e.dnom.beyond);
  const parts = Object.fromEntries(names.map((name) => [name, {}]));
  for (const [sigma, expected] of [
    ['by_part', e.z_by_part],
    ['pooled', e.z_pooled],
  ] as const) {
    const scores = judge({ use: 'short-run', scale: 'z', sigma, parts }, subgroups);
    names.forEach((name, i) => {
      close(one, scores.limits.parameters![2 * i]!, e.z_by_part.part_mean[name], `mean of ${name}`);
      const own = sigma === 'pooled' ? expected.sigma : expected.part_sigma[name];
      close(one, scores.limits.parameters![2 * i + 1]!, own, `sigma of ${name}`);
    });
    scores.lanes.forEach(([z, mr], i) => {
      close(one, z!.value, expected.z[i], 'z');
      expect([z!.lower, z!.upper]).toEqual([-3, 3]);
      if (i === 0 || expected.mr === undefined) return;
      close(one, mr!.value, expected.mr[i - 1], 'moving range');
      close(one, mr!.upper, expected.mr_ucl, 'moving range ucl');
      close(one, mr!.centre, expected.mr_center, 'moving range centre');
    });
    expect(beyond(scores, 0)).toEqual(expected.beyond);
    if (expected.mr_beyond !== undefined) expect(beyond(scores, 1)).toEqual(expected.mr_beyond);
  }
});

for (const within of ['range', 's'] as const)
  eachCase('j-threeway', `means, their moving range, and within by ${within}`, (one) => {
    const e = one.expected;
    const subgroups = (one.input.subgroups as number[][]).map((x) => members(x));
    const judged = judge({ use: 'three-way', within }, subgroups);
    close(one, judged.limits.centre, e.i_chart.center, 'centre');
    const inside = judged.limits.parameters![1]! * judged.limits.sigma;
    close(one, inside, within === 's' ? e.sigma_within_s : e.sigma_within_r, 'sigma within');
    if (within === 'range') close(one, judged.limits.sigma, e.sigma_between_within, 'sigma');
    judged.lanes.forEach(([mean, mr, spread], i) => {
      close(one, mean!.lower, e.i_chart.lcl, 'lcl');
      close(one, mean!.upper, e.i_chart.ucl, 'ucl');
      close(one, mean!.upper - mean!.centre, 3 * e.i_chart.sigma, 'sigma of the means');
      if (i > 0) close(one, mr!.centre, e.mr_chart.center, 'moving range centre');
      if (i > 0) close(one, mr!.upper, e.mr_chart.ucl, 'moving range ucl');
      close(one, spread!.centre, within === 's' ? e.s_bar : e.r_chart.center, 'within centre');
      if (within === 's') return;
      close(one, spread!.upper, e.r_chart.ucl, 'range ucl');
      close(one, spread!.lower, e.r_chart.lcl, 'range lcl');
    });
    expect(beyond(judged, 0)).toEqual(e.i_chart.beyond);
    expect(beyond(judged, 1)).toEqual(e.mr_chart.beyond);
    if (within === 'range') expect(beyond(judged, 2)).toEqual(e.r_chart.beyond);
  });

const BASELINES: Readonly<Record<string, number>> = { 'j-westgard-nile': 20, 'j-westgard-nist-mass': 72 };

const WESTGARD: Readonly<Record<string, string>> = {
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

eachCase('j-westgard', 'Levey-Jennings: baseline, lines at 1, 2 and 3 sigma, every rule', (one) => {
  const values = one.input.values as number[];
  const { mean, sd } = one.input;
  const baseline = BASELINES[one.id];
  if (baseline !== undefined) {
    const { limits } = judge(
      { use: 'levey-jennings' },
      values.slice(0, baseline).map((x) => members([x])),
    );
    expect(Math.abs(limits.centre / mean - 1)).toBeLessThan(1e-12);
    expect(Math.abs(limits.sigma / sd - 1)).toBeLessThan(1e-12);
  }
  const judged = judge(
    { use: 'levey-jennings' },
    values.map((x) => members([x])),
    { centre: mean, sigma: sd },
  );
  for (const [point] of judged.lanes) {
    close(one, point!.lower, one.expected.lines['-3s'], '-3 s');
    close(one, point!.centre, one.expected.lines['+0s'], 'centre');
    close(one, point!.upper, one.expected.lines['+3s'], '+3 s');
  }
  const ids = Object.keys(one.expected.rules);
  const engine = createEngine();
  const rules = ids.map((id) => ({ id, sentence: WESTGARD[id]! }));
  const chart = { use: 'levey-jennings' };
  const ix = engine.open({ chart, rules, spec: {}, limits: { centre: mean, sigma: sd }, size: 1 });
  const held: Record<string, number[]> = Object.fromEntries(ids.map((id) => [id, []]));
  values.forEach((x, i) => {
    const { holds } = engine.step(ix, members([x])).lanes[0]!;
    ids.forEach((id, bit) => {
      if ((holds >>> bit) & 1) held[id]!.push(i + 1);
    });
  });
  expect(held).toEqual(one.expected.rules);
});

for (const fit of ['weibull', 'lognormal'] as const)
  eachCase(`f-nonnormal-${fit}`, 'percentile chart with limits of the fitted distribution', (one) => {
    const judged = judge(
      { use: 'percentile', fit },
      (one.input.values as number[]).map((x) => members([x])),
    );
    const [point] = judged.lanes[0]!;
    close(one, point!.centre, one.expected.median, 'median');
    close(one, point!.lower, one.expected.q00135, 'lower');
    close(one, point!.upper, one.expected.q99865, 'upper');
  });

test('every rule of Westgard that the oracle names has its sentence', () => {
  expect(Object.keys(WESTGARD)).toHaveLength(13);
});
