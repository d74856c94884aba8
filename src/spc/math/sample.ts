// Mean, standard deviation and median of a finished sample: NaN members are missing, no offset and no scale costs digits.
import { addTo, totalOf } from './compensated.ts';

/**
 * The values that are there.
 *
 * @example
 * [...present(Float64Array.of(1, Number.NaN, 3))]; // => [1, 3]
 */
export function present(x: Float64Array): Float64Array {
  return x.filter((value) => !Number.isNaN(value));
}

/**
 * Mean of the values that are there; NaN without any. Deviations from the first value are summed with compensation, scaled by a power
 * of two where they would leave the range of numbers.
 *
 * @example
 * meanOf(Float64Array.of(1e12 + 1, Number.NaN, 1e12 + 3)); // => 1000000000002
 * meanOf(Float64Array.of(1e308, 1.5e308)); // => 1.25e308
 */
export function meanOf(x: Float64Array): number {
  return moments(x).mean;
}

/**
 * Standard deviation (divisor n − 1) of the values that are there; NaN for fewer than two.
 *
 * @see Chan, Golub & LeVeque (1983), The American Statistician 37, 242: the corrected two-pass algorithm
 * @example
 * deviationOf(Float64Array.of(1e12 + 1, 1e12 + 2, 1e12 + 3)); // => 1
 * deviationOf(Float64Array.of(2e-300, 4e-300, 6e-300)).toPrecision(12); // => '2.00000000000e-300'
 */
export function deviationOf(x: Float64Array): number {
  return moments(x).deviation;
}

/**
 * Median of the values that are there; NaN without any.
 *
 * @example
 * medianOf(Float64Array.of(5, 1, Number.NaN, 2, 4)); // => 3
 */
export function medianOf(x: Float64Array): number {
  const sorted = present(x).sort();
  const n = sorted.length;
  if (n === 0) return Number.NaN;
  const high = sorted[n >> 1]!;
  // Halves are added, so that two values near the end of the range do not overflow.
  return n % 2 === 1 ? high : sorted[(n >> 1) - 1]! / 2 + high / 2;
}

/**
 * Smallest and largest value that is there; NaN without any.
 *
 * @example
 * extremes(Float64Array.of(3, Number.NaN, -1)); // => { least: -1, most: 3 }
 */
export function extremes(x: Float64Array): { readonly least: number; readonly most: number } {
  let least = Number.NaN;
  let most = Number.NaN;
  for (const value of x) {
    if (Number.isNaN(value)) continue;
    if (!(value >= least)) least = value;
    if (!(value <= most)) most = value;
  }
  return { least, most };
}

function moments(x: Float64Array): { readonly mean: number; readonly deviation: number } {
  const { least, most } = extremes(x);
  if (Number.isNaN(least)) return { mean: Number.NaN, deviation: Number.NaN };
  // Half the range first: least and most may lie at both ends of the numbers.
  const half = most / 2 - least / 2;
  const unit = half > 0 ? 2 ** Math.min(1023, Math.max(-1022, Math.ceil(Math.log2(half)))) : 1;
  const origin = least / unit;
  // The difference itself is exact for neighbours; only between both ends of the range does it overflow.
  const scaled = (value: number): number =>
    Number.isFinite(value - least) ? (value - least) / unit : value / unit - origin;
  const total = new Float64Array(2);
  let n = 0;
  for (const value of x) {
    if (Number.isNaN(value)) continue;
    n += 1;
    addTo(total, 0, scaled(value));
  }
  const average = totalOf(total, 0) / n;
  const squares = new Float64Array(4);
  for (const value of x) {
    if (Number.isNaN(value)) continue;
    const rest = scaled(value) - average;
    addTo(squares, 0, rest * rest);
    addTo(squares, 2, rest);
  }
  // The second term takes out the rounding error of the mean.
  const variance = (totalOf(squares, 0) - totalOf(squares, 2) ** 2 / n) / (n - 1);
  return {
    mean: Number.isFinite(average * unit) ? least + average * unit : (origin + average) * unit,
    deviation: n < 2 ? Number.NaN : Math.sqrt(Math.max(0, variance)) * unit,
  };
}
