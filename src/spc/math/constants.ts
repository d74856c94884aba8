// Control chart constants, exact to double precision.
import { RANGE_CONSTANTS } from './range-table.ts';

/** Largest subgroup for which the constants of the range are known. */
export const MAX_RANGE_SIZE = RANGE_CONSTANTS.length + 1;

const C4_ROWS = 1001;
const C4_TABLE = c4Table();

/**
 * Mean of the range of n standard normal values.
 *
 * @param n subgroup size, 2 … 100; anything else gives NaN
 * @example
 * d2(5).toFixed(4); // => '2.3259'
 */
export function d2(n: number): number {
  return RANGE_CONSTANTS[n - 2]?.[0] ?? Number.NaN;
}

/**
 * Standard deviation of the range of n standard normal values.
 *
 * @param n subgroup size, 2 … 100; anything else gives NaN
 * @example
 * d3(5).toFixed(4); // => '0.8641'
 */
export function d3(n: number): number {
  return RANGE_CONSTANTS[n - 2]?.[1] ?? Number.NaN;
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
  // Γ(x + 1/2) / (√x Γ(x)) for large x; the first term left out is below 1e-15.
  const x = (n - 1) / 2;
  return 1 - 1 / (8 * x) + 1 / (128 * x * x) + 5 / (1024 * x * x * x) - 21 / (32768 * x * x * x * x);
}

/** c4(n + 1) = √((n − 1)/n) / c4(n): follows from Γ(x + 1) = xΓ(x), and errors do not grow. */
function c4Table(): Float64Array {
  const table = new Float64Array(C4_ROWS).fill(Number.NaN);
  table[2] = Math.sqrt(2 / Math.PI);
  for (let n = 2; n + 1 < C4_ROWS; n++) table[n + 1] = Math.sqrt((n - 1) / n) / table[n]!;
  return table;
}
