// The incomplete gamma function and what follows from it: normal and chi-square probabilities, chi-square quantiles.

const STIRLING = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360];

/**
 * Natural logarithm of the gamma function.
 *
 * @param x above 0
 * @see Abramowitz & Stegun (1964), 6.1.40, after moving x up by the recurrence
 * @example
 * Math.exp(logGamma(5)).toFixed(6); // => '24.000000'
 */
export function logGamma(x: number): number {
  let product = 1;
  let y = x;
  while (y < 12) {
    product *= y;
    y += 1;
  }
  let series = 0;
  for (let i = STIRLING.length - 1; i >= 0; i--) series = series / (y * y) + STIRLING[i]!;
  return (y - 0.5) * Math.log(y) - y + 0.5 * Math.log(2 * Math.PI) + series / y - Math.log(product);
}

/**
 * Upper regularised incomplete gamma function Q(a, x) = 1 − P(a, x).
 *
 * @param a above 0
 * @param x at least 0
 * @see Press et al., Numerical Recipes, 3rd ed. (2007), 6.2: series below a + 1, continued fraction above
 * @example
 * upperGamma(1, 2).toFixed(6); // => '0.135335'
 */
export function upperGamma(a: number, x: number): number {
  if (x <= 0) return 1;
  const front = Math.exp(a * Math.log(x) - x - logGamma(a));
  return x < a + 1 ? 1 - front * lowerSeries(a, x) : front * upperFraction(a, x);
}

/** Lower regularised incomplete gamma function P(a, x); accurate where it is small. */
export function lowerGamma(a: number, x: number): number {
  if (x <= 0) return 0;
  const front = Math.exp(a * Math.log(x) - x - logGamma(a));
  return x < a + 1 ? front * lowerSeries(a, x) : 1 - front * upperFraction(a, x);
}

/**
 * Probability that a standard normal value is above x.
 *
 * @example
 * normalUpper(3).toFixed(8); // => '0.00134990'
 */
export function normalUpper(x: number): number {
  return x >= 0 ? upperGamma(0.5, (x * x) / 2) / 2 : 1 - upperGamma(0.5, (x * x) / 2) / 2;
}

/**
 * Quantile of the chi-square distribution.
 *
 * @param p probability to the left, between 0 and 1
 * @param df degrees of freedom, above 0
 * @example
 * chiSquareQuantile(0.95, 10).toFixed(4); // => '18.3070'
 */
export function chiSquareQuantile(p: number, df: number): number {
  if (!(p > 0 && p < 1 && df > 0)) return Number.NaN;
  const a = df / 2;
  let low = 0;
  let high = df;
  while (lowerGamma(a, high / 2) < p) {
    low = high;
    high *= 2;
  }
  let x = (low + high) / 2;
  for (let i = 0; i < 200; i++) {
    const error = lowerGamma(a, x / 2) - p;
    if (error > 0) high = x;
    else low = x;
    const density = Math.exp((a - 1) * Math.log(x / 2) - x / 2 - logGamma(a)) / 2;
    const newton = x - error / density;
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - x) <= 1e-15 * x) return next;
    x = next;
  }
  return x;
}

function lowerSeries(a: number, x: number): number {
  let term = 1 / a;
  let total = term;
  for (let i = 1; i < 10_000; i++) {
    term *= x / (a + i);
    total += term;
    if (term < total * 1e-17) break;
  }
  return total;
}

/** Lentz's method; x ≥ a + 1 keeps every denominator positive. */
function upperFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = Number.MAX_VALUE;
  let d = 1 / b;
  let fraction = d;
  for (let i = 1; i < 10_000; i++) {
    const an = -i * (i - a);
    b += 2;
    d = 1 / (an * d + b);
    c = b + an / c;
    const delta = c * d;
    fraction *= delta;
    if (Math.abs(delta - 1) < 1e-16) break;
  }
  return fraction;
}
