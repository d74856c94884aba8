// Control chart constants, exact to double precision.
import { MEDIAN_ERRORS } from './median-table.ts';
import { RANGE_CONSTANTS } from './range-table.ts';

/** Largest subgroup for which the constants of the range are known. */
export const MAX_RANGE_SIZE = RANGE_CONSTANTS.length + 1;

const D2_TABLE = Float64Array.from({ length: MAX_RANGE_SIZE + 1 }, (_, n) => RANGE_CONSTANTS[n - 2]?.[0] ?? Number.NaN);
const D3_TABLE = Float64Array.from({ length: MAX_RANGE_SIZE + 1 }, (_, n) => RANGE_CONSTANTS[n - 2]?.[1] ?? Number.NaN);
const MEDIAN_TABLE = Float64Array.from(
  { length: MEDIAN_ERRORS.length + 1 },
  (_, n) => MEDIAN_ERRORS[n - 1] ?? Number.NaN,
);

const C4_ROWS = 61;
const C4_TABLE = c4Table();

/**
 * Mean of the range of n standard normal values.
 *
 * @param n subgroup size, 2 … 100; anything else gives NaN
 * @example
 * d2(5).toFixed(4); // => '2.3259'
 */
export function d2(n: number): number {
  return D2_TABLE[n] ?? Number.NaN;
}

/**
 * Standard deviation of the range of n standard normal values.
 *
 * @param n subgroup size, 2 … 100; anything else gives NaN
 * @example
 * d3(5).toFixed(4); // => '0.8641'
 */
export function d3(n: number): number {
  return D3_TABLE[n] ?? Number.NaN;
}

/**
 * Standard deviation of the median of n standard normal values; for even n the median is the mean of the two middle ones.
 *
 * @param n subgroup size, 1 … 100; anything else gives NaN
 * @see Hojo (1931), Biometrika 23, 315
 * @example
 * (medianError(5) * Math.sqrt(5)).toFixed(4); // => '1.1976'
 */
export function medianError(n: number): number {
  return MEDIAN_TABLE[n] ?? Number.NaN;
}

/**
 * Mean of the standard deviation (divisor n − 1) of n standard normal values.
 *
 * @param n subgroup size, an integer of at least 2; below that NaN
 * @see Holtzman (1950), Ann. Math. Stat. 21, 606
 * @example
 * c4(5).toFixed(4); // => '0.9400'
 */
export function c4(n: number): number {
  if (n < C4_ROWS) return C4_TABLE[n] ?? Number.NaN;
  // The asymptotic series of Γ(x + 1/2) / (√x Γ(x)); beyond the table the first term left out is below 1e-16.
  const v = 2 / (n - 1);
  const tail = (869 / 4194304 + v * (39325 / 33554432 - v * (334477 / 2147483648))) * v - 399 / 262144;
  return 1 - v * (1 / 8 - v * (1 / 128 + v * (5 / 1024 - v * (21 / 32768 - v * tail))));
}

/** c4(n + 1) = √((n − 1)/n) / c4(n), which follows from Γ(x + 1) = xΓ(x); over so few rows rounding stays below 5e-16. */
function c4Table(): Float64Array {
  const table = new Float64Array(C4_ROWS).fill(Number.NaN);
  table[2] = Math.sqrt(2 / Math.PI);
  for (let n = 2; n + 1 < C4_ROWS; n++) table[n + 1] = Math.sqrt((n - 1) / n) / table[n]!;
  return table;
}
