// Rule sets, what rules cost, and the plant's budget of false alarms.
import * as z from 'zod';
import { RuleAnswer } from './plant.ts';
import { count, figure } from './vocabulary.ts';

const interval = z.object({ lower: figure, upper: figure });
const perDay = figure.describe('False alarms a day; null while the points a day are not known.');

export const PriceAnswer = z
  .object({
    chart: z.string().nullable().describe('Chart priced; null for rules alone.'),
    rules: z.array(RuleAnswer).describe('Rules priced; none for a chart that only its own limits judge.'),
    method: z.enum(['exact', 'simulated']),
    isNormal: z.boolean().describe('False: counts and other distributions, priced as if their points were normal.'),
    arl0: figure.describe('Mean number of points to the first false alarm while the process is in control.'),
    interval: interval.nullable().describe('99 % interval of arl0 where it was simulated.'),
    range: interval
      .extend({ mean: figure, subgroups: count })
      .nullable()
      .describe('Where arl0 lies for 9 of 10 streams whose limits were learnt from as many subgroups as here.'),
    median: figure.describe('Points by which half of all charts in control have signalled.'),
    arlBySigma: z
      .object({ '0.5': figure, '1': figure, '1.5': figure, '2': figure, '3': figure })
      .describe('Mean number of points to the signal when the mean has moved by so many sigma of the plotted points.'),
    newEventsPerPoint: figure.describe('Long-run rate of new false events, each rule raising its own.'),
    otherLanesPerPoint: figure.describe('The same of the lanes beside the location; null where they have no price.'),
    pointsPerDay: figure.describe('Points a day as seen, over planned hours; null for rules alone or too few points.'),
    falseAlarmsPerDay: perDay.describe('False events a day of all lanes of this stream.'),
    daysBetween: figure.describe('Days between two false events here.'),
  })
  .meta({ id: 'Price' });

export const PriceQueryParams = z.object({
  stream: z.string().max(500).optional().describe('Stream whose chart and rules are priced, at its own points a day.'),
  rules: z
    .string()
    .max(4000)
    .optional()
    .describe('Name of a rule set, or sentences with ; between them. With a stream: instead of its own rules.')
    .meta({ examples: ['standard', '1 of 1 beyond 3 sigma'] }),
});

/** `price` is null for a stream whose chart has none: several variables, run charts. */
export const StreamPriceAnswer = z
  .object({ stream: z.string().nullable(), price: PriceAnswer.nullable() })
  .meta({ id: 'StreamPrice' });

export const RuleSetsAnswer = z
  .object({ sets: z.array(z.object({ id: z.string(), rules: z.array(RuleAnswer), price: PriceAnswer })) })
  .meta({ id: 'RuleSets' });

const byClass = <T extends z.ZodType>(of: T) => z.object({ critical: of, significant: of, standard: of });

export const BudgetAnswer = z
  .object({
    budget: figure.describe('false_alarms_per_day of the configuration; null where there is none.'),
    perDay: z.number().describe('False events a day that the plan in force costs, second lanes included.'),
    byClass: byClass(z.number()),
    unknown: count.describe('Streams without a price: no points yet, or a chart that has none.'),
    isApproximate: z.boolean().describe('Some streams are priced as if normal, or without one of their lanes.'),
    dearest: z
      .array(z.object({ stream: z.string(), pointsPerDay: figure, perDay: figure }))
      .describe('Streams that cost most.'),
    proposals: z
      .array(
        z.object({
          by: z.enum(['sets', 'width']),
          classes: byClass(
            z
              .object({
                set: z.string().nullable(),
                sigma: figure,
                rules: z.array(z.object({ id: z.string(), sentence: z.string() })),
              })
              .nullable(),
          ).describe('Rules a class would have; null = as they are.'),
          perDay: z.number(),
          fits: z.boolean(),
        }),
      )
      .describe('Rules that would keep the budget; none when it is kept. Proposals only.'),
  })
  .meta({ id: 'Budget' });
