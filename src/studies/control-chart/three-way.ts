// Between and within: subgroup means as individuals, their moving ranges, and the ranges within.
import { z } from 'zod';
import { c4, d2, d3 } from '../../spc/math/constants.ts';
import { meanOf } from '../../spc/math/sample.ts';
import { enoughPoints, independence, normality } from '../assumptions.ts';
import { beyond, countOf, movingRanges } from '../column.ts';
import { figure, figures, nsigma, samples, subgroups } from '../fields.ts';
import { defineFamily, merged, NO_SPREAD } from './family.ts';
import { chartLimits, limitsOf, summariseSubgroups } from './subgroup-summary.ts';

export const threeWay = defineFamily({
  input: z.object({ chart: z.enum(['i-mr-r', 'i-mr-r/s', 'three-way']), subgroups, nsigma }),
  output: z.object({
    xbar: figures,
    i_chart: z.object({ center: figure, sigma: figure, lcl: figure, ucl: figure, beyond: samples }),
    mr_chart: z.object({ center: figure, lcl: figure, ucl: figure, beyond: samples }),
    r_chart: chartLimits,
    s_bar: figure,
    sigma_within_r: figure,
    sigma_within_s: figure,
    sigma_between: figure.describe('0 where the means scatter no more than the members explain.'),
    sigma_between_within: figure,
  }),
  reference: 'Wheeler (1995), Advanced Topics in Statistical Process Control; Montgomery, 7th ed. (2013), 6.3.2',
  run(input) {
    const width = input.nsigma;
    const all = summariseSubgroups(input.subgroups);
    const center = meanOf(all.mean);
    const moving = movingRanges(all.mean, 2);
    const bar = meanOf(moving);
    const sigma = bar / d2(2);
    const within = meanOf(all.range.map((r, i) => r / d2(all.sizes[i] ?? 0)));
    const withinS = meanOf(all.deviation.map((s, i) => s / c4(all.sizes[i] ?? 0)));
    // Of subgroups of several sizes the harmonic mean tells how far the members move a mean.
    const inverse = meanOf(all.sizes.map((n) => (n > 0 ? 1 / n : Number.NaN)));
    const between = rootOfDifference(sigma, within * Math.sqrt(inverse));
    const [lcl, ucl] = [center - width * sigma, center + width * sigma];
    const mrUpper = bar * (1 + (width * d3(2)) / d2(2));
    const outMean = beyond(all.mean, lcl, ucl);
    const outMoving = beyond(moving, 0, mrUpper, 1);
    const ranges = limitsOf(all.range, all.sizes, (n) => ({ centre: d2(n) * within, sigma: d3(n) * within }), width, 0);
    return {
      xbar: Array.from(all.mean),
      i_chart: { center, sigma, lcl, ucl, beyond: outMean },
      mr_chart: { center: bar, lcl: 0, ucl: mrUpper, beyond: outMoving },
      r_chart: ranges,
      s_bar: meanOf(all.deviation),
      sigma_within_r: within,
      sigma_within_s: withinS,
      sigma_between: between,
      sigma_between_within: Math.hypot(between, within),
      judged: {
        points: countOf(all.mean),
        signals: merged(outMean, outMoving, ranges.beyond),
        assumptions: [enoughPoints(countOf(all.mean), 20), independence(all.mean), normality(all.mean)],
        none: Number.isNaN(sigma) ? NO_SPREAD : undefined,
      },
    };
  },
});

/** √(a² − b²), 0 where b is larger; without squaring, which would under- or overflow. */
function rootOfDifference(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.NaN;
  return a > b ? Math.sqrt(a - b) * Math.sqrt(a + b) : 0;
}
