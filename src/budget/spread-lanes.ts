// How often the lanes beside the location cry wolf: spread statistics of normal values beyond limits at three of their own sigmas.
import { c4, d2, d3 } from '../spc/math/constants.ts';
import { lowerGamma, upperGamma } from '../spc/math/gamma.ts';
import { gaussLegendre } from '../spc/math/gauss-legendre.ts';
import { normalBetween, normalDensity, normalTail } from '../spc/math/normal.ts';

const WIDTH = 3;
/** Normal values farther out than this play no part. */
const FAR = 9;
const NODES = 160;

/**
 * Rate at which the moving range of two begins to be beyond its limit d2 + 3 d3, for independent normal values: P(|x − y| > U) less the
 * chance that two neighbouring ranges, which share a value, are both beyond it.
 *
 * @example
 * movingRangeEvents().toFixed(5); // => '0.00827'
 */
export function movingRangeEvents(): number {
  const upper = d2(2) + WIDTH * d3(2);
  const beyond = 2 * normalTail(upper / Math.SQRT2);
  const both = integral(-FAR, FAR, (x) => normalDensity(x) * (normalTail(upper - x) + normalTail(upper + x)) ** 2);
  return beyond - both;
}

/**
 * Rate at which the range of a subgroup begins to be beyond its limits.
 *
 * @param n members of a subgroup, 2 … 100
 * @see Tippett (1925), Biometrika 17, 364 for the distribution
 * @example
 * rangeEvents(5).toFixed(5); // => '0.00458'
 */
export function rangeEvents(n: number): number {
  const below = (w: number): number =>
    w <= 0 ? 0 : integral(-FAR, FAR, (x) => n * normalDensity(x) * normalBetween(x, x + w) ** (n - 1));
  return beginning(1 - below(d2(n) + WIDTH * d3(n)) + below(d2(n) - WIDTH * d3(n)));
}

/**
 * Rate at which the standard deviation of a subgroup begins to be beyond its limits.
 *
 * @param n members of a subgroup, at least 2
 * @example
 * deviationEvents(5).toFixed(5); // => '0.00388'
 */
export function deviationEvents(n: number): number {
  const sigma = Math.sqrt(1 - c4(n) ** 2);
  const half = (n - 1) / 2;
  const upper = c4(n) + WIDTH * sigma;
  const lower = Math.max(0, c4(n) - WIDTH * sigma);
  return beginning(upperGamma(half, half * upper * upper) + lowerGamma(half, half * lower * lower));
}

/** Independent points that are each beyond with chance p begin to be so at p (1 − p). */
function beginning(p: number): number {
  return p * (1 - p);
}

function integral(from: number, to: number, f: (x: number) => number): number {
  const { nodes, weights } = gaussLegendre(NODES, from, to);
  let sum = 0;
  for (let i = 0; i < nodes.length; i++) sum += (weights[i] ?? 0) * f(nodes[i] ?? 0);
  return sum;
}
