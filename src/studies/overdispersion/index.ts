// Do counts scatter more than their distribution says?
import { z } from 'zod';
import { enoughPoints } from '../assumptions.ts';
import { countOf } from '../column.ts';
import { dispersion, readCounts } from '../counts.ts';
import { counts, figure, sizes } from '../fields.ts';
import { conclusion, defineStudy, impossible, type Verdict } from '../study.ts';

const input = z.object({
  test: z.literal('overdispersion').optional().describe('The only test so far.'),
  type: z.enum(['poisson', 'binomial']).describe('Distribution: defects are Poisson, defectives binomial.'),
  counts,
  sizes: sizes.optional(),
});

const output = z.object({
  variance_ratio: figure.describe('Observed variance over the one that the distribution gives.'),
  statistic: figure.describe('Chi-square, degrees of freedom one fewer than subgroups.'),
  df: z.int(),
  p: figure.describe('Probability of a larger statistic without overdispersion.'),
  p_underdispersion: figure,
  ...conclusion,
});

const REFERENCE = 'Wetherill & Brown, Statistical Process Control (1991), 218; Pearson’s chi-square of homogeneity';

export default defineStudy({
  title: {
    en: 'Overdispersion of counts: plain or Laney limits?',
    ko: '계수값의 과산포 검정: 일반 한계인가 Laney 한계인가',
  },
  input,
  output,
  reference: REFERENCE,
  run(asked: z.infer<typeof input>): z.infer<typeof output> {
    const isFraction = asked.type === 'binomial';
    if (isFraction && asked.sizes === undefined)
      throw impossible('sizes', 'missing for binomial counts', 'Give the number inspected of each subgroup.');
    const columns = readCounts(asked, isFraction);
    const { statistic, df, p } = dispersion(columns, isFraction);
    const m = countOf(columns.counts);
    return {
      variance_ratio: statistic / df,
      statistic,
      df,
      p,
      p_underdispersion: 1 - p,
      verdict: verdict(statistic / df, p),
      assumptions: [enoughPoints(m, 20)],
      source: REFERENCE,
    };
  },
});

function verdict(ratio: number, p: number): Verdict {
  if (Number.isNaN(p))
    return {
      ok: null,
      en: 'Cannot be told: fewer than two subgroups, or no count at all.',
      ko: '판단할 수 없음: 군이 두 개 미만이거나 계수가 전혀 없습니다.',
    };
  const figures = `${ratio.toFixed(2)}, p = ${p < 0.0001 ? '< 0.0001' : p.toFixed(4)}`;
  if (p < 0.05)
    return {
      ok: false,
      en: `Overdispersed (ratio ${figures}): use Laney p′ or u′ limits.`,
      ko: `과산포입니다(비 ${figures}). Laney p′/u′ 한계를 쓰십시오.`,
    };
  if (p > 0.95)
    return {
      ok: false,
      en: `Underdispersed (ratio ${figures}): counts are too even; check how they are recorded.`,
      ko: `과소산포입니다(비 ${figures}). 계수가 지나치게 고릅니다. 기록 방법을 확인하십시오.`,
    };
  return {
    ok: true,
    en: `No overdispersion (ratio ${figures}): plain limits fit.`,
    ko: `과산포가 아닙니다(비 ${figures}). 일반 한계가 맞습니다.`,
  };
}
