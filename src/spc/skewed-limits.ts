// z of a statistic whose two sides are not alike.
import type { Points } from './chart.ts';

/**
 * Writes z of one point as thirds of the way from its median to the limit on its side: beyond a limit is beyond ±3, and as many points
 * fall above 0 as below. A limit that is cut off belongs here uncut.
 *
 * @param value the statistic on the scale of the other three
 * @example
 * const out = points(1);
 * placeSkewed(out, 0, 6, 2, 0, 8);
 * out.z[0]; // => 2
 */
export function placeSkewed(
  out: Points,
  row: number,
  value: number,
  median: number,
  lower: number,
  upper: number,
): void {
  const deviation = value - median;
  if (deviation === 0) out.z[row] = 0;
  else out.z[row] = 3 * (deviation > 0 ? deviation / (upper - median) : deviation / (median - lower));
}
