// What a set of rules costs: points of a process in control between two false alarms. Known for the sets that were computed exactly.
import type { RuleJson } from '../../../src/api/contract.ts';

const BEYOND_3 = '1 of 1 beyond 3 sigma';
const NINE_ON_A_SIDE = '9 of 9 beyond 0 sigma on one side';
const NELSON = [
  BEYOND_3,
  NINE_ON_A_SIDE,
  '6 of 6 trending',
  '14 of 14 alternating',
  '2 of 3 beyond 2 sigma on one side',
  '4 of 5 beyond 1 sigma on one side',
  '15 of 15 within 1 sigma',
  '8 of 8 beyond 1 sigma on both sides',
];
/** Average run length in control, independent normal points, limits known (Markov chain after Champ & Woodall 1987, Technometrics 29, 393; docs/rules.md). */
const ARL: ReadonlyMap<string, string> = new Map([
  [keyOf([BEYOND_3]), '370'],
  [keyOf([BEYOND_3, NINE_ON_A_SIDE]), '216'],
  [keyOf(NELSON), '74'],
]);

/** Charts whose first lane is independent and, as near as sigma limits ask, normal: counts are not, and points of an EWMA depend on each other. */
const NORMAL_CHARTS: ReadonlySet<string> = new Set(['i-mr', 'xbar-r', 'xbar-s']);

/**
 * The price of the rules of a location lane in points per false alarm, rounded. Undefined where it was not computed: any other set of sentences,
 * whatever their ids, and charts of counts or of weighted averages.
 *
 * @example
 * falseAlarmPrice('xbar-s', [{ sentence: '1 of 1 beyond 3 sigma' }]); // => '370'
 * falseAlarmPrice('ewma', [{ sentence: '1 of 1 beyond 3 sigma' }]); // => undefined
 */
export function falseAlarmPrice(chart: string, rules: readonly Pick<RuleJson, 'sentence'>[]): string | undefined {
  return NORMAL_CHARTS.has(chart) ? ARL.get(keyOf(rules.map((rule) => rule.sentence))) : undefined;
}

function keyOf(sentences: readonly string[]): string {
  return [...sentences].sort().join('; ');
}
