// Health of the plant and answers to posted measurements.
import * as z from 'zod';
import { count, timeMs } from './vocabulary.ts';

export const AdapterErrorAnswer = z.object({ code: z.string(), message: z.string(), hint: z.string() });

export const AdapterAnswer = z
  .object({
    id: z.string(),
    use: z.string(),
    state: z.enum(['starting', 'connected', 'waiting', 'failed', 'stopped']),
    detail: z.string(),
    sinceMs: timeMs,
    lastValueMs: timeMs.nullable(),
    received: count,
    accepted: count,
    duplicate: count,
    refused: count,
    gapSeconds: z.number(),
    restarts: count,
    lastError: AdapterErrorAnswer.nullable(),
  })
  .meta({ id: 'Adapter' });

export const HealthAnswer = z
  .object({
    nowMs: timeMs,
    startedMs: timeMs,
    ready: z.boolean(),
    notReadyBecause: z.string().nullable(),
    adapters: z.array(AdapterAnswer),
    journal: z.object({ firstSeq: count, lastSeq: count, bytes: count, damage: z.array(z.string()) }),
    history: z.object({
      use: z.string(),
      cursor: count,
      lagMs: z.number(),
      backlog: z.number(),
      lastError: z.string().nullable(),
    }),
    balance: z
      .object({
        received: count,
        accepted: count,
        duplicate: count,
        refused: count,
        stored: count,
        waiting: count,
        quarantined: count,
        lost: count,
      })
      .describe('received = accepted + duplicate + refused; accepted = stored + waiting + quarantined + lost.'),
    eventsByKind: z.record(z.string(), count),
    pointsTotal: count,
    eventHash: z.string(),
    liveClients: count,
  })
  .meta({ id: 'Health' });

export const ProbeAnswer = z.object({ status: z.enum(['ok', 'not_ready']), because: z.string().nullable() }).meta({
  id: 'Probe',
});

export const AdapterParams = z.object({ adapter: z.string().min(1).max(200) });

/** Answered by the adapter itself. */
export const DeliveryAnswer = z
  .object({
    accepted: count,
    duplicates: count,
    rejected: z.array(z.object({ index: count, code: z.string() })),
  })
  .partial()
  .loose()
  .meta({ id: 'DeliveryReply' });
