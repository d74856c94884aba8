// A budget of false alarms: what the plan in force costs a day, and rules that would fit. Proposals only; a person decides.
import type { CharacteristicClass, CharacteristicPlan, RulePlan } from '../config/plan.ts';
import { newEventsPerPoint } from '../spc/price/event-rate.ts';
import { parseRule, printRule, type Rule } from '../spc/rule.ts';
import { type EventRate, eventRate } from './events.ts';

/** One stream as the budget sees it. */
export interface BudgetStream {
  readonly stream: string;
  readonly characteristic: CharacteristicPlan;
  /** NaN while too few points have come. */
  readonly pointsPerDay: number;
}

/** What one stream costs. */
export interface StreamCost {
  readonly stream: string;
  readonly characteristic: string;
  readonly class: CharacteristicClass;
  readonly pointsPerDay: number;
  /** Undefined where its chart has no price. */
  readonly rate: EventRate | undefined;
  /** False events a day of all priced lanes; NaN where chart or rate are not known. */
  readonly perDay: number;
}

/** Rules that a class would have, so that the plant keeps its budget. */
export interface Proposal {
  readonly by: 'sets' | 'width';
  /** Rules by class; null = as they are. Only for charts whose first lane takes run rules. */
  readonly classes: Readonly<Record<CharacteristicClass, ProposedRules | null>>;
  readonly perDay: number;
  readonly fits: boolean;
}

export interface ProposedRules {
  /** Name of the set; without one: limits alone, at so many sigma. */
  readonly set: string | null;
  readonly sigma: number | null;
  readonly rules: readonly RulePlan[];
}

/** What the plan costs beside the budget. */
export interface Cost {
  readonly perDay: number;
  readonly byClass: Readonly<Record<CharacteristicClass, number>>;
  readonly streams: readonly StreamCost[];
  /** Streams whose cost is not known: no points yet, or a chart without a price. */
  readonly unknown: number;
  /** Some streams are priced as if their points were normal, or without one of their lanes. */
  readonly isApproximate: boolean;
}

type RuleSets = ReadonlyMap<string, Readonly<Record<string, string>>>;

/** From the class that gives way first to the one that keeps its rules longest. */
const GIVING_WAY: readonly CharacteristicClass[] = ['standard', 'significant', 'critical'];
/** Limits are not proposed wider than this. */
const WIDEST = 6;
const NARROWEST = 3;

/**
 * What a plan costs: the false events a day over all streams, second lanes included.
 *
 * @example
 * costOf([]).perDay; // => 0
 */
export function costOf(streams: readonly BudgetStream[]): Cost {
  const rateOf = rates();
  const costs = streams.map(({ stream, characteristic, pointsPerDay }): StreamCost => {
    const rate = rateOf(characteristic);
    const perDay = rate === undefined ? Number.NaN : (rate.location + (rate.others ?? 0)) * pointsPerDay;
    return { stream, characteristic: characteristic.id, class: characteristic.class, pointsPerDay, rate, perDay };
  });
  const known = costs.filter(({ perDay }) => !Number.isNaN(perDay));
  const sum = (of: readonly StreamCost[]): number => of.reduce((total, { perDay }) => total + perDay, 0);
  const inClass = (wanted: CharacteristicClass): number => sum(known.filter((each) => each.class === wanted));
  return {
    perDay: sum(known),
    byClass: {
      critical: inClass('critical'),
      significant: inClass('significant'),
      standard: inClass('standard'),
    },
    streams: costs,
    unknown: costs.length - known.length,
    isApproximate: known.some(({ rate }) => rate?.isNormal === false || rate?.others === null),
  };
}

/**
 * Rules that keep a budget. `sets`: classes give way one after the other, the critical ones last, each first to the set `standard`, then to its
 * limits alone, then to wider limits. `width`: limits alone everywhere, at one width.
 *
 * @param budget false events a day
 * @param ruleSets must hold `standard`
 * @returns nothing when the plan keeps the budget already; a proposal that does not fit comes as near as it can
 */
export function propose(streams: readonly BudgetStream[], budget: number, ruleSets: RuleSets): readonly Proposal[] {
  if (costOf(streams).perDay <= budget) return [];
  const alike = merged(streams);
  return [bySets(alike, budget, ruleSets), byWidth(alike, budget)];
}

/** Event rates, each computed once: of the same plan by its identity, of plans that are judged alike by their text. */
function rates(): (characteristic: CharacteristicPlan) => EventRate | undefined {
  const byPlan = new Map<CharacteristicPlan, EventRate | undefined>();
  const byText = new Map<string, EventRate | undefined>();
  return (characteristic) => {
    if (byPlan.has(characteristic)) return byPlan.get(characteristic);
    const { chart, rules, subgroup } = characteristic;
    const priced = { chart, rules, size: subgroup.size };
    const text = JSON.stringify(priced);
    const rate = byText.has(text) ? byText.get(text) : eventRate(priced);
    byText.set(text, rate);
    byPlan.set(characteristic, rate);
    return rate;
  };
}

/** Streams of one class that are judged alike, as one: a plant has thousands of streams, but few kinds of them. */
function merged(streams: readonly BudgetStream[]): readonly BudgetStream[] {
  const kinds = new Map<string, BudgetStream>();
  for (const each of streams) {
    if (Number.isNaN(each.pointsPerDay)) continue;
    const { class: kind, chart, rules, subgroup } = each.characteristic;
    const key = JSON.stringify([kind, chart, rules, subgroup.size]);
    const known = kinds.get(key);
    kinds.set(key, known === undefined ? each : { ...known, pointsPerDay: known.pointsPerDay + each.pointsPerDay });
  }
  return [...kinds.values()];
}

type ByClass = Record<CharacteristicClass, ProposedRules | null>;

function bySets(streams: readonly BudgetStream[], budget: number, ruleSets: RuleSets): Proposal {
  const standard = rulesOf(ruleSets.get('standard') ?? {});
  const classes: ByClass = { critical: null, significant: null, standard: null };
  const steps = [{ set: 'standard', sigma: null, rules: standard }, limitsAlone(NARROWEST)];
  for (const step of steps)
    for (const which of GIVING_WAY) {
      classes[which] = step;
      const perDay = costWith(streams, classes);
      if (perDay <= budget) return { by: 'sets', classes, perDay, fits: true };
    }
  for (const which of GIVING_WAY) {
    const cost = (sigma: number): number => costWith(streams, { ...classes, [which]: limitsAlone(sigma) });
    const sigma = widthFor(cost, budget);
    classes[which] = limitsAlone(sigma);
    const perDay = costWith(streams, classes);
    if (perDay <= budget) return { by: 'sets', classes, perDay, fits: true };
  }
  return { by: 'sets', classes, perDay: costWith(streams, classes), fits: false };
}

function byWidth(streams: readonly BudgetStream[], budget: number): Proposal {
  const all = (sigma: number): ByClass => {
    const rules = limitsAlone(sigma);
    return { critical: rules, significant: rules, standard: rules };
  };
  const sigma = widthFor((width) => costWith(streams, all(width)), budget);
  const classes = all(sigma);
  const perDay = costWith(streams, classes);
  return { by: 'width', classes, perDay, fits: perDay <= budget };
}

/** The narrowest limits, to a hundredth of a sigma, whose cost keeps the budget; the widest where none does. */
function widthFor(cost: (sigma: number) => number, budget: number): number {
  let low = NARROWEST * 100;
  let high = WIDEST * 100;
  if (cost(high / 100) > budget) return WIDEST;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (cost(middle / 100) <= budget) high = middle;
    else low = middle + 1;
  }
  return low / 100;
}

function limitsAlone(sigma: number): ProposedRules {
  const sentence = printRule({ zone: 'beyond', k: 1, n: 1, sigma, sides: 'either' });
  return { set: null, sigma, rules: [{ id: sigma === 3 ? 'N1' : 'X1', sentence }] };
}

function rulesOf(set: Readonly<Record<string, string>>): RulePlan[] {
  return Object.entries(set).map(([id, sentence]) => ({ id, sentence }));
}

/** Cost when classes have other rules; a stream whose own rules are cheaper keeps them, and so do charts without run rules. */
function costWith(streams: readonly BudgetStream[], classes: ByClass): number {
  return costOf(
    streams.map((stream) => {
      const { characteristic } = stream;
      const proposed = classes[characteristic.class];
      if (proposed === null || !takesRules(characteristic)) return stream;
      const isCheaper = perPoint(characteristic.rules) <= perPoint(proposed.rules);
      return isCheaper ? stream : { ...stream, characteristic: { ...characteristic, rules: proposed.rules } };
    }),
  ).perDay;
}

function takesRules({ chart }: CharacteristicPlan): boolean {
  return chart.use !== 'ewma' && chart.use !== 'cusum' && chart.use !== 'residual';
}

function perPoint(rules: readonly RulePlan[]): number {
  const parsed: readonly Rule[] = rules.map(({ sentence }) => parseRule(sentence));
  return newEventsPerPoint(parsed, 0);
}
