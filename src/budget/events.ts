// What one chart costs: new false events a point, of its location lane and of the others.
import type { RulePlan } from '../config/plan.ts';
import { CHARTS } from '../spc/charts/registry.ts';
import { MAX_RANGE_SIZE } from '../spc/math/constants.ts';
import { cusumEventsPerPoint } from '../spc/price/cusum.ts';
import { type Design, designOf } from '../spc/price/design.ts';
import { newEventsPerPoint } from '../spc/price/event-rate.ts';
import { ewmaEventsPerPoint } from '../spc/price/ewma.ts';
import { LIMIT_RULE, parseRule } from '../spc/rule.ts';
import { deviationEvents, movingRangeEvents, rangeEvents } from './spread-lanes.ts';

/** What of a plan decides its price. */
export interface Priced {
  readonly chart: { readonly use: string } & Readonly<Record<string, unknown>>;
  readonly rules: readonly RulePlan[];
  /** Members of a subgroup. */
  readonly size: number;
}

/** New false events a point. */
export interface EventRate {
  readonly location: number;
  /** Of all other lanes together, or null where they have no price. */
  readonly others: number | null;
  /** False: counts and other distributions, priced as if their points were normal. */
  readonly isNormal: boolean;
}

/** Charts whose first lane is normal where its values are. */
const NORMAL: ReadonlySet<string> = new Set([
  'i-mr',
  'xbar-r',
  'xbar-s',
  'median-r',
  'levey-jennings',
  'three-way',
  'short-run',
  'tool-wear',
  'residual',
  'ewma',
  'cusum',
]);

/**
 * The design by which a chart is priced, or undefined for charts that have no such price: those of several variables, run charts, CUSUMs of counts.
 *
 * @throws PumjilError RULE_INVALID
 * @example
 * pricedDesign({ chart: { use: 'cusum', k: 0.5, h: 5, head_start: 0.5 }, rules: [], size: 1 }); // => { use: 'cusum', k: 0.5, h: 5, headstart: 2.5, sides: 'both' }
 */
export function pricedDesign({ chart, rules }: Pick<Priced, 'chart' | 'rules'>): Design | undefined {
  const component = CHARTS[chart.use];
  if (component === undefined) return undefined;
  if (chart.use === 'cusum') {
    const { k, h, head_start } = chart;
    if (typeof k !== 'number' || typeof h !== 'number') return undefined;
    return { use: 'cusum', k, h, headstart: h * (typeof head_start === 'number' ? head_start : 0), sides: 'both' };
  }
  if (chart.use === 'ewma') return designOf(chart, rules);
  if (component.runRules) return designOf(chart, rules);
  return chart.use === 'residual' ? { use: 'rules', rules: [LIMIT_RULE], convention: 'full_windows' } : undefined;
}

/**
 * New false events a point while the process is in control, limits known.
 *
 * @returns undefined for charts that have no price
 * @throws PumjilError RULE_INVALID
 * @example
 * const limits = [{ id: 'N1', sentence: '1 of 1 beyond 3 sigma' }];
 * eventRate({ chart: { use: 'xbar-r' }, rules: limits, size: 5 })?.location.toFixed(6); // => '0.002693'
 */
export function eventRate(priced: Priced): EventRate | undefined {
  const design = pricedDesign(priced);
  if (design === undefined) return undefined;
  return { location: designEvents(design), others: otherLanes(priced), isNormal: NORMAL.has(priced.chart.use) };
}

/** New events a point of one rule alone: how rare a signal of it is. NaN for a sentence that is no rule. */
export function ruleEvents(sentence: string): number {
  try {
    return newEventsPerPoint([parseRule(sentence)], 0);
  } catch {
    return Number.NaN;
  }
}

/** New false events a point of a design. */
export function designEvents(design: Design): number {
  if (design.use === 'rules') return newEventsPerPoint(design.rules, 0);
  if (design.use === 'cusum') return cusumEventsPerPoint(design, 0);
  return ewmaEventsPerPoint(design, 0);
}

function otherLanes({ chart, size }: Priced): number | null {
  // Both arms of a CUSUM are one design.
  if (chart.use === 'cusum') return 0;
  let total = 0;
  for (const lane of CHARTS[chart.use]?.lanes.slice(1) ?? []) {
    const rate = laneEvents(lane, { chart, size });
    if (rate === null) return null;
    total += rate;
  }
  return total;
}

/** New false events a point of one lane beside the location, by its statistic; null where it has no price. */
export function laneEvents(statistic: string, { chart, size }: Pick<Priced, 'chart' | 'size'>): number | null {
  const lane = statistic === 'within' ? String(chart.within ?? 'range') : statistic;
  if (lane === 'mr') return movingRangeEvents();
  if (size < 2) return null;
  if (lane === 'range') return size > MAX_RANGE_SIZE ? null : rangeEvents(size);
  return lane === 's' ? deviationEvents(size) : null;
}
