// What a multivariate chart learns before its limits freeze: the mean vector and how the variables vary together.
import type { Refusal } from './chart.ts';
import { cholesky } from './math/cholesky.ts';
import { addTo, totalOf } from './math/compensated.ts';

/** Vectors taken; degrees of freedom within subgroups, and differences of neighbours, behind the scatter within. */
const COUNT = 0;
const FREE = 1;
const DIFFERENCES = 2;
/** 1 once there is a vector before the next one; only for `successive`. */
const HAS_PREVIOUS = 3;
const COLUMNS = 4;

/** From what the covariance is learnt where members come singly: all of them about their mean, or each against the one before it. */
export type CovarianceOf = 'sample' | 'successive';

/** What a baseline has come to; deviations and sigmas in the unit of each variable. */
export interface VectorEstimate {
  /** Vectors behind the mean. */
  readonly count: number;
  /** Degrees of freedom behind the covariance. */
  readonly freedom: number;
  /** First vector: deviations from it are exact for neighbouring values, so an offset of 1e12 costs no digits. */
  readonly origin: Float64Array;
  /** Mean less origin. */
  readonly shift: Float64Array;
  readonly sigma: Float64Array;
  /** Correlations, row by row. */
  readonly correlation: Float64Array;
}

/** The learning of one chart: where its state lies, and scratch of its own. */
export interface VectorBaseline {
  readonly width: number;
  reset(state: Float64Array, at: number): void;
  /** The next vector has no neighbour: after a gap. */
  restart(state: Float64Array, at: number): void;
  /** Takes the whole vectors among those of one subgroup. Allocates nothing. */
  learn(state: Float64Array, at: number, x: Float64Array, from: number, to: number): void;
  /** Mean and covariance; or why there is none. */
  estimate(state: Float64Array, at: number): VectorEstimate | Refusal;
}

/** Whether the p numbers from x[from] on are all there. */
export function isWhole(x: Float64Array, from: number, p: number): boolean {
  for (let j = 0; j < p; j++) if (!(x[from + j]! - x[from + j]! === 0)) return false;
  return true;
}

/** Place of row i, column j ≤ i, in a lower triangle kept row by row. */
export function triangle(i: number, j: number): number {
  return (i * (i + 1)) / 2 + j;
}

/**
 * A baseline for vectors of p variables: Welford's recurrence on deviations from the first vector, in units near the first deviation.
 * Subgroups of two or more vectors give the covariance within (pooled); single ones that of all, or of successive differences.
 *
 * @see Welford (1962), Technometrics 4, 419; Montgomery, 7th ed. (2013), 11.3; for successive differences Sullivan & Woodall (1996), JQT 28, 398,
 * and Scholz & Tosch (1994), Proc. ASA Section on Quality and Productivity, for their degrees of freedom
 * @example
 * const baseline = vectorBaseline(2, 'sample');
 * const state = new Float64Array(baseline.width);
 * baseline.reset(state, 0);
 * for (const row of [[1, 2], [3, 3], [5, 7]]) baseline.learn(state, 0, Float64Array.from(row), 0, 2);
 * const learnt = baseline.estimate(state, 0);
 * 'sigma' in learnt && [learnt.count, learnt.freedom, ...learnt.sigma, ...learnt.shift]; // => [3, 2, 2, Math.sqrt(7), 2, 2]
 */
export function vectorBaseline(p: number, of: CovarianceOf): VectorBaseline {
  const triangleWidth = triangle(p, 0);
  const originAt = COLUMNS;
  // A power of two near the first deviation: squares then neither under- nor overflow. 0 while all values are equal.
  const unitAt = originAt + p;
  const meanAt = unitAt + p;
  const previousAt = meanAt + 2 * p;
  const totalAt = previousAt + p;
  const withinAt = totalAt + triangleWidth;
  // Scratch of one subgroup: a vector in scaled deviations, its departure before and after, and the mean within.
  const scaled = new Float64Array(p);
  const before = new Float64Array(p);
  const own = new Float64Array(p);

  function scale(state: Float64Array, at: number, x: Float64Array, from: number): void {
    for (let j = 0; j < p; j++) {
      const deviation = x[from + j]! - state[at + originAt + j]!;
      let unit = state[at + unitAt + j]!;
      if (unit === 0 && deviation !== 0) {
        unit = 2 ** Math.floor(Math.log2(Math.abs(deviation)));
        state[at + unitAt + j] = unit;
      }
      scaled[j] = unit === 0 ? 0 : deviation / unit;
    }
  }

  /** Adds left · right′ · weight to a lower triangle. */
  function addProduct(state: Float64Array, at: number, left: Float64Array, right: Float64Array, weight: number): void {
    for (let i = 0; i < p; i++)
      for (let j = 0; j <= i; j++) {
        const place = at + triangle(i, j);
        state[place] = state[place]! + left[i]! * right[j]! * weight;
      }
  }

  function takeAll(state: Float64Array, at: number): void {
    const n = state[at + COUNT]! + 1;
    state[at + COUNT] = n;
    for (let j = 0; j < p; j++) {
      const place = at + meanAt + 2 * j;
      const departure = scaled[j]! - totalOf(state, place);
      addTo(state, place, departure / n);
      before[j] = departure;
    }
    // Departure from the old mean times that from the new one is their square times (n − 1)/n.
    addProduct(state, at + totalAt, before, before, (n - 1) / n);
  }

  function takeWithin(state: Float64Array, at: number, n: number): void {
    for (let j = 0; j < p; j++) {
      before[j] = scaled[j]! - own[j]!;
      own[j] = own[j]! + before[j]! / n;
    }
    if (n > 1) addProduct(state, at + withinAt, before, before, (n - 1) / n);
  }

  function takeDifference(state: Float64Array, at: number): void {
    for (let j = 0; j < p; j++) {
      before[j] = scaled[j]! - state[at + previousAt + j]!;
      state[at + previousAt + j] = scaled[j]!;
    }
    if (state[at + HAS_PREVIOUS] === 1) {
      addProduct(state, at + withinAt, before, before, 0.5);
      state[at + DIFFERENCES] = state[at + DIFFERENCES]! + 1;
    }
    state[at + HAS_PREVIOUS] = 1;
  }

  return {
    width: withinAt + triangleWidth,
    reset(state, at) {
      state.fill(0, at, at + withinAt + triangleWidth);
    },
    restart(state, at) {
      state[at + HAS_PREVIOUS] = 0;
    },
    learn(state, at, x, from, to) {
      let n = 0;
      let whole = 0;
      for (let row = from; row < to; row += p) if (isWhole(x, row, p)) whole += 1;
      own.fill(0);
      for (let row = from; row < to; row += p) {
        if (!isWhole(x, row, p)) continue;
        if (state[at + COUNT] === 0) for (let j = 0; j < p; j++) state[at + originAt + j] = x[row + j]!;
        n += 1;
        scale(state, at, x, row);
        takeAll(state, at);
        if (of === 'successive' && whole === 1) takeDifference(state, at);
        else takeWithin(state, at, n);
      }
      if (n > 1) state[at + FREE] = state[at + FREE]! + n - 1;
    },
    estimate(state, at) {
      const count = state[at + COUNT]!;
      const free = state[at + FREE]!;
      const differences = state[at + DIFFERENCES]!;
      const within = free + differences;
      const scatterAt = at + (within > 0 ? withinAt : totalAt);
      const divisor = within > 0 ? within : count - 1;
      // Neighbouring differences share a vector, so they tell as much as fewer independent ones.
      const freedom = differences > 0 ? free + (2 * differences ** 2) / (3 * differences - 1) : divisor;
      if (!(freedom >= p)) return { why: 'too_few' };
      const variance = Float64Array.from({ length: p }, (_, j) => state[scatterAt + triangle(j, j)]! / divisor);
      const sigma = variance.map((each, j) => Math.sqrt(each) * state[at + unitAt + j]!);
      const constant = sigma.findIndex((each) => !(each > 0 && each < Number.POSITIVE_INFINITY));
      if (constant >= 0) return { why: 'constant', variable: constant };
      const correlation = new Float64Array(p * p);
      for (let i = 0; i < p; i++)
        for (let j = 0; j <= i; j++) {
          const value =
            i === j
              ? 1
              : state[scatterAt + triangle(i, j)]! / divisor / Math.sqrt(variance[i]!) / Math.sqrt(variance[j]!);
          correlation[i * p + j] = value;
          correlation[j * p + i] = value;
        }
      return {
        count,
        freedom,
        origin: state.slice(at + originAt, at + originAt + p),
        shift: Float64Array.from(
          { length: p },
          (_, j) => totalOf(state, at + meanAt + 2 * j) * state[at + unitAt + j]!,
        ),
        sigma,
        correlation,
      };
    },
  };
}

/**
 * First variable that follows from those before it, to working precision; -1 when none does.
 *
 * @example
 * dependentVariable(Float64Array.of(1, 0.5, 0.5, 0.5, 1, 1, 0.5, 1, 1), 3); // => 2
 */
export function dependentVariable(correlation: Float64Array, p: number): number {
  for (let size = 2; size <= p; size++) {
    const leading = Float64Array.from(
      { length: size * size },
      (_, i) => correlation[Math.floor(i / size) * p + (i % size)]!,
    );
    if (cholesky(leading, size) === undefined) return size - 1;
  }
  return -1;
}
