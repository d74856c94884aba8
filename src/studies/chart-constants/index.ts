// Factors of control charts, exact to double precision.
import { z } from 'zod';
import { c4, d2, d3 } from '../../spc/math/constants.ts';
import { figure, nsigma } from '../fields.ts';
import { conclusion, defineStudy } from '../study.ts';

const size = z.int().min(2).max(100);

const input = z.object({
  n: z
    .union([size, z.array(size).min(1).max(99)])
    .default(Array.from({ length: 24 }, (_, i) => i + 2))
    .describe('Subgroup size, 2 … 100, or a list of sizes.'),
  nsigma,
});

const row = z.object({
  n: z.int(),
  d2: figure.describe('Mean of the range of n standard normal values.'),
  d3: figure.describe('Its standard deviation.'),
  c4: figure.describe('Mean of the standard deviation of n standard normal values.'),
  c5: figure.describe('Its standard deviation.'),
  A: figure.describe('Limits of means, sigma known.'),
  A2: figure.describe('Limits of means from R̄.'),
  A3: figure.describe('Limits of means from s̄.'),
  B3: figure.describe('Limits of s from s̄.'),
  B4: figure,
  B5: figure.describe('Limits of s, sigma known.'),
  B6: figure,
  D1: figure.describe('Limits of R, sigma known.'),
  D2: figure,
  D3: figure.describe('Limits of R from R̄.'),
  D4: figure,
  E2: figure.describe('Limits of individual values from the mean range of n.'),
});

const output = z.object({ rows: z.array(row), ...conclusion });

const REFERENCE = 'ASTM E2587; d2, d3 by the distribution of the range, c4 by gamma functions, not by rounded tables';

export default defineStudy({
  title: { en: 'Factors of control charts (d2, d3, c4, A2, B4, D4 …)', ko: '관리도 계수(d2, d3, c4, A2, B4, D4 …)' },
  input,
  output,
  reference: REFERENCE,
  run({ n, nsigma: k }: z.infer<typeof input>): z.infer<typeof output> {
    const sizes = typeof n === 'number' ? [n] : n;
    return {
      rows: sizes.map((m) => factors(m, k)),
      verdict: {
        ok: true,
        en: `Factors of ${sizes.length} subgroup sizes for limits of ± ${k} sigma.`,
        ko: `군 크기 ${sizes.length}개에 대한 ±${k} 시그마 한계 계수입니다.`,
      },
      assumptions: [
        {
          name: 'normality',
          holds: null,
          en: 'The factors hold for independent normal values; the charts forgive moderate departures.',
          ko: '독립인 정규분포 값에 대한 계수입니다. 약간의 이탈은 허용됩니다.',
        },
      ],
      source: REFERENCE,
    };
  },
});

function factors(n: number, k: number): z.infer<typeof row> {
  const [range, rangeSigma, sd] = [d2(n), d3(n), c4(n)];
  const sdSigma = Math.sqrt(1 - sd * sd);
  const root = Math.sqrt(n);
  return {
    n,
    d2: range,
    d3: rangeSigma,
    c4: sd,
    c5: sdSigma,
    A: k / root,
    A2: k / (range * root),
    A3: k / (sd * root),
    B3: Math.max(0, 1 - (k * sdSigma) / sd),
    B4: 1 + (k * sdSigma) / sd,
    B5: Math.max(0, sd - k * sdSigma),
    B6: sd + k * sdSigma,
    D1: Math.max(0, range - k * rangeSigma),
    D2: range + k * rangeSigma,
    D3: Math.max(0, 1 - (k * rangeSigma) / range),
    D4: 1 + (k * rangeSigma) / range,
    E2: k / range,
  };
}
