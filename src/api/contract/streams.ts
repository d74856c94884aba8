// Streams as they stand now, and what an engineer may change of them.
import * as z from 'zod';
import { AdapterAnswer } from './health.ts';
import { CharacteristicAnswer, RuleAnswer, SpecificationAnswer } from './plant.ts';
import { PointAnswer } from './points.ts';
import { count, figure, timeMs, words } from './vocabulary.ts';

export const LimitsAnswer = z
  .object({
    version: count.describe('0 = baseline running.'),
    centre: figure,
    sigma: figure.describe('Centre and sigma of the individual values.'),
    subgroups: count.describe('Subgroups of the baseline; 0 when typed.'),
  })
  .meta({ id: 'Limits' });

export const CapabilityAnswer = z
  .object({
    n: count,
    mean: figure,
    sigmaWithin: figure,
    sigmaOverall: figure,
    cp: figure,
    cpk: figure,
    cpkLower: figure,
    cpkUpper: figure,
    pp: figure,
    ppk: figure,
    ppkLower: figure,
    ppkUpper: figure,
    expectedPpmWithin: figure.describe('Parts per million out of specification by the normal distribution.'),
    expectedPpmOverall: figure,
    observedPpm: figure.describe('Parts per million out of specification as counted.'),
    percentiles: z
      .object({ p0135: figure, p50: figure, p99865: figure, rankError: figure })
      .describe('Percentiles as seen; rankError is the largest error of the outer ones as a share of all values.'),
    target: figure.describe('What the lower end of the interval of Ppk must reach; by class or customer.'),
    verdict: z.enum(['capable', 'not_capable', 'unproven', 'not_entitled']),
    withheld: z
      .enum(['too_few', 'unstable', 'no_spec', 'no_limits', 'gauge_unfit', 'gauge_unknown'])
      .nullable()
      .describe('Why the figure may not be quoted.'),
  })
  .meta({ id: 'Capability' });

/** One stream as the overview shows it. */
export const StreamAnswer = z
  .object({
    id: z.string(),
    characteristic: z.string(),
    part: z.string(),
    split: z.string(),
    name: words,
    unit: z.string(),
    class: z.enum(['critical', 'significant', 'standard']),
    line: z.string(),
    station: z.string(),
    kind: z.enum(['variable', 'attribute']),
    chart: z.string(),
    spec: SpecificationAnswer.describe('Specification for the part of this stream.'),
    limits: LimitsAnswer,
    capability: CapabilityAnswer,
    lastValue: figure,
    lastQuality: z.number().int(),
    lastTimeMs: timeMs.nullable(),
    lastPoints: z.array(PointAnswer).describe('Newest point of each lane.'),
    baseline: z.object({ done: count, of: count }).nullable(),
    openAlarms: z.array(z.string()),
    expectedMs: figure,
    staleAfterMs: figure.describe(
      'Time after lastTimeMs from which this stream counts as stale: twice expectedMs, at least 20 s.',
    ),
  })
  .meta({ id: 'Stream' });

export const StreamsAnswer = z.object({ nowMs: timeMs, streams: z.array(StreamAnswer) }).meta({ id: 'Streams' });

export const StreamDetailAnswer = z
  .object({
    nowMs: timeMs,
    stream: StreamAnswer,
    characteristic: CharacteristicAnswer,
    rules: z.array(RuleAnswer),
    adapter: AdapterAnswer.nullable().describe('The adapter its values come from.'),
  })
  .meta({ id: 'StreamDetail' });

export const LimitsBody = z.strictObject({
  centre: z.number().describe('Centre of the individual values, in the unit of the characteristic.'),
  sigma: z.number().positive().describe('Sigma of the individual values.'),
  reason: z.string().trim().min(1).max(1000).describe('Why; kept with the version.'),
});

export const ExcludeBody = z.strictObject({
  point: z
    .string()
    .regex(/^\d{1,16}\.\d{1,9}$/)
    .describe('Point id.'),
  reason: z.string().trim().min(1).max(1000),
});

export const SubmittedAnswer = z
  .object({ seq: count.describe('Position in the journal; durable and applied.') })
  .meta({ id: 'Submitted' });
