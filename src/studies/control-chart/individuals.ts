// Individual values with moving ranges.
import { z } from 'zod';
import { c4, d2, d3 } from '../../spc/math/constants.ts';
import { deviationOf, meanOf, medianOf } from '../../spc/math/sample.ts';
import { enoughPoints, independence, normality } from '../assumptions.ts';
import { beyond, column, countOf, movingRanges } from '../column.ts';
import { baselineN, figure, figures, nsigma, samples, values } from '../fields.ts';
import { defineFamily, merged, NO_SPREAD } from './family.ts';

/** Median of the range of two standard normal values: √2 times the upper quartile of the normal distribution. */
const MEDIAN_RANGE_OF_TWO = Math.SQRT2 * 0.6744897501960817;

export const individuals = defineFamily({
  input: z.object({
    chart: z.enum(['i-mr', 'imr', 'individuals']),
    values,
    baseline_n: baselineN,
    nsigma,
    mr_span: z.int().min(2).max(25).default(2).describe('Number of neighbouring values of one moving range.'),
    estimator: z
      .enum(['mr', 'median_mr', 'mr_screened', 'sd', 'sd_c4'])
      .default('mr')
      .describe('Estimate of sigma behind the limits; the others are told beside it.'),
  }),
  output: z.object({
    center: figure,
    sigma_hat: figure.describe('Sigma behind the limits.'),
    lcl: figure,
    ucl: figure,
    beyond: samples,
    mr: figures.describe('Moving ranges; the first belongs to the second value.'),
    mr_bar: figure,
    mr_lcl: figure,
    mr_ucl: figure,
    mr_beyond: samples,
    sigma_median_mr: figure.describe('Median moving range by its normal median; span 2 only.'),
    mr_bar_screened_once: figure.describe('Mean of the moving ranges below their upper limit.'),
    sigma_mr_screened: figure,
    sigma_overall_sd: figure,
    sigma_overall_sd_c4: figure,
  }),
  reference:
    'Montgomery, Introduction to Statistical Quality Control, 7th ed. (2013), 6.4; Nelson (1982), JQT 14, 172 (screened and median moving ranges)',
  run(input) {
    const { mr_span: span, nsigma: width } = input;
    const x = column(input.values);
    const baseline = x.subarray(0, input.baseline_n ?? x.length);
    const center = meanOf(baseline);
    const moving = movingRanges(x, span);
    const early = moving.subarray(0, Math.max(0, baseline.length - 1));
    const bar = meanOf(early);
    const upper = bar * (1 + (width * d3(span)) / d2(span));
    const screened = meanOf(early.map((range) => (range < upper ? range : Number.NaN)));
    // All ranges zero: none is below its limit of zero, and none is too large.
    const screenedBar = bar === 0 ? 0 : screened;
    const sd = deviationOf(baseline);
    const estimates = {
      mr: bar / d2(span),
      median_mr: span === 2 ? medianOf(early) / MEDIAN_RANGE_OF_TWO : Number.NaN,
      mr_screened: screenedBar / d2(span),
      sd,
      sd_c4: sd / c4(countOf(baseline)),
    };
    const sigma = estimates[input.estimator];
    const [lcl, ucl] = [center - width * sigma, center + width * sigma];
    const mrLower = Math.max(0, d2(span) - width * d3(span)) * (bar / d2(span));
    const out = beyond(x, lcl, ucl);
    const outMoving = beyond(moving, mrLower, upper, 1);
    return {
      center,
      sigma_hat: sigma,
      lcl,
      ucl,
      beyond: out,
      mr: Array.from(moving),
      mr_bar: bar,
      mr_lcl: mrLower,
      mr_ucl: upper,
      mr_beyond: outMoving,
      sigma_median_mr: estimates.median_mr,
      mr_bar_screened_once: screenedBar,
      sigma_mr_screened: estimates.mr_screened,
      sigma_overall_sd: sd,
      sigma_overall_sd_c4: estimates.sd_c4,
      judged: {
        points: countOf(x),
        signals: merged(out, outMoving),
        assumptions: [enoughPoints(countOf(baseline), 20), independence(baseline), normality(baseline)],
        none: Number.isFinite(lcl) ? undefined : NO_SPREAD,
      },
    };
  },
});
