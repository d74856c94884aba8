// The engine's answer before it has one.
import type { LanePoint } from './stream.ts';

/** A lane without a point yet, to be filled in place. */
export function emptyLane(lane: number): LanePoint {
  const none = Number.NaN;
  return {
    lane,
    statistic: '',
    value: none,
    centre: none,
    lower: none,
    upper: none,
    z: none,
    n: none,
    holds: 0,
    rises: 0,
    downward: 0,
    ruleIds: [],
    limitsVersion: 0,
    status: 'no_value',
    breakBefore: false,
  };
}
