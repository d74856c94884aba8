// Means, ranges and standard deviations of subgroups, and the five common estimates of sigma from them.
import { z } from 'zod';
import { c4, d2, d3 } from '../../spc/math/constants.ts';
import { deviationOf, extremes, meanOf } from '../../spc/math/sample.ts';
import { beyond, column, countOf, sumOf } from '../column.ts';
import { figure, figures, samples } from '../fields.ts';

/** Subgroups as columns; NaN where a subgroup has too few members. */
export interface SubgroupColumns {
  readonly sizes: Float64Array;
  readonly mean: Float64Array;
  readonly range: Float64Array;
  readonly deviation: Float64Array;
}

/** Summaries of subgroups; a missing member counts as absent. */
export function summariseSubgroups(subgroups: readonly (readonly (number | null)[])[]): SubgroupColumns {
  const members = subgroups.map(column);
  return {
    sizes: Float64Array.from(members, countOf),
    mean: Float64Array.from(members, meanOf),
    range: Float64Array.from(members, (x) => {
      const { least, most } = extremes(x);
      return countOf(x) < 2 ? Number.NaN : most - least;
    }),
    deviation: Float64Array.from(members, deviationOf),
  };
}

/** Mean of all members: subgroup means weighted by their sizes. */
export function grandMean({ sizes, mean }: SubgroupColumns): number {
  const centre = meanOf(mean);
  const weights = sumOf(sizes);
  // Around the plain mean, so that a large offset costs no digits.
  return centre + sumOf(mean.map((x, i) => (x - centre) * ((sizes[i] ?? 0) / weights)));
}

export const sigmaEstimates = z
  .object({
    uwave_r: figure.describe('Unweighted mean of R / d2(n).'),
    mvlue_r: figure.describe('Minimum-variance weighted mean of R / d2(n), weights (d2/d3)².'),
    uwave_sd: figure.describe('Unweighted mean of s / c4(n).'),
    mvlue_sd: figure.describe('Minimum-variance weighted mean of s / c4(n), weights c4²/(1 − c4²).'),
    rmsdf: figure.describe('Pooled standard deviation / c4(degrees of freedom + 1).'),
  })
  .describe('Estimates of sigma within subgroups.');

export type SigmaEstimates = Readonly<Record<'uwave_r' | 'mvlue_r' | 'uwave_sd' | 'mvlue_sd' | 'rmsdf', number>>;

/**
 * The five common estimates of sigma within subgroups of any size.
 *
 * @see Burr (1969), Industrial Quality Control 2, 163; Vardeman (1999), J. Quality Technology 31, 341
 * @example
 * estimateSigma(summariseSubgroups([[1, 3], [2, 4]])).uwave_r.toFixed(6); // => '1.772454'
 */
export function estimateSigma({ sizes, range, deviation }: SubgroupColumns): SigmaEstimates {
  const byRange = range.map((r, i) => r / d2(sizes[i] ?? 0));
  const bySd = deviation.map((s, i) => s / c4(sizes[i] ?? 0));
  const weightR = sizes.map((n) => (d2(n) / d3(n)) ** 2);
  const weightS = sizes.map((n) => c4(n) ** 2 / (1 - c4(n) ** 2));
  const df = sumOf(sizes.map((n) => Math.max(0, n - 1)));
  return {
    uwave_r: meanOf(byRange),
    mvlue_r: weightedMean(byRange, weightR),
    uwave_sd: meanOf(bySd),
    mvlue_sd: weightedMean(bySd, weightS),
    rmsdf: pooledDeviation({ sizes, deviation }) / c4(df + 1),
  };
}

/** Square root of the variances within subgroups weighted by their degrees of freedom. */
export function pooledDeviation({ sizes, deviation }: Pick<SubgroupColumns, 'sizes' | 'deviation'>): number {
  const { most } = extremes(deviation);
  if (!(most > 0)) return most;
  const df = sizes.map((n, i) => (Number.isNaN(deviation[i] ?? Number.NaN) ? 0 : n - 1));
  return (
    most *
    Math.sqrt(
      weightedMean(
        deviation.map((s) => (s / most) ** 2),
        df,
      ),
    )
  );
}

function weightedMean(x: Float64Array, weight: Float64Array): number {
  const used = weight.map((w, i) => (Number.isNaN(x[i] ?? Number.NaN) ? 0 : w));
  const total = sumOf(used);
  return total > 0 ? sumOf(x.map((value, i) => (used[i] === 0 ? 0 : value * ((used[i] ?? 0) / total)))) : Number.NaN;
}

/** Limits of one statistic: one number where all subgroups have one size, else one a point. */
export const chartLimits = z.object({
  center: z.union([figure, figures]),
  lcl: z.union([figure, figures]),
  ucl: z.union([figure, figures]),
  beyond: samples,
});

export interface ChartLimits {
  readonly center: number | number[];
  readonly lcl: number | number[];
  readonly ucl: number | number[];
  readonly beyond: number[];
}

/**
 * Limits of a statistic whose centre and sigma depend on the size of the subgroup.
 *
 * @param worth expected value and standard deviation of the statistic of n values, in its unit
 */
export function limitsOf(
  statistic: Float64Array,
  sizes: Float64Array,
  worth: (n: number) => { readonly centre: number; readonly sigma: number },
  width: number,
  floor = Number.NEGATIVE_INFINITY,
  offset = 0,
): ChartLimits {
  const at = Array.from(sizes, worth);
  const lower = Float64Array.from(at, ({ centre, sigma }) => truncated(centre - width * sigma, floor));
  const upper = Float64Array.from(at, ({ centre, sigma }) => centre + width * sigma);
  const isOneSize = sizes.every((n) => n === sizes[0]);
  return {
    center: oneIfEqual(Float64Array.from(at, ({ centre }) => centre)),
    lcl: isOneSize ? (lower[0] ?? Number.NaN) : Array.from(lower),
    ucl: isOneSize ? (upper[0] ?? Number.NaN) : Array.from(upper),
    beyond: beyond(statistic, lower, upper, offset),
  };
}

/** NaN stays NaN. */
function truncated(limit: number, floor: number): number {
  return limit < floor ? floor : limit;
}

function oneIfEqual(x: Float64Array): number | number[] {
  const [first = Number.NaN] = x;
  return x.every((value) => Object.is(value, first)) ? first : Array.from(x);
}
