// What a set of rules costs: points of a process in control between two false alarms. Known for the sets that were computed exactly.

const NELSON = 'N1 N2 N3 N4 N5 N6 N7 N8';
/** Average run length in control, one location chart, limits known (Markov chain after Champ & Woodall 1987, Technometrics 29, 393). */
const ARL: Readonly<Record<string, string>> = { N1: '370', 'N1 N2': '216', [NELSON]: '74' };

/**
 * The price of a rule set in points per false alarm, rounded, or undefined for a set that was not computed.
 *
 * @example
 * falseAlarmPrice(['N1', 'N2']); // => '216'
 */
export function falseAlarmPrice(ruleIds: readonly string[]): string | undefined {
  return ARL[[...ruleIds].sort().join(' ')];
}
