// The diagnosis of a running plant: its own records as evidence.
import type { Diagnosis } from '../api/plant.ts';
import { diagnose } from '../diagnosis/diagnose.ts';
import type { RunningPlant } from './plant.ts';
import type { Reader } from './reader.ts';

/** Diagnoses the plant as it stands; nothing before its first measurement counts for or against it. */
export async function diagnosePlant(running: RunningPlant, reader: Reader): Promise<Diagnosis> {
  const { plant } = running;
  const nowMs = Date.now();
  const everything = await reader.tallies(0, nowMs);
  const observedFromMs = everything.reduce((first, tally) => Math.min(first, tally.firstMs), nowMs);
  return diagnose({
    nowMs,
    observedFromMs,
    plan: plant.plan,
    streams: () => plant.streams(),
    alarms: (query) => plant.alarms(query),
    events: (query) => plant.events(query),
    tallies: (fromMs, toMs) => reader.tallies(fromMs, toMs),
  });
}
