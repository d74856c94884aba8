// What a stream's newest points and its capability say, in one glyph and one letter.
import type { AlarmJson, StreamJson } from '../../../src/api/contract.ts';

/** Variation: what the chart says now. `idle`: its part is not being made, so nothing is due. */
export type Variation = 'common' | 'up' | 'down' | 'wider' | 'narrower' | 'few' | 'late' | 'idle';
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
  idle: '‖',
};

const LETTER: Readonly<Record<StreamJson['capability']['verdict'], Assurance>> = {
  capable: 'P',
  unproven: '?',
  not_capable: 'F',
  not_entitled: '–',
};

/** True when no value came for twice the expected time. */
function isOverdue(stream: StreamJson, nowMs: number): boolean {
  if (stream.lastTimeMs === null || stream.staleAfterMs === null) return false;
  return nowMs - stream.lastTimeMs > stream.staleAfterMs;
}

/** A line whose newest value of one part is so much older than of another has changed over. */
const CHANGED_OVER_MS = 60_000;

/**
 * Ids of the streams whose part is not being made now: another part of the same characteristic and split is newer, and this
 * one is overdue or its line has gone over to other parts. The newest part is never idle: when it is overdue, it is late.
 */
export function idleStreams(streams: readonly StreamJson[], nowMs: number): ReadonlySet<string> {
  const newest = new Map<string, number>();
  const take = (key: string, timeMs: number): void => {
    newest.set(key, Math.max(newest.get(key) ?? 0, timeMs));
  };
  for (const stream of streams) {
    take(JSON.stringify([stream.characteristic, stream.split]), stream.lastTimeMs ?? 0);
    take(JSON.stringify([stream.line]), stream.lastTimeMs ?? 0);
    take(JSON.stringify([stream.line, 'part', stream.part]), stream.lastTimeMs ?? 0);
  }
  const at = (...key: readonly string[]): number => newest.get(JSON.stringify(key)) ?? 0;
  const idle = streams.filter((stream) => {
    if (at(stream.characteristic, stream.split) <= (stream.lastTimeMs ?? 0)) return false;
    const behindMs = at(stream.line) - at(stream.line, 'part', stream.part);
    return isOverdue(stream, nowMs) || behindMs > CHANGED_OVER_MS;
  });
  return new Set(idle.map((stream) => stream.id));
}

/** The state of the newest points; idle and late first, because an old state is no state. */
export function variationOf(stream: StreamJson, nowMs: number, isIdle = false): Variation {
  if (isIdle) return 'idle';
  if (isOverdue(stream, nowMs)) return 'late';
  const [location, ...others] = stream.lastPoints;
  if (stream.limits.version === 0 || location === undefined) return 'few';
  const spread = others.find((point) => point.rules.length > 0);
  if (spread !== undefined) return (spread.value ?? 0) < (spread.centre ?? 0) ? 'narrower' : 'wider';
  if (location.rules.length === 0) return 'common';
  return (location.value ?? 0) < (location.centre ?? 0) ? 'down' : 'up';
}

/** The verdict on capability. Too few values widen the interval: that is `?`, not an error. */
export function assuranceOf({ capability: { verdict, withheld } }: StreamJson): Assurance {
  if (withheld === 'too_few') return '?';
  return LETTER[verdict];
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
  idle: -1,
};
const ASSURANCE_RANK: Readonly<Record<Assurance, number>> = { F: 0.9, '?': 0.5, '–': 0.3, P: 0 };
const CLASS_RANK = { critical: 0.09, significant: 0.05, standard: 0 } as const;

/** Larger is worse: signals, then lateness, then capability, then class; what is not made comes last. */
export function urgency(stream: StreamJson, variation: Variation): number {
  const rank = VARIATION_RANK[variation];
  return (
    (stream.openAlarms.length > 0 ? Math.max(rank, 3) : rank) +
    ASSURANCE_RANK[assuranceOf(stream)] +
    CLASS_RANK[stream.class]
  );
}

const STATE_RANK = { unacknowledged: 0, returned_unacknowledged: 0, acknowledged: 1, shelved: 2, closed: 3 } as const;
const ALARM_CLASS_RANK = { critical: 0, significant: 1, standard: 2 } as const;

/** What still wants a person first, then by class, then the rarer signal (the less likely false one), then what goes on before what has returned, then newest first. */
export function alarmOrder(a: AlarmJson, b: AlarmJson): number {
  return (
    STATE_RANK[a.state] - STATE_RANK[b.state] ||
    ALARM_CLASS_RANK[a.class] - ALARM_CLASS_RANK[b.class] ||
    rarity(a) - rarity(b) ||
    Number(a.state === 'returned_unacknowledged') - Number(b.state === 'returned_unacknowledged') ||
    b.raisedMs - a.raisedMs ||
    (a.id < b.id ? -1 : 1)
  );
}

/** A signal whose price is not known comes after those that are known to be rare. */
function rarity({ falsePerPoint }: AlarmJson): number {
  return falsePerPoint ?? 1;
}
