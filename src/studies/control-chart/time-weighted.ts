// Charts with memory: EWMA, tabular CUSUM, moving average.
import { z } from 'zod';
import { d2 } from '../../spc/math/constants.ts';
import { meanOf } from '../../spc/math/sample.ts';
import { independence, normality } from '../assumptions.ts';
import { beyond, column, countOf, movingRanges, sumOf } from '../column.ts';
import { figure, figures, samples, values } from '../fields.ts';
import { defineFamily, merged, NO_SPREAD } from './family.ts';

const targets = {
  values,
  target: z.number().optional().describe('Centre; default the mean of the values.'),
  sigma: z
    .number()
    .positive()
    .optional()
    .describe('Sigma of the individual observations; default the mean moving range / d2(2), times √(subgroup_size).'),
  subgroup_size: z.int().min(1).default(1).describe('Observations behind each value.'),
};

interface Targets {
  readonly values: readonly (number | null)[];
  readonly target?: number | undefined;
  readonly sigma?: number | undefined;
  readonly subgroup_size: number;
}

/** Values less their target, and the sigma of one value. */
function readTargets(input: Targets): { readonly x: Float64Array; readonly target: number; readonly sigma: number } {
  const x = column(input.values);
  const root = Math.sqrt(input.subgroup_size);
  const target = input.target ?? meanOf(x);
  const sigma = input.sigma === undefined ? meanOf(movingRanges(x, 2)) / d2(2) : input.sigma / root;
  return { x, target, sigma };
}

/** Assumptions of a chart with memory. */
function checks(x: Float64Array) {
  return [independence(x), normality(x)];
}

export const ewmaChart = defineFamily({
  input: z.object({
    chart: z.enum(['ewma']),
    ...targets,
    lambda: z.number().gt(0).max(1).default(0.2).describe('Weight of the newest value.'),
    L: z.number().positive().max(20).default(3).describe('Half width of the limits in sigma of the average.'),
  }),
  output: z.object({
    target: figure,
    sigma: figure.describe('Sigma of one value.'),
    ewma: figures,
    lcl: figures.describe('Exact limits: narrower at the start.'),
    ucl: figures,
    lcl_asymptotic: figure,
    ucl_asymptotic: figure,
    signals_time_varying: samples,
    signals_asymptotic: samples,
  }),
  reference: 'Lucas & Saccucci (1990), Technometrics 32, 1; Montgomery, 7th ed. (2013), 9.2',
  run(input) {
    const { x, target, sigma } = readTargets(input);
    const { lambda, L } = input;
    const rest = 1 - lambda;
    let departure = 0;
    let variance = 0;
    const average = new Float64Array(x.length).fill(Number.NaN);
    const reach = new Float64Array(x.length).fill(Number.NaN);
    x.forEach((value, i) => {
      if (Number.isNaN(value)) return;
      departure = rest * departure + lambda * (value - target);
      variance = rest * rest * variance + lambda * lambda;
      average[i] = departure;
      reach[i] = L * sigma * Math.sqrt(variance);
    });
    const wide = L * sigma * Math.sqrt(lambda / (2 - lambda));
    // Judged as departures, so that a large target costs no digits.
    const early = beyond(
      average,
      reach.map((r) => -r),
      reach,
    );
    return {
      target,
      sigma,
      ewma: Array.from(average, (d) => target + d),
      lcl: Array.from(reach, (r) => target - r),
      ucl: Array.from(reach, (r) => target + r),
      lcl_asymptotic: target - wide,
      ucl_asymptotic: target + wide,
      signals_time_varying: early,
      signals_asymptotic: beyond(average, -wide, wide),
      judged: {
        points: countOf(x),
        signals: early,
        assumptions: checks(x),
        none: Number.isFinite(wide) ? undefined : NO_SPREAD,
      },
    };
  },
});

const shiftEstimate = z
  .object({
    at: z.int().describe('Sample number of the first signal.'),
    start: z.int().describe('First sample after the estimated change.'),
    shift: figure.describe('Estimated departure from the target since then.'),
  })
  .nullable();

export const cusumChart = defineFamily({
  input: z.object({
    chart: z.enum(['tabular-cusum', 'cusum']),
    ...targets,
    k: z.number().min(0).default(0.5).describe('Allowance in sigma of one value: half the shift to find.'),
    h: z.number().positive().default(5).describe('Decision interval in sigma of one value.'),
    headstart_fraction_of_h: z
      .number()
      .min(0)
      .lt(1)
      .default(0)
      .describe('Fast initial response: both sums start at this fraction of H.'),
  }),
  output: z.object({
    target: figure,
    sigma: figure.describe('Sigma of one value.'),
    c_plus: figures,
    c_minus: figures,
    H: figure,
    K: figure,
    n_plus: z.array(z.int().nullable()).describe('Points in a row with a sum above zero.'),
    n_minus: z.array(z.int().nullable()),
    signals_upper: samples,
    signals_lower: samples,
    estimate_upper: shiftEstimate,
    estimate_lower: shiftEstimate,
  }),
  reference:
    'Page (1954), Biometrika 41, 100; Lucas & Crosier (1982), Technometrics 24, 199; Montgomery, 7th ed. (2013), 9.1',
  run(input) {
    const { x, target, sigma } = readTargets(input);
    const K = input.k * sigma;
    const H = input.h * sigma;
    const side = (sign: 1 | -1) => {
      let sum = input.headstart_fraction_of_h * H;
      let run = 0;
      const sums = new Float64Array(x.length).fill(Number.NaN);
      const runs = new Float64Array(x.length).fill(Number.NaN);
      x.forEach((value, i) => {
        if (Number.isNaN(value)) return;
        sum = Math.max(0, sum + sign * (value - target) - K);
        run = sum > 0 ? run + 1 : 0;
        sums[i] = sum;
        runs[i] = run;
      });
      const signals = beyond(sums, Number.NEGATIVE_INFINITY, H);
      const at = signals[0];
      const length = at === undefined ? 0 : (runs[at - 1] ?? 0);
      const estimate =
        at === undefined
          ? null
          : { at, start: startOf(x, at, length), shift: sign * (K + (sums[at - 1] ?? Number.NaN) / length) };
      return { sums, runs, signals, estimate };
    };
    const upper = side(1);
    const lower = side(-1);
    return {
      target,
      sigma,
      c_plus: Array.from(upper.sums),
      c_minus: Array.from(lower.sums),
      H,
      K,
      n_plus: Array.from(upper.runs),
      n_minus: Array.from(lower.runs),
      signals_upper: upper.signals,
      signals_lower: lower.signals,
      estimate_upper: upper.estimate,
      estimate_lower: lower.estimate,
      judged: {
        points: countOf(x),
        signals: merged(upper.signals, lower.signals),
        assumptions: checks(x),
        none: Number.isFinite(H) ? undefined : NO_SPREAD,
      },
    };
  },
});

/** Sample number of the first of the last `length` values up to sample `at`; missing values do not count. */
function startOf(x: Float64Array, at: number, length: number): number {
  let left = length;
  let i = at;
  while (i > 1) {
    if (!Number.isNaN(x[i - 1] ?? Number.NaN)) left -= 1;
    if (left <= 0) break;
    i -= 1;
  }
  return i;
}

export const movingAverageChart = defineFamily({
  input: z.object({
    chart: z.enum(['moving-average', 'ma']),
    ...targets,
    span: z.int().min(1).max(1000).default(5).describe('Values averaged; the first points average those there are.'),
    L: z.number().positive().max(20).default(3).describe('Half width of the limits in sigma of the average.'),
  }),
  output: z.object({
    target: figure,
    sigma: figure.describe('Sigma of one value.'),
    ma: figures,
    lcl: figures,
    ucl: figures,
    signals: samples,
  }),
  reference: 'Roberts (1959), Technometrics 1, 239; Montgomery, 7th ed. (2013), 9.3',
  run(input) {
    const { x, target, sigma } = readTargets(input);
    const average = new Float64Array(x.length).fill(Number.NaN);
    const reach = new Float64Array(x.length).fill(Number.NaN);
    const window: number[] = [];
    x.forEach((value, i) => {
      if (Number.isNaN(value)) return;
      window.push(value - target);
      if (window.length > input.span) window.shift();
      average[i] = sumOf(Float64Array.from(window)) / window.length;
      reach[i] = (input.L * sigma) / Math.sqrt(window.length);
    });
    const signals = beyond(
      average,
      reach.map((r) => -r),
      reach,
    );
    return {
      target,
      sigma,
      ma: Array.from(average, (d) => target + d),
      lcl: Array.from(reach, (r) => target - r),
      ucl: Array.from(reach, (r) => target + r),
      signals,
      judged: {
        points: countOf(x),
        signals,
        assumptions: checks(x),
        none: Number.isNaN(sigma) ? NO_SPREAD : undefined,
      },
    };
  },
});
