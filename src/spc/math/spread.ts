// Mean, range and standard deviation of the members that are there, safe for huge offsets and for the ends of the number range.

/** Number of members in [from, to) that have a value. */
export function present(x: Float64Array, from: number, to: number): number {
  let n = 0;
  for (let i = from; i < to; i++) if (!Number.isNaN(x[i]!)) n += 1;
  return n;
}

/**
 * Mean of the members of x[from … to) that have a value.
 *
 * Deviations from the first member are summed, so that an offset of 1e12 costs no digit of noise of 1e-3.
 *
 * @returns NaN when there is none
 * @example
 * mean(Float64Array.of(1, Number.NaN, 3), 0, 3); // => 2
 */
export function mean(x: Float64Array, from: number, to: number): number {
  let n = 0;
  let origin = 0;
  let total = 0;
  for (let i = from; i < to; i++) {
    const value = x[i]!;
    if (Number.isNaN(value)) continue;
    if (n === 0) origin = value;
    else total += value - origin;
    n += 1;
  }
  return n === 0 ? Number.NaN : origin + total / n;
}

/**
 * Range of the members of x[from … to) that have a value.
 *
 * @returns NaN when there are fewer than two
 * @example
 * range(Float64Array.of(4, 9, Number.NaN), 0, 3); // => 5
 */
export function range(x: Float64Array, from: number, to: number): number {
  let n = 0;
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let i = from; i < to; i++) {
    const value = x[i]!;
    if (Number.isNaN(value)) continue;
    n += 1;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return n < 2 ? Number.NaN : most - least;
}

/**
 * Standard deviation (divisor n − 1) of the members of x[from … to) that have a value; two passes, squares of scaled deviations,
 * so that neither 1e-300 nor 1e300 under- or overflows.
 *
 * @returns NaN when there are fewer than two
 * @example
 * standardDeviation(Float64Array.of(2, 4, 4, 4, 5, 5, 7, 9), 0, 8).toFixed(4); // => '2.1381'
 */
export function standardDeviation(x: Float64Array, from: number, to: number): number {
  const centre = mean(x, from, to);
  let n = 0;
  let largest = 0;
  for (let i = from; i < to; i++) {
    const deviation = Math.abs(x[i]! - centre);
    if (Number.isNaN(deviation)) continue;
    n += 1;
    if (deviation > largest) largest = deviation;
  }
  if (n < 2) return Number.NaN;
  if (largest === 0) return 0;
  let squares = 0;
  let rest = 0;
  for (let i = from; i < to; i++) {
    const scaled = (x[i]! - centre) / largest;
    if (Number.isNaN(scaled)) continue;
    squares += scaled * scaled;
    rest += scaled;
  }
  // The second term takes out the rounding error of the mean.
  return largest * Math.sqrt(Math.max(0, squares - (rest * rest) / n) / (n - 1));
}
