// Run rules as a Markov chain: exact run lengths of any set of zone rules.
import { PumjilError } from '../../errors.ts';
import type { Rule } from '../rule.ts';
import { type Automaton, minimise, productOf, ruleAutomaton, SIGNAL } from './automaton.ts';
import { type Run, type RunLength, runLengthOf } from './run-length.ts';
import { linesOf, type ZoneRule, zoneProbabilities } from './zones.ts';

/** What a window that is not yet full is worth: nothing (as in the engine), or as much as it holds (as in Champ & Woodall's chains). */
export type Convention = 'full_windows' | 'short_histories';

/** A set of rules as the smallest automaton that signals where the rule kernel does. */
export interface RuleChain {
  readonly lines: Float64Array;
  readonly automaton: Automaton;
}

/** Most states of a chain, while it is built and when it is done. Nelson's zone rules take 607. */
const MOST_STATES = 100_000;
/** Most states × zones × points: a few seconds. */
const MOST_WORK = 3e8;

/** True when a chain can hold the rule; a trend or an alternation depends on more than zones. */
export function isZoneRule(rule: Rule): rule is ZoneRule {
  return 'sigma' in rule;
}

/**
 * Compiles a set of rules into its chain; independent of the distribution of the points, so that one chain serves every shift.
 *
 * Each rule becomes an automaton over zones; they are multiplied one by one, smallest first, and after every step merged to the smallest
 * automaton that does the same.
 *
 * @returns undefined when a rule is a trend or an alternation, or the chain would need more than 100,000 states
 * @see Champ & Woodall (1987), Technometrics 29, 393
 * @example
 * const we = ['1 of 1 beyond 3 sigma', '2 of 3 beyond 2 sigma on one side', '4 of 5 beyond 1 sigma on one side', '8 of 8 beyond 0 sigma on one side'];
 * (compileRuleChain(we.map(parseRule), 'short_histories')?.automaton.states ?? 0) < 300; // => true
 * compileRuleChain([parseRule('6 of 6 trending')], 'full_windows'); // => undefined
 */
export function compileRuleChain(rules: readonly Rule[], convention: Convention): RuleChain | undefined {
  const zoneRules = rules.filter(isZoneRule);
  if (zoneRules.length < rules.length) return undefined;
  const lines = linesOf(zoneRules);
  const single: Automaton[] = [];
  for (const rule of zoneRules) {
    const automaton = ruleAutomaton(rule, lines, convention === 'short_histories', MOST_STATES);
    if (automaton === undefined) return undefined;
    single.push(minimise(automaton));
  }
  single.sort((a, b) => a.states - b.states);
  let automaton: Automaton = {
    states: 1,
    symbols: 2 * lines.length + 1,
    next: new Int32Array(2 * lines.length + 1),
  };
  for (const one of single) {
    const product = productOf(automaton, one, MOST_STATES);
    if (product === undefined) return undefined;
    automaton = minimise(product);
  }
  return { lines, automaton };
}

/**
 * Run length of a compiled set when each zone has the given probability, point for point independently.
 *
 * @param probabilities of the zones, from the lowest, see `zoneProbabilities`
 * @returns undefined when the chain forgets too slowly to be summed
 */
export function chainRunLength({ automaton }: RuleChain, probabilities: Float64Array): RunLength | undefined {
  const { states, symbols, next } = automaton;
  const start = new Float64Array(states);
  start[0] = 1;
  const run: Run = {
    size: states,
    start,
    warmUp: 0,
    step(from, to) {
      to.fill(0);
      let signalled = 0;
      for (let state = 0; state < states; state++) {
        const mass = from[state]!;
        if (mass === 0) continue;
        for (let zone = 0; zone < symbols; zone++) {
          const moved = mass * probabilities[zone]!;
          const target = next[state * symbols + zone]!;
          if (target === SIGNAL) signalled += moved;
          else to[target] = to[target]! + moved;
        }
      }
      return signalled;
    },
  };
  return runLengthOf(run, MOST_WORK / symbols);
}

/**
 * Exact run length of a set of zone rules to its first signal, from a start without history (zero-state), for independent normal points.
 *
 * @param options.shift how far the mean is off the centre line, in sigma of the plotted statistic
 * @param options.convention whether windows must be full; default `full_windows`, as in the engine
 * @param options.stretch sigma of the limits over the true sigma, default 1
 * @throws PumjilError RULE_INVALID for trends, alternations and windows too wide for a chain; see `simulateArl` for these
 * @see Champ & Woodall (1987), Technometrics 29, 393, Table 1
 * @example
 * runRulesArl(['1 of 1 beyond 3 sigma', '2 of 3 beyond 2 sigma on one side'].map(parseRule), { shift: 0, convention: 'short_histories' }).arl.toFixed(2); // => '225.44'
 * runRulesArl(['1 of 1 beyond 3 sigma', '9 of 9 beyond 0 sigma on one side'].map(parseRule), { shift: 1 }).arl.toFixed(2); // => '17.05'
 */
export function runRulesArl(
  rules: readonly Rule[],
  options: { readonly shift: number; readonly convention?: Convention; readonly stretch?: number },
): RunLength {
  const chain = compileRuleChain(rules, options.convention ?? 'full_windows');
  const run =
    chain === undefined
      ? undefined
      : chainRunLength(chain, zoneProbabilities(chain.lines, options.shift, options.stretch ?? 1));
  if (run === undefined)
    throw new PumjilError('RULE_INVALID', {
      message: 'The run length of this set of rules has no exact solution here.',
      hint: 'Trends, alternations and "k of n" over very many points are priced by simulation.',
    });
  return run;
}
