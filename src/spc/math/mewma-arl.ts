// How long a multivariate EWMA runs in control, and the limit that makes it run so long.
import { chiSquareQuantile, logGamma } from './gamma.ts';
import { gaussLegendre } from './gauss-legendre.ts';
import { factorise, solve } from './linear.ts';

/** Terms smaller than this share of the largest add nothing. */
const NEGLIGIBLE = 1e-18;

/**
 * Mean number of points to the first false signal of a MEWMA with asymptotic covariance, its parameters known, starting at its centre.
 * In control only the length of the average matters, so one integral equation for it suffices.
 *
 * @param lambda weight of the newest vector, above 0, at most 1
 * @param p number of variables
 * @param h upper limit of the statistic
 * @see Rigdon (1995), J. Statistical Computation and Simulation 52, 351 for the equation; Runger & Prabhu (1996), JASA 91, 1701 for tables
 * @example
 * mewmaArl(1, 2, 10.597).toFixed(0); // => '200'
 */
export function mewmaArl(lambda: number, p: number, h: number): number {
  // Length of the average at the limit, and how many times the length of its newest step that is.
  const reach = Math.sqrt((h * lambda) / (2 - lambda));
  const { nodes, weights } = gaussLegendre(Math.ceil(24 + 5 * (reach / lambda)), 0, reach);
  const size = nodes.length;
  const moves = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) moves[i * size + j] = -weights[j]! * nextLength(nodes[j]!, nodes[i]!, lambda, p);
  for (let i = 0; i < size; i++) moves[i * size + i] = moves[i * size + i]! + 1;
  const arl = solve(factorise(moves, size), new Float64Array(size).fill(1));
  let total = 1;
  for (let j = 0; j < size; j++) total += weights[j]! * nextLength(nodes[j]!, 0, lambda, p) * arl[j]!;
  return total;
}

/**
 * Limit that gives a MEWMA with asymptotic covariance a wanted run length in control.
 *
 * @param arl mean number of points between false signals, above 1
 * @example
 * mewmaLimit(0.1, 2, 200).toFixed(2); // => '8.63'
 */
export function mewmaLimit(lambda: number, p: number, arl: number): number {
  // Without memory the limit is a quantile; memory only lowers it.
  let high = chiSquareQuantile(1 - 1 / arl, p);
  if (lambda === 1) return high;
  let low = 0;
  let h = high * (1 - 0.25 * (1 - lambda) ** 3);
  for (let round = 0; round < 60; round++) {
    // Long run lengths grow nearly exponentially with the limit: Newton's method on the logarithm.
    const error = Math.log(mewmaArl(lambda, p, h) / arl);
    if (Math.abs(error) < 1e-12) return h;
    if (error > 0) high = h;
    else low = h;
    const nudge = 1e-5 * h;
    const slope = (Math.log(mewmaArl(lambda, p, h + nudge) / arl) - error) / nudge;
    const newton = h - error / slope;
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - h) <= 1e-11 * h) return next;
    h = next;
  }
  return h;
}

/** Density of the next length of the average, where the present one is known: a non-central chi distribution. */
function nextLength(next: number, now: number, lambda: number, p: number): number {
  const x = (next / lambda) ** 2;
  const shift = (((1 - lambda) * now) / lambda) ** 2;
  return ((2 * next) / (lambda * lambda)) * shiftedChiSquareDensity(x, p, shift);
}

/** Density of the non-central chi-square distribution: a mixture of central ones with Poisson weights, summed from its largest term outwards. */
function shiftedChiSquareDensity(x: number, df: number, shift: number): number {
  const product = (shift * x) / 4;
  const a = df / 2;
  // Where the ratio of neighbouring terms passes one.
  const peak = Math.max(0, Math.floor((-a + Math.sqrt(a * a + 4 * product)) / 2));
  const log =
    (a - 1 + peak) * Math.log(x / 2) -
    (x + shift) / 2 -
    logGamma(a + peak) -
    logGamma(peak + 1) +
    (peak === 0 ? 0 : peak * Math.log(shift / 2));
  let total = 1;
  let term = 1;
  for (let k = peak; term > NEGLIGIBLE && product > 0; k++) {
    term *= product / ((k + 1) * (a + k));
    total += term;
  }
  term = 1;
  for (let k = peak; k > 0 && term > NEGLIGIBLE; k--) {
    term *= (k * (a + k - 1)) / product;
    total += term;
  }
  return (Math.exp(log) * total) / 2;
}
