// What people found out about alarms, held against the signals of a replay.
import { CALM_SUBGROUPS } from '../alarm/alarms.ts';
import type { AlarmRow } from '../history/history.ts';
import type { ReplayedPoint } from './run.ts';

/** The cause written to alarms that were looked into without finding one: false alarms. */
export const FALSE_ALARM = 'none_found';
const FALSE_WORDS = /^(none_found|false[ _]alarm|오경보|원인 불명)$/i;

/** What a replay makes of one recorded alarm. */
export interface AlarmVerdict {
  readonly alarm: string;
  readonly raisedMs: number;
  readonly cause: string;
  readonly kind: 'known_cause' | 'false_alarm' | 'unexplained';
  readonly isFound: boolean;
  /** When the replay signals; null where it does not. */
  readonly foundMs: number | null;
  /** By how much sooner than the alarm, below 0 = later; null where it is not found. */
  readonly soonerMs: number | null;
  readonly soonerPoints: number | null;
}

/**
 * True for alarms that people have closed as false.
 *
 * @example
 * isFalseAlarm('none_found'); // => true
 */
export function isFalseAlarm(cause: string): boolean {
  return FALSE_WORDS.test(cause.trim());
}

/** Points with a signal that follow each other with fewer than CALM_SUBGROUPS calm ones between; indices into the points. */
interface Episode {
  readonly first: number;
  last: number;
}

/** How many alarms the signals of a run would make, each counted until it is calm. */
export function episodes(points: readonly ReplayedPoint[]): Episode[] {
  const found: Episode[] = [];
  let calm = CALM_SUBGROUPS;
  for (const [i, { isSignal, isJudged }] of points.entries()) {
    if (isSignal) {
      const open = found.at(-1);
      if (open === undefined || calm >= CALM_SUBGROUPS) found.push({ first: i, last: i });
      else open.last = i;
      calm = 0;
    } else if (isJudged) calm += 1;
  }
  return found;
}

/**
 * Holds each alarm against the replayed points: it is found when they signal while it lasted, which is until it was calm or the next one
 * was raised; a signal before it counts when it is still going on by then.
 *
 * @param alarms signal alarms of the stream, in the order they were raised
 */
export function judgeAlarms(alarms: readonly AlarmRow[], points: readonly ReplayedPoint[]): AlarmVerdict[] {
  const groups = episodes(points);
  const calmEnd = (index: number): number => calmAfter(points, index);
  let sinceMs = Number.NEGATIVE_INFINITY;
  return alarms.map((alarm, n) => {
    const next = alarms[n + 1]?.raisedMs ?? Number.POSITIVE_INFINITY;
    const untilMs = Math.max(alarm.lastMs, Math.min(calmEnd(indexAt(points, alarm.lastMs)), next - 1));
    const after = sinceMs;
    sinceMs = untilMs;
    const found = firstFound(groups, points, { raisedMs: alarm.raisedMs, untilMs, after, calmEnd });
    return verdict(alarm, found, points);
  });
}

interface Span {
  readonly raisedMs: number;
  readonly untilMs: number;
  readonly after: number;
  calmEnd(index: number): number;
}

function firstFound(
  groups: readonly Episode[],
  points: readonly ReplayedPoint[],
  { raisedMs, untilMs, after, calmEnd }: Span,
): number | undefined {
  for (const { first, last } of groups) {
    if (timeAt(points, first) > untilMs) return undefined;
    if (calmEnd(last) < raisedMs) continue;
    for (let i = first; i <= last; i++) {
      const timeMs = timeAt(points, i);
      if (points[i]?.isSignal === true && timeMs > after && timeMs <= untilMs) return i;
    }
  }
  return undefined;
}

function verdict(alarm: AlarmRow, found: number | undefined, points: readonly ReplayedPoint[]): AlarmVerdict {
  const { raisedMs, cause } = alarm;
  const kind = cause === '' ? 'unexplained' : isFalseAlarm(cause) ? 'false_alarm' : 'known_cause';
  const base = { alarm: alarm.id, raisedMs, cause, kind } as const;
  if (found === undefined) return { ...base, isFound: false, foundMs: null, soonerMs: null, soonerPoints: null };
  const foundMs = timeAt(points, found);
  return {
    ...base,
    isFound: true,
    foundMs,
    soonerMs: raisedMs - foundMs,
    soonerPoints: indexAt(points, raisedMs) - found,
  };
}

function timeAt(points: readonly ReplayedPoint[], index: number): number {
  return points[index]?.timeMs ?? Number.POSITIVE_INFINITY;
}

/** Index of the newest point up to a time; -1 where there is none. */
function indexAt(points: readonly ReplayedPoint[], timeMs: number): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (timeAt(points, middle) <= timeMs) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Time of the point at which an alarm whose newest signal is at `index` is calm; Infinity where the points end before. */
function calmAfter(points: readonly ReplayedPoint[], index: number): number {
  let calm = 0;
  for (let i = index + 1; i < points.length; i++) {
    const point = points[i];
    if (point?.isJudged === true) calm += 1;
    if (calm >= CALM_SUBGROUPS) return timeAt(points, i);
  }
  return Number.POSITIVE_INFINITY;
}
