// One arm of a tabular CUSUM, C = max(0, C + x − k), signal above h: exact run lengths by its integral equation, with the atom at zero.
import { gaussLegendre } from '../math/gauss-legendre.ts';
import { absorptionTimes, stationaryShares } from '../math/markov.ts';
import { normalCdf, normalDensity, normalTail } from '../math/normal.ts';
import { type RunLength, runLengthOf } from './run-length.ts';

/** Reference value and decision limit, both in sigma of the values. */
export interface CusumArm {
  readonly k: number;
  readonly h: number;
}

/** Masses that enter an arm: after point `after`, at `place` in [0, h]. */
export interface Entry {
  readonly after: number;
  readonly place: number;
  readonly mass: number;
}

/** Most points × nodes² of a followed run. */
const MOST_WORK = 1e9;

/**
 * ARL of one upper arm as a function of where it starts, for independent normal values.
 *
 * L(u) = 1 + L(0) Φ(k − u − shift) + ∫ L(y) φ(y + k − u − shift) dy over (0, h), solved at Gauss-Legendre nodes and zero.
 *
 * @param shift of the mean, in sigma; negative for the lower arm of an upward shift
 * @see Page (1954), Biometrika 41, 100; Goel & Wu (1971), Technometrics 13, 221
 * @example
 * cusumArmArl({ k: 0.5, h: 4 }, 0)(0).toFixed(4); // => '335.3676'
 */
export function cusumArmArl(arm: CusumArm, shift: number): (start: number) => number {
  const { size, places, weights } = gridOf(arm);
  const exits = places.map((place) => normalTail(arm.h + arm.k - place - shift));
  const arl = absorptionTimes(transitions(arm, shift, { size, places, weights }), exits, size);
  return (start) => {
    let total = 1;
    for (let j = 0; j < size; j++) total += transition(arm, shift, start, j, places, weights) * arl[j]!;
    return total;
  };
}

/**
 * Distribution of the point at which one upper arm signals, when masses enter it at given times and places.
 *
 * @returns undefined when it has not settled after about a second
 * @example
 * cusumArmRun({ k: 0.5, h: 4 }, 0, [{ after: 0, place: 0, mass: 1 }])?.arl.toFixed(4); // => '335.3676'
 */
export function cusumArmRun(arm: CusumArm, shift: number, entries: readonly Entry[]): RunLength | undefined {
  const { size, places, weights } = gridOf(arm);
  const matrix = transitions(arm, shift, { size, places, weights });
  const exits = places.map((place) => normalTail(arm.h + arm.k - place - shift));
  const entersUntil = entries.reduce((latest, { after }) => Math.max(latest, after), 0);
  return runLengthOf(
    {
      size,
      start: new Float64Array(size),
      warmUp: entersUntil + 1,
      entersUntil,
      step(from, to, t) {
        to.fill(0);
        let signalled = 0;
        for (let i = 0; i < size; i++) {
          const mass = from[i]!;
          if (mass === 0) continue;
          signalled += mass * exits[i]!;
          const row = i * size;
          for (let j = 0; j < size; j++) to[j] = to[j]! + mass * matrix[row + j]!;
        }
        for (const { after, place, mass } of entries) {
          if (after !== t - 1) continue;
          signalled += mass * normalTail(arm.h + arm.k - place - shift);
          for (let j = 0; j < size; j++) to[j] = to[j]! + mass * transition(arm, shift, place, j, places, weights);
        }
        return signalled;
      },
    },
    MOST_WORK / size,
  );
}

/**
 * Long-run rate at which one upper arm that is never restarted goes above its limit.
 *
 * @returns 0 when the shift carries the arm up for good
 */
export function cusumArmEvents({ k, h }: CusumArm, shift: number): number {
  const drift = k - shift;
  if (!(drift > 0)) return 0;
  // The stationary distribution ends like exp(−2 · drift · y).
  const wide: CusumArm = { k, h: Math.min(h + 40 / (2 * drift), Math.max(h, 1) * 400) };
  const grid = gridOf(wide);
  const { size, places } = grid;
  const masses = stationaryShares(transitions(wide, shift, grid), size);
  // Of the masses at or below h: their density is smooth, so it is taken at nodes of its own.
  const inner = gridOf({ k, h });
  let rate = masses[0]! * normalTail(h + drift);
  for (let j = 1; j < inner.size; j++) {
    let density = 0;
    for (let i = 0; i < size; i++) density += masses[i]! * normalDensity(inner.places[j]! - places[i]! + drift);
    rate += inner.weights[j]! * density * normalTail(h + drift - inner.places[j]!);
  }
  return rate;
}

interface Grid {
  readonly size: number;
  /** Zero, then the nodes in (0, h). */
  readonly places: Float64Array;
  /** Entry 0 is not used: zero is an atom. */
  readonly weights: Float64Array;
}

function gridOf({ h }: CusumArm): Grid {
  const n = Math.ceil(30 + 2.5 * h);
  const { nodes, weights } = gaussLegendre(n, 0, h);
  return { size: n + 1, places: Float64Array.of(0, ...nodes), weights: Float64Array.of(0, ...weights) };
}

function transitions(arm: CusumArm, shift: number, { size, places, weights }: Grid): Float64Array {
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) matrix[i * size + j] = transition(arm, shift, places[i]!, j, places, weights);
  return matrix;
}

/** Mass that goes from u to zero (j = 0) or to node j. */
function transition(
  { k }: CusumArm,
  shift: number,
  u: number,
  j: number,
  places: Float64Array,
  weights: Float64Array,
): number {
  const moved = k - u - shift;
  return j === 0 ? normalCdf(moved) : weights[j]! * normalDensity(places[j]! + moved);
}
