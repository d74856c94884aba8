// The oracle's cases of counts and rare events, twice: all columns at once, and one value at a time through the engine.
import { afterAll, expect } from 'vitest';
import { CENTRE, points, SIGMA } from '../../src/spc/chart.ts';
import { CHARTS } from '../../src/spc/charts/registry.ts';
import { createEngine } from '../../src/spc/engine.ts';
import { d2 } from '../../src/spc/math/constants.ts';
import { close, eachCase, reportErrors } from './oracle-cases.ts';

afterAll(reportErrors);

/** One point of the only lane. */
interface Point {
  readonly value: number;
  readonly centre: number;
  readonly lower: number;
  readonly upper: number;
  readonly isBeyond: boolean;
}

interface Judged {
  readonly centre: number;
  readonly sigma: number;
  readonly points: readonly Point[];
}

/** All rows in one pass over columns: the baseline, then every row under its limits. */
function asAWhole(
  use: string,
  settings: Readonly<Record<string, unknown>>,
  x: readonly number[],
  size: readonly number[],
  baseline: number,
): Judged {
  const chart = CHARTS[use]!;
  const kernel = chart.compile(chart.settings.parse(settings));
  const state = new Float64Array(kernel.width);
  const columns = { x: Float64Array.from(x), size: Float64Array.from(size) };
  const out = points(x.length);
  kernel.reset(state, 0);
  for (let i = 0; i < baseline; i++) kernel.step(state, 0, columns, i, i + 1, out, i);
  expect(kernel.freeze(state, 0)).toBe(true);
  for (let i = 0; i < x.length; i++) kernel.step(state, 0, columns, i, i + 1, out, i);
  return {
    centre: state[CENTRE]!,
    sigma: state[SIGMA]!,
    points: x.map((_, i) => ({
      value: out.statistic[i]!,
      centre: out.centre[i]!,
      lower: out.lower[i]!,
      upper: out.upper[i]!,
      isBeyond: Math.abs(out.z[i]!) > 3,
    })),
  };
}

/** Baseline first, limits frozen, then one value at a time: those of the baseline by a second stream under the same limits. */
function streamed(
  use: string,
  settings: Readonly<Record<string, unknown>>,
  x: readonly number[],
  size: readonly number[],
  baseline: number,
): Judged {
  const engine = createEngine();
  const rules = [{ id: 'N1', sentence: '1 of 1 beyond 3 sigma' }];
  const spec = { chart: { use, ...settings }, rules, spec: {}, size: 1 };
  const step = (ix: number, i: number) =>
    engine.step(ix, { x: Float64Array.of(x[i]!), size: Float64Array.of(size[i]!), length: 1, timeMs: 0 });
  const learner = engine.open({ ...spec, limits: { baseline } });
  const learnt = x.map((_, i) => {
    const { lanes, froze } = step(learner, i);
    expect(froze).toBe(i + 1 === baseline);
    return { ...lanes[0]! };
  });
  const { centre, sigma } = engine.limits(learner);
  const judge = engine.open({ ...spec, limits: { centre, sigma } });
  const judged = x.map((_, i) => {
    const point = { ...step(judge, i).lanes[0]! };
    if (i >= baseline) expect(learnt[i]).toEqual(point);
    return { ...point, isBeyond: point.holds !== 0 };
  });
  return { centre, sigma, points: judged };
}

const WAYS = { 'as a whole': asAWhole, streamed } as const;

function beyond({ points: all }: Judged): number[] {
  return all.flatMap(({ isBeyond }, i) => (isBeyond ? [i + 1] : []));
}

function ones(x: readonly number[]): number[] {
  return x.map(() => 1);
}

for (const [way, judge] of Object.entries(WAYS)) {
  for (const use of ['p', 'np', 'c', 'u'] as const)
    eachCase(`a-${use}-`, `the chart ${use}, ${way}`, (one) => {
      const { counts, sizes = ones(counts), baseline_n } = one.input;
      const e = one.expected;
      const found = judge(use, {}, counts, sizes, baseline_n);
      found.points.forEach((point, i) => {
        close(one, point.value, e.statistic[i], 'statistic');
        close(one, point.centre, e.center, 'centre');
        close(one, point.lower, e.lcl[i], 'lcl');
        close(one, point.upper, e.ucl[i], 'ucl');
      });
      expect(beyond(found)).toEqual(e.beyond);
    });

  for (const use of ['laney-p', 'laney-u'] as const)
    eachCase(`a-${use}-`, `the chart ${use}, ${way}`, (one) => {
      const { counts, sizes, baseline_n = counts.length } = one.input;
      const e = one.expected;
      const found = judge(use, {}, counts, sizes, baseline_n);
      const unit = CHARTS[use]!.unitSigma!(found.centre);
      close(one, found.centre, e.center, 'centre');
      close(one, found.sigma / unit, e.sigma_z, 'sigma_z');
      found.points.forEach((point, i) => {
        close(one, ((point.value - point.centre) * Math.sqrt(sizes[i])) / unit, e.z[i], 'z');
        close(one, point.lower, e.lcl[i], 'lcl');
        close(one, point.upper, e.ucl[i], 'ucl');
      });
      expect(beyond(found)).toEqual(e.beyond);
    });

  eachCase('j-gchart', `gaps between events, ${way}`, (one) => {
    const { values, baseline_n } = one.input;
    const e = one.expected;
    const found = judge('g', {}, values, ones(values), baseline_n);
    close(one, found.centre, e.mean, 'mean');
    close(one, 1 / (found.centre + 1), e.p_hat, 'p');
    close(one, found.sigma, e.sigma, 'sigma');
    for (const { upper, lower } of found.points) {
      close(one, upper, e.ucl_3sigma, 'ucl');
      close(one, lower, e.lcl_3sigma, 'lcl');
    }
    expect(beyond(found)).toEqual(e.beyond_3sigma);
    for (const point of judge('g', { limits: 'probability' }, values, ones(values), baseline_n).points) {
      expect(point.lower).toBe(e.prob_limits.q00135);
      expect(point.centre).toBe(e.prob_limits.q50);
      expect(point.upper).toBe(e.prob_limits.q99865);
    }
  });

  eachCase('j-tchart', `times between events, ${way}`, (one) => {
    const { values, baseline_n } = one.input;
    const { nelson, exponential, weibull } = one.expected;
    const found = judge('t', {}, values, ones(values), baseline_n);
    const centre = found.centre ** (1 / 3.6);
    close(one, centre, nelson.center_transformed, 'transformed centre');
    close(one, found.sigma * d2(2), nelson.mr_bar, 'mean moving range');
    close(one, centre + 3 * found.sigma, nelson.ucl_transformed, 'transformed ucl');
    close(one, centre - 3 * found.sigma, nelson.lcl_transformed, 'transformed lcl');
    found.points.forEach((point, i) => {
      close(one, point.value ** (1 / 3.6), nelson.transformed[i], 'transformed');
      close(one, point.centre, nelson.center, 'centre');
      close(one, point.upper, nelson.ucl, 'ucl');
      close(one, point.lower, nelson.lcl, 'lcl');
    });
    expect(beyond(found)).toEqual(nelson.beyond);
    // The shape is estimated by a study; the chart takes it as a setting.
    for (const [shape, e] of [
      [1, exponential],
      [weibull.shape, weibull],
    ] as const) {
      const fitted = judge('t', { limits: 'weibull', shape }, values, ones(values), baseline_n);
      close(one, fitted.centre / Math.LN2 ** (1 / shape), e.mean ?? e.scale, 'scale');
      for (const point of fitted.points) {
        close(one, point.centre, e.median, 'median');
        close(one, point.lower, e.lcl, 'lcl');
        close(one, point.upper, e.ucl, 'ucl');
      }
      expect(beyond(fitted)).toEqual(e.beyond);
    }
  });
}
