// The standard normal distribution, with full relative precision far into both tails.

/**
 * Chebyshev coefficients of (x + 1) · M(x) over x = 5 (1 + t) / (1 − t), where M is Mills' ratio, upper tail over density. Computed for this
 * file in 40-digit arithmetic; the first term left out is below 1e-17. The first coefficient is already halved.
 */
const MILLS = Float64Array.of(
  1.1579976221305188,
  -0.1633449388451398,
  -0.013683136055781576,
  0.03082200019810004,
  -0.016220073012046806,
  0.005616691016460094,
  -0.0014133933783549216,
  0.0002502625460725661,
  -2.468907239728387e-5,
  -1.0107964061837592e-6,
  7.495419179740573e-7,
  -7.600274268728337e-8,
  -1.1574771441328644e-8,
  3.333386472599843e-9,
  7.538039628171347e-11,
  -1.1104247263727494e-10,
  3.509243776551059e-12,
  3.6894953861750955e-12,
  -2.3376697776383095e-13,
  -1.3271797523541405e-13,
  9.921706995888276e-15,
  5.276004995455379e-15,
  -3.373097694187922e-16,
  -2.2804338776379946e-16,
  7.496330565808626e-18,
  1.0328041877290668e-17,
);
const MILLS_SCALE = 5;
const ROOT_TWO_PI = Math.sqrt(2 * Math.PI);

/**
 * Density of the standard normal distribution.
 *
 * @example
 * normalDensity(0).toFixed(10); // => '0.3989422804'
 */
export function normalDensity(x: number): number {
  return bell(x) / ROOT_TWO_PI;
}

/**
 * Probability that a standard normal value is above x; relative error below 1e-15 as far as doubles reach (x = 37).
 *
 * @see Mills (1926), Biometrika 18, 395 for the ratio; Clenshaw (1955), Math. Comp. 9, 118 for its summation
 * @example
 * normalTail(0); // => 0.5
 * normalTail(3) / 0.0013498980316300945; // => 1
 */
export function normalTail(x: number): number {
  return x >= 0 ? (mills(x) * bell(x)) / ROOT_TWO_PI : 1 - (mills(-x) * bell(x)) / ROOT_TWO_PI;
}

/**
 * Probability that a standard normal value is below x; exact in the far left tail, too.
 *
 * @example
 * normalCdf(-10) / 7.619853024160527e-24; // => 1
 */
export function normalCdf(x: number): number {
  return normalTail(-x);
}

/**
 * Probability that a standard normal value lies between two bounds, without the cancellation of a difference of two large probabilities.
 *
 * @param low at most `high`; both may be infinite
 * @example
 * normalBetween(-3, 3).toFixed(10); // => '0.9973002039'
 * normalBetween(0, 1e-9) / 3.989422804014327e-10; // => 1
 */
export function normalBetween(low: number, high: number): number {
  if (!(low < high)) return low >= high ? 0 : Number.NaN;
  if (low >= NEAR) return normalTail(low) - normalTail(high);
  if (high <= -NEAR) return normalTail(-high) - normalTail(-low);
  return fromCentre(high) - fromCentre(low);
}

/**
 * Quantile of the standard normal distribution, the inverse of `normalCdf`.
 *
 * @param p probability to the left; 0 and 1 give infinities, anything outside NaN
 * @see Abramowitz & Stegun (1964), 26.2.23 for the start, then Halley's method
 * @example
 * normalQuantile(0.975).toFixed(10); // => '1.9599639845'
 * normalQuantile(0.5); // => 0
 */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) return Number.NaN;
  // 1 − p is exact here, by Sterbenz's lemma.
  if (p > 0.5) return 0 - normalQuantile(1 - p);
  if (p === 0) return Number.NEGATIVE_INFINITY;
  if (p === 0.5) return 0;
  const t = Math.sqrt(-2 * Math.log(p));
  let x = t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  for (let round = 0; round < 3; round++) {
    // Of the density only the ratio to the tail is needed, which does not underflow.
    const step = x < NEAR ? centralStep(x, p) : (1 - p / normalTail(x)) * mills(x);
    x += step / (1 - (x * step) / 2);
  }
  return -x;
}

/** Below this distance from the centre, probabilities are summed from the centre. */
const NEAR = 0.7;

/** (tail(x) − p) / density, for a tail near one half. */
function centralStep(x: number, p: number): number {
  return (0.5 - p - fromCentre(x)) / normalDensity(x);
}

/** Probability between 0 and x, negative below 0. The series has no alternating terms. */
function fromCentre(x: number): number {
  if (x > NEAR) return 0.5 - normalTail(x);
  if (x < -NEAR) return normalTail(-x) - 0.5;
  let term = x;
  let total = x;
  for (let k = 3; Math.abs(term) > 1e-18 * Math.abs(total); k += 2) {
    term *= (x * x) / k;
    total += term;
  }
  return total * normalDensity(x);
}

/** exp(−x²/2). The square is split, else its rounding error would be magnified by the exponential. */
function bell(x: number): number {
  if (!(Math.abs(x) < 40)) return Number.isNaN(x) ? Number.NaN : 0;
  const coarse = Math.round(x * 16) / 16;
  return Math.exp((-coarse * coarse) / 2) * Math.exp((-(x - coarse) * (x + coarse)) / 2);
}

/** Mills' ratio for x ≥ 0: upper tail over density, between √(π/2) and 1/x. */
function mills(x: number): number {
  if (x > 1e17) return 1 / x;
  const t = (x - MILLS_SCALE) / (x + MILLS_SCALE);
  let a = 0;
  let b = 0;
  for (let i = MILLS.length - 1; i > 0; i--) {
    const next = MILLS[i]! + 2 * t * a - b;
    b = a;
    a = next;
  }
  return (MILLS[0]! + t * a - b) / (x + 1);
}
