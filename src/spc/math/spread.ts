// Number, mean, range and standard deviation of the members that are there, safe for huge offsets and at the ends of the number range.
// Results go into a caller's array: a number returned from a function that is not inlined is a piece of heap.

/** Slots of a summary. */
export const COUNT = 0;
export const MEAN = 1;
/** NaN with fewer than two members. */
export const RANGE = 2;
/** Divisor n − 1; NaN with fewer than two members. Filled by `summariseDeviation`. */
export const DEVIATION = 3;
export const SUMMARY_WIDTH = 4;

/**
 * Number, mean and range of the members of x[from … to) that have a value, into `summary`.
 *
 * Deviations from the first member are summed, so that an offset of 1e12 costs no digit of noise of 1e-3.
 *
 * @param summary receives COUNT, MEAN (NaN without a member) and RANGE
 * @example
 * const summary = new Float64Array(SUMMARY_WIDTH);
 * summarise(Float64Array.of(1, Number.NaN, 3), 0, 3, summary);
 * [summary[COUNT], summary[MEAN], summary[RANGE]]; // => [2, 2, 2]
 */
export function summarise(x: Float64Array, from: number, to: number, summary: Float64Array): void {
  let n = 0;
  let origin = 0;
  let total = 0;
  let least = 0;
  let most = 0;
  for (let i = from; i < to; i++) {
    const value = x[i]!;
    if (Number.isNaN(value)) continue;
    if (n === 0) {
      origin = value;
      least = value;
      most = value;
    } else {
      total += value - origin;
      if (value < least) least = value;
      else if (value > most) most = value;
    }
    n += 1;
  }
  summary[COUNT] = n;
  summary[MEAN] = n === 0 ? Number.NaN : n === 1 ? origin : origin + total / n;
  summary[RANGE] = n < 2 ? Number.NaN : most - least;
}

/**
 * Standard deviation of the members that `summarise` has just counted, into `summary[DEVIATION]`. Squares are taken of scaled
 * deviations, so that neither 1e-300 nor 1e300 under- or overflows.
 *
 * @example
 * const summary = new Float64Array(SUMMARY_WIDTH);
 * const x = Float64Array.of(2, 4, 4, 4, 5, 5, 7, 9);
 * summarise(x, 0, 8, summary);
 * summariseDeviation(x, 0, 8, summary);
 * summary[DEVIATION]?.toFixed(4); // => '2.1381'
 */
export function summariseDeviation(x: Float64Array, from: number, to: number, summary: Float64Array): void {
  const n = summary[COUNT]!;
  const centre = summary[MEAN]!;
  const scale = summary[RANGE]!;
  if (n < 2 || scale === 0) {
    summary[DEVIATION] = n < 2 ? Number.NaN : 0;
    return;
  }
  let squares = 0;
  let rest = 0;
  for (let i = from; i < to; i++) {
    const scaled = (x[i]! - centre) / scale;
    if (Number.isNaN(scaled)) continue;
    squares += scaled * scaled;
    rest += scaled;
  }
  // The second term takes out the rounding error of the mean.
  summary[DEVIATION] = scale * Math.sqrt(Math.max(0, squares - (rest * rest) / n) / (n - 1));
}
