// Streaming mean and standard deviation: Welford's recurrence on shifted and scaled values, with compensated sums.
import { addTo, totalOf } from './math/compensated.ts';

const COUNT = 0;
/** First value: deviations from it are exact for neighbouring values, so an offset of 1e12 costs no digits. */
const ORIGIN = 1;
/** A power of two near the first deviation: squares then neither under- nor overflow. 0 while all values are equal. */
const UNIT = 2;
const MEAN = 3;
const SQUARES = 5;

/** State slots that moments take. */
export const MOMENTS_WIDTH = 7;

/** Forgets every value. */
export function resetMoments(state: Float64Array, at: number): void {
  for (let i = 0; i < MOMENTS_WIDTH; i++) state[at + i] = 0;
}

/**
 * Takes one value; NaN is skipped.
 *
 * @see Welford (1962), Technometrics 4, 419
 * @example
 * const state = new Float64Array(MOMENTS_WIDTH);
 * for (const x of [1e12 + 1, 1e12 + 2, 1e12 + 3]) observeMoment(state, 0, x);
 * momentSigma(state, 0); // => 1
 */
export function observeMoment(state: Float64Array, at: number, value: number): void {
  if (!(value - value === 0)) return;
  const n = state[at + COUNT]! + 1;
  state[at + COUNT] = n;
  if (n === 1) state[at + ORIGIN] = value;
  const deviation = value - state[at + ORIGIN]!;
  let unit = state[at + UNIT]!;
  if (unit === 0) {
    if (deviation === 0) return;
    unit = 2 ** Math.floor(Math.log2(Math.abs(deviation)));
    state[at + UNIT] = unit;
  }
  const scaled = deviation / unit;
  const before = scaled - totalOf(state, at + MEAN);
  addTo(state, at + MEAN, before / n);
  addTo(state, at + SQUARES, before * (scaled - totalOf(state, at + MEAN)));
}

/** Number of values taken. */
export function momentCount(state: Float64Array, at: number): number {
  return state[at + COUNT]!;
}

/** First value, from which deviations are taken; 0 without any. */
export function momentOrigin(state: Float64Array, at: number): number {
  return state[at + ORIGIN]!;
}

/** Unit of deviations, a power of two near the first one; 0 while all values are equal. */
export function momentUnit(state: Float64Array, at: number): number {
  return state[at + UNIT]!;
}

/** Mean of the values; NaN without any. */
export function momentMean(state: Float64Array, at: number): number {
  return state[at + COUNT] === 0 ? Number.NaN : state[at + ORIGIN]! + state[at + UNIT]! * totalOf(state, at + MEAN);
}

/** Standard deviation (divisor n − 1); NaN for fewer than two values or beyond the range of numbers. */
export function momentSigma(state: Float64Array, at: number): number {
  const n = state[at + COUNT]!;
  if (n < 2) return Number.NaN;
  const sigma = state[at + UNIT]! * Math.sqrt(Math.max(0, totalOf(state, at + SQUARES)) / (n - 1));
  return sigma < Number.POSITIVE_INFINITY ? sigma : Number.NaN;
}
