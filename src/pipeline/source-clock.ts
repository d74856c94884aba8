// A source whose clock is far ahead: one such time would make everything after it late for its chart.
import { type Batch, UNCERTAIN } from '../measurement.ts';

/** No time zone and no summer time explains more, ms. */
const MOST_AHEAD_MS = 24 * 3600_000;

/**
 * The batch with the time of receipt in rows whose own time is more than a day ahead of it; such rows are uncertain, with the
 * reason `clock_ahead`, and keep their identity by what the source had said.
 *
 * @returns the batch itself when no row is concerned
 */
export function checkClock(batch: Batch): { readonly batch: Batch; readonly ahead: number } {
  const lastNs = BigInt(Math.round(batch.receivedMs + MOST_AHEAD_MS)) * 1_000_000n;
  const rows: number[] = [];
  for (let i = 0; i < batch.length; i++) if ((batch.sourceTimeNs[i] ?? 0n) > lastNs) rows.push(i);
  if (rows.length === 0) return { batch, ahead: 0 };
  const receivedNs = BigInt(Math.round(batch.receivedMs)) * 1_000_000n;
  const sourceTimeNs = batch.sourceTimeNs.slice();
  const quality = batch.quality.slice();
  const reason = [...batch.reason];
  const sourceId = [...batch.sourceId];
  for (const i of rows) {
    sourceId[i] ??= `at ${batch.sourceTimeNs[i]} ${batch.text[i] ?? batch.value[i]}`;
    sourceTimeNs[i] = receivedNs;
    quality[i] = Math.max(quality[i] ?? UNCERTAIN, UNCERTAIN);
    reason[i] ??= 'clock_ahead';
  }
  return {
    ahead: rows.length,
    batch: {
      ...batch,
      sourceTimeNs,
      quality,
      reason,
      sourceId,
      ...(batch.ack === undefined ? {} : { ack: (receipt) => batch.ack?.(receipt) }),
      ...(batch.refuse === undefined ? {} : { refuse: (error) => batch.refuse?.(error) }),
    },
  };
}
