// Alarms, what people do with them, events, and the live push.
import * as z from 'zod';
import { PointAnswer } from './points.ts';
import { count, figure, from, limit, timeMs, words } from './vocabulary.ts';

export const AlarmAnswer = z
  .object({
    id: z.string(),
    seq: count,
    kind: z.enum(['signal', 'missing_sample', 'link', 'collection']),
    stream: z.string().nullable().describe('Series concerned; null for an adapter as a whole.'),
    adapter: z.string(),
    class: z.enum(['critical', 'significant', 'standard']),
    state: z.enum(['unacknowledged', 'acknowledged', 'returned_unacknowledged', 'shelved', 'closed']),
    raisedMs: timeMs,
    lastMs: timeMs,
    acknowledgedMs: timeMs.nullable(),
    acknowledgedBy: z.string(),
    closedMs: timeMs.nullable(),
    cause: z.string(),
    comment: z.string(),
    rules: z.array(z.string()),
    falsePerPoint: figure.describe(
      'How rare its rarest signal is: new false events a point of that rule alone, in control. 0 = no signal but a fact; null = not known.',
    ),
    lane: z.number().int(),
    events: count.describe('Events folded into this alarm.'),
    text: words,
  })
  .meta({ id: 'Alarm' });

const flag = z.enum(['true', 'false']);

export const AlarmQueryParams = z.object({
  open: flag.optional().describe('true: only alarms that are not closed; false: only closed ones.'),
  stream: z.string().max(500).optional(),
  from: from.optional(),
  to: from.optional(),
  limit,
});

export const AlarmsAnswer = z.object({ nowMs: timeMs, alarms: z.array(AlarmAnswer) }).meta({ id: 'Alarms' });

const commandId = z
  .string()
  .regex(/^[\w.:-]{1,100}$/)
  .describe('Id given by the sender (such as a UUID): a repeat changes nothing.');
const text = z.string().trim().max(2000);

export const AlarmParams = z.object({ id: z.string().min(1).max(100) });
export const AcknowledgeBody = z.strictObject({ commandId, text: text.optional() });
export const CauseBody = z.strictObject({
  commandId,
  cause: z.string().trim().min(1).max(200).describe('The cause found, or the words for none found.'),
  text: text.optional(),
});
export const CommentBody = z.strictObject({ commandId, text: text.min(1) });
export const ShelveBody = z.strictObject({
  commandId,
  untilMs: z.number().int().positive().describe('The alarm comes back at this time.'),
  text: text.optional(),
});
export const UnshelveBody = z.strictObject({ commandId, text: text.optional() });
export const CloseBody = z.strictObject({ commandId, text: text.optional() });

/** `alarm` as it stands after the command. */
export const CommandAnswer = z.object({ seq: count, alarm: AlarmAnswer }).meta({ id: 'CommandDone' });

export const EventAnswer = z
  .object({
    id: z.string(),
    seq: count,
    kind: z.enum([
      'signal',
      'quality',
      'gap',
      'link',
      'command',
      'limits',
      'config',
      'exclude',
      'revision',
      'prediction',
      'finding',
      'restart',
    ]),
    timeMs,
    stream: z.string().nullable(),
    adapter: z.string(),
    text: words,
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'Event' });

export const EventQueryParams = z.object({
  kind: EventAnswer.shape.kind.optional(),
  stream: z.string().max(500).optional(),
  from: from.optional(),
  to: from.optional(),
  after: z.coerce.number().int().nonnegative().optional().describe('Only events after this seq.'),
  limit,
});

export const EventsAnswer = z.object({ nowMs: timeMs, events: z.array(EventAnswer) }).meta({ id: 'Events' });

/**
 * Data of the SSE messages; the name of the SSE event is `type`, its id is `seq`.
 * `resync`: what was missed is no longer at hand; fetch everything again, then go on with this stream.
 */
export const LiveAnswer = z
  .discriminatedUnion('type', [
    z.object({
      type: z.literal('point'),
      seq: count,
      stream: z.string(),
      point: PointAnswer,
      skipped: count
        .optional()
        .describe('Points of this stream that were left out just before this one; a chart fetches them.'),
    }),
    z.object({ type: z.literal('event'), seq: count, event: EventAnswer }),
    z.object({ type: z.literal('alarm'), seq: count, alarm: AlarmAnswer }),
    z.object({ type: z.literal('resync'), seq: count }),
  ])
  .meta({ id: 'LiveMessage' });
