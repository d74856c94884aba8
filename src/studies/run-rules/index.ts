// Where the rules of Nelson and of Western Electric hold in a series, and where other conventions see them.
import { z } from 'zod';
import { enoughPoints, independence } from '../assumptions.ts';
import { column, countOf } from '../column.ts';
import { samples, values } from '../fields.ts';
import { ruleLists } from '../rule-lists.ts';
import { conclusion, defineStudy, type Verdict } from '../study.ts';

const NELSON = {
  nelson1: '1 of 1 beyond 3 sigma',
  nelson2: '9 of 9 beyond 0 sigma on one side',
  nelson3: '6 of 6 trending',
  nelson4: '14 of 14 alternating',
  nelson5: '2 of 3 beyond 2 sigma on one side',
  nelson6: '4 of 5 beyond 1 sigma on one side',
  nelson7: '15 of 15 within 1 sigma',
  nelson8: '8 of 8 beyond 1 sigma on both sides',
};
const WESTERN_ELECTRIC = {
  we1: '1 of 1 beyond 3 sigma',
  we2: '2 of 3 beyond 2 sigma on one side',
  we3: '4 of 5 beyond 1 sigma on one side',
  we4: '8 of 8 beyond 0 sigma on one side',
};
/** Other conventions in use: those that a sentence can say. */
const SAID_OTHERWISE = {
  same7: '7 of 7 beyond 0 sigma on one side',
  same8: '8 of 8 beyond 0 sigma on one side',
  trend7_points: '7 of 7 trending',
  nelson8_one_or_both_sides: '8 of 8 beyond 1 sigma',
};

const input = z.object({
  values,
  center: z.number().describe('Centre line.'),
  sigma: z.number().positive().describe('Sigma of the plotted statistic.'),
  sentences: z
    .record(z.string(), z.string())
    .optional()
    .describe('Rules of your own by name, such as { "X1": "3 of 4 beyond 1 sigma on one side" }.'),
  window: z
    .enum(['full', 'partial'])
    .default('full')
    .describe('For your sentences: `partial` counts a short history at the start, as Champ & Woodall do.'),
  last_point: z
    .enum(['beyond', 'any'])
    .default('beyond')
    .describe('For your sentences: `any` lets the newest point lie outside the zone.'),
});

const lists = z.record(z.string(), samples);

const output = z.object({
  rules: lists.describe('Sample numbers of the last point of every window that fulfils the rule.'),
  alternates: lists.describe('The same by other conventions in use.'),
  sentences: lists.optional(),
  ...conclusion,
});

const REFERENCE =
  'Nelson (1984), J. Quality Technology 16, 237; Western Electric, Statistical Quality Control Handbook (1956)';

export default defineStudy({
  title: { en: 'Run rules: where each rule holds in a series', ko: '런 규칙: 각 규칙이 성립하는 점' },
  input,
  output,
  reference: REFERENCE,
  run(asked: z.infer<typeof input>): z.infer<typeof output> {
    const x = column(asked.values);
    const { center, sigma } = asked;
    const rules = ruleLists({ ...NELSON, ...WESTERN_ELECTRIC }, x, center, sigma);
    const { nelson5, nelson6 } = NELSON;
    const partial = ruleLists({ nelson5, nelson6 }, x, center, sigma, { window: 'partial', last_point: 'beyond' });
    const any = ruleLists({ nelson5, nelson6 }, x, center, sigma, { window: 'full', last_point: 'any' });
    const own = asked.sentences === undefined ? undefined : ruleLists(asked.sentences, x, center, sigma, asked);
    return {
      rules,
      alternates: {
        ...ruleLists(SAID_OTHERWISE, x, center, sigma),
        nelson5_partial_start: partial.nelson5 ?? [],
        nelson6_partial_start: partial.nelson6 ?? [],
        nelson5_last_point_may_be_inside: any.nelson5 ?? [],
        nelson6_last_point_may_be_inside: any.nelson6 ?? [],
      },
      ...(own === undefined ? {} : { sentences: own }),
      verdict: ruleVerdict(own ?? rules, countOf(x)),
      assumptions: [enoughPoints(countOf(x), 20), independence(x)],
      source: REFERENCE,
    };
  },
});

function ruleVerdict(found: Readonly<Record<string, readonly number[]>>, n: number): Verdict {
  if (n === 0) return { ok: null, en: 'There is no value.', ko: '값이 없습니다.' };
  const held = Object.entries(found).filter(([, list]) => list.length > 0);
  if (held.length === 0)
    return { ok: true, en: `No rule holds at any of ${n} points.`, ko: `${n}개 점에서 성립한 규칙이 없습니다.` };
  const words = held.map(([name, list]) => `${name} (${list[0]}${list.length > 1 ? ' …' : ''})`).join(', ');
  return {
    ok: false,
    en: `Rules that hold, with their first point: ${words}.`,
    ko: `성립한 규칙과 첫 점: ${words}.`,
  };
}
