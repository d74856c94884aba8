// z of a statistic whose two sides are not alike.
import type { Points } from './chart.ts';

/** Slots of the scale that `placeSkewed` reads. Numbers go through an array: one handed to a call might be allocated. */
export const VALUE = 0;
export const MEDIAN = 1;
export const LOWER = 2;
export const UPPER = 3;

/**
 * Writes z of one point as thirds of the way from its median to the limit on its side: beyond a limit is beyond ±3, and as many points
 * fall above 0 as below. A limit that is cut off belongs here uncut.
 *
 * @param scale value, median, lower and upper limit, all on one scale
 * @example
 * const out = points(1);
 * placeSkewed(out, 0, Float64Array.of(6, 2, 0, 8));
 * out.z[0]; // => 2
 */
export function placeSkewed(out: Points, row: number, scale: Float64Array): void {
  const deviation = scale[VALUE]! - scale[MEDIAN]!;
  if (deviation === 0) out.z[row] = 0;
  else if (deviation > 0) out.z[row] = (3 * deviation) / (scale[UPPER]! - scale[MEDIAN]!);
  else out.z[row] = (3 * deviation) / (scale[MEDIAN]! - scale[LOWER]!);
}
