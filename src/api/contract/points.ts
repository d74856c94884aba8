// Points, measurements and the histogram of one stream.
import * as z from 'zod';
import { SpecificationAnswer } from './plant.ts';
import { context, count, figure, from, timeMs } from './vocabulary.ts';

export const PointAnswer = z
  .object({
    id: z.string().describe('<seq>.<ordinal>. The lanes of one subgroup share seq and timeMs and follow each other.'),
    seq: count,
    lane: count.describe('0 = location, 1 = spread …'),
    statistic: z.string().describe('x, mr, mean, range, s, p, u, ewma.'),
    timeMs,
    value: figure,
    centre: figure,
    lower: figure,
    upper: figure,
    z: figure,
    n: z.number(),
    rules: z.array(z.string()).describe('Rules that hold at this point; not empty = a signal.'),
    limitsVersion: count,
    status: z.enum(['judged', 'baseline', 'no_value', 'excluded']),
    breakBefore: z.boolean().describe('The line breaks before this point.'),
    context,
  })
  .meta({ id: 'Point' });

const max = z.coerce.number().int().min(10).max(20_000).default(2000);

/** `from` and `to` are half-open, ms since 1970; without `to` everything up to now, without `from` the newest rows. */
export const RangeQueryParams = z.object({
  from: from.optional().describe('First ms wanted; default: as far back as `max` reaches.'),
  to: from.optional().describe('First ms not wanted; default: now included.'),
  max: max.describe(
    'Subgroups (or measurements) wanted at most: without `from` the newest, else an envelope; it keeps every signal, gap and bad value.',
  ),
});

export const StreamParams = z.object({ id: z.string().min(1).max(500).describe('Stream id, URL-encoded.') });

/**
 * `thinned`: between two kept signals only the lowest and the highest of each stretch remain (an envelope, in order).
 * Points with rules, without a value, excluded, before a break, and the first and last are always kept, whatever `max` is.
 */
export const PointsAnswer = z
  .object({
    stream: z.string(),
    total: count.describe('Points in the range, before thinning; without `from` of the newest `max` subgroups.'),
    thinned: z.boolean(),
    truncated: z.boolean().describe('The range holds more points than one answer reads; the newest were taken.'),
    points: z.array(PointAnswer),
  })
  .meta({ id: 'Points' });

export const MeasurementAnswer = z
  .object({
    id: z.string(),
    timeMs: timeMs.describe('Source time, ms, rounded down.'),
    timeNs: z.string().describe('Source time, ns, exact.'),
    value: figure,
    size: figure,
    quality: z.number().int().describe('0 good, 1 uncertain, 2 bad.'),
    reason: z.string().nullable(),
    text: z.string().nullable(),
    context,
  })
  .meta({ id: 'Measurement' });

export const MeasurementsAnswer = z
  .object({
    stream: z.string(),
    total: count,
    thinned: z.boolean(),
    truncated: z.boolean(),
    measurements: z.array(MeasurementAnswer),
  })
  .meta({ id: 'Measurements' });

export const HistogramQueryParams = z.object({
  from: from.optional(),
  to: from.optional(),
  max: z.coerce
    .number()
    .int()
    .min(10)
    .max(100_000)
    .default(10_000)
    .describe('Newest good values that are counted, at most.'),
});

export const HistogramAnswer = z
  .object({
    stream: z.string(),
    unit: z.string(),
    n: count,
    fromMs: timeMs.nullable(),
    toMs: timeMs.nullable(),
    mean: figure,
    sigmaWithin: figure.describe('Short-term sigma from the chart.'),
    sigmaOverall: figure.describe('Sigma of the counted values.'),
    resolution: figure.describe('Smallest step found in the values; edges lie halfway between steps.'),
    width: figure.describe('Width of a bin.'),
    bins: z.array(z.object({ from: z.number(), to: z.number(), count })),
    fits: z
      .array(z.object({ name: z.enum(['within', 'overall']), mean: z.number(), sigma: z.number() }))
      .describe('Normal curves: height at x = n · width · density(x; mean, sigma).'),
    spec: SpecificationAnswer,
    belowSpec: count,
    aboveSpec: count,
  })
  .meta({ id: 'Histogram' });
