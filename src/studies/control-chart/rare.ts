// Rare events: opportunities between them (g) and time between them (t).
import { z } from 'zod';
import { d2 } from '../../spc/math/constants.ts';
import { extremes, meanOf, medianOf, present } from '../../spc/math/sample.ts';
import { enoughPoints, independence } from '../assumptions.ts';
import { beyond, column, countOf, movingRanges, sumOf } from '../column.ts';
import { baselineN, figure, figures, nsigma, samples } from '../fields.ts';
import { defineFamily } from './family.ts';

/** Probabilities of the probability limits: those of ± 3 sigma of a normal distribution. */
const TAIL = 0.00135;

const between = (what: string) =>
  z.array(z.number().min(0).nullable()).min(1).max(1_000_000).describe(`${what}; null where one is missing.`);

export const gChart = defineFamily({
  input: z.object({
    chart: z.enum(['g']),
    values: between('Good units between two events, 0 or more'),
    baseline_n: baselineN,
    nsigma,
  }),
  output: z.object({
    mean: figure,
    median: figure,
    p_hat: figure.describe('Estimated probability of an event a unit.'),
    sigma: figure,
    ucl_3sigma: figure,
    lcl_3sigma: figure,
    beyond_3sigma: samples,
    prob_limits: z.object({ q00135: figure, q50: figure, q99865: figure }),
    beyond_prob: samples,
  }),
  reference: 'Benneyan (2001), Health Care Management Science 4, 305; Montgomery, 7th ed. (2013), 7.3.5',
  run(input) {
    const x = column(input.values);
    const early = x.subarray(0, input.baseline_n ?? x.length);
    const mean = meanOf(early);
    const p = 1 / (mean + 1);
    const sigma = Math.sqrt(mean) * Math.sqrt(mean + 1);
    const upper = mean + input.nsigma * sigma;
    const lower = Math.max(0, mean - input.nsigma * sigma);
    const out = beyond(x, lower, upper);
    const [low, high] = [geometricQuantile(TAIL, p), geometricQuantile(1 - TAIL, p)];
    return {
      mean,
      median: medianOf(early),
      p_hat: p,
      sigma,
      ucl_3sigma: upper,
      lcl_3sigma: lower,
      beyond_3sigma: out,
      prob_limits: { q00135: low, q50: geometricQuantile(0.5, p), q99865: high },
      beyond_prob: beyond(x, low, high),
      judged: {
        points: countOf(x),
        signals: out,
        assumptions: [enoughPoints(countOf(early), 20), independence(early)],
        none: Number.isNaN(mean) ? NO_EVENT : undefined,
      },
    };
  },
});

/** Smallest k with P(at most k failures before a success) ≥ q. */
function geometricQuantile(q: number, p: number): number {
  if (Number.isNaN(p)) return Number.NaN;
  if (p >= 1) return 0;
  const k = Math.max(0, Math.ceil(Math.log1p(-q) / Math.log1p(-p) - 1));
  // Rounding may put an exact quantile one too high.
  const below = -Math.expm1(k * Math.log1p(-p));
  return k > 0 && below >= q ? k - 1 : k;
}

const NO_EVENT = { en: 'No limits: there is no value.', ko: '한계 없음: 값이 없습니다.' };

export const tChart = defineFamily({
  input: z.object({
    chart: z.enum(['t']),
    values: between('Time between two events, above 0, in any unit'),
    baseline_n: baselineN,
    nsigma,
  }),
  output: z.object({
    nelson: z.object({
      transformed: figures,
      mr_bar: figure,
      center_transformed: figure,
      lcl_transformed: figure,
      ucl_transformed: figure,
      center: figure,
      lcl: figure,
      ucl: figure,
      beyond: samples,
    }),
    exponential: z.object({ mean: figure, lcl: figure, median: figure, ucl: figure, beyond: samples }),
    weibull: z.object({
      shape: figure,
      scale: figure,
      lcl: figure,
      median: figure,
      ucl: figure,
      beyond: samples,
    }),
  }),
  reference: 'Nelson (1994), J. Quality Technology 26, 239: x^(1/3.6); probability limits 0.00135, 0.5, 0.99865',
  run(input) {
    const x = column(input.values);
    const m = input.baseline_n ?? x.length;
    const early = x.subarray(0, m);
    const y = x.map((value) => value ** (1 / 3.6));
    const centre = meanOf(y.subarray(0, m));
    const bar = meanOf(movingRanges(y.subarray(0, m), 2));
    const reach = (input.nsigma * bar) / d2(2);
    const [low, high] = [centre - reach, centre + reach];
    const nelson = { center: centre ** 3.6, lcl: low > 0 ? low ** 3.6 : low <= 0 ? 0 : Number.NaN, ucl: high ** 3.6 };
    const mean = meanOf(early);
    const exponential = { lcl: -mean * Math.log1p(-TAIL), median: mean * Math.LN2, ucl: -mean * Math.log(TAIL) };
    const { shape, scale } = fitWeibull(early);
    const quantile = (p: number): number => scale * (-Math.log1p(-p)) ** (1 / shape);
    const weibull = { lcl: quantile(TAIL), median: quantile(0.5), ucl: quantile(1 - TAIL) };
    const out = beyond(x, nelson.lcl, nelson.ucl);
    return {
      nelson: {
        transformed: Array.from(y),
        mr_bar: bar,
        center_transformed: centre,
        lcl_transformed: low,
        ucl_transformed: high,
        ...nelson,
        beyond: out,
      },
      exponential: { mean, ...exponential, beyond: beyond(x, exponential.lcl, exponential.ucl) },
      weibull: { shape, scale, ...weibull, beyond: beyond(x, weibull.lcl, weibull.ucl) },
      judged: {
        points: countOf(x),
        signals: out,
        assumptions: [
          enoughPoints(countOf(early), 20),
          independence(y.subarray(0, m)),
          {
            name: 'zeros',
            holds: !early.some((value) => value === 0),
            en: 'Times of zero cannot come from a Weibull distribution: record the time more finely.',
            ko: '0인 시간은 와이블 분포에서 나올 수 없습니다. 시간을 더 정밀하게 기록하십시오.',
          },
        ],
        none: Number.isNaN(reach) ? NO_EVENT : undefined,
      },
    };
  },
});

/**
 * Maximum-likelihood fit of a Weibull distribution; NaN with a value of zero, with fewer than two, or when all are equal.
 *
 * @see Johnson, Kotz & Balakrishnan, Continuous Univariate Distributions 1, 2nd ed. (1994), 21.4
 */
function fitWeibull(x: Float64Array): { readonly shape: number; readonly scale: number } {
  const none = { shape: Number.NaN, scale: Number.NaN };
  const values = present(x);
  const { least, most } = extremes(values);
  if (values.length < 2 || !(least > 0) || least === most) return none;
  // Relative to the largest value: powers then neither overflow nor vanish.
  const logs = values.map((value) => Math.log(value / most));
  const meanLog = meanOf(logs);
  const slope = (k: number): number => {
    const weights = logs.map((l) => Math.exp(k * l));
    return sumOf(weights.map((w, i) => w * (logs[i] ?? 0))) / sumOf(weights) - meanLog - 1 / k;
  };
  let low = 1e-6;
  let high = 1;
  while (slope(high) < 0 && high < 1e12) high *= 2;
  for (let i = 0; i < 200 && high - low > 1e-15 * high; i++) {
    const middle = (low + high) / 2;
    if (slope(middle) < 0) low = middle;
    else high = middle;
  }
  const shape = (low + high) / 2;
  return { shape, scale: most * meanOf(logs.map((l) => Math.exp(shape * l))) ** (1 / shape) };
}
