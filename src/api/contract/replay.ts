// A replay: stored measurements through other rules, limits or charts. It changes nothing.
import * as z from 'zod';
import { count, figure, timeMs } from './vocabulary.ts';

const chartName = z
  .string()
  .min(1)
  .max(80)
  .meta({ examples: ['i-mr', 'ewma'] });
const sentence = z.string().min(1).max(200);

export const ReplayBody = z.strictObject({
  rules: z
    .union([
      z
        .string()
        .min(1)
        .max(80)
        .meta({ examples: ['standard'] }),
      z.record(z.string().regex(/^[A-Za-z][A-Za-z0-9]{0,7}$/), sentence),
    ])
    .optional()
    .describe('Name of a rule set, or sentences by id; left out: the rules in force.'),
  limits: z
    .union([
      z.strictObject({ baseline: z.number().int().min(2).max(1000) }),
      z.strictObject({ centre: z.number(), sigma: z.number().positive().optional() }),
    ])
    .optional()
    .describe(
      'Centre and sigma of the individual values, or how many subgroups to learn them from; left out: as recorded.',
    ),
  chart: z
    .union([chartName, z.looseObject({ use: chartName })])
    .optional()
    .describe('Name of a chart, or name and settings; left out: the one in force.'),
  fromMs: timeMs.optional().describe('Period compared; the whole past before it is run as well.'),
  toMs: timeMs.optional(),
});

export const ReplaySignal = z.object({
  timeMs,
  lane: z.number().int(),
  statistic: z.string(),
  rule: z.string(),
  sentence: z.string(),
  value: figure,
  z: figure,
});

const signals = z.object({
  count,
  signals: z.array(ReplaySignal).describe('The newest 500.'),
});

export const ReplayAlarm = z.object({
  alarm: z.string(),
  raisedMs: timeMs,
  cause: z.string(),
  kind: z.enum(['known_cause', 'false_alarm', 'unexplained']),
  isFound: z.boolean().describe('The replay signals while the alarm lasted, or before and still going on.'),
  foundMs: timeMs.nullable(),
  soonerMs: figure.describe('By how much sooner; below 0: later.'),
  soonerPoints: figure,
});

export const ReplayAnswer = z
  .object({
    stream: z.string(),
    fromMs: timeMs.nullable(),
    toMs: timeMs.nullable(),
    chart: z.looseObject({ use: z.string() }),
    rules: z.array(z.object({ id: z.string(), sentence: z.string() })),
    limits: z.object({
      version: count,
      centre: figure,
      sigma: figure,
      subgroups: count,
      from: z.enum(['recorded', 'plan', 'typed', 'baseline']),
    }),
    points: count.describe('Subgroups in the period.'),
    excluded: count.describe('Points left out because people have excluded them.'),
    recorded: z.object({ signals: count }),
    replayed: z.object({ signals: count, calls: count.describe('Alarms that people would get.') }),
    kept: count,
    gained: signals,
    lost: signals,
    alarms: z.array(ReplayAlarm),
    summary: z.object({
      caught: count,
      missed: count,
      sooner: count,
      later: count,
      falseAvoided: count,
      falseKept: count,
      unexplainedFound: count,
      unexplainedMissed: count,
    }),
    check: z
      .object({ points: count, equal: count })
      .describe('Recorded points since the plan is in force, and how many of them it gives again to the last bit.'),
    isCut: z.boolean().describe('Older values exist than were read.'),
  })
  .meta({ id: 'Replay' });
