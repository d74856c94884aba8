// Hotelling's T² of individual rows and of subgroups.
import { z } from 'zod';
import { betaUpperQuantile, fUpperQuantile } from '../../spc/math/beta.ts';
import { chiSquareQuantile } from '../../spc/math/gamma.ts';
import { meanOf } from '../../spc/math/sample.ts';
import { enoughPoints, independence } from '../assumptions.ts';
import { beyond, column, countOf } from '../column.ts';
import { figure, figures, MOST_VALUES, samples, value } from '../fields.ts';
import { impossible, type Text } from '../study.ts';
import { covariance, departure, type Metric, metricOf, readRows, successiveCovariance } from './covariance.ts';
import { defineFamily } from './family.ts';

const alpha = z.number().gt(0).lt(1).default(0.0027).describe('Probability of a false alarm at each point.');
const rows = z
  .array(z.array(value).min(1).max(64))
  .min(1)
  .max(MOST_VALUES / 4)
  .describe('One row a point, one number a variable; a row with null is missing.');
const matrix = z.array(figures);

const contributions = z
  .array(z.object({ sample: z.int(), parts: figures }))
  .describe('For each signal: what each variable adds to T², the others given.');

const SINGULAR: Text = {
  en: 'No T²: there are too few rows, or the variables determine one another (singular covariance). Leave one out.',
  ko: 'T² 불가: 행이 너무 적거나 변수들이 서로 종속입니다(특이 공분산). 변수 하나를 빼십시오.',
};

export const t2Individuals = defineFamily({
  input: z.object({
    chart: z.enum(['T2 individuals', 't2-individuals']),
    rows,
    phase2_rows: rows.optional().describe('Later rows, judged by the limits of the others.'),
    alpha,
  }),
  output: z.object({
    mean: figures,
    cov: matrix,
    t2: figures,
    ucl_phase1_beta: figure,
    ucl_phase2_F: figure,
    ucl_chisq: figure,
    beyond_phase1: samples,
    cov_successive_differences: matrix,
    t2_successive_differences: figures,
    t2_phase2: figures.optional(),
    beyond_phase2: samples.optional().describe('Counted from the first row of phase II.'),
    contributions,
  }),
  reference:
    'Tracy, Young & Mason (1992), J. Quality Technology 24, 88; Sullivan & Woodall (1996), JQT 28, 398; Montgomery, 7th ed. (2013), 11.3',
  run(input) {
    const x = readRows(input.rows, 'rows');
    const p = x.length;
    const m = countOf(x[0] ?? new Float64Array());
    const centre = Float64Array.from(x, meanOf);
    const cov = covariance(x);
    const metric = metricOf(cov);
    const t2 = distances(x, centre, metric);
    const successive = successiveCovariance(x);
    const upper1 = ((m - 1) ** 2 / m) * betaUpperQuantile(input.alpha, p / 2, (m - p - 1) / 2);
    const upper2 = ((p * (m + 1) * (m - 1)) / (m * m - m * p)) * fUpperQuantile(input.alpha, p, m - p);
    const out = beyond(t2, Number.NEGATIVE_INFINITY, upper1);
    const later = input.phase2_rows === undefined ? undefined : readRows(input.phase2_rows, 'phase2_rows');
    if (later !== undefined && later.length !== p)
      throw impossible('phase2_rows', `${later.length} variables where rows has ${p}`, 'Give the same variables.');
    const t2Later = later === undefined ? undefined : distances(later, centre, metric);
    const outLater = t2Later === undefined ? [] : beyond(t2Later, Number.NEGATIVE_INFINITY, upper2);
    return {
      mean: Array.from(centre),
      cov,
      t2: Array.from(t2),
      ucl_phase1_beta: upper1,
      ucl_phase2_F: upper2,
      ucl_chisq: chiSquareQuantile(1 - input.alpha, p),
      beyond_phase1: out,
      cov_successive_differences: successive,
      t2_successive_differences: Array.from(distances(x, centre, metricOf(successive))),
      ...(t2Later === undefined ? {} : { t2_phase2: Array.from(t2Later), beyond_phase2: outLater }),
      contributions: [
        ...partsOf(x, centre, metric, out, 0),
        ...(later === undefined ? [] : partsOf(later, centre, metric, outLater, x[0]?.length ?? 0)),
      ],
      judged: {
        points: countOf(t2) + (t2Later === undefined ? 0 : countOf(t2Later)),
        signals: [...out, ...outLater.map((i) => i + input.rows.length)],
        assumptions: [enoughPoints(m, 20 * p), ...x.slice(0, 1).map(independence)],
        none: countOf(t2) === 0 || Number.isNaN(upper1) ? SINGULAR : undefined,
      },
    };
  },
});

export const t2Subgroups = defineFamily({
  input: z.object({
    chart: z.enum(['T2 subgroups', 't2-subgroups']),
    variables: z
      .array(z.array(z.array(value).min(1)).min(1))
      .min(1)
      .max(64)
      .describe('variables[v][i][j]: member j of subgroup i of variable v.'),
    n: z.int().min(2).optional().describe('Members of a subgroup; told by the data where absent.'),
    alpha,
  }),
  output: z.object({
    means: z.array(figures).describe('One row a subgroup, one number a variable.'),
    grand_mean: figures,
    pooled_cov: matrix.describe('Mean of the covariances within subgroups.'),
    t2: figures,
    ucl_phase1: figure,
    ucl_phase2: figure,
    beyond_phase1: samples,
    contributions,
  }),
  reference: 'Alt (1985), Encyclopedia of Statistical Sciences 6, 110; Montgomery, 7th ed. (2013), 11.3.1',
  run(input) {
    const { variables } = input;
    const p = variables.length;
    const m = variables[0]?.length ?? 0;
    const n = input.n ?? variables[0]?.[0]?.length ?? 0;
    variables.forEach((groups, v) => {
      if (groups.length !== m)
        throw impossible(
          `variables[${v}]`,
          `${groups.length} subgroups where the first variable has ${m}`,
          'Give every variable the same subgroups.',
        );
      const odd = groups.findIndex((group) => group.length !== n);
      if (odd >= 0)
        throw impossible(
          `variables[${v}][${odd}]`,
          `${groups[odd]?.length} members where the size is ${n}`,
          'Use subgroups of one size; write null for a missing member.',
        );
    });
    // A subgroup with a missing member tells a mean, but its covariance and size are not those of the others: it is left out.
    const whole = Array.from({ length: m }, (_, i) => variables.every((groups) => groups[i]?.every((x) => x !== null)));
    const means = variables.map((groups) =>
      Float64Array.from(groups, (group, i) => (whole[i] === true ? meanOf(column(group)) : Number.NaN)),
    );
    const centre = Float64Array.from(means, meanOf);
    const kept = whole.filter(Boolean).length;
    const within = Array.from({ length: m }, (_, i) => i)
      .filter((i) => whole[i] === true)
      .map((i) => covariance(variables.map((groups) => column(groups[i] ?? []))));
    const pooled = variables.map((_, a) =>
      variables.map((_, b) => meanOf(Float64Array.from(within, (cov) => cov[a]?.[b] ?? Number.NaN))),
    );
    const metric = metricOf(pooled);
    const t2 = distances(means, centre, metric).map((d) => n * d);
    const df = kept * n - kept - p + 1;
    const f = fUpperQuantile(input.alpha, p, df);
    const upper = (((kept - 1) * (n - 1) * p) / df) * f;
    const out = beyond(t2, Number.NEGATIVE_INFINITY, upper);
    return {
      means: Array.from({ length: m }, (_, i) => means.map((x) => x[i] ?? Number.NaN)),
      grand_mean: Array.from(centre),
      pooled_cov: pooled,
      t2: Array.from(t2),
      ucl_phase1: upper,
      ucl_phase2: (((kept + 1) * (n - 1) * p) / df) * f,
      beyond_phase1: out,
      contributions: partsOf(means, centre, metric, out, 0, n),
      judged: {
        points: countOf(t2),
        signals: out,
        assumptions: [enoughPoints(kept, 20), ...means.slice(0, 1).map(independence)],
        none: countOf(t2) === 0 || Number.isNaN(upper) ? SINGULAR : undefined,
      },
    };
  },
});

function distances(x: readonly Float64Array[], centre: Float64Array, metric: Metric): Float64Array {
  return Float64Array.from({ length: x[0]?.length ?? 0 }, (_, i) => metric.squared(departure(x, i, centre)));
}

function partsOf(
  x: readonly Float64Array[],
  centre: Float64Array,
  metric: Metric,
  signals: readonly number[],
  offset: number,
  n = 1,
): { sample: number; parts: number[] }[] {
  return signals.slice(0, 100).map((sample) => ({
    sample: sample + offset,
    parts: metric.contributions(departure(x, sample - 1, centre)).map((part) => n * part),
  }));
}
