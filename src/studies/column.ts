// Columns of a study: JSON lists with null as typed arrays with NaN, and sums of them.
import { addTo, totalOf } from '../spc/math/compensated.ts';

/** A list with missing values as a column. */
export function column(list: readonly (number | null | undefined)[]): Float64Array {
  return Float64Array.from(list, (x) => x ?? Number.NaN);
}

/**
 * Sum of the values that are there.
 *
 * @example
 * sumOf(Float64Array.of(1, Number.NaN, 1e100, 1, -1e100)); // => 2
 */
export function sumOf(x: Float64Array): number {
  const total = new Float64Array(2);
  for (const value of x) if (!Number.isNaN(value)) addTo(total, 0, value);
  return totalOf(total, 0);
}

/** Number of values that are there. */
export function countOf(x: Float64Array): number {
  let n = 0;
  for (const value of x) if (!Number.isNaN(value)) n += 1;
  return n;
}

/**
 * Ranges of `span` neighbouring values; a missing value is stepped over, so that its neighbours meet. Element i belongs to value i + 1;
 * NaN where that value is missing or too few came before it.
 *
 * @example
 * [...movingRanges(Float64Array.of(1, 4, Number.NaN, 2), 2)]; // => [3, NaN, 2]
 */
export function movingRanges(x: Float64Array, span: number): Float64Array {
  const ranges = new Float64Array(Math.max(0, x.length - 1)).fill(Number.NaN);
  // The last values that were there, newest overwriting the oldest.
  const window = new Float64Array(span);
  let seen = 0;
  for (let i = 0; i < x.length; i++) {
    const value = x[i] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    window[seen % span] = value;
    seen += 1;
    if (i === 0 || seen < span) continue;
    let least = value;
    let most = value;
    for (const other of window) {
      if (other < least) least = other;
      if (other > most) most = other;
    }
    ranges[i - 1] = most - least;
  }
  return ranges;
}

/** Sample numbers, counted from 1 + `offset`, of the values strictly outside their limits; a limit is a number or a column. */
export function beyond(
  x: Float64Array,
  lower: number | Float64Array,
  upper: number | Float64Array,
  offset = 0,
): number[] {
  const found: number[] = [];
  for (let i = 0; i < x.length; i++) {
    const low = typeof lower === 'number' ? lower : (lower[i] ?? Number.NaN);
    const high = typeof upper === 'number' ? upper : (upper[i] ?? Number.NaN);
    const value = x[i] ?? Number.NaN;
    if (value < low || value > high) found.push(i + 1 + offset);
  }
  return found;
}
