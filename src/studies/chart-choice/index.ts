// Which control chart fits the data, and why.
import { z } from 'zod';
import { column } from '../column.ts';
import { dispersion, readCounts } from '../counts.ts';
import { counts, figure, sizes, subgroups, values } from '../fields.ts';
import { conclusion, defineStudy, impossible, type Verdict } from '../study.ts';
import { type Choice, chooseForCounts, chooseForSubgroups, chooseForValues } from './choose.ts';

const input = z.object({
  values: values.optional(),
  subgroups: subgroups.optional(),
  positions: z
    .array(z.string())
    .max(10_000)
    .optional()
    .describe('What each member of a subgroup comes from, such as cavities or heads, in their order.'),
  counts: counts.optional(),
  sizes: sizes.optional(),
  type: z
    .enum(['defectives', 'defects'])
    .default('defectives')
    .describe('What is counted: defective units, or defects of which a unit can have several.'),
});

const output = z.object({
  chart: z.string().describe('Name as in the configuration: chart: { use: … }.'),
  settings: z.record(z.string(), z.unknown()).describe('Settings that go with it.'),
  alternatives: z.array(z.string()),
  split: z.boolean().describe('true: first split the characteristic by position (split_by), then chart each apart.'),
  reasons: z.array(
    z.object({
      test: z.string(),
      statistic: figure,
      limit: figure.describe('Value beyond which the test speaks.'),
      speaks: z.boolean().nullable(),
      en: z.string(),
      ko: z.string(),
    }),
  ),
  ...conclusion,
});

const REFERENCE =
  'Montgomery, 7th ed. (2013), 6.4, 7.3, 10.4; Woodall (1997), JQT 29, 172 (rare counts); Laney (2002); Wheeler (1995) (between and within)';

export default defineStudy({
  title: { en: 'Which control chart fits these data, and why', ko: '이 자료에 맞는 관리도와 그 이유' },
  input,
  output,
  reference: REFERENCE,
  run(asked: z.infer<typeof input>): z.infer<typeof output> {
    const choice = choose(asked);
    return {
      chart: choice.chart,
      settings: { ...choice.settings },
      alternatives: [...choice.alternatives],
      split: choice.split,
      reasons: choice.reasons.map((reason) => ({ ...reason })),
      verdict: verdict(choice),
      assumptions: choice.reasons.map(({ test, speaks, en, ko }) => ({
        name: test,
        holds: speaks === null ? null : !speaks,
        en,
        ko,
      })),
      source: REFERENCE,
    };
  },
});

function choose(asked: z.infer<typeof input>): Choice {
  const given = (['values', 'subgroups', 'counts'] as const).filter((key) => asked[key] !== undefined);
  if (given.length !== 1)
    throw impossible(
      given[1] ?? 'values',
      given.length === 0 ? 'missing' : `given beside ${given[0]}`,
      'Give exactly one of values, subgroups and counts.',
    );
  if (asked.counts !== undefined) {
    const isFraction = asked.type === 'defectives';
    if (isFraction && asked.sizes === undefined)
      throw impossible('sizes', 'missing for defectives', 'Give the number inspected of each subgroup.');
    const columns = readCounts({ counts: asked.counts, sizes: asked.sizes }, isFraction);
    return chooseForCounts(columns, dispersion(columns, isFraction), isFraction, asked.sizes !== undefined);
  }
  if (asked.values !== undefined) return chooseForValues(column(asked.values));
  const groups = asked.subgroups ?? [];
  const { positions } = asked;
  if (positions !== undefined && groups.some((members) => members.length > positions.length))
    throw impossible('positions', `${positions.length} names, but a subgroup has more members`, 'Name every member.');
  return chooseForSubgroups(groups, positions !== undefined);
}

function verdict({ chart, split, reasons }: Choice): Verdict {
  const spoken = reasons.filter(({ speaks }) => speaks === true);
  const because = spoken.length === 0 ? undefined : spoken;
  return {
    ok: true,
    en: `${split ? 'Split by position, then chart' : 'Chart'} "${chart}": ${because?.map(({ en }) => en).join(' ') ?? 'nothing speaks against the plain one.'}`,
    ko: `${split ? '위치별로 나눈 뒤 ' : ''}"${chart}" 관리도: ${because?.map(({ ko }) => ko).join(' ') ?? '기본 관리도에 어긋나는 점이 없습니다.'}`,
  };
}
