// d2*: the divisor of a mean range that makes its square, not itself, unbiased.
import { z } from 'zod';
import { d2, d3 } from '../../spc/math/constants.ts';
import { figures } from '../fields.ts';
import { conclusion, defineStudy } from '../study.ts';

const input = z.object({
  pairs: z
    .array(z.tuple([z.int().min(2).max(100), z.int().min(1)]))
    .min(1)
    .max(10_000)
    .describe('Pairs [members of a subgroup, number of subgroups].'),
});

const output = z.object({ d2star: figures, ...conclusion });

const REFERENCE =
  'Patnaik (1950), Biometrika 37, 78; Duncan, Quality Control and Industrial Statistics, 5th ed. (1986)';

export default defineStudy({
  title: { en: 'd2*: divisor of a mean range of few subgroups', ko: 'd2*: 군수가 적을 때 평균범위의 제수' },
  input,
  output,
  reference: REFERENCE,
  run({ pairs }: z.infer<typeof input>): z.infer<typeof output> {
    return {
      d2star: pairs.map(([m, g]) => Math.hypot(d2(m), d3(m) / Math.sqrt(g))),
      verdict: {
        ok: true,
        en: `Divisors d2* of ${pairs.length} pairs of subgroup size and number of subgroups.`,
        ko: `군 크기와 군수 ${pairs.length}쌍의 d2*입니다.`,
      },
      assumptions: [
        {
          name: 'normality',
          holds: null,
          en: 'Members are independent and normal with one common sigma.',
          ko: '값이 독립이며 시그마가 같은 정규분포라고 가정합니다.',
        },
      ],
      source: REFERENCE,
    };
  },
});
