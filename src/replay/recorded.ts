// What stands in the records of a stream: its signals as the points tell them, and the limits by version.
import type { RulePlan } from '../config/plan.ts';
import type { EventRow } from '../history/history.ts';
import type { LimitsInForce } from '../spc/stream.ts';
import type { RecordedSubgroup, ReplaySource } from './source.ts';

/** The rule of a lane that has none of its own. */
export const LIMIT_SENTENCE = '1 of 1 beyond 3 sigma';

/** A rule that began to hold at a point. */
export interface Signal {
  readonly timeMs: number;
  readonly lane: number;
  readonly statistic: string;
  readonly rule: string;
  /** The rule as it was worded then. */
  readonly sentence: string;
  readonly value: number;
  readonly z: number;
}

/** Signals that stand: those of points that no revision has superseded, found by where a rule begins to hold. */
export function standingSignals(recorded: readonly RecordedSubgroup[], source: ReplaySource): Signal[] {
  const worded = new Map<string, string>();
  for (const { kind, timeMs, data } of source.events)
    if (kind === 'signal') worded.set(`${timeMs} ${data.lane} ${data.rule}`, String(data.sentence));
  const before: ReadonlySet<string>[] = [];
  const signals: Signal[] = [];
  for (const { timeMs, lanes } of recorded)
    for (const point of lanes) {
      if (point.breakBefore || point.limitsVersion === 0) before[point.lane] = new Set();
      if (point.status === 'no_value' || Number.isNaN(point.value)) continue;
      for (const rule of point.rules) {
        if (before[point.lane]?.has(rule) === true) continue;
        const { lane, statistic, value, z } = point;
        const sentence = worded.get(`${timeMs} ${lane} ${rule}`) ?? sentenceOf(source.characteristic.rules, rule);
        signals.push({ timeMs, lane, statistic, rule, sentence, value, z });
      }
      before[point.lane] = new Set(point.rules);
    }
  return signals;
}

/** The sentence of a rule id; lanes without run rules know only their limits. */
export function sentenceOf(rules: readonly RulePlan[], id: string): string {
  return rules.find((rule) => rule.id === id)?.sentence ?? LIMIT_SENTENCE;
}

/** Limits by version, as their events tell; those typed in the plan have no event. */
export function limitsByVersion(source: ReplaySource): ReadonlyMap<number, LimitsInForce> {
  const known = new Map<number, LimitsInForce>();
  for (const { kind, data } of source.events) {
    if (kind !== 'limits') continue;
    // Written by the plant machine from LimitsInForce.
    const { version, centre, sigma, subgroups = 0, parameters } = data as unknown as LimitsInForce;
    if (!Number.isFinite(centre) || !Number.isFinite(sigma)) continue;
    known.set(version, { version, centre, sigma, subgroups, ...(parameters === undefined ? {} : { parameters }) });
  }
  return known;
}

/** Seq of the newest configuration that changed this characteristic: points of earlier entries were judged by another plan. */
export function plannedSince(events: readonly EventRow[], characteristic: string): number {
  let seq = 0;
  for (const event of events) {
    const { changed } = event.data;
    if (event.kind === 'config' && Array.isArray(changed) && changed.includes(characteristic))
      seq = Math.max(seq, event.seq);
  }
  return seq;
}
