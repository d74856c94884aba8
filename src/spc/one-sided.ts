// Points of statistics that are distances: never below zero, and judged by an upper limit alone.
import type { Points } from './chart.ts';

/**
 * Completes a row whose statistic, n and upper limit stand. A distance has no sigma of its own: z is in thirds of the way to the limit.
 *
 * @example
 * const out = points(1);
 * out.statistic[0] = 5;
 * out.upper[0] = 10;
 * completeDistance(out, 0);
 * [out.lower[0], out.centre[0], out.z[0]]; // => [0, 0, 1.5]
 */
export function completeDistance(out: Points, row: number): void {
  const value = out.statistic[row]!;
  const limit = out.upper[row]!;
  out.centre[row] = 0;
  out.lower[row] = 0;
  out.sigma[row] = limit / 3;
  out.z[row] = value === 0 ? 0 : (3 * value) / limit;
}
