// Vectors as a multivariate chart sees them: standardised by what the baseline has learnt, and the distance they are away.
import { CENTRE, type Columns, type Part, SIGMA } from './chart.ts';
import { type Cholesky, cholesky } from './math/cholesky.ts';
import { isWhole, triangle, type VectorEstimate } from './vector-baseline.ts';

/** Slots of the standard: vectors behind the mean, degrees of freedom behind the covariance, then origin, shift and sigma of each variable. */
const COUNT = 0;
const FREEDOM = 1;
const COLUMNS = 2;

/** State slots of the standard of p variables. NaN while nothing is learnt: then all variables share the centre and sigma of the limits. */
export function standardWidth(p: number): number {
  return COLUMNS + 3 * p;
}

/** Writes what was learnt; NaN for nothing. */
export function putStandard(state: Float64Array, at: number, p: number, learnt: VectorEstimate | undefined): void {
  state.fill(Number.NaN, at, at + standardWidth(p));
  if (learnt === undefined) return;
  state[at + COUNT] = learnt.count;
  state[at + FREEDOM] = learnt.freedom;
  state.set(learnt.origin, at + COLUMNS);
  state.set(learnt.shift, at + COLUMNS + p);
  state.set(learnt.sigma, at + COLUMNS + 2 * p);
}

/**
 * Mean of the whole vectors of one subgroup, standardised and times √n, into `y[0 … p)`; how many they are into `y[p]`, 0 = none. In control
 * each variable of it has sigma 1, whatever the size of the subgroup. Allocates nothing.
 *
 * @param chartAt where the chart's state begins: its centre and sigma apply on top, 0 and 1 for what was learnt
 * @param at where the standard lies
 */
export function standardise(
  state: Float64Array,
  chartAt: number,
  at: number,
  columns: Columns,
  from: number,
  to: number,
  y: Float64Array,
): void {
  const { x } = columns;
  const p = y.length - 1;
  const centre = state[chartAt + CENTRE]!;
  const sigma = state[chartAt + SIGMA]!;
  y.fill(0);
  let n = 0;
  for (let row = from; row < to; row += p) {
    if (!isWhole(x, row, p)) continue;
    n += 1;
    for (let j = 0; j < p; j++) {
      const own = state[at + COLUMNS + 2 * p + j]!;
      const origin = state[at + COLUMNS + j]!;
      const shift = state[at + COLUMNS + p + j]!;
      // One variable after the other, its deviation first: an offset of 1e12 costs no digits.
      const deviation = own > 0 ? (x[row + j]! - origin - shift) / own - centre : x[row + j]! - centre;
      y[j] = y[j]! + (deviation === 0 ? 0 : deviation / sigma);
    }
  }
  const root = Math.sqrt(n);
  for (let j = 0; j < p; j++) y[j] = y[j]! / root;
  y[p] = n;
}

/**
 * What a limit made for the covariance alone is multiplied by, into `out[0]`: a mean that was learnt varies as well, 1 + n/N. 1 where the mean
 * is known.
 *
 * @see Tracy, Young & Mason (1992), JQT 24, 88; Alt (1985), Encyclopedia of Statistical Sciences 6, 110
 */
export function meanFactor(state: Float64Array, at: number, n: number, out: Float64Array): void {
  const count = state[at + COUNT]!;
  out[0] = Number.isNaN(count) ? 1 : 1 + n / count;
}

/** State slots of the inverse Cholesky factor of p variables. */
export function whiteningWidth(p: number): number {
  return triangle(p, 0);
}

/**
 * Writes the inverse L⁻¹ of the Cholesky factor of a correlation matrix, lower triangle row by row; false where it is singular to working
 * precision.
 */
export function putWhitening(state: Float64Array, at: number, p: number, correlation: Float64Array): boolean {
  const factor = cholesky(correlation, p);
  if (factor === undefined) return false;
  state.set(inverted(factor), at);
  return true;
}

function inverted({ size, lower }: Cholesky): Float64Array {
  const inverse = new Float64Array(triangle(size, 0));
  for (let column = 0; column < size; column++)
    for (let i = column; i < size; i++) {
      let rest = i === column ? 1 : 0;
      for (let k = column; k < i; k++) rest -= lower[i * size + k]! * inverse[triangle(k, column)]!;
      inverse[triangle(i, column)] = rest / lower[i * size + i]!;
    }
  return inverse;
}

/**
 * Squared statistical distance y′ R⁻¹ y of y[0 … p), into `out[0]`; without a factor (NaN) the variables count as independent. Allocates
 * nothing.
 *
 * @param out one number
 */
export function distance(
  state: Float64Array,
  at: number,
  p: number,
  y: Float64Array,
  yAt: number,
  out: Float64Array,
): void {
  const isLearnt = !Number.isNaN(state[at]!);
  let total = 0;
  for (let i = 0; i < p; i++) {
    let white = y[yAt + i]!;
    if (isLearnt) {
      white = 0;
      for (let j = 0; j <= i; j++) white += state[at + triangle(i, j)]! * y[yAt + j]!;
    }
    total += white * white;
  }
  out[0] = total;
}

/**
 * What each variable adds to the distance when all others are known (T² less T² without it), and its departure by itself.
 *
 * @param y standardised, p numbers
 * @param factor by which y is multiplied to have sigma 1
 * @see Mason, Young & Tracy (1995), JQT 27, 99: the conditional term of each variable given all others, and its unconditional one, z²
 */
export function conditionalParts(state: Float64Array, at: number, y: Float64Array, factor = 1): Part[] {
  const p = y.length;
  const isLearnt = !Number.isNaN(state[at]!);
  const white = new Float64Array(p);
  for (let i = 0; i < p; i++)
    for (let j = 0; j <= i; j++)
      white[i] = white[i]! + (isLearnt ? state[at + triangle(i, j)]! : i === j ? 1 : 0) * y[j]!;
  return Array.from(y, (own, j) => {
    // Column j of L⁻¹ gives both (R⁻¹ y)_j and (R⁻¹)_jj.
    let weight = 0;
    let diagonal = 0;
    for (let i = j; i < p; i++) {
      const inverse = isLearnt ? state[at + triangle(i, j)]! : i === j ? 1 : 0;
      weight += inverse * white[i]!;
      diagonal += inverse * inverse;
    }
    return { part: (factor * factor * weight * weight) / diagonal, z: factor * own };
  });
}
