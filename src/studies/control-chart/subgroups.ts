// Means of subgroups with their ranges or standard deviations.
import { z } from 'zod';
import { c4, d2, d3 } from '../../spc/math/constants.ts';
import { meanOf } from '../../spc/math/sample.ts';
import { enoughPoints, independence, normality } from '../assumptions.ts';
import { column, countOf } from '../column.ts';
import { figure, figures, nsigma, samples, subgroups } from '../fields.ts';
import { defineFamily, merged } from './family.ts';
import {
  type ChartLimits,
  chartLimits,
  estimateSigma,
  grandMean,
  limitsOf,
  pooledDeviation,
  type SubgroupColumns,
  sigmaEstimates,
  summariseSubgroups,
} from './subgroup-summary.ts';

const ESTIMATORS = ['uwave_r', 'mvlue_r', 'uwave_sd', 'mvlue_sd', 'rmsdf', 'Rbar/d2', 'Sbar/c4'] as const;

const phase2 = z.object({
  xbar: figures,
  range: figures.optional(),
  s: figures.optional(),
  xbar_beyond: samples,
  r_beyond: samples.optional(),
  s_beyond: samples.optional(),
});

export const meanCharts = defineFamily({
  input: z.object({
    chart: z.enum(['xbar-r', 'xbar-s']),
    subgroups,
    phase2_subgroups: subgroups.optional().describe('Later subgroups, judged by the limits of the others.'),
    nsigma,
    sigma_method: z
      .enum(ESTIMATORS)
      .optional()
      .describe('Estimate of sigma behind the limits; default the unweighted mean of R/d2 or s/c4.'),
  }),
  output: z.object({
    sizes: z.array(z.int()),
    xbar: figures,
    range: figures.optional(),
    s: figures.optional(),
    s_pooled: figure.describe('Pooled standard deviation.'),
    sigma_hat: figure.describe('Sigma behind the limits.'),
    sigma: sigmaEstimates,
    sigma_pooled_rms: figure,
    sigma_pooled_unbiased: figure,
    xbar_chart: chartLimits,
    r_chart: chartLimits.optional(),
    s_chart: chartLimits.optional(),
    xbar_chart_pooled_A3: chartLimits,
    s_chart_pooled_B3B4: chartLimits,
    xbar_chart_uwave_r: chartLimits,
    xbar_chart_uwave_sd: chartLimits,
    xbar_chart_rmsdf: chartLimits,
    phase2: phase2.optional(),
  }),
  reference:
    'Montgomery, 7th ed. (2013), 6.2 and 6.3 (A3, B3, B4 with pooled s for varying sizes); Burr (1969), Ind. Quality Control 2, 163',
  run(input) {
    const isRange = input.chart === 'xbar-r';
    const width = input.nsigma;
    const all = summariseSubgroups(input.subgroups);
    const sigma = estimateSigma(all);
    const method = input.sigma_method ?? (isRange ? 'uwave_r' : 'uwave_sd');
    const chosen = sigma[method === 'Rbar/d2' ? 'uwave_r' : method === 'Sbar/c4' ? 'uwave_sd' : method];
    const center = grandMean(all);
    const pooled = pooledDeviation(all);
    const means = (s: number, of: SubgroupColumns = all, offset = 0): ChartLimits =>
      limitsOf(of.mean, of.sizes, (n) => ({ centre: center, sigma: s / Math.sqrt(n) }), width, undefined, offset);
    const spreads = (of: SubgroupColumns, offset: number): ChartLimits =>
      isRange
        ? limitsOf(of.range, of.sizes, (n) => ({ centre: d2(n) * chosen, sigma: d3(n) * chosen }), width, 0, offset)
        : limitsOf(
            of.deviation,
            of.sizes,
            (n) => ({ centre: c4(n) * chosen, sigma: chosen * Math.sqrt(1 - c4(n) ** 2) }),
            width,
            0,
            offset,
          );
    const xbarChart = means(chosen);
    const spreadChart = spreads(all, 0);
    const m = all.sizes.length;
    const later = input.phase2_subgroups === undefined ? undefined : summariseSubgroups(input.phase2_subgroups);
    const laterMeans = later === undefined ? [] : means(chosen, later, m).beyond;
    const laterSpreads = later === undefined ? [] : spreads(later, m).beyond;
    const members = column(input.subgroups.flat());
    return {
      sizes: Array.from(all.sizes),
      xbar: Array.from(all.mean),
      ...(isRange ? { range: Array.from(all.range) } : { s: Array.from(all.deviation) }),
      s_pooled: pooled,
      sigma_hat: chosen,
      sigma,
      sigma_pooled_rms: pooled,
      sigma_pooled_unbiased: sigma.rmsdf,
      xbar_chart: xbarChart,
      ...(isRange ? { r_chart: spreadChart } : { s_chart: spreadChart }),
      xbar_chart_pooled_A3: limitsOf(
        all.mean,
        all.sizes,
        (n) => ({ centre: center, sigma: pooled / (c4(n) * Math.sqrt(n)) }),
        width,
      ),
      s_chart_pooled_B3B4: limitsOf(
        all.deviation,
        all.sizes,
        (n) => ({ centre: pooled, sigma: (pooled * Math.sqrt(1 - c4(n) ** 2)) / c4(n) }),
        width,
        0,
      ),
      xbar_chart_uwave_r: means(sigma.uwave_r),
      xbar_chart_uwave_sd: means(sigma.uwave_sd),
      xbar_chart_rmsdf: means(sigma.rmsdf),
      ...(later === undefined
        ? {}
        : {
            phase2: {
              xbar: Array.from(later.mean),
              xbar_beyond: laterMeans,
              ...(isRange
                ? { range: Array.from(later.range), r_beyond: laterSpreads }
                : { s: Array.from(later.deviation), s_beyond: laterSpreads }),
            },
          }),
      judged: {
        points: countOf(all.mean) + (later === undefined ? 0 : countOf(later.mean)),
        signals: merged(xbarChart.beyond, spreadChart.beyond, laterMeans, laterSpreads),
        assumptions: [
          enoughPoints(countOf(isRange ? all.range : all.deviation), 20),
          independence(all.mean),
          normality(residuals(input.subgroups, members.length)),
        ],
        none: Number.isNaN(chosen)
          ? {
              en: 'No limits: no subgroup has two values, so nothing tells the spread within.',
              ko: '한계 없음: 값이 두 개 이상인 군이 없어 군내 산포를 알 수 없습니다.',
            }
          : undefined,
      },
    };
  },
});

/** Members less the mean of their subgroup, scaled to the same variance; at most 5000 of them, evenly spread. */
function residuals(groups: readonly (readonly (number | null)[])[], count: number): Float64Array {
  const step = Math.max(1, Math.ceil(count / 5000));
  const all: number[] = [];
  for (const [i, group] of groups.entries()) {
    if (i % step !== 0) continue;
    const x = column(group);
    const n = countOf(x);
    const centre = meanOf(x);
    if (n > 1) for (const value of x) if (!Number.isNaN(value)) all.push((value - centre) * Math.sqrt(n / (n - 1)));
  }
  return Float64Array.from(all);
}
