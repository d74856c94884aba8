// Counts of defectives and defects, plain and with the Laney correction.
import { z } from 'zod';
import { d2 } from '../../spc/math/constants.ts';
import { meanOf } from '../../spc/math/sample.ts';
import { enoughPoints, independence, plainDispersion } from '../assumptions.ts';
import { beyond, countOf, movingRanges, sumOf } from '../column.ts';
import { dispersion, readCounts } from '../counts.ts';
import { baselineN, counts, figure, figures, nsigma, samples, sizes } from '../fields.ts';
import { type Assumption, impossible } from '../study.ts';
import { defineFamily, NO_COUNTS } from './family.ts';

const output = {
  center: z.union([figure, figures]).describe('Mean rate; for np with varying sizes the expected count of each.'),
  lcl: figures,
  ucl: figures,
  beyond: samples,
};

export const countCharts = defineFamily({
  input: z.object({
    chart: z.enum(['p', 'np', 'c', 'u']),
    counts,
    sizes: sizes.optional(),
    baseline_n: baselineN,
    nsigma,
  }),
  output: z.object({ ...output, statistic: figures }),
  reference: 'Montgomery, 7th ed. (2013), 7.2 and 7.3; ISO 7870-2:2013',
  run(input) {
    const { chart, nsigma: width } = input;
    const isFraction = chart === 'p' || chart === 'np';
    if (chart !== 'c' && input.sizes === undefined)
      throw impossible('sizes', `missing for the chart ${chart}`, 'Give the number inspected of each subgroup.');
    const { counts: x, sizes: n } = readCounts(chart === 'c' ? { counts: input.counts } : input, isFraction);
    const baseline = input.baseline_n ?? x.length;
    const early = { counts: x.subarray(0, baseline), sizes: n.subarray(0, baseline) };
    const rate = sumOf(early.counts) / sumOf(early.sizes);
    // np and c plot the count itself, p and u the rate.
    const isCount = chart === 'np' || chart === 'c';
    const statistic = isCount ? x : x.map((count, i) => count / (n[i] ?? Number.NaN));
    const centre = n.map((size) => (isCount ? rate * size : rate));
    const sigma = n.map((size) => Math.sqrt((isFraction ? rate * (1 - rate) : rate) * (isCount ? size : 1 / size)));
    const lcl = centre.map((c, i) => truncate(c - width * (sigma[i] ?? 0), 0, Number.POSITIVE_INFINITY));
    const ucl = centre.map((c, i) =>
      truncate(c + width * (sigma[i] ?? 0), 0, chart === 'p' ? 1 : Number.POSITIVE_INFINITY),
    );
    const out = beyond(statistic, lcl, ucl);
    const { statistic: chi, df, p } = dispersion(early, isFraction);
    const isOneCentre = !isCount || n.every((size) => size === n[0]);
    return {
      center: isOneCentre ? (isCount ? (centre[0] ?? Number.NaN) : rate) : Array.from(centre),
      statistic: Array.from(statistic),
      lcl: Array.from(lcl),
      ucl: Array.from(ucl),
      beyond: out,
      judged: {
        points: countOf(x),
        signals: out,
        assumptions: [
          enoughPoints(countOf(early.counts), 20),
          plainDispersion(chi, df, p),
          independence(statistic.subarray(0, baseline)),
          expectedCount(rate * meanOf(early.sizes)),
        ],
        none: Number.isNaN(rate) ? NO_COUNTS : undefined,
      },
    };
  },
});

export const laneyCharts = defineFamily({
  input: z.object({
    chart: z.enum(["laney-p'", "laney-u'", 'laney-p', 'laney-u']),
    counts,
    sizes,
    baseline_n: baselineN,
    nsigma,
  }),
  output: z.object({
    ...output,
    statistic: figures,
    z: figures.describe('Rate less its mean, in its own binomial or Poisson sigma.'),
    sigma_z: figure.describe('Spread between subgroups in units of the spread that the distribution explains.'),
  }),
  reference: 'Laney (2002), Quality Engineering 14, 531: improved control charts for attributes (p′ and u′)',
  run(input) {
    const isFraction = input.chart.startsWith('laney-p');
    const { counts: x, sizes: n } = readCounts(input, isFraction);
    const baseline = input.baseline_n ?? x.length;
    const rate = sumOf(x.subarray(0, baseline)) / sumOf(n.subarray(0, baseline));
    const statistic = x.map((count, i) => count / (n[i] ?? Number.NaN));
    const own = n.map((size) => Math.sqrt((isFraction ? rate * (1 - rate) : rate) / size));
    const scores = statistic.map((y, i) => (y - rate) / (own[i] ?? Number.NaN));
    const sigmaZ = meanOf(movingRanges(scores.subarray(0, baseline), 2)) / d2(2);
    const lcl = own.map((s) => truncate(rate - input.nsigma * s * sigmaZ, 0, Number.POSITIVE_INFINITY));
    const ucl = own.map((s) =>
      truncate(rate + input.nsigma * s * sigmaZ, 0, isFraction ? 1 : Number.POSITIVE_INFINITY),
    );
    const out = beyond(statistic, lcl, ucl);
    return {
      center: rate,
      statistic: Array.from(statistic),
      z: Array.from(scores),
      sigma_z: sigmaZ,
      lcl: Array.from(lcl),
      ucl: Array.from(ucl),
      beyond: out,
      judged: {
        points: countOf(x),
        signals: out,
        assumptions: [enoughPoints(countOf(x.subarray(0, baseline)), 20), independence(scores.subarray(0, baseline))],
        none: Number.isNaN(sigmaZ)
          ? {
              en: 'No limits: fewer than two subgroups, or no defect at all, tell no spread between subgroups.',
              ko: '한계 없음: 군이 두 개 미만이거나 불량이 없어 군간 산포를 알 수 없습니다.',
            }
          : undefined,
      },
    };
  },
});

function expectedCount(expected: number): Assumption {
  if (Number.isNaN(expected))
    return {
      name: 'expected_count',
      holds: null,
      en: 'The expected count of a subgroup cannot be told.',
      ko: '군당 기대 개수를 알 수 없습니다.',
    };
  const holds = expected >= 1;
  const shown = expected.toPrecision(3);
  return {
    name: 'expected_count',
    holds,
    en: holds
      ? `A subgroup expects ${shown} counts.`
      : `A subgroup expects only ${shown} counts: use a g chart or a Bernoulli CUSUM instead.`,
    ko: holds
      ? `군당 기대 개수는 ${shown}입니다.`
      : `군당 기대 개수가 ${shown}뿐입니다. g 관리도나 베르누이 CUSUM을 쓰십시오.`,
  };
}

/** NaN stays NaN. */
function truncate(limit: number, floor: number, ceiling: number): number {
  return limit < floor ? floor : limit > ceiling ? ceiling : limit;
}
