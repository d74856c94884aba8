// Levey-Jennings chart of one control level with the rules of Westgard.
import { z } from 'zod';
import { deviationOf, meanOf } from '../../spc/math/sample.ts';
import { enoughPoints, independence, normality } from '../assumptions.ts';
import { column, countOf } from '../column.ts';
import { figure, samples, values } from '../fields.ts';
import { ruleLists } from '../rule-lists.ts';
import { conclusion, defineStudy, type Verdict } from '../study.ts';

const RULES = {
  '1_2s': '1 of 1 beyond 2 sigma',
  '1_3s': '1 of 1 beyond 3 sigma',
  '2_2s': '2 of 2 beyond 2 sigma on one side',
  R_4s: '2 of 2 beyond 2 sigma on both sides',
  '2of3_2s': '2 of 3 beyond 2 sigma on one side',
  '3_1s': '3 of 3 beyond 1 sigma on one side',
  '4_1s': '4 of 4 beyond 1 sigma on one side',
  '6_x': '6 of 6 beyond 0 sigma on one side',
  '8_x': '8 of 8 beyond 0 sigma on one side',
  '9_x': '9 of 9 beyond 0 sigma on one side',
  '10_x': '10 of 10 beyond 0 sigma on one side',
  '12_x': '12 of 12 beyond 0 sigma on one side',
  '7_T': '7 of 7 trending',
};
/** The classic set: 1_2s only warns. */
const REJECTING = ['1_3s', '2_2s', 'R_4s', '4_1s', '10_x'] as const;

const input = z.object({
  chart: z.enum(['levey-jennings', 'westgard']).optional(),
  values,
  mean: z.number().optional().describe('Mean of the control material; default that of the values.'),
  sd: z.number().positive().optional().describe('Its standard deviation; default that of the values.'),
});

const output = z.object({
  mean: figure,
  sd: figure,
  rules: z.record(z.string(), samples),
  lines: z.record(z.string(), figure),
  ...conclusion,
});

const REFERENCE = 'Westgard, Barry, Hunt & Groth (1981), Clinical Chemistry 27, 493; Levey & Jennings (1950)';

export default defineStudy({
  title: { en: 'Levey-Jennings chart with Westgard rules', ko: 'Levey-Jennings 관리도와 Westgard 규칙' },
  input,
  output,
  reference: REFERENCE,
  run(asked: z.infer<typeof input>): z.infer<typeof output> {
    const x = column(asked.values);
    const mean = asked.mean ?? meanOf(x);
    const sd = asked.sd ?? deviationOf(x);
    const rules = sd >= 0 ? ruleLists(RULES, x, mean, sd) : Object.fromEntries(Object.keys(RULES).map((r) => [r, []]));
    const lines = [-3, -2, -1, 0, 1, 2, 3].map((k): [string, number] => [`${k < 0 ? '' : '+'}${k}s`, mean + k * sd]);
    return {
      mean,
      sd,
      rules,
      lines: Object.fromEntries(lines),
      verdict: westgardVerdict(rules, sd),
      assumptions: [enoughPoints(countOf(x), 20), independence(x), normality(x)],
      source: REFERENCE,
    };
  },
});

function westgardVerdict(rules: Readonly<Record<string, readonly number[]>>, sd: number): Verdict {
  if (!(sd >= 0))
    return { ok: null, en: 'Fewer than two values tell no spread.', ko: '값이 두 개 미만이라 산포를 알 수 없습니다.' };
  const held = REJECTING.filter((name) => (rules[name]?.length ?? 0) > 0);
  if (held.length === 0) return { ok: true, en: 'No rejecting rule holds.', ko: '기각 규칙이 성립하지 않습니다.' };
  return {
    ok: false,
    en: `Reject: ${held.map((name) => `${name} at ${rules[name]?.[0]}`).join(', ')}.`,
    ko: `기각: ${held.map((name) => `${name}(${rules[name]?.[0]}번째)`).join(', ')}.`,
  };
}
