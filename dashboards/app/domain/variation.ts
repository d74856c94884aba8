// What a stream's newest points and its capability say, in one glyph and one letter.
import type { AlarmJson, StreamJson } from '../../../src/api/contract.ts';

/** Variation: what the chart says now. */
export type Variation = 'common' | 'up' | 'down' | 'wider' | 'narrower' | 'few' | 'late';
/** Assurance: does the process meet its specification. */
export type Assurance = 'P' | '?' | 'F' | '–';

export const GLYPH: Readonly<Record<Variation, string>> = {
  common: '~',
  up: '↑',
  down: '↓',
  wider: '⇕',
  narrower: '⇔',
  few: '…',
  late: '!',
};

/** Lower bound the 95 % interval of Ppk has to reach. */
export const PPK_TARGET = 1.33;

/** True when no value came for twice the expected time. */
export function isLate(stream: StreamJson, nowMs: number): boolean {
  if (stream.lastTimeMs === null || stream.staleAfterMs === null) return false;
  return nowMs - stream.lastTimeMs > stream.staleAfterMs;
}

/** The state of the newest points; lateness first, because an old state is no state. */
export function variationOf(stream: StreamJson, nowMs: number): Variation {
  if (isLate(stream, nowMs)) return 'late';
  const [location, ...others] = stream.lastPoints;
  if (stream.limits.version === 0 || location === undefined) return 'few';
  const spread = others.find((point) => point.rules.length > 0);
  if (spread !== undefined) return (spread.value ?? 0) < (spread.centre ?? 0) ? 'narrower' : 'wider';
  if (location.rules.length === 0) return 'common';
  return (location.value ?? 0) < (location.centre ?? 0) ? 'down' : 'up';
}

/** The verdict on capability. Too few values widen the interval: that is `?`, not an error. */
export function assuranceOf(stream: StreamJson): Assurance {
  const { withheld, ppkLower, ppkUpper } = stream.capability;
  if (withheld === 'no_spec' || withheld === 'unstable' || withheld === 'no_limits') return '–';
  if (withheld === 'too_few') return '?';
  if (ppkLower === null || ppkUpper === null) return '–';
  if (ppkLower >= PPK_TARGET) return 'P';
  return ppkUpper < PPK_TARGET ? 'F' : '?';
}

/** True for the three states a person should look into. */
export function isSignal(variation: Variation): boolean {
  return variation === 'up' || variation === 'down' || variation === 'wider';
}

const VARIATION_RANK: Readonly<Record<Variation, number>> = {
  wider: 6,
  up: 5,
  down: 5,
  late: 4,
  narrower: 2,
  few: 1,
  common: 0,
};
const ASSURANCE_RANK: Readonly<Record<Assurance, number>> = { F: 0.9, '?': 0.5, '–': 0.3, P: 0 };
const CLASS_RANK = { critical: 0.09, significant: 0.05, standard: 0 } as const;

/** Larger is worse: signals, then lateness, then capability, then class. */
export function urgency(stream: StreamJson, nowMs: number): number {
  const hasAlarm = stream.openAlarms.length > 0 ? 3 : 0;
  const variation = Math.max(VARIATION_RANK[variationOf(stream, nowMs)], hasAlarm);
  return variation + ASSURANCE_RANK[assuranceOf(stream)] + CLASS_RANK[stream.class];
}

const STATE_RANK = { unacknowledged: 0, returned_unacknowledged: 1, acknowledged: 2, shelved: 3, closed: 4 } as const;
const ALARM_CLASS_RANK = { critical: 0, significant: 1, standard: 2 } as const;

/** Unacknowledged first, then by class, then newest first. */
export function alarmOrder(a: AlarmJson, b: AlarmJson): number {
  return (
    STATE_RANK[a.state] - STATE_RANK[b.state] ||
    ALARM_CLASS_RANK[a.class] - ALARM_CLASS_RANK[b.class] ||
    b.raisedMs - a.raisedMs ||
    (a.id < b.id ? -1 : 1)
  );
}
