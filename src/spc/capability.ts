// Capability: how the spread of a process compares with its specification, always with its interval.
import type { Specification } from '../config/plan.ts';
import { chiSquareQuantile } from './math/gamma.ts';
import { popcount } from './rule-kernel.ts';

/** Fewer values than this do not entitle to a figure: the 95 % interval of Cpk is then wider than ± 27 %. */
export const LEAST_VALUES = 30;
/** Latest judged points by which stability is told. */
export const STABLE_POINTS = 25;
/**
 * So many of them with a signal make a process unstable, as does the newest one alone. One or two are what a process in control shows
 * now and then: with the standard rules and a lane of moving ranges a third of all streams would be called unstable for one.
 */
const UNSTABLE_SIGNALS = 3;

/**
 * Whether a process is stable enough for its capability to be quoted.
 *
 * @param recent one bit for each of the latest STABLE_POINTS judged points, the newest lowest; set where a rule held
 * @example
 * isUnstable(0b10); // => false
 * isUnstable(0b1); // => true
 */
export function isUnstable(recent: number): boolean {
  return (recent & 1) !== 0 || popcount(recent) >= UNSTABLE_SIGNALS;
}

/** 97.5 % point of the standard normal distribution: 95 % two-sided intervals. */
const Z_95 = 1.959963984540054;

/** One family of indices: Cp and Cpk with the sigma within, or Pp and Ppk with the overall one. NaN = cannot be told. */
export interface Indices {
  /** Cp or Pp; NaN for a one-sided specification. */
  readonly potential: number;
  /** 95 % interval of it, by chi-square. */
  readonly potentialLower: number;
  readonly potentialUpper: number;
  /** Cpk or Ppk: the smaller side. */
  readonly actual: number;
  /** 95 % interval of it, by Bissell's normal approximation. */
  readonly actualLower: number;
  readonly actualUpper: number;
}

/**
 * Indices of one sigma.
 *
 * On the scale `ln` the values are log-normal: `mean` and `sigma` are those of ln(value), and distances are measured from the median
 * to the 0.135 % and 99.865 % points; the interval of the smaller side is the same first-order one as Bissell's.
 *
 * @param n number of values behind the mean
 * @param df degrees of freedom behind sigma; n − 1 where sigma is that of the same values
 * @see Bissell (1990), Applied Statistics 39, 331; ISO 22514-2 for the percentile method
 * @example
 * capabilityIndices({ lower: 4, upper: 6 }, 5, 0.25, 100, 'none').actual.toFixed(3); // => '1.333'
 */
export function capabilityIndices(
  spec: Specification,
  mean: number,
  sigma: number,
  n: number,
  scale: 'none' | 'ln',
  df = n - 1,
): Indices {
  const lower = spec.lower ?? Number.NaN;
  const upper = spec.upper ?? Number.NaN;
  const potential = (s: number): number =>
    scale === 'ln' ? (upper - lower) / (Math.exp(mean + 3 * s) - Math.exp(mean - 3 * s)) : (upper - lower) / (6 * s);
  const low = scale === 'ln' ? (1 - lower * Math.exp(-mean)) / -Math.expm1(-3 * sigma) : (mean - lower) / (3 * sigma);
  const high = scale === 'ln' ? (upper * Math.exp(-mean) - 1) / Math.expm1(3 * sigma) : (upper - mean) / (3 * sigma);
  const isUpperWorse = !(low <= high);
  const actual = isUpperWorse && !Number.isNaN(high) ? high : low;
  const error =
    scale === 'ln'
      ? lnError(actual, isUpperWorse && !Number.isNaN(high), sigma, n, df)
      : Math.sqrt(1 / (9 * n) + (actual * actual) / (2 * df));
  // No degree of freedom, no interval.
  const hasInterval = df >= 1;
  return {
    potential: finite(potential(sigma)),
    potentialLower: hasInterval ? finite(potential(sigma * Math.sqrt(df / chiSquareQuantile(0.025, df)))) : Number.NaN,
    potentialUpper: hasInterval ? finite(potential(sigma * Math.sqrt(df / chiSquareQuantile(0.975, df)))) : Number.NaN,
    actual: finite(actual),
    actualLower: hasInterval ? finite(actual - Z_95 * error) : Number.NaN,
    actualUpper: hasInterval ? finite(actual + Z_95 * error) : Number.NaN,
  };
}

/** First-order error of a log-normal index: var(mean) = σ²/n, var(σ) = σ²/2df, carried through the formula. */
function lnError(index: number, isUpper: boolean, sigma: number, n: number, df: number): number {
  const sign = isUpper ? 1 : -1;
  const spread = sign * Math.expm1(sign * 3 * sigma);
  const byMean = 1 / spread + sign * index;
  const bySigma = (3 * index * Math.exp(sign * 3 * sigma)) / spread;
  return sigma * Math.sqrt((byMean * byMean) / n + (bySigma * bySigma) / (2 * df));
}

function finite(x: number): number {
  return Number.isFinite(x) ? x : Number.NaN;
}
