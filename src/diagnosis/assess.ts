// The infrastructure area: indicators, dimensions and area score from evidence. Pure and deterministic.
import type { Diagnosis, IndicatorResult } from '../api/plant.ts';
import { type Assessed, assessIndicator, type ClaimedLevel, type Evidence } from './level.ts';
import { type EvaluationModel, type IndicatorModel, keysOf } from './model.ts';
import { formulaWords, nextWords } from './words.ts';

export interface AssessOptions {
  /** Indicators that do not concern this plant. */
  readonly notApplicable?: readonly string[];
  /** Answers to the questionnaire part of hybrid indicators. */
  readonly claims?: Readonly<Record<string, ClaimedLevel>>;
}

export interface InfrastructureResult {
  readonly area: Diagnosis['area'];
  readonly indicators: readonly IndicatorResult[];
}

/**
 * Scores the infrastructure of a plant. Scores are 0 … 100; a score is null where nothing could be assessed.
 * Coverage is the share of the weight that was assessed ("absent" counts as assessed).
 *
 * @param evidence by key, see `Evidence`; a key that is missing from it makes its indicators unassessed, never zero
 * @param profile industry of the plant; one the model does not know weighs every dimension as it stands
 */
export function assessInfrastructure(
  evidence: Evidence,
  profile: { readonly industry: string },
  model: EvaluationModel,
  options: AssessOptions = {},
): InfrastructureResult {
  const raw = new Map(
    model.indicators.map((indicator) => [indicator.id, assessOne(indicator, evidence, model, options)]),
  );
  const assessed = new Map<string, Assessed>();
  for (const indicator of model.indicators) {
    const own = raw.get(indicator.id);
    if (own !== undefined) assessed.set(indicator.id, guarded(indicator, own, raw));
  }
  const multipliers = model.multipliers[profile.industry] ?? {};
  const dimensions = model.dimensions.map((dimension) => {
    const mine = model.indicators.filter((i) => i.dimension === dimension.id && isApplicable(assessed.get(i.id)));
    const total = mine.reduce((sum, i) => sum + i.weight, 0);
    const known = mine.filter((i) => assessed.get(i.id)?.level !== null);
    const weight = known.reduce((sum, i) => sum + i.weight, 0);
    const points = known.reduce((sum, i) => sum + i.weight * (assessed.get(i.id)?.level ?? 0), 0);
    const score = weight > 0 ? (points / weight) * 20 : null;
    return { dimension, total, known: weight, score, weight: dimension.weight * (multipliers[dimension.id] ?? 1) };
  });
  const present = dimensions.filter((d) => d.total > 0);
  const scored = present.filter((d) => d.score !== null);
  const whole = present.reduce((sum, d) => sum + d.weight, 0);
  const weight = scored.reduce((sum, d) => sum + d.weight, 0);
  const score = weight > 0 ? scored.reduce((sum, d) => sum + d.weight * (d.score ?? 0), 0) / weight : null;
  const coverage = whole > 0 ? present.reduce((sum, d) => sum + (d.weight * d.known) / d.total, 0) / whole : 0;
  return {
    area: {
      ...model.area,
      score: shown(score, 10),
      coverage: shown(coverage, 1000) ?? 0,
      dimensions: dimensions.map(({ dimension, total, known, score: own }) => ({
        id: dimension.id,
        ko: dimension.ko,
        en: dimension.en,
        score: shown(own, 10),
        held: known < total / 2,
        stage: own === null ? null : (dimension.stages[Math.min(5, Math.floor(own / 20 + model.eps))] ?? null),
      })),
    },
    indicators: model.indicators.map((indicator) => {
      const result = assessed.get(indicator.id) ?? assessOne(indicator, evidence, model, options);
      return indicatorResult(indicator, result, evidence, model);
    }),
  };
}

function assessOne(
  indicator: IndicatorModel,
  evidence: Evidence,
  model: EvaluationModel,
  options: AssessOptions,
): Assessed {
  if (options.notApplicable?.includes(indicator.id) === true)
    return { status: 'not_applicable', value: null, level: null, why: 'not_applicable' };
  return assessIndicator(indicator, evidence, model.eps, options.claims?.[indicator.id]);
}

/** Fast reaction to hardly any monitoring proves little: the level is capped while the guarding indicator is low or unknown. */
function guarded(indicator: IndicatorModel, own: Assessed, all: ReadonlyMap<string, Assessed>): Assessed {
  const { guard } = indicator;
  if (guard === undefined || own.level === null) return own;
  const guardLevel = all.get(guard.indicator)?.level ?? null;
  const isLow = guardLevel === null || guardLevel < guard.below;
  return isLow ? { ...own, level: Math.min(own.level, guard.cap) } : own;
}

function isApplicable(assessed: Assessed | undefined): boolean {
  return assessed !== undefined && assessed.status !== 'not_applicable';
}

function indicatorResult(
  indicator: IndicatorModel,
  assessed: Assessed,
  evidence: Evidence,
  model: EvaluationModel,
): IndicatorResult {
  const keys = keysOf(indicator);
  const items = keys.flatMap((key) => {
    const item = evidence[key];
    return item === undefined ? [] : [{ key, item }];
  });
  const named = (key: string) => model.evidence.find((e) => e.id === key) ?? { ko: key, en: key };
  const least = indicator.min_evidence.key.split('+').map((key) => evidence[key]?.value ?? 0);
  return {
    id: indicator.id,
    dimension: indicator.dimension,
    name: { ko: indicator.ko, en: indicator.en },
    formula: formulaWords(indicator, model),
    status: assessed.status,
    value: assessed.value,
    unit: indicator.unit,
    level: assessed.level,
    n: least.reduce((a, b) => a + b, 0),
    fromMs: items.length === 0 ? 0 : Math.min(...items.map(({ item }) => item.fromMs)),
    toMs: items.length === 0 ? 0 : Math.max(...items.map(({ item }) => item.toMs)),
    thresholds: indicator.thresholds,
    levelText: assessed.level === null ? null : wordsOf(indicator.levels[assessed.level]),
    evidence: items.map(({ key, item }) => ({
      key,
      ko: named(key).ko,
      en: named(key).en,
      value: item.value,
      source: item.source,
    })),
    weight: indicator.weight,
    next: nextWords(indicator, assessed, evidence, model),
  };
}

function wordsOf(level: { readonly ko: string; readonly en: string } | undefined) {
  return level === undefined ? null : { ko: level.ko, en: level.en };
}

/** Rounds for display only, halves up, as the model says. */
function shown(x: number | null, scale: number): number | null {
  return x === null ? null : Math.floor(x * scale + 0.5 + 1e-9) / scale;
}
