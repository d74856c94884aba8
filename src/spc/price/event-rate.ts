// How often a rule begins to hold in the long run, in closed form: the rate of new events while nothing stops the chart.
import type { Rule } from '../rule.ts';
import { classesOf, DOWN, linesOf, NONE, ON_LINE, UP, type ZoneRule, zoneProbabilities } from './zones.ts';

/**
 * Expected new events a point in the long run: every rule raises one event when it begins to hold, and the chart goes on. Independent normal
 * points; a rule's events depend on its last n + 1 points only, so the rates are sums of binomial terms, and for trends and alternations
 * numbers of permutations. Exact for every rule of the grammar.
 *
 * @param rules one set; the rates of the rules are added
 * @param shift how far the mean is off the centre line, in sigma of the plotted statistic
 * @param stretch sigma of the limits over the true sigma
 * @see Feller, An Introduction to Probability Theory, vol. 1, 3rd ed. (1968), VI.2; André (1881) for alternating permutations
 * @example
 * newEventsPerPoint([parseRule('9 of 9 beyond 0 sigma on one side')], 0) / (2 * 0.5 ** 10); // => 1
 * newEventsPerPoint([parseRule('6 of 6 trending')], 0).toFixed(6); // => '0.002381'
 */
export function newEventsPerPoint(rules: readonly Rule[], shift: number, stretch = 1): number {
  let total = 0;
  for (const rule of rules) total += 'sigma' in rule ? zoneRate(rule, shift, stretch) : orderRate(rule.zone, rule.n);
  return total;
}

/** Probability of each class of point for one rule. */
interface Shares {
  readonly up: number;
  readonly down: number;
  readonly line: number;
  readonly none: number;
}

function zoneRate(rule: ZoneRule, shift: number, stretch: number): number {
  const lines = linesOf([rule]);
  const classes = classesOf(rule, lines);
  const shares = [0, 0, 0, 0];
  zoneProbabilities(lines, shift, stretch).forEach((p, zone) => {
    shares[classes[zone]!] = shares[classes[zone]!]! + p;
  });
  const of: Shares = { up: shares[UP]!, down: shares[DOWN]!, line: shares[ON_LINE]!, none: shares[NONE]! };
  if (rule.n === 1) return (of.up + of.down + of.line) * of.none;
  if (rule.sides === 'both') return bothSidesRate(rule, of);
  return sideRate(rule, of.up, of.down, of.none) + sideRate(rule, of.down, of.up, of.none);
}

/**
 * Rate at which a rule begins to hold on the side of probability `p`, `q` being the other side's. The n − 2 points between the newest
 * two and the one that leaves the window are counted by side. The rule did not hold before, either because the point before counted on no side, or on
 * this side with one point too few, or on the other side with too few there.
 */
function sideRate({ k, n }: ZoneRule, p: number, q: number, none: number): number {
  const between = n - 2;
  let many = 0;
  let manyAndFew = 0;
  let manyAndFewer = 0;
  for (let here = Math.max(0, k - 1); here <= between; here++)
    for (let there = 0; there <= between - here; there++) {
      const probability = trinomial(between, here, there, p, q, none);
      many += probability;
      if (there <= k - 2) manyAndFew += probability;
      if (there <= k - 3) manyAndFewer += probability;
    }
  const lacking = k >= 2 && k - 2 <= between ? binomial(between, k - 2, p, none + q) : 0;
  // With k = 1 a point on either side is enough, so that a point on the other side held before.
  return p * (none * many + p * (none + q) * lacking + q * ((p + none) * manyAndFew + q * manyAndFewer));
}

/** Rate at which a rule on both sides begins to hold: P(holds) − P(holds twice), by the probability that counted points are all on one side. */
function bothSidesRate({ k, n }: ZoneRule, of: Shares): number {
  const p = of.up + of.down + of.line;
  if (p === 0) return 0;
  const up = of.up / p;
  const down = of.down / p;
  const line = of.line / p;
  // Chance that m counted points leave a side empty.
  const lopsided = (m: number) => (up + line) ** m + (down + line) ** m - line ** m;
  let holds = 0;
  for (let others = k - 1; others <= n - 1; others++)
    holds += binomial(n - 1, others, p, of.none) * (1 - lopsided(others + 1));
  let twice = 0;
  for (let between = Math.max(0, k - 2); between <= n - 2; between++) {
    const probability = binomial(n - 2, between, p, of.none);
    for (const leaving of [0, 1]) {
      if (between + leaving + 1 < k) continue;
      const weight = probability * (leaving === 1 ? p : of.none);
      // Lopsided now, before, or both: in both a side is empty over all points, or each window lacks another side.
      const shared = between + 1;
      const now = lopsided(shared + 1);
      const before = lopsided(shared + leaving);
      const always = lopsided(shared + 1 + leaving);
      const crossed = leaving === 1 ? 2 * (line ** shared * up * down) : 0;
      twice += weight * (1 - now - before + always + crossed);
    }
  }
  return p * (holds - p * twice);
}

/**
 * Rate at which n points begin to be in order: twice the chance of one order over n points less that over n + 1. Two points are always in order
 * and so never begin to be.
 */
function orderRate(order: 'trending' | 'alternating', n: number): number {
  if (order === 'trending') return n === 2 ? 0 : (2 * n) / factorial(n + 1);
  return (2 * (zigzag(n) * (n + 1) - zigzag(n + 1))) / factorial(n + 1);
}

/** Number of permutations of n that go up, down, up … (1, 1, 1, 2, 5, 16, 61 …), by Seidel's triangle. */
function zigzag(n: number): number {
  let row = [1];
  for (let i = 1; i <= n; i++) {
    const next = [0];
    for (const value of row.reverse()) next.push(next.at(-1)! + value);
    row = next;
  }
  return row.at(-1)!;
}

function factorial(n: number): number {
  let product = 1;
  for (let i = 2; i <= n; i++) product *= i;
  return product;
}

/** Probability of m successes of chance p among n; q = 1 − p. */
function binomial(n: number, m: number, p: number, q: number): number {
  return (factorial(n) / (factorial(m) * factorial(n - m))) * p ** m * q ** (n - m);
}

function trinomial(n: number, a: number, b: number, p: number, q: number, r: number): number {
  return (factorial(n) / (factorial(a) * factorial(b) * factorial(n - a - b))) * p ** a * q ** b * r ** (n - a - b);
}
