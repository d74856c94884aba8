// Prices as the API tells them.
import { eventRate, pricedDesign } from '../../budget/events.ts';
import type { Prices } from '../../budget/prices.ts';
import type { CharacteristicPlan, RulePlan } from '../../config/plan.ts';
import { PumjilError } from '../../errors.ts';
import type { BaselineEstimate } from '../../spc/price/estimated-limits.ts';
import type { Interval, Price } from '../../spc/price/price.ts';
import { describeRule, parseRule } from '../../spc/rule.ts';
import type { PriceJson, RuleJson } from '../contract.ts';
import { figure } from '../json.ts';
import type { StreamNow } from '../plant.ts';

type RuleSets = ReadonlyMap<string, Readonly<Record<string, string>>>;

const MOST_RULES = 32;

/** A rule with its words in both languages. */
export function ruleWords({ id, sentence }: RulePlan): RuleJson {
  const rule = parseRule(sentence);
  return { id, sentence, words: { ko: describeRule(rule, 'ko'), en: describeRule(rule, 'en') } };
}

/**
 * Rules named by a set, or written as sentences with `;` between them.
 *
 * @throws PumjilError RULE_INVALID for what is neither
 */
export function rulesFrom(text: string, sets: RuleSets = new Map()): readonly RulePlan[] {
  const set = sets.get(text.trim());
  if (set !== undefined) return Object.entries(set).map(([id, sentence]) => ({ id, sentence }));
  const rules = text.split(';').map((each, i) => ({ id: `X${i + 1}`, sentence: each.trim() }));
  if (rules.length > MOST_RULES)
    throw new PumjilError('RULE_INVALID', {
      message: `${rules.length} rules are too many`,
      hint: `A set has at most ${MOST_RULES}.`,
    });
  try {
    for (const { sentence } of rules) parseRule(sentence);
  } catch (error) {
    if (!(error instanceof PumjilError) || rules.length > 1 || / of /.test(text)) throw error;
    const hint = `Rule sets: ${[...sets.keys()].join(', ')}. Or write a sentence such as: 1 of 1 beyond 3 sigma`;
    throw new PumjilError('RULE_INVALID', { message: `there is no rule set "${text}"`, hint });
  }
  return rules;
}

/** The price of rules alone, limits known. */
export async function priceOfRules(rules: readonly RulePlan[], prices: Prices): Promise<PriceJson> {
  const parsed = rules.map(({ sentence }) => parseRule(sentence));
  const price = await prices.price({ design: { use: 'rules', rules: parsed, convention: 'full_windows' } });
  return { chart: null, rules: rules.map(ruleWords), ...figures(price, undefined), ...here(price, 0, Number.NaN) };
}

/** A stream to be priced. */
export interface PricedStream {
  readonly stream: StreamNow;
  readonly plan: CharacteristicPlan;
  /** NaN while not known. */
  readonly pointsPerDay: number;
  /** Instead of the stream's own. */
  readonly rules: readonly RulePlan[] | undefined;
}

/** The price of a stream's chart and rules at its own pace, with the range that its baseline leaves; null where the chart has none. */
export async function priceOfStream(of: PricedStream, prices: Prices): Promise<PriceJson | null> {
  const { stream, plan, pointsPerDay } = of;
  const priced = { chart: plan.chart, rules: of.rules ?? plan.rules, size: plan.subgroup.size };
  const design = pricedDesign(priced);
  const rate = eventRate(priced);
  if (design === undefined || rate === undefined) return null;
  const baseline = rate.isNormal ? baselineOf(stream, plan) : undefined;
  const price = await prices.price({ design, baseline });
  const rules = design.use === 'rules' && plan.chart.use !== 'residual' ? priced.rules.map(ruleWords) : [];
  return {
    chart: plan.chart.use,
    rules,
    ...figures(price, baseline),
    ...here(price, rate.others, pointsPerDay),
    isNormal: rate.isNormal,
  };
}

/** How the limits in force were learnt; undefined for typed ones, and while there are none. */
function baselineOf(stream: StreamNow, plan: CharacteristicPlan): BaselineEstimate | undefined {
  const { subgroups } = stream.limits;
  const { size } = plan.subgroup;
  if (subgroups < 2) return undefined;
  if (size === 1) return { subgroups, size, estimator: 'moving_range' };
  const isRange = ['xbar-r', 'median-r', 'three-way'].includes(plan.chart.use);
  return { subgroups, size, estimator: isRange ? 'range' : 'deviation' };
}

function figures(price: Price, baseline: BaselineEstimate | undefined) {
  const { range } = price;
  return {
    method: price.method,
    isNormal: true,
    arl0: figure(price.arl0),
    interval: price.interval === undefined ? null : bounds(price.interval),
    range:
      range === undefined || baseline === undefined
        ? null
        : { ...bounds(range), mean: figure(range.mean), subgroups: baseline.subgroups },
    median: figure(price.medianRunLength),
    arlBySigma: {
      '0.5': figure(price.arlBySigma[0.5]),
      '1': figure(price.arlBySigma[1]),
      '1.5': figure(price.arlBySigma[1.5]),
      '2': figure(price.arlBySigma[2]),
      '3': figure(price.arlBySigma[3]),
    },
    newEventsPerPoint: figure(price.newEventsPerPoint),
  };
}

function bounds({ lower, upper }: Interval) {
  return { lower: figure(lower), upper: figure(upper) };
}

function here(price: Price, others: number | null, pointsPerDay: number) {
  const perDay = (price.newEventsPerPoint + (others ?? 0)) * pointsPerDay;
  return {
    otherLanesPerPoint: figure(others),
    pointsPerDay: figure(pointsPerDay),
    falseAlarmsPerDay: figure(perDay),
    daysBetween: figure(1 / perDay),
  };
}
