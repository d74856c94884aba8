// Limits of one point from its centre and its own sigma.
import type { Points } from './chart.ts';

/**
 * Writes one point with limits centre ± width · sigma, truncated to [floor, ceiling]; z is taken before truncation.
 *
 * @param centre NaN while there are no limits: limits and z are then NaN too
 * @param sigma sigma of the statistic itself, at least 0
 * @example
 * const out = points(1);
 * writePoint(out, 0, 0.5, 9, 0.4, 0.1, 3, 0, 1);
 * out.upper[0]?.toFixed(2); // => '0.70'
 */
export function writePoint(
  out: Points,
  row: number,
  statistic: number,
  n: number,
  centre: number,
  sigma: number,
  width: number,
  floor: number,
  ceiling: number,
): void {
  const reach = width * sigma;
  const lower = centre - reach;
  const upper = centre + reach;
  out.statistic[row] = statistic;
  out.n[row] = n;
  out.centre[row] = centre;
  // A limit that is NaN stays NaN: both comparisons are false.
  out.lower[row] = lower < floor ? floor : lower;
  out.upper[row] = upper > ceiling ? ceiling : upper;
  out.z[row] = standardised(statistic - centre, sigma);
}

/** Writes one point that has no value; limits NaN. */
export function writeNothing(out: Points, row: number): void {
  out.statistic[row] = Number.NaN;
  out.n[row] = 0;
  out.centre[row] = Number.NaN;
  out.lower[row] = Number.NaN;
  out.upper[row] = Number.NaN;
  out.z[row] = Number.NaN;
}

/** deviation / sigma as a product with 1 / sigma; a sigma too small for that divides; sigma 0 leaves only the side. */
function standardised(deviation: number, sigma: number): number {
  const inverse = 1 / sigma;
  if (inverse < Number.POSITIVE_INFINITY) return deviation * inverse;
  if (deviation === 0) return 0;
  return deviation / sigma;
}
