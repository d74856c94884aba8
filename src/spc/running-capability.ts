// What a stream remembers for its capability: moments, values out of specification, and a sketch of the distribution.
import type { CharacteristicClass, Specification } from '../config/plan.ts';
import { capabilityIndices, LEAST_VALUES } from './capability.ts';
import { c4, d2, d3 } from './math/constants.ts';
import { normalTail } from './math/normal.ts';
import {
  MOMENTS_WIDTH,
  momentCount,
  momentMean,
  momentOrigin,
  momentSigma,
  momentUnit,
  observeMoment,
} from './moments.ts';
import { SKETCH_WORDS, type Sketcher, sketchCount, sketchError, sketchQuantile } from './quantile-sketch.ts';
import type { Capability } from './stream.ts';

/** Values since the specification is what it is, and how many of them lay below and above it. */
const COUNTED = MOMENTS_WIDTH;
const BELOW = MOMENTS_WIDTH + 1;
const ABOVE = MOMENTS_WIDTH + 2;
const SKETCH = MOMENTS_WIDTH + 3;

/** Slots of 64 bits that a running capability takes. */
export const CAPABILITY_WIDTH = SKETCH + SKETCH_WORDS / 2;

/** The same memory as numbers and as 32-bit words. */
export interface Memory {
  readonly numbers: Float64Array;
  readonly floats: Float32Array;
}

/** Least lower bound of the index by class; a customer may ask for more. */
export const TARGETS: Readonly<Record<CharacteristicClass, number>> = {
  critical: 1.67,
  significant: 1.33,
  standard: 1.33,
};

/** Forgets every value. */
export function resetCapability({ numbers }: Memory, at: number): void {
  numbers.fill(0, at, at + CAPABILITY_WIDTH);
}

/** Another specification: what lay out of the old one is not counted against it. */
export function resetOutOfSpec({ numbers }: Memory, at: number): void {
  numbers.fill(0, at + COUNTED, at + ABOVE + 1);
}

/** Takes one value; NaN, and a value that has no logarithm where the scale is ln, is skipped. Allocates nothing. */
export function observeCapability(
  { numbers, floats }: Memory,
  at: number,
  value: number,
  spec: Specification,
  scale: 'none' | 'ln',
  sketcher: Sketcher,
): void {
  const y = scale === 'ln' ? Math.log(value) : value;
  if (!(y - y === 0)) return;
  observeMoment(numbers, at, y);
  numbers[at + COUNTED] = numbers[at + COUNTED]! + 1;
  if (spec.lower !== undefined && value < spec.lower) numbers[at + BELOW] = numbers[at + BELOW]! + 1;
  if (spec.upper !== undefined && value > spec.upper) numbers[at + ABOVE] = numbers[at + ABOVE]! + 1;
  // All values so far equal: the unit is not known yet, and the deviation is 0 in any.
  const unit = momentUnit(numbers, at);
  sketcher.observe(floats, (at + SKETCH) * 2, unit === 0 ? 0 : (y - momentOrigin(numbers, at)) / unit);
}

/** What the figures are judged by. */
export interface CapabilityQuestion {
  readonly spec: Specification;
  readonly scale: 'none' | 'ln';
  /** False for charts of counts and of several characteristics. */
  readonly isMeasured: boolean;
  /** Sigma within, from the limits in force; NaN while there are none. */
  readonly sigmaWithin: number;
  /** Degrees of freedom behind it; NaN where it was typed. */
  readonly withinFreedom: number;
  /** See `isUnstable`. */
  readonly isUnstable: boolean;
  readonly target: number;
  readonly gauge: 'fit' | 'unfit' | 'unknown' | undefined;
}

/** The figures of a stream with their intervals, and whether they may be quoted. */
export function capabilityOf(memory: Memory, at: number, asked: CapabilityQuestion): Capability {
  const { numbers } = memory;
  const { spec, scale, sigmaWithin, target } = asked;
  const n = momentCount(numbers, at);
  const mean = momentMean(numbers, at);
  const sigmaOverall = momentSigma(numbers, at);
  // Typed limits tell nothing of how well sigma is known: the values themselves must.
  const df = Number.isNaN(asked.withinFreedom) ? n - 1 : asked.withinFreedom;
  const within = capabilityIndices(spec, mean, sigmaWithin, n, scale, df);
  const overall = capabilityIndices(spec, mean, sigmaOverall, n, scale);
  const withheld = whyWithheld(asked, n);
  const counted = numbers[at + COUNTED]!;
  return {
    n,
    mean: scale === 'ln' ? Math.exp(mean) : mean,
    sigmaWithin,
    sigmaOverall,
    cp: within.potential,
    cpLower: within.potentialLower,
    cpUpper: within.potentialUpper,
    cpk: within.actual,
    cpkLower: within.actualLower,
    cpkUpper: within.actualUpper,
    pp: overall.potential,
    ppLower: overall.potentialLower,
    ppUpper: overall.potentialUpper,
    ppk: overall.actual,
    ppkLower: overall.actualLower,
    ppkUpper: overall.actualUpper,
    withinFreedom: df,
    expectedPpmWithin: expectedPpm(spec, mean, sigmaWithin, scale),
    expectedPpmOverall: expectedPpm(spec, mean, sigmaOverall, scale),
    observedPpm:
      counted > 0 && hasSpec(spec) ? ((numbers[at + BELOW]! + numbers[at + ABOVE]!) / counted) * 1e6 : Number.NaN,
    percentiles: percentilesOf(memory, at, scale),
    target,
    verdict: verdictOf(overall.actualLower, overall.actualUpper, target, withheld),
    withheld,
  };
}

function hasSpec(spec: Specification): boolean {
  return spec.lower !== undefined || spec.upper !== undefined;
}

function whyWithheld(asked: CapabilityQuestion, n: number): Capability['withheld'] {
  if (!asked.isMeasured || !hasSpec(asked.spec)) return 'no_spec';
  if (Number.isNaN(asked.sigmaWithin)) return 'no_limits';
  if (n < LEAST_VALUES) return 'too_few';
  if (asked.isUnstable) return 'unstable';
  if (asked.gauge === 'unfit') return 'gauge_unfit';
  return asked.gauge === 'unknown' ? 'gauge_unknown' : null;
}

function verdictOf(
  lower: number,
  upper: number,
  target: number,
  withheld: Capability['withheld'],
): NonNullable<Capability['verdict']> {
  if (withheld !== null || Number.isNaN(lower)) return 'not_entitled';
  if (lower >= target) return 'capable';
  return upper < target ? 'not_capable' : 'unproven';
}

/**
 * Parts per million that a normal (on the scale ln: log-normal) distribution has out of specification; NaN without specification or sigma.
 *
 * @param mean, sigma on the scale
 * @example
 * expectedPpm({ lower: -3, upper: 3 }, 0, 1, 'none').toFixed(2); // => '2699.80'
 */
export function expectedPpm(spec: Specification, mean: number, sigma: number, scale: 'none' | 'ln'): number {
  if (!hasSpec(spec) || !(sigma > 0)) return Number.NaN;
  const on = (limit: number): number =>
    scale === 'ln' ? (limit > 0 ? Math.log(limit) : Number.NEGATIVE_INFINITY) : limit;
  const below = spec.lower === undefined ? 0 : normalTail((mean - on(spec.lower)) / sigma);
  const above = spec.upper === undefined ? 0 : normalTail((on(spec.upper) - mean) / sigma);
  return (below + above) * 1e6;
}

function percentilesOf(
  { numbers, floats }: Memory,
  at: number,
  scale: 'none' | 'ln',
): NonNullable<Capability['percentiles']> {
  const sketch = (at + SKETCH) * 2;
  const of = (p: number): number => {
    const y = momentOrigin(numbers, at) + momentUnit(numbers, at) * sketchQuantile(floats, sketch, p);
    return scale === 'ln' ? Math.exp(y) : y;
  };
  const n = sketchCount(floats, sketch);
  return {
    p0135: of(0.00135),
    p50: of(0.5),
    p99865: of(0.99865),
    rankError: n > 0 ? sketchError(0.00135, n) : Number.NaN,
  };
}

/**
 * Degrees of freedom of a sigma within that a baseline has told: those of the chi-square distribution with the same coefficient of variation.
 *
 * @param estimator range of the subgroup, its standard deviation, or the moving range of two
 * @param subgroups subgroups of the baseline
 * @param size members of each
 * @see Patnaik (1950), Biometrika 37, 78; moving ranges overlap: their correlation is 0.2239
 * @example
 * freedomWithin('range', 25, 5).toFixed(1); // => '90.6'
 */
export function freedomWithin(
  estimator: 'range' | 'deviation' | 'moving_range',
  subgroups: number,
  size: number,
): number {
  if (estimator === 'moving_range') {
    const k = subgroups - 1;
    const variation = (d3(2) / d2(2)) ** 2;
    return k / (2 * variation * (1 + (2 * NEIGHBOUR_CORRELATION * (k - 1)) / k));
  }
  const variation = estimator === 'range' ? (d3(size) / d2(size)) ** 2 : (1 - c4(size) ** 2) / c4(size) ** 2;
  return subgroups / (2 * variation);
}

/** Correlation of |x₂ − x₁| and |x₃ − x₂| for independent normal values: ((2/π)(√¾ + π/12) − 2/π) / (1 − 2/π). */
const NEIGHBOUR_CORRELATION = ((2 / Math.PI) * (Math.sqrt(0.75) + Math.PI / 12) - 2 / Math.PI) / (1 - 2 / Math.PI);
