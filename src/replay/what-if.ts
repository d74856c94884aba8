// What shall be different in a replay: rules, limits, chart. Checked here, once, whoever asks.
import type { CharacteristicPlan, LimitsPlan, RulePlan } from '../config/plan.ts';
import { PumjilError } from '../errors.ts';
import { streamSpec } from '../pipeline/machinery.ts';
import { CHARTS } from '../spc/charts/registry.ts';
import { parseRule } from '../spc/rule.ts';
import type { StreamSpec } from '../spc/stream.ts';
import type { Judgement } from './run.ts';
import { excludedPoints, type ReplaySource } from './source.ts';

/** A replay as it is asked for; what is left out stays as it is in force. */
export interface WhatIf {
  /** Name of a set, or sentences by id. */
  readonly rules?: string | Readonly<Record<string, string>> | undefined;
  /** Centre and sigma of the individual values (sigma may be left out for counts), or the number of subgroups to learn them from. */
  readonly limits?:
    | { readonly baseline: number }
    | { readonly centre: number; readonly sigma?: number | undefined }
    | undefined;
  /** Name of a chart, or that and its settings. */
  readonly chart?: string | ({ readonly use: string } & Readonly<Record<string, unknown>>) | undefined;
  /** Period compared; with `limits: { baseline }` they are learnt from its first subgroups. */
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
}

type RuleSets = ReadonlyMap<string, Readonly<Record<string, string>>>;

/** A checked question. */
export interface Asked {
  readonly spec: StreamSpec;
  readonly limits: Judgement['limits'];
  /** Nothing differs from the plan in force. */
  readonly isInForce: boolean;
}

/** Most rules of a set. */
const MOST_RULES = 32;

/**
 * The judgement that a question means.
 *
 * @throws PumjilError CONFIG_INVALID for an unknown set or chart and for limits that cannot be, RULE_INVALID for a sentence that is no rule
 */
export function ask(characteristic: CharacteristicPlan, part: string, whatIf: WhatIf, sets: RuleSets): Asked {
  const spec = streamSpec(characteristic, part);
  const rules = whatIf.rules === undefined ? spec.rules : rulesOf(whatIf.rules, sets);
  const chart = whatIf.chart === undefined ? spec.chart : chartOf(whatIf.chart, characteristic);
  const isSameChart = JSON.stringify(chart) === JSON.stringify(spec.chart);
  const limits = whatIf.limits === undefined ? spec.limits : limitsOf(whatIf.limits, chart);
  return {
    spec: { ...spec, rules, chart, limits },
    limits: whatIf.limits !== undefined ? 'own' : isSameChart ? 'recorded' : 'later',
    isInForce: whatIf.limits === undefined && isSameChart && JSON.stringify(rules) === JSON.stringify(spec.rules),
  };
}

/** How the plan in force judges: every point as it was recorded, also those that people have excluded since. */
export function inForce(source: ReplaySource): Judgement {
  const spec = streamSpec(source.characteristic, source.part);
  return { spec, limits: 'recorded', leftOut: new Set() };
}

/** How the question judges: excluded points take no part. */
export function asAsked(asked: Asked, source: ReplaySource): Judgement {
  return { spec: asked.spec, limits: asked.limits, leftOut: excludedPoints(source.events) };
}

function rulesOf(rules: NonNullable<WhatIf['rules']>, sets: RuleSets): readonly RulePlan[] {
  const set = typeof rules === 'string' ? sets.get(rules) : rules;
  if (set === undefined)
    throw invalid(`There is no rule set "${rules}".`, `Rule sets: ${[...sets.keys()].join(', ')}.`);
  const listed = Object.entries(set).map(([id, sentence]) => ({ id, sentence }));
  if (listed.length > MOST_RULES)
    throw invalid(`${listed.length} rules are too many.`, `A set has at most ${MOST_RULES} rules.`);
  for (const { sentence } of listed) parseRule(sentence);
  return listed;
}

function chartOf(asked: NonNullable<WhatIf['chart']>, characteristic: CharacteristicPlan): StreamSpec['chart'] {
  const { use, ...rest } = typeof asked === 'string' ? { use: asked } : asked;
  const chart = CHARTS[use];
  if (chart === undefined) throw invalid(`There is no chart "${use}".`, `Charts: ${Object.keys(CHARTS).join(', ')}.`);
  const isMeasured = 'tag' in characteristic.from;
  const isFit = chart.kind === 'either' || (chart.kind === 'variables') === isMeasured;
  const { size } = characteristic.subgroup;
  if (!isFit || size < (chart.minSize ?? 1))
    throw invalid(
      `Chart ${use} does not fit ${characteristic.id}: ${isMeasured ? `measured values in subgroups of ${size}` : 'counts'}.`,
      'Choose a chart for the same kind of data and the same subgroups.',
    );
  const own = use === characteristic.chart.use && Object.keys(rest).length === 0 ? settingsOf(characteristic) : rest;
  const counted = chart.kind === 'either' && !isMeasured ? { input: 'counts', ...own } : own;
  const settings = chart.settings.safeParse(counted);
  if (settings.success) return { use, ...(settings.data as object) };
  throw invalid(
    `Chart ${use}: ${settings.error.issues[0]?.message ?? 'settings not understood'}.`,
    `Settings given: ${JSON.stringify(rest)}.`,
  );
}

function settingsOf({ chart }: CharacteristicPlan): Readonly<Record<string, unknown>> {
  const { use: _, ...settings } = chart;
  return settings;
}

function limitsOf(asked: NonNullable<WhatIf['limits']>, chart: StreamSpec['chart']): LimitsPlan {
  if ('baseline' in asked) return asked;
  const { use: _, ...settings } = chart;
  const sigma = asked.sigma ?? CHARTS[chart.use]?.unitSigma?.(asked.centre, settings) ?? Number.NaN;
  if (Number.isFinite(asked.centre) && sigma > 0) return { centre: asked.centre, sigma };
  throw invalid(
    `Limits with centre ${asked.centre} and sigma ${asked.sigma ?? 'left out'} are not possible.`,
    'Give centre and a sigma above 0 of the individual values; only counts need no sigma.',
  );
}

function invalid(message: string, hint: string): PumjilError {
  return new PumjilError('CONFIG_INVALID', { message, hint });
}
