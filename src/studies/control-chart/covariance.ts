// Several characteristics at once: means, covariances and distances, computed on scaled columns so that units do not matter.
import { cholesky, solveCholesky } from '../../spc/math/cholesky.ts';
import { deviationOf, meanOf } from '../../spc/math/sample.ts';
import { column, sumOf } from '../column.ts';
import { impossible } from '../study.ts';

/** Rows of p values as p columns; a row with a missing value is missing whole. */
export function readRows(rows: readonly (readonly (number | null)[])[], field: string): Float64Array[] {
  const p = rows[0]?.length ?? 0;
  const odd = rows.findIndex((row) => row.length !== p);
  if (odd >= 0)
    throw impossible(
      `${field}[${odd}]`,
      `${rows[odd]?.length} values where the first row has ${p}`,
      'Give every row as many values.',
    );
  const whole = rows.map((row) => row.every((x) => x !== null));
  return Array.from({ length: p }, (_, v) => column(rows.map((row, i) => (whole[i] === true ? row[v] : null))));
}

/** Covariance matrix, divisor n − 1; rows with a missing value do not count. */
export function covariance(columns: readonly Float64Array[]): number[][] {
  const centred = columns.map((x) => {
    const centre = meanOf(x);
    const unit = scaleOf(deviationOf(x));
    return { unit, deviation: x.map((value) => (value - centre) / unit) };
  });
  const n = columns[0] === undefined ? 0 : columns[0].filter((value) => !Number.isNaN(value)).length;
  return centred.map((a) =>
    centred.map((b) => (sumOf(a.deviation.map((d, i) => d * (b.deviation[i] ?? 0))) / (n - 1)) * a.unit * b.unit),
  );
}

/** Covariance from successive differences: V′V / 2(m − 1), insensitive to slow drifts. */
export function successiveCovariance(columns: readonly Float64Array[]): number[][] {
  const kept = columns.map((x) => x.filter((value) => !Number.isNaN(value)));
  const steps = kept.map((x) => {
    const unit = scaleOf(deviationOf(x));
    return { unit, step: x.slice(1).map((value, i) => (value - (x[i] ?? 0)) / unit) };
  });
  const m = kept[0]?.length ?? 0;
  return steps.map((a) =>
    steps.map((b) => (sumOf(a.step.map((d, i) => d * (b.step[i] ?? 0))) / (2 * (m - 1))) * a.unit * b.unit),
  );
}

function scaleOf(sigma: number): number {
  return sigma > 0 ? sigma : 1;
}

/** Squared statistical distances from one covariance matrix. */
export interface Metric {
  /** y′ S⁻¹ y; NaN where y has a missing value or S is singular. */
  squared(y: Float64Array): number;
  /** What each variable adds to it, the others given. */
  contributions(y: Float64Array): number[];
}

/**
 * The metric of a covariance matrix. A matrix that is singular to working precision gives NaN: no distance can be told.
 *
 * @see Mason, Young & Tracy (1995), J. Quality Technology 27, 99 for the contributions
 * @example
 * metricOf([[4, 0], [0, 9]]).squared(Float64Array.of(2, 3)); // => 2
 */
export function metricOf(covarianceMatrix: readonly (readonly number[])[]): Metric {
  const p = covarianceMatrix.length;
  const sigma = Float64Array.from(covarianceMatrix, (row, i) => Math.sqrt(row[i] ?? Number.NaN));
  const flat = new Float64Array(p * p);
  covarianceMatrix.forEach((row, i) => {
    row.forEach((value, j) => {
      flat[i * p + j] = value / (sigma[i] ?? Number.NaN) / (sigma[j] ?? Number.NaN);
    });
  });
  const factor = cholesky(flat, p);
  const scaled = (y: Float64Array): Float64Array => y.map((value, i) => value / (sigma[i] ?? Number.NaN));
  const inverseDiagonal = Float64Array.from({ length: p }, (_, i) => {
    const unit = new Float64Array(p);
    unit[i] = 1;
    return factor === undefined ? Number.NaN : (solveCholesky(factor, unit)[i] ?? Number.NaN);
  });
  return {
    squared(y) {
      const s = scaled(y);
      if (factor === undefined || s.some(Number.isNaN)) return Number.NaN;
      const w = solveCholesky(factor, s);
      return Math.max(0, sumOf(s.map((value, i) => value * (w[i] ?? 0))));
    },
    contributions(y) {
      if (factor === undefined) return Array.from(y, () => Number.NaN);
      const w = solveCholesky(factor, scaled(y));
      return Array.from(w, (weight, i) => (weight * weight) / (inverseDiagonal[i] ?? Number.NaN));
    },
  };
}

/** Row i of the columns less a centre. */
export function departure(columns: readonly Float64Array[], i: number, centre: Float64Array): Float64Array {
  return Float64Array.from(columns, (x, v) => (x[i] ?? Number.NaN) - (centre[v] ?? Number.NaN));
}
