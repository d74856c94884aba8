// The incomplete beta function and what follows from it: quantiles of beta and F, binomial probabilities.
import { logGamma } from './gamma.ts';

/**
 * Regularised incomplete beta function I_x(a, b), the distribution function of the beta distribution; accurate where it is small.
 *
 * @param a above 0
 * @param b above 0
 * @param x between 0 and 1
 * @see Didonato & Morris (1992), ACM TOMS 18, 360: continued fraction, evaluated by Lentz's method
 * @example
 * lowerBeta(2, 3, 0.4).toFixed(6); // => '0.524800'
 */
export function lowerBeta(a: number, b: number, x: number): number {
  return betaOf(a, b, x, 1 - x);
}

/** I_x(a, b) with both x and y = 1 − x given, so that neither end loses digits. */
function betaOf(a: number, b: number, x: number, y: number): number {
  if (!(a > 0 && b > 0)) return Number.NaN;
  if (x <= 0) return 0;
  if (y <= 0) return 1;
  const front = Math.exp(a * Math.log(x) + b * Math.log(y) - logBeta(a, b));
  return x < (a + 1) / (a + b + 2) ? (front * fraction(a, b, x)) / a : 1 - (front * fraction(b, a, y)) / b;
}

/**
 * Quantile of the beta distribution by its upper tail.
 *
 * @param tail probability to the right, between 0 and 1
 * @example
 * betaUpperQuantile(0.0027, 1, 18.5).toFixed(9); // => '0.273635186'
 */
export function betaUpperQuantile(tail: number, a: number, b: number): number {
  const odds = oddsQuantile(tail, a, b);
  return odds === Number.POSITIVE_INFINITY ? 1 : odds / (1 + odds);
}

/**
 * Quantile of the F distribution by its upper tail.
 *
 * @param tail probability to the right, between 0 and 1
 * @param df1 degrees of freedom of the numerator, above 0
 * @param df2 degrees of freedom of the denominator, above 0
 * @example
 * fUpperQuantile(0.05, 3, 10).toFixed(6); // => '3.708265'
 */
export function fUpperQuantile(tail: number, df1: number, df2: number): number {
  return (oddsQuantile(tail, df1 / 2, df2 / 2) * df2) / df1;
}

/**
 * Probability that an F-distributed value is above x.
 *
 * @example
 * fUpper(3.708264820, 3, 10).toFixed(6); // => '0.050000'
 */
export function fUpper(x: number, df1: number, df2: number): number {
  if (!(df1 > 0 && df2 > 0)) return Number.NaN;
  if (x <= 0) return 1;
  const whole = df2 + df1 * x;
  return betaOf(df2 / 2, df1 / 2, df2 / whole, (df1 * x) / whole);
}

/**
 * Quantile of Student's t distribution by its upper tail.
 *
 * @param tail probability to the right, above 0, at most 0.5
 * @example
 * tUpperQuantile(0.025, 10).toFixed(6); // => '2.228139'
 */
export function tUpperQuantile(tail: number, df: number): number {
  return Math.sqrt(fUpperQuantile(2 * tail, 1, df));
}

/**
 * Probability of at most k successes in n trials.
 *
 * @example
 * binomialAtMost(2, 5, 0.5).toFixed(9); // => '0.500000000'
 */
export function binomialAtMost(k: number, n: number, p: number): number {
  if (k < 0) return 0;
  if (k >= n) return 1;
  return betaOf(n - k, k + 1, 1 - p, p);
}

/** x / (1 − x) of the beta quantile, by bisection and Newton's method on the logarithm of the odds. */
function oddsQuantile(tail: number, a: number, b: number): number {
  if (!(tail >= 0 && tail <= 1 && a > 0 && b > 0)) return Number.NaN;
  if (tail === 0) return Number.POSITIVE_INFINITY;
  if (tail === 1) return 0;
  const above = (odds: number): number => betaOf(b, a, 1 / (1 + odds), odds / (1 + odds));
  let low = -700;
  let high = 700;
  let t = Math.log(a / b);
  for (let i = 0; i < 300; i++) {
    const odds = Math.exp(t);
    const error = above(odds) - tail;
    if (error > 0) low = t;
    else high = t;
    const slope = Math.exp(a * Math.log(odds / (1 + odds)) - b * Math.log1p(odds) - logBeta(a, b));
    // Newton on the logarithm of the tail is close to a straight line far out.
    const newton = t + (Math.log((error + tail) / tail) * (error + tail)) / slope;
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - t) <= 1e-15 * Math.max(1, Math.abs(t))) return Math.exp(next);
    t = next;
  }
  return Math.exp(t);
}

function logBeta(a: number, b: number): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b);
}

/** Continued fraction of the incomplete beta function; converges fast for x below its mean. */
function fraction(a: number, b: number, x: number): number {
  const tiny = 1e-300;
  let c = 1;
  let d = 1 - ((a + b) * x) / (a + 1);
  d = 1 / (Math.abs(d) < tiny ? tiny : d);
  let h = d;
  for (let m = 1; m < 100_000; m++) {
    for (const term of [
      (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)),
      (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1)),
    ]) {
      d = 1 + term * d;
      c = 1 + term / c;
      d = 1 / (Math.abs(d) < tiny ? tiny : d);
      if (Math.abs(c) < tiny) c = tiny;
      h *= d * c;
    }
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return h;
}
