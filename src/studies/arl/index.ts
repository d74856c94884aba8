// How many points pass, on average, until a scheme signals: the price of looking, and how fast it sees.
import { z } from 'zod';
import { cusumArl } from '../../spc/price/cusum.ts';
import { ewmaArl } from '../../spc/price/ewma.ts';
import { runRulesArl } from '../../spc/price/rule-chain.ts';
import { shewhartRunLength } from '../../spc/price/shewhart.ts';
import { parseRule } from '../../spc/rule.ts';
import { figures } from '../fields.ts';
import { type Conclusion, conclusion, impossible, type Study } from '../study.ts';

/** Western Electric rules by their numbers; above only, when one side is watched. */
const WESTERN_ELECTRIC = {
  two: {
    1: '1 of 1 beyond 3 sigma',
    2: '2 of 3 beyond 2 sigma on one side',
    3: '4 of 5 beyond 1 sigma on one side',
    4: '8 of 8 beyond 0 sigma on one side',
  },
  one: {
    1: '1 of 1 above 3 sigma',
    2: '2 of 3 above 2 sigma',
    3: '4 of 5 above 1 sigma',
    4: '8 of 8 above 0 sigma',
  },
} as const;

const shift = z
  .array(z.number().min(-20).max(20))
  .min(1)
  .max(50)
  .default([0, 0.5, 1, 1.5, 2, 3])
  .describe('Shifts of the mean in sigma of the plotted statistic; 0 = in control.');
const L = z.number().gt(0).max(10).default(3).describe('Half width of the limits in sigma of the statistic.');

const input = z.discriminatedUnion(
  'scheme',
  [
    z.object({ scheme: z.literal('shewhart').describe('Points beyond their limits only.'), L, shift }),
    z.object({
      scheme: z.literal('shewhart+WE rules').describe('Western Electric rules by number.'),
      rules: z
        .array(z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]))
        .min(1)
        .max(4)
        .describe('Numbers 1 to 4. Short histories at the start count, as in Champ & Woodall (1987).'),
      two_sided: z.boolean().default(true).describe('false: only signals above the centre line.'),
      shift,
    }),
    z.object({
      scheme: z.literal('rules').describe('Any rules that are sentences about zones.'),
      sentences: z.array(z.string()).min(1).max(12).describe('Such as "2 of 3 beyond 2 sigma on one side".'),
      window: z
        .enum(['full', 'partial'])
        .default('full')
        .describe('`full`, as charts here judge; `partial`: short histories at the start count.'),
      shift,
    }),
    z.object({
      scheme: z.literal('ewma').describe('Exponentially weighted moving average.'),
      // Below it the equations grow beyond any use: nobody plots a memory of two hundred points and more.
      lambda: z.number().min(0.005).max(1).describe('Weight of the newest value.'),
      L,
      limits: z
        .enum(['asymptotic', 'exact', 'time-varying exact variance'])
        .default('asymptotic')
        .describe('Limits of one width, or narrower at the start.'),
      shift,
    }),
    z.object({
      scheme: z.literal('cusum').describe('Tabular cumulative sum.'),
      k: z.number().gt(0).max(10).describe('Allowance in sigma.'),
      h: z.number().gt(0).max(100).describe('Decision interval in sigma.'),
      headstart: z.number().min(0).default(0).describe('Where the sums start, in sigma, below h.'),
      sided: z.enum(['one', 'two']).default('two').describe('One sum, upwards, or both.'),
      shift,
    }),
  ],
  {
    error: ({ code }) =>
      code === 'invalid_union' ? 'expected one of shewhart, shewhart+WE rules, rules, ewma, cusum' : undefined,
  },
);
type Asked = z.infer<typeof input>;

const output = z.object({
  shift: z.array(z.number()),
  arl: figures.describe('Average number of points to the first signal, from the start of the scheme.'),
  ...conclusion,
});

const REFERENCE =
  'Champ & Woodall (1987), Technometrics 29, 393 (rules: Markov chain); Crowder (1987), Technometrics 29, 401 (EWMA) and Page (1954), Biometrika 41, 100 (CUSUM): integral equations';

const study: Study<Asked, z.infer<typeof output> & Conclusion> = {
  title: {
    en: 'Average run length: false alarms, and how soon a shift is seen',
    ko: '평균 런 길이: 오경보와 변화 감지 속도',
  },
  input,
  output,
  reference: REFERENCE,
  run(asked) {
    const arl = lengths(asked);
    const at = asked.shift.indexOf(0);
    return {
      shift: [...asked.shift],
      arl,
      verdict: verdict(at < 0 ? undefined : arl[at], asked.shift, arl),
      assumptions: [
        {
          name: 'independence',
          holds: null,
          en: 'Points are independent and normal, and the limits are known; limits from few subgroups make false alarms uncertain.',
          ko: '점이 독립인 정규분포이고 한계를 안다고 가정합니다. 군이 적으면 오경보율이 불확실합니다.',
        },
      ],
      source: REFERENCE,
    };
  },
};
export default study;

function lengths(asked: Asked): number[] {
  switch (asked.scheme) {
    case 'shewhart':
      return asked.shift.map((d) => shewhartRunLength(asked.L, d).arl);
    case 'shewhart+WE rules': {
      const words = WESTERN_ELECTRIC[asked.two_sided ? 'two' : 'one'];
      return ruleLengths(
        [...new Set(asked.rules)].map((n) => words[n]),
        'partial',
        asked.shift,
      );
    }
    case 'rules':
      return ruleLengths(asked.sentences, asked.window, asked.shift);
    case 'ewma': {
      const limits = asked.limits === 'asymptotic' ? 'asymptotic' : 'exact';
      return asked.shift.map((d) => ewmaArl({ lambda: asked.lambda, width: asked.L, limits }, d));
    }
    case 'cusum': {
      const { k, h, headstart } = asked;
      if (headstart >= h)
        throw impossible('headstart', `${headstart} is not below h = ${h}`, 'Start at half of h or at 0.');
      const sides = asked.sided === 'one' ? 'upper' : 'both';
      return asked.shift.map((d) => cusumArl({ k, h, headstart, sides }, d) ?? Number.NaN);
    }
  }
}

function ruleLengths(sentences: readonly string[], window: 'full' | 'partial', shifts: readonly number[]): number[] {
  const rules = sentences.map((sentence, i) => {
    try {
      return parseRule(sentence);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw impossible(`sentences[${i}]`, why, 'Write it like "2 of 3 beyond 2 sigma on one side".');
    }
  });
  const order = rules.findIndex((rule) => !('sigma' in rule));
  if (order >= 0)
    throw impossible(
      `sentences[${order}]`,
      'trends and alternations have no exact run length',
      'Leave the rule out; the prices of whole sets in docs/rules.md are simulated where they must be.',
    );
  const convention = window === 'full' ? 'full_windows' : 'short_histories';
  try {
    return shifts.map((d) => runRulesArl(rules, { shift: d, convention }).arl);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw impossible('sentences', why, 'Leave out the rules with the longest windows.');
  }
}

function verdict(
  inControl: number | undefined,
  shifts: readonly number[],
  arl: readonly number[],
): Conclusion['verdict'] {
  if (inControl !== undefined)
    return {
      ok: inControl >= 100,
      en: `One false alarm in ${inControl.toFixed(1)} points on average${inControl < 100 ? ': too many for most plants' : ''}.`,
      ko: `평균 ${inControl.toFixed(1)}점마다 오경보 1회${inControl < 100 ? ': 대부분의 공장에서 너무 많습니다' : ''}.`,
    };
  return {
    ok: null,
    en: `A shift of ${shifts[0]} sigma is seen after ${(arl[0] ?? Number.NaN).toFixed(1)} points on average.`,
    ko: `${shifts[0]} 시그마 변화를 평균 ${(arl[0] ?? Number.NaN).toFixed(1)}점 만에 감지합니다.`,
  };
}
