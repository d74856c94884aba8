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

export const WarningAnswer = z
  .object({
    code: z
      .enum(['disk_failed', 'values_dropped'])
      .describe('disk_failed: not ready until acknowledged or started anew; values_dropped: never reached InfluxDB.'),
    text: z.string(),
    sinceMs: timeMs.nullable(),
  })
  .meta({ id: 'Warning' });

export const WarningsAnswer = z.object({ warnings: z.array(WarningAnswer) }).meta({ id: 'Warnings' });

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
    warnings: z.array(WarningAnswer).describe('What a person must act on, or know, although collection goes on.'),
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
