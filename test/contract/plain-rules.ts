// What a run rule means, written down as plainly as possible: the oracle of the rule kernel.
import type { Rule } from '../../src/spc/rule.ts';

/** One point: its z and its statistic (trends look at the statistic). */
export interface PlainPoint {
  readonly z: number;
  readonly x: number;
}

/**
 * Whether the rule holds at the last of `points`, all of them since the last restart.
 *
 * @param shortHistories a window that is not full counts too
 */
export function plainlyHolds(rule: Rule, points: readonly PlainPoint[], shortHistories = false): boolean {
  const window = points.slice(-rule.n);
  if ('sigma' in rule) {
    if (window.length < rule.n && !shortHistories) return false;
    return zoneHolds(
      rule,
      window.map((point) => point.z),
    );
  }
  if (window.length < rule.n) return false;
  const signs = window.slice(1).map((point, i) => (point.x > window[i]!.x ? 1 : point.x < window[i]!.x ? -1 : 0));
  if (rule.zone === 'trending') return signs.every((sign) => sign === 1) || signs.every((sign) => sign === -1);
  return signs.every((sign) => sign !== 0) && signs.slice(1).every((sign, i) => sign !== signs[i]);
}

function zoneHolds(rule: Extract<Rule, { sigma: number }>, window: readonly number[]): boolean {
  const counts = window.filter((z) => isWanted(rule, z));
  const newest = window.at(-1)!;
  if (!isWanted(rule, newest)) return false;
  const above = counts.filter((z) => z > 0).length;
  const below = counts.filter((z) => z < 0).length;
  if (rule.sides === 'one') return (newest > 0 && above >= rule.k) || (newest < 0 && below >= rule.k);
  if (rule.sides === 'both') return counts.length >= rule.k && above > 0 && below > 0;
  return counts.length >= rule.k;
}

function isWanted(rule: Extract<Rule, { sigma: number }>, z: number): boolean {
  if (rule.zone === 'above') return z > rule.sigma;
  if (rule.zone === 'below') return -z > rule.sigma;
  const isBeyond = Math.abs(z) > rule.sigma;
  return rule.zone === 'beyond' ? isBeyond : !isBeyond;
}
