// The level of one indicator from its evidence. Pure; the order of the rules is the model's.
import type { IndicatorStatus } from '../api/plant.ts';
import { computeKeys, type IndicatorModel, keysOf } from './model.ts';

/** One piece of evidence: a value with its sample size, period and origin. */
export interface EvidenceItem {
  /** null = asked for, and there is none. */
  readonly value: number | null;
  readonly n: number;
  readonly fromMs: number;
  readonly toMs: number;
  /** Where it comes from, in words or as a query. */
  readonly source: string;
}

/** Evidence by key. A key that is not there at all was never asked for: nobody observes it yet. */
export type Evidence = Readonly<Record<string, EvidenceItem>>;

/** The answer to a questionnaire item of a hybrid indicator. */
export interface ClaimedLevel {
  readonly level: number;
  readonly attachments: number;
}

export interface Assessed {
  readonly status: IndicatorStatus;
  readonly value: number | null;
  readonly level: number | null;
  readonly why: 'level' | 'not_observed' | 'nothing_there' | 'too_few' | 'not_applicable';
}

/** Highest level that a measurement without questionnaire reaches in a hybrid indicator. */
const ONLY_MEASURED_CAP = 3;
/** Highest level of a claim without measurement, or without the attachments it needs. */
const ONLY_CLAIMED_CAP = 2;

/**
 * Status, value and level before the guard: not applicable, zero_if, missing, too few, computed, then the hybrid merge.
 *
 * @param eps tolerance at a threshold, in the unit of the indicator
 */
export function assessIndicator(
  indicator: IndicatorModel,
  evidence: Evidence,
  eps: number,
  claim?: ClaimedLevel,
): Assessed {
  const measured = assessMeasured(indicator, evidence, eps);
  if (indicator.type === 'auto') return measured;
  if (indicator.zero_if !== undefined && valueAt(evidence, indicator.zero_if) === 0) return measured;
  const a = measured.status === 'computed' || measured.status === 'absent' ? measured.level : null;
  if (claim === undefined) {
    return measured.status === 'computed' && a !== null
      ? { ...measured, level: Math.min(a, ONLY_MEASURED_CAP) }
      : measured;
  }
  const isBacked = claim.attachments >= (indicator.min_attachments ?? 0);
  const q = isBacked ? claim.level : Math.min(claim.level, ONLY_CLAIMED_CAP);
  const level = a === null ? Math.min(q, ONLY_CLAIMED_CAP) : Math.floor((a + Math.min(q, a + 1) + 1) / 2);
  return { ...measured, status: 'computed', level, why: 'level' };
}

function assessMeasured(indicator: IndicatorModel, evidence: Evidence, eps: number): Assessed {
  const { zero_if: zeroIf, min_evidence: least } = indicator;
  if (zeroIf !== undefined && valueAt(evidence, zeroIf) === 0)
    return { status: 'absent', value: null, level: 0, why: 'nothing_there' };
  if (keysOf(indicator).some((key) => evidence[key] === undefined))
    return { status: 'unassessed', value: null, level: null, why: 'not_observed' };
  const value = compute(indicator, evidence);
  const sample = sumOf(evidence, least.key);
  if (value === null || sample === null) {
    const isZero = indicator.on_missing === 'zero';
    const status = isZero ? 'absent' : 'unassessed';
    return { status, value: null, level: isZero ? 0 : null, why: 'nothing_there' };
  }
  if (sample < least.n) return { status: 'insufficient', value, level: null, why: 'too_few' };
  return { status: 'computed', value, level: levelOf(value, indicator, eps), why: 'level' };
}

/**
 * Number of thresholds passed, 0 … 5.
 *
 * @param value in the unit of the indicator
 */
export function levelOf(
  value: number,
  indicator: Pick<IndicatorModel, 'direction' | 'thresholds'>,
  eps: number,
): number {
  const { direction, thresholds } = indicator;
  return thresholds.filter((t) => (direction === 'higher' ? value >= t - eps : value <= t + eps)).length;
}

/** The indicator's value, or null when a key has no value or the denominator is not above zero. */
function compute(indicator: IndicatorModel, evidence: Evidence): number | null {
  const { compute: formula } = indicator;
  const values = computeKeys(formula).map((key) => sumOf(evidence, key));
  if (values.some((x) => x === null)) return null;
  const [a = 0, b = 0, c = 0] = values as number[];
  switch (formula.op) {
    case 'value':
      return a;
    case 'ratio_pct':
      return b > 0 ? (100 * a) / b : null;
    case 'f1_pct': {
      const den = 2 * a + b + c;
      return den > 0 ? (200 * a) / den : null;
    }
  }
}

/** Value of a key; `a+b` is their sum; null when one has none. */
function sumOf(evidence: Evidence, key: string): number | null {
  let sum = 0;
  for (const part of key.split('+')) {
    const value = valueAt(evidence, part);
    if (value === null) return null;
    sum += value;
  }
  return sum;
}

function valueAt(evidence: Evidence, key: string): number | null {
  const value = evidence[key]?.value;
  return value === undefined || value === null || !Number.isFinite(value) ? null : value;
}
