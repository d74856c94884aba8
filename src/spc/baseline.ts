// What a variables chart learns before its limits freeze: a weighted mean and a mean spread, in compensated sums.
import { addTo, totalOf } from './math/compensated.ts';

const ORIGIN = 0;
const SUM = 1;
const WEIGHT = 3;
const SPREAD = 4;
const SPREADS = 6;

/** State slots a baseline takes. */
export const BASELINE_WIDTH = 7;

/** Forgets everything learnt. */
export function resetBaseline(state: Float64Array, at: number): void {
  for (let i = 0; i < BASELINE_WIDTH; i++) state[at + i] = 0;
}

/**
 * Takes one location with its weight. Deviations from the first one are summed, so that a large offset costs no digits.
 *
 * @example
 * const state = new Float64Array(BASELINE_WIDTH);
 * learnLocation(state, 0, 10, 4);
 * learnLocation(state, 0, 13, 2);
 * learntCentre(state, 0); // => 11
 */
export function learnLocation(state: Float64Array, at: number, location: number, weight: number): void {
  if (state[at + WEIGHT] === 0) state[at + ORIGIN] = location;
  addTo(state, at + SUM, (location - state[at + ORIGIN]!) * weight);
  state[at + WEIGHT] = state[at + WEIGHT]! + weight;
}

/** Takes one unbiased estimate of sigma, such as R / d2(n). */
export function learnSpread(state: Float64Array, at: number, sigma: number): void {
  addTo(state, at + SPREAD, sigma);
  state[at + SPREADS] = state[at + SPREADS]! + 1;
}

/** Weighted mean of the locations; NaN without any. */
export function learntCentre(state: Float64Array, at: number): number {
  const weight = state[at + WEIGHT]!;
  return weight === 0 ? Number.NaN : state[at + ORIGIN]! + totalOf(state, at + SUM) / weight;
}

/** Unweighted mean of the estimates of sigma; NaN without any. */
export function learntSigma(state: Float64Array, at: number): number {
  return totalOf(state, at + SPREAD) / state[at + SPREADS]!;
}

/** Number of the estimates of sigma. */
export function learntSpreads(state: Float64Array, at: number): number {
  return state[at + SPREADS]!;
}
