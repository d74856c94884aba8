// Multivariate charts with memory: MCUSUM (Crosier; Pignatiello & Runger) and MEWMA.
import { z } from 'zod';
import { meanOf } from '../../spc/math/sample.ts';
import { enoughPoints, independence } from '../assumptions.ts';
import { beyond, countOf } from '../column.ts';
import { figure, figures, MOST_VALUES, samples, value } from '../fields.ts';
import { impossible, type Text } from '../study.ts';
import { covariance, departure, type Metric, metricOf, readRows } from './covariance.ts';
import { defineFamily } from './family.ts';

const shared = {
  rows: z
    .array(z.array(value).min(1).max(64))
    .min(1)
    .max(MOST_VALUES / 4)
    .describe('One row a point, one number a variable; a row with null is missing.'),
  target: z.array(z.number()).optional().describe('Centre of each variable; default the means of the rows.'),
  cov: z.array(z.array(z.number())).optional().describe('Covariance matrix; default that of the rows.'),
};

const SINGULAR: Text = {
  en: 'No statistic: there are too few rows, or the covariance matrix is singular. Leave a variable out.',
  ko: '통계량 불가: 행이 너무 적거나 공분산 행렬이 특이합니다. 변수 하나를 빼십시오.',
};

interface Shared {
  readonly rows: readonly (readonly (number | null)[])[];
  readonly target?: readonly number[] | undefined;
  readonly cov?: readonly (readonly number[])[] | undefined;
}

function read(input: Shared): { readonly x: Float64Array[]; readonly target: Float64Array; readonly metric: Metric } {
  const x = readRows(input.rows, 'rows');
  const p = x.length;
  if (input.target !== undefined && input.target.length !== p)
    throw impossible(
      'target',
      `${input.target.length} values for ${p} variables`,
      'Give one target for each variable.',
    );
  if (input.cov !== undefined && (input.cov.length !== p || input.cov.some((row) => row.length !== p)))
    throw impossible(
      'cov',
      `not ${p} rows of ${p} numbers`,
      'Give a square matrix, one row and one column a variable.',
    );
  const target = input.target === undefined ? Float64Array.from(x, meanOf) : Float64Array.from(input.target);
  return { x, target, metric: metricOf(input.cov ?? covariance(x)) };
}

export const mcusumChart = defineFamily({
  input: z.object({
    chart: z.enum(['mcusum']),
    ...shared,
    k: z.number().min(0).default(0.5).describe('Allowance, in units of statistical distance.'),
    h: z.number().positive().default(5.5).describe('Decision interval.'),
  }),
  output: z.object({
    crosier_y: figures,
    pignatiello_runger_mc1: figures,
    signals_crosier: samples,
    signals_mc1: samples,
  }),
  reference: 'Crosier (1988), Technometrics 30, 291; Pignatiello & Runger (1990), J. Quality Technology 22, 173',
  run(input) {
    const { x, target, metric } = read(input);
    const { k, h } = input;
    const m = x[0]?.length ?? 0;
    const crosier = new Float64Array(m).fill(Number.NaN);
    const mc1 = new Float64Array(m).fill(Number.NaN);
    let shrunk = new Float64Array(x.length);
    let total = new Float64Array(x.length);
    let length = 0;
    let mc1Last = 0;
    for (let i = 0; i < m; i++) {
      const y = departure(x, i, target);
      if (y.some(Number.isNaN)) continue;
      const sum = shrunk.map((s, v) => s + (y[v] ?? 0));
      const c = Math.sqrt(metric.squared(sum));
      shrunk = c <= k ? new Float64Array(x.length) : sum.map((s) => s * (1 - k / c));
      crosier[i] = Math.sqrt(metric.squared(shrunk));
      // The sum restarts once the statistic has come down to zero.
      if (length > 0 && mc1Last === 0) {
        total = new Float64Array(x.length);
        length = 0;
      }
      total = total.map((s, v) => s + (y[v] ?? 0));
      length += 1;
      mc1[i] = Math.max(0, Math.sqrt(metric.squared(total)) - k * length);
      mc1Last = mc1[i] ?? 0;
    }
    const signals = beyond(crosier, Number.NEGATIVE_INFINITY, h);
    return {
      crosier_y: Array.from(crosier),
      pignatiello_runger_mc1: Array.from(mc1),
      signals_crosier: signals,
      signals_mc1: beyond(mc1, Number.NEGATIVE_INFINITY, h),
      judged: judge(x, crosier, signals),
    };
  },
});

export const mewmaChart = defineFamily({
  input: z.object({
    chart: z.enum(['mewma']),
    ...shared,
    lambda: z.number().gt(0).max(1).default(0.1).describe('Weight of the newest row.'),
    h: z.number().positive().default(8.66).describe('Upper limit of the statistic.'),
  }),
  output: z.object({
    t2_asymptotic: figures,
    t2_exact: figures,
    signals_asymptotic: samples,
    signals_exact: samples,
    final_z: figures.describe('Weighted departures after the last row.'),
    ucl: figure,
  }),
  reference: 'Lowry, Woodall, Champ & Rigdon (1992), Technometrics 34, 46; Prabhu & Runger (1997), JQT 29, 8',
  run(input) {
    const { x, target, metric } = read(input);
    const { lambda } = input;
    const m = x[0]?.length ?? 0;
    const asymptotic = new Float64Array(m).fill(Number.NaN);
    const exact = new Float64Array(m).fill(Number.NaN);
    let average = new Float64Array(x.length);
    let variance = 0;
    for (let i = 0; i < m; i++) {
      const y = departure(x, i, target);
      if (y.some(Number.isNaN)) continue;
      average = average.map((a, v) => (1 - lambda) * a + lambda * (y[v] ?? 0));
      variance = (1 - lambda) ** 2 * variance + lambda * lambda;
      const distance = metric.squared(average);
      asymptotic[i] = (distance * (2 - lambda)) / lambda;
      exact[i] = distance / variance;
    }
    const signals = beyond(exact, Number.NEGATIVE_INFINITY, input.h);
    return {
      t2_asymptotic: Array.from(asymptotic),
      t2_exact: Array.from(exact),
      signals_asymptotic: beyond(asymptotic, Number.NEGATIVE_INFINITY, input.h),
      signals_exact: signals,
      final_z: Array.from(average),
      ucl: input.h,
      judged: judge(x, exact, signals),
    };
  },
});

function judge(x: readonly Float64Array[], statistic: Float64Array, signals: readonly number[]) {
  return {
    points: countOf(statistic),
    signals,
    assumptions: [enoughPoints(countOf(statistic), 20), ...x.slice(0, 1).map(independence)],
    none: countOf(statistic) === 0 ? SINGULAR : undefined,
  };
}
