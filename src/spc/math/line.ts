// Least squares line through pairs that come one at a time: Welford's recurrence for both, on shifted and scaled values, in compensated sums.
import { addTo, totalOf } from './compensated.ts';

const COUNT = 0;
/** First pair: deviations from it are exact for neighbouring values, so an offset of 1e12 costs no digits. */
const ORIGIN_X = 1;
const ORIGIN_Y = 2;
/** Powers of two near the first deviations, so that squares neither under- nor overflow; 0 while all values are equal. */
const UNIT_X = 3;
const UNIT_Y = 4;
const MEAN_X = 5;
const MEAN_Y = 7;
const XX = 9;
const XY = 11;
const YY = 13;

/** Deviations are kept below this many units. */
const LARGEST = 2 ** 100;

/** State slots that a line takes. */
export const LINE_WIDTH = 15;

/** Forgets every pair. */
export function resetLine(state: Float64Array, at: number): void {
  for (let i = 0; i < LINE_WIDTH; i++) state[at + i] = 0;
}

/**
 * Takes one pair of finite numbers. It comes in an array: a number handed over as such would be allocated.
 *
 * @see Welford (1962), Technometrics 4, 419, extended to products
 * @example
 * const state = new Float64Array(LINE_WIDTH);
 * for (const [x, y] of [[1, 3], [2, 5], [3, 7]]) observePair(state, 0, Float64Array.of(x, y));
 * fitSlope(state, 0); // => 2
 * fitSigma(state, 0, 2, 1); // => 0
 */
export function observePair(state: Float64Array, at: number, pair: Float64Array): void {
  const x = pair[0]!;
  const y = pair[1]!;
  const n = state[at + COUNT]! + 1;
  state[at + COUNT] = n;
  if (n === 1) {
    state[at + ORIGIN_X] = x;
    state[at + ORIGIN_Y] = y;
  }
  const scaledX = scaled(state, at, x - state[at + ORIGIN_X]!, UNIT_X, MEAN_X, XX);
  const scaledY = scaled(state, at, y - state[at + ORIGIN_Y]!, UNIT_Y, MEAN_Y, YY);
  const beforeX = scaledX - totalOf(state, at + MEAN_X);
  const beforeY = scaledY - totalOf(state, at + MEAN_Y);
  addTo(state, at + MEAN_X, beforeX / n);
  addTo(state, at + MEAN_Y, beforeY / n);
  const afterX = scaledX - totalOf(state, at + MEAN_X);
  const afterY = scaledY - totalOf(state, at + MEAN_Y);
  addTo(state, at + XX, beforeX * afterX);
  addTo(state, at + XY, beforeX * afterY);
  addTo(state, at + YY, beforeY * afterY);
}

/** A deviation in the unit of its axis. One that dwarfs the unit becomes the new unit, and the sums are restated in it. */
function scaled(state: Float64Array, at: number, deviation: number, unitAt: number, mean: number, own: number): number {
  const size = Math.abs(deviation);
  const unit = state[at + unitAt]!;
  if (size === 0) return 0;
  if (unit === 0 || size / unit > LARGEST) {
    const larger = 2 ** Math.max(-1000, Math.floor(Math.log2(size)));
    const factor = unit / larger;
    for (let i = 0; i < 2; i++) {
      state[at + mean + i] = state[at + mean + i]! * factor;
      state[at + XY + i] = state[at + XY + i]! * factor;
      state[at + own + i] = state[at + own + i]! * factor * factor;
    }
    state[at + unitAt] = larger;
  }
  return deviation / state[at + unitAt]!;
}

/** Number of pairs taken. */
export function lineCount(state: Float64Array, at: number): number {
  return state[at + COUNT]!;
}

/** Mean of the first numbers; NaN without any pair. */
export function meanX(state: Float64Array, at: number): number {
  return mean(state, at, ORIGIN_X, UNIT_X, MEAN_X);
}

/** Mean of the second numbers; NaN without any pair. */
export function meanY(state: Float64Array, at: number): number {
  return mean(state, at, ORIGIN_Y, UNIT_Y, MEAN_Y);
}

function mean(state: Float64Array, at: number, origin: number, unit: number, sum: number): number {
  return state[at + COUNT] === 0 ? Number.NaN : state[at + origin]! + state[at + unit]! * totalOf(state, at + sum);
}

/** Least squares slope; 0 where all first numbers are equal. */
export function fitSlope(state: Float64Array, at: number): number {
  const squares = totalOf(state, at + XX);
  return squares > 0 ? (totalOf(state, at + XY) / squares) * (state[at + UNIT_Y]! / state[at + UNIT_X]!) : 0;
}

/**
 * Standard deviation of the distances from the line of this slope through both means.
 *
 * @param free degrees of freedom, at least 1: pairs less what was fitted
 */
export function fitSigma(state: Float64Array, at: number, slope: number, free: number): number {
  // In units of y where it has one; a y that never changes leaves only the slope.
  const hasUnit = state[at + UNIT_Y] !== 0;
  const unit = hasUnit ? state[at + UNIT_Y]! : 1;
  const b = slope * (state[at + UNIT_X]! / unit);
  const xy = hasUnit ? totalOf(state, at + XY) : 0;
  const yy = hasUnit ? totalOf(state, at + YY) : 0;
  return unit * Math.sqrt(Math.max(0, yy - b * (2 * xy - b * totalOf(state, at + XX))) / free);
}
