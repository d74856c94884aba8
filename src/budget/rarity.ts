// How rare a signal is while the process is in control: the rarer, the less likely it is a false one.
import type { CharacteristicPlan } from '../config/plan.ts';
import type { AlarmRow } from '../history/history.ts';
import { CHARTS } from '../spc/charts/registry.ts';
import { printRule } from '../spc/rule.ts';
import { designEvents, laneEvents, pricedDesign, ruleEvents } from './events.ts';

/** Says how often an alarm like this would be raised by chance. */
export interface Rarity {
  /**
   * New false events a point of the rarest rule that has fired, that rule alone. 0 for what is no signal, such as a link that is down; NaN
   * where the chart has no price or has left the plan.
   *
   * @param plan of the characteristic, as it is in force; the same object for the same plan
   */
  of(alarm: Pick<AlarmRow, 'kind' | 'lane' | 'rules'>, plan: CharacteristicPlan | undefined): number;
}

/** Keeps what it has computed once, for as long as the plan lives. */
export function createRarity(): Rarity {
  const known = new WeakMap<CharacteristicPlan, Map<string, number>>();
  return {
    of(alarm, plan) {
      if (alarm.kind !== 'signal') return 0;
      if (plan === undefined) return Number.NaN;
      const rates = known.get(plan) ?? new Map<string, number>();
      known.set(plan, rates);
      const key = `${alarm.lane} ${alarm.rules.join(' ')}`;
      const rate = rates.get(key) ?? rarest(alarm, plan);
      rates.set(key, rate);
      return rate;
    },
  };
}

function rarest({ lane, rules }: Pick<AlarmRow, 'lane' | 'rules'>, plan: CharacteristicPlan): number {
  // An alarm is raised in its lane by its first rule; later ones may have been added by the location.
  const rates = rules.map((rule, i) => (i === 0 && lane > 0 ? ofLane(plan, lane) : ofLocation(plan, rule)));
  return rates.reduce(
    (least, rate) => (Number.isNaN(rate) ? least : Number.isNaN(least) ? rate : Math.min(least, rate)),
    Number.NaN,
  );
}

function ofLane(plan: CharacteristicPlan, lane: number): number {
  const { chart, subgroup } = plan;
  if (chart.use === 'cusum') return ofLocation(plan, '');
  const statistic = CHARTS[chart.use]?.lanes[lane] ?? '';
  return laneEvents(statistic, { chart, size: subgroup.size }) ?? Number.NaN;
}

function ofLocation(plan: CharacteristicPlan, rule: string): number {
  const { chart, rules } = plan;
  const design = pricedDesign({ chart, rules });
  if (design === undefined) return Number.NaN;
  // The two arms of a CUSUM share its events.
  if (design.use === 'cusum') return designEvents(design) / 2;
  if (design.use === 'ewma') return designEvents(design);
  const sentence = rules.find(({ id }) => id === rule)?.sentence;
  const [limit] = design.rules;
  if (sentence !== undefined && CHARTS[chart.use]?.runRules === true) return ruleEvents(sentence);
  return limit === undefined ? Number.NaN : ruleEvents(printRule(limit));
}
