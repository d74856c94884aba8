// The baseline of charts of single values or subgroup means in one lane: sigma within where there are subgroups, else by moving ranges.
import {
  BASELINE_WIDTH,
  learnLocation,
  learnSpread,
  learntCentre,
  learntSigma,
  learntSpreads,
  resetBaseline,
} from './baseline.ts';
import { c4, d2 } from './math/constants.ts';
import { COUNT, DEVIATION, MEAN } from './math/spread.ts';

/** From subgroups of two or more members: sigma within. */
const WITHIN = 0;
/** From neighbours: sigma by moving ranges. */
const MOVING = BASELINE_WIDTH;
const PREVIOUS = MOVING + BASELINE_WIDTH;

/** State slots such a baseline takes. */
export const LEVEL_WIDTH = PREVIOUS + 1;

/** Forgets everything learnt. */
export function resetLevel(state: Float64Array, at: number): void {
  resetBaseline(state, at + WITHIN);
  resetBaseline(state, at + MOVING);
  state[at + PREVIOUS] = Number.NaN;
}

/** The next subgroup has no neighbour: after a gap. */
export function restartLevel(state: Float64Array, at: number): void {
  state[at + PREVIOUS] = Number.NaN;
}

/**
 * Takes one subgroup.
 *
 * @param summary COUNT, MEAN and DEVIATION of its members
 * @example
 * const state = new Float64Array(LEVEL_WIDTH);
 * resetLevel(state, 0);
 * for (const x of [10, 12, 11]) learnLevel(state, 0, Float64Array.of(1, x, Number.NaN, Number.NaN));
 * levelCentre(state, 0); // => 11
 * levelSigma(state, 0).toFixed(4); // => '1.3293'
 */
export function learnLevel(state: Float64Array, at: number, summary: Float64Array): void {
  const n = summary[COUNT]!;
  const average = summary[MEAN]!;
  const spread = summary[DEVIATION]!;
  learnLocation(state, at + WITHIN, average, n);
  if (!Number.isNaN(spread)) learnSpread(state, at + WITHIN, spread / c4(n));
  const moving = Math.abs(average - state[at + PREVIOUS]!);
  if (!Number.isNaN(moving)) learnSpread(state, at + MOVING, moving / d2(2));
  state[at + PREVIOUS] = average;
}

/** Mean of all values; NaN without any. */
export function levelCentre(state: Float64Array, at: number): number {
  return learntCentre(state, at + WITHIN);
}

/** Sigma of the individual values: mean of s/c4(n), for single values mean moving range / d2(2); NaN where there is neither. */
export function levelSigma(state: Float64Array, at: number): number {
  const within = learntSigma(state, at + WITHIN);
  return Number.isNaN(within) ? learntSigma(state, at + MOVING) : within;
}

/** Number of estimates behind `levelSigma`. */
export function levelSpreads(state: Float64Array, at: number): number {
  return learntSpreads(state, at + WITHIN) || learntSpreads(state, at + MOVING);
}
