// Operating characteristic of a chart of means: the chance that a shift is missed.
import { z } from 'zod';
import { meanChartCharacteristic } from '../../spc/price/shewhart.ts';
import { figures } from '../fields.ts';
import { conclusion, defineStudy } from '../study.ts';

const input = z.object({
  scheme: z.literal('xbar OC').optional().describe('The only scheme so far.'),
  n: z.int().min(1).max(10_000).describe('Subgroup size.'),
  L: z.number().gt(0).max(10).default(3).describe('Half width of the limits in sigma of the mean.'),
  shift: z
    .array(z.number().min(-20).max(20))
    .min(1)
    .max(1000)
    .default([0, 0.5, 1, 1.5, 2, 3])
    .describe('Shifts of the mean in sigma of the individual values.'),
});

const output = z.object({
  shift: z.array(z.number()),
  beta: figures.describe('Probability that the first subgroup after the shift does not signal.'),
  arl: figures.describe('Average number of subgroups to the signal.'),
  ...conclusion,
});

const REFERENCE = 'Montgomery, 7th ed. (2013), 6.2.6';

export default defineStudy({
  title: {
    en: 'OC curve of a chart of means: chance that a shift is missed',
    ko: '평균 관리도의 OC 곡선: 변화를 놓칠 확률',
  },
  input,
  output,
  reference: REFERENCE,
  run({ n, L, shift }: z.infer<typeof input>): z.infer<typeof output> {
    const found = shift.map((d) => meanChartCharacteristic({ size: n, width: L }, d));
    const one = meanChartCharacteristic({ size: n, width: L }, 1);
    return {
      shift: [...shift],
      beta: found.map(({ beta }) => beta),
      arl: found.map(({ arl }) => arl),
      verdict: {
        ok: null,
        en: `A shift of one sigma is seen after ${one.arl.toFixed(1)} subgroups of ${n} on average.`,
        ko: `1 시그마 변화를 크기 ${n}인 군 평균 ${one.arl.toFixed(1)}개 만에 감지합니다.`,
      },
      assumptions: [
        {
          name: 'normality',
          holds: null,
          en: 'Means are normal and independent, and the limits are known.',
          ko: '평균이 독립인 정규분포이고 한계를 안다고 가정합니다.',
        },
      ],
      source: REFERENCE,
    };
  },
});
