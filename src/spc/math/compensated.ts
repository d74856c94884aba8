// Sums that keep their digits: Neumaier's compensation, in two slots of a state array.

/**
 * Adds to the compensated sum kept in `state[at]` (sum) and `state[at + 1]` (what rounding took).
 *
 * @see Neumaier (1974), ZAMM 54, 39
 * @example
 * const state = new Float64Array(2);
 * for (const x of [1, 1e100, 1, -1e100]) addTo(state, 0, x);
 * totalOf(state, 0); // => 2
 */
export function addTo(state: Float64Array, at: number, value: number): void {
  const sum = state[at]!;
  const next = sum + value;
  const lost = Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
  state[at] = next;
  state[at + 1] = state[at + 1]! + lost;
}

/** The sum kept by `addTo`. */
export function totalOf(state: Float64Array, at: number): number {
  return state[at]! + state[at + 1]!;
}

/**
 * Sum of x with compensation.
 *
 * @example
 * sum(Float64Array.of(1, 1e100, 1, -1e100)); // => 2
 */
export function sum(x: Float64Array): number {
  const state = new Float64Array(2);
  for (let i = 0; i < x.length; i++) addTo(state, 0, x[i]!);
  return totalOf(state, 0);
}
