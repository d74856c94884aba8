// What is priced: a set of run rules, an EWMA or a CUSUM, in units of sigma, free of any process.
import type { RulePlan } from '../../config/plan.ts';
import { parseRule, type Rule } from '../rule.ts';
import type { CusumDesign } from './cusum.ts';
import type { EwmaDesign } from './ewma.ts';
import type { Convention } from './rule-chain.ts';

/** A chart with known limits, for independent normal points. */
export type Design = RulesDesign | EwmaChartDesign | CusumChartDesign;

/** Points judged by rules alone; their limits are a rule as well. */
export interface RulesDesign {
  readonly use: 'rules';
  readonly rules: readonly Rule[];
  readonly convention: Convention;
}

/** An EWMA; at most 31 `rules` act on the EWMA in units of its own sigma, besides its limits. */
export interface EwmaChartDesign extends EwmaDesign {
  readonly use: 'ewma';
  readonly rules: readonly Rule[];
}

export interface CusumChartDesign extends CusumDesign {
  readonly use: 'cusum';
}

/**
 * The design of rules as the engine takes them: windows must be full.
 *
 * @example
 * rulesDesign([parseRule('1 of 1 beyond 3 sigma')]).convention; // => 'full_windows'
 */
export function rulesDesign(rules: readonly Rule[], convention: Convention = 'full_windows'): RulesDesign {
  return { use: 'rules', rules, convention };
}

/**
 * The design of a configured chart: settings of `ewma`, else its first lane under its rules. A chart of counts is priced as if its points were
 * normal.
 *
 * @param chart as in the plan, defaults filled in
 * @throws PumjilError RULE_INVALID for a sentence that is no rule
 * @example
 * designOf({ use: 'ewma', lambda: 0.2, width: 2.962, limits: 'exact' }, []).use; // => 'ewma'
 * designOf({ use: 'i-mr' }, [{ id: 'N1', sentence: '1 of 1 beyond 3 sigma' }]).use; // => 'rules'
 */
export function designOf(
  chart: { readonly use: string } & Readonly<Record<string, unknown>>,
  rules: readonly RulePlan[],
): Design {
  const { lambda, width, limits } = chart;
  if (chart.use === 'ewma' && typeof lambda === 'number' && typeof width === 'number')
    // The engine lets only its limits speak on this chart, since neighbouring points are alike.
    return { use: 'ewma', lambda, width, limits: limits === 'asymptotic' ? 'asymptotic' : 'exact', rules: [] };
  return rulesDesign(rules.map(({ sentence }) => parseRule(sentence)));
}
