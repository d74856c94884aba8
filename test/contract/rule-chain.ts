// Exact average run lengths of rule sets without trends, by a Markov chain over what the past can still bring about.
import { normalUpper } from '../../src/spc/math/gamma.ts';
import type { Rule } from '../../src/spc/rule.ts';

type ZoneRule = Extract<Rule, { sigma: number }>;

/** True when the chain can hold the rule: zones only, and both sides only over two points. */
export function isExact(rules: readonly Rule[]): boolean {
  return rules.every(
    (rule) => 'sigma' in rule && rule.zone === 'beyond' && (rule.sides !== 'both' || (rule.k === 2 && rule.n === 2)),
  );
}

/**
 * Mean number of points to the first signal, for independent normal points shifted by `shift` sigma from the first point on.
 *
 * The state is, for each rule and side, which of the past n − 1 points count; a past point that cannot help to reach k any more is dropped,
 * which keeps the chain small without changing it.
 *
 * @param shortHistories true: the chain of Champ & Woodall, which counts windows that are not yet full
 * @see Champ & Woodall (1987), Technometrics 29, 393; Brook & Evans (1972), Biometrika 59, 539
 */
export function exactArl(rules: readonly Rule[], shift: number, shortHistories = false): number {
  const zoneRules = rules as readonly ZoneRule[];
  const edges = [...new Set(zoneRules.flatMap(({ sigma }) => [sigma, -sigma]))].sort((a, b) => a - b);
  const cells = [...edges, Number.POSITIVE_INFINITY].map((high, i) => {
    const low = i === 0 ? Number.NEGATIVE_INFINITY : edges[i - 1]!;
    const inside =
      low === Number.NEGATIVE_INFINITY ? high - 1 : high === Number.POSITIVE_INFINITY ? low + 1 : (low + high) / 2;
    return { inside, probability: probabilityBetween(low - shift, high - shift) };
  });
  const longest = Math.max(...zoneRules.map(({ k, n }) => (k === n ? 1 : n)));

  const index = new Map<string, number>();
  const states: number[][] = [];
  const indexOf = (state: number[]): number => {
    const key = state.join();
    const known = index.get(key);
    if (known !== undefined) return known;
    index.set(key, states.length);
    states.push(state);
    return states.length - 1;
  };
  indexOf([0, ...zoneRules.flatMap(() => [0, 0])]);
  const moves: { to: number; probability: number }[][] = [];
  for (let from = 0; from < states.length; from++) {
    const state = states[from]!;
    const row: { to: number; probability: number }[] = [];
    for (const { inside, probability } of cells) {
      const next = advance(zoneRules, state, inside, longest, shortHistories);
      if (next !== undefined && probability > 0) row.push({ to: indexOf(next), probability });
    }
    moves.push(row);
  }

  // h = 1 + Q h, by Gauss-Seidel from the last state back: later states lie nearer to a signal.
  const arl = new Float64Array(states.length).fill(1);
  for (let sweep = 0; sweep < 1_000_000; sweep++) {
    let change = 0;
    for (let i = states.length - 1; i >= 0; i--) {
      let total = 1;
      let own = 0;
      for (const { to, probability } of moves[i]!) {
        if (to === i) own += probability;
        else total += probability * arl[to]!;
      }
      const value = total / (1 - own);
      change = Math.max(change, Math.abs(value - arl[i]!) / value);
      arl[i] = value;
    }
    if (change < 1e-14) break;
  }
  return arl[0]!;
}

/** The state after one more point, or undefined when a rule holds. State: points seen, then the registers of both sides a rule. */
function advance(
  rules: readonly ZoneRule[],
  state: readonly number[],
  z: number,
  longest: number,
  shortHistories: boolean,
): number[] | undefined {
  const seen = Math.min(longest, state[0]! + 1);
  const next = [shortHistories ? 0 : Math.min(seen, longest - 1)];
  for (const [r, rule] of rules.entries()) {
    const up = (state[1 + 2 * r]! << 1) | (z > rule.sigma ? 1 : 0);
    const down = (state[2 + 2 * r]! << 1) | (z < -rule.sigma ? 1 : 0);
    const isFull = shortHistories || rule.k === rule.n || seen >= rule.n;
    if (isFull && signals(rule, up, down)) return undefined;
    if (rule.sides === 'one') next.push(useful(up, rule), useful(down, rule));
    else next.push(rule.n === 1 ? 0 : up & 1, rule.n === 1 ? 0 : down & 1);
  }
  return next;
}

function signals(rule: ZoneRule, up: number, down: number): boolean {
  if (rule.sides === 'one') return ((up & 1) === 1 && ones(up) >= rule.k) || ((down & 1) === 1 && ones(down) >= rule.k);
  const union = up | down;
  return (union & 1) === 1 && ones(union) >= rule.k && (rule.sides === 'either' || (up !== 0 && down !== 0));
}

/** Past points (bit 0 = newest) that can still be among k of n. */
function useful(bits: number, { k, n }: ZoneRule): number {
  let kept = 0;
  let younger = 0;
  for (let age = 0; age < n - 1; age++) {
    if (((bits >>> age) & 1) === 0) continue;
    if (younger + 1 + (n - 1 - age) >= k) kept |= 1 << age;
    younger += 1;
  }
  return kept;
}

function ones(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}

function probabilityBetween(low: number, high: number): number {
  // Taken on the side of the smaller tail, where no digits cancel.
  return low >= 0
    ? normalUpper(low) - normalUpper(high)
    : high <= 0
      ? normalUpper(-high) - normalUpper(-low)
      : 1 - normalUpper(high) - normalUpper(-low);
}
