// What the diagnosis says: formulas in words, and what would raise a level.
import type { Assessed, Evidence } from './level.ts';
import { type EvaluationModel, type IndicatorModel, keysOf } from './model.ts';

interface Words {
  readonly ko: string;
  readonly en: string;
}

/** The formula of an indicator in the words of its evidence. */
export function formulaWords(indicator: IndicatorModel, model: EvaluationModel): Words {
  const { compute } = indicator;
  const inLanguage = (language: 'ko' | 'en'): string => {
    const name = (key: string): string => model.evidence.find((e) => e.id === key)?.[language] ?? key;
    switch (compute.op) {
      case 'ratio_pct':
        return `100 × (${name(compute.num)}) ÷ (${name(compute.den)})`;
      case 'value':
        return name(compute.key);
      case 'f1_pct':
        return `100 × 2·TP ÷ (2·TP + FP + FN); TP = ${name(compute.tp)}, FP = ${name(compute.fp)}, FN = ${name(compute.fn)}`;
    }
  };
  return { ko: inLanguage('ko'), en: inLanguage('en') };
}

/** What would raise the level, or make it assessable; null at the highest. */
export function nextWords(
  indicator: IndicatorModel,
  assessed: Assessed,
  evidence: Evidence,
  model: EvaluationModel,
): Words | null {
  switch (assessed.why) {
    case 'not_applicable':
      return null;
    case 'not_observed':
      return {
        ko: '아직 수집하지 않는 근거입니다. 이 판본은 평가하지 않습니다.',
        en: 'Evidence that is not observed yet; this version does not assess it.',
      };
    case 'nothing_there':
      return missingWords(indicator, evidence, model);
    case 'too_few': {
      const { n } = indicator.min_evidence;
      const has = indicator.min_evidence.key.split('+').reduce((sum, key) => sum + (evidence[key]?.value ?? 0), 0);
      return {
        ko: `표본이 부족합니다: ${number(has)} / 최소 ${number(n)}`,
        en: `Too few to judge: ${number(has)} of at least ${number(n)}`,
      };
    }
    case 'level':
      return raiseWords(indicator, assessed, evidence, model);
  }
}

function missingWords(indicator: IndicatorModel, evidence: Evidence, model: EvaluationModel): Words {
  const keys = keysOf(indicator);
  const missing = model.evidence.filter((e) => keys.includes(e.id) && !((evidence[e.id]?.value ?? 0) > 0));
  const ko = missing.map((e) => e.ko).join(', ');
  const en = missing.map((e) => e.en).join(', ');
  return { ko: `기록이 없습니다: ${ko}`, en: `Nothing recorded: ${en}` };
}

function raiseWords(
  indicator: IndicatorModel,
  assessed: Assessed,
  evidence: Evidence,
  model: EvaluationModel,
): Words | null {
  const target = (assessed.level ?? 0) + 1;
  const threshold = indicator.thresholds[target - 1];
  if (target > 5 || threshold === undefined || assessed.value === null) return null;
  const isHigher = indicator.direction === 'higher';
  const isReached = isHigher ? assessed.value >= threshold : assessed.value <= threshold;
  if (isReached) return cappedWords(indicator, target);
  const unit = indicator.unit === '%' ? '%' : ` ${indicator.unit}`;
  const now = `${number(assessed.value)}${unit}`;
  const more = countMissing(indicator, threshold, evidence, model);
  return {
    ko: `수준 ${target}: ${number(threshold)}${unit} ${isHigher ? '이상' : '이하'} (지금 ${now})${more.ko}`,
    en: `Level ${target}: ${number(threshold)}${unit} or ${isHigher ? 'more' : 'less'} (now ${now})${more.en}`,
  };
}

/** The value would do, but the guard or the missing questionnaire holds the level down. */
function cappedWords(indicator: IndicatorModel, target: number): Words {
  const { guard } = indicator;
  if (guard !== undefined)
    return {
      ko: `수준 ${target}: 먼저 ${guard.indicator} 수준 ${guard.below} 이상`,
      en: `Level ${target}: first ${guard.indicator} at level ${guard.below} or more`,
    };
  return { ko: `수준 ${target}: 설문과 첨부가 필요`, en: `Level ${target}: needs the questionnaire with attachments` };
}

/** How many more of the numerator a ratio needs, where that is a small count. */
function countMissing(indicator: IndicatorModel, threshold: number, evidence: Evidence, model: EvaluationModel): Words {
  const { compute } = indicator;
  if (compute.op !== 'ratio_pct' || indicator.direction === 'lower') return { ko: '', en: '' };
  const num = evidence[compute.num]?.value ?? null;
  const den = evidence[compute.den]?.value ?? null;
  const unit = model.evidence.find((e) => e.id === compute.num)?.unit;
  if (num === null || den === null || unit !== 'count' || den > 1000) return { ko: '', en: '' };
  const more = Math.max(1, Math.ceil((threshold * den) / 100 - num - 1e-9));
  return { ko: `, ${more}건 더`, en: `, ${more} more` };
}

function number(x: number): string {
  return String(Math.round(x * 10) / 10);
}
