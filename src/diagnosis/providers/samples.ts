// Samples of the last 30 days: received, expected, valid, in time, joined to an order.
import { clip, seconds, subtract } from '../calendar.ts';
import type { Evidence } from '../level.ts';
import { counted, type Records, tagsOf } from '../records.ts';

/**
 * Most devices send by event, so that no interval says how many samples to expect. Expected are those received, those known to
 * be missing, and for the planned time lost in gaps as many as the same characteristic gave in the planned time it had. A
 * characteristic that gave nothing at all is expected to fill its subgroups, where they go by the clock.
 */
export function samplesEvidence(records: Records): Evidence {
  const { source, streams, month, planned, outages, monthMs, nowMs } = records;
  const characteristicOf = new Map(streams.map((s) => [s.id, s.characteristic]));
  const tallies = month.filter((tally) => characteristicOf.has(tally.series));
  const total = (of: (tally: (typeof tallies)[number]) => number): number => tallies.reduce((sum, t) => sum + of(t), 0);
  const received = total((t) => t.good + t.uncertain + t.bad);
  const plannedSeconds = seconds(planned);
  let lost = outages.missing;
  for (const plan of source.plan.characteristics) {
    const mine = tallies.filter((t) => characteristicOf.get(t.series) === plan.id);
    const got = mine.reduce((sum, t) => sum + t.good + t.uncertain + t.bad, 0);
    const gaps = clip(outages.lostFor(tagsOf(plan)[0] ?? ''), monthMs, nowMs);
    const covered = seconds(subtract(planned, gaps));
    if (got > 0 && covered > 0) lost += (got * (plannedSeconds - covered)) / covered;
    else if (got === 0 && plan.subgroup.every_s !== undefined)
      lost += (plannedSeconds / plan.subgroup.every_s) * plan.subgroup.size;
  }
  const item = (value: number | null, from: string) => counted(value, monthMs, nowMs, from);
  const evidence: Record<string, Evidence[string]> = {
    samples_received: item(received, 'measurements of all characteristics in the history'),
    samples_expected: item(Math.round(received + lost), 'received, and by gap events and shift calendar missing'),
    samples_valid: item(
      total((t) => t.good),
      'measurements of quality good: status, plausible range and time in order',
    ),
  };
  if (tallies.length > 0 && tallies.every((t) => t.late !== undefined))
    evidence.samples_on_time = item(
      received - total((t) => t.late ?? 0),
      'measurements within lateness_ms of their time',
    );
  if (tallies.length > 0 && tallies.every((t) => t.withOrderAndLot !== undefined)) {
    evidence.results_total = item(received, 'measurements of all characteristics in the history');
    evidence.results_with_order = item(
      total((t) => t.withOrderAndLot ?? 0),
      'measurements with context order and lot',
    );
  }
  return evidence;
}
