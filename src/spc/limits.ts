// Limits of one point from its centre and its own sigma.
import type { Points } from './chart.ts';

/**
 * Completes a point whose statistic, n, centre and sigma stand in its row: limits centre ± width · sigma, truncated to
 * [floor, ceiling], and z taken before truncation. NaN centre or sigma (no limits yet) gives NaN limits and z.
 *
 * @example
 * const out = points(1);
 * out.statistic[0] = 0.5;
 * out.centre[0] = 0.4;
 * out.sigma[0] = 0.1;
 * completePoint(out, 0, 3, 0, 1);
 * out.upper[0]?.toFixed(2); // => '0.70'
 */
export function completePoint(out: Points, row: number, width: number, floor: number, ceiling: number): void {
  const centre = out.centre[row]!;
  const sigma = out.sigma[row]!;
  const reach = width * sigma;
  const lower = centre - reach;
  const upper = centre + reach;
  // A limit that is NaN stays NaN: both comparisons are false.
  out.lower[row] = lower < floor ? floor : lower;
  out.upper[row] = upper > ceiling ? ceiling : upper;
  const deviation = out.statistic[row]! - centre;
  const inverse = 1 / sigma;
  // A sigma too small for its reciprocal divides; sigma 0 leaves only the side.
  if (inverse < Number.POSITIVE_INFINITY) out.z[row] = deviation * inverse;
  else out.z[row] = deviation === 0 ? 0 : deviation / sigma;
}

/** A point that has no value; limits NaN. */
export function emptyPoint(out: Points, row: number): void {
  out.statistic[row] = Number.NaN;
  out.n[row] = 0;
  out.centre[row] = Number.NaN;
  out.sigma[row] = Number.NaN;
  out.lower[row] = Number.NaN;
  out.upper[row] = Number.NaN;
  out.z[row] = Number.NaN;
}
