// Cholesky factors of correlation matrices.

/** A lower triangular factor L of A = L L′, row by row. */
export interface Cholesky {
  readonly size: number;
  readonly lower: Float64Array;
}

/** A pivot below this share of its own variance tells nothing: the variable follows from the others. */
const LEAST_PIVOT = 1e-12;

/**
 * Factorises a symmetric positive definite matrix with ones on its diagonal; undefined when it is singular to working precision or holds NaN.
 *
 * @param matrix `size` × `size`, row by row; only the lower triangle is read
 * @see Golub & Van Loan, Matrix Computations, 4th ed. (2013), 4.2
 * @example
 * cholesky(Float64Array.of(1, 0.6, 0.6, 1), 2)?.lower; // => Float64Array.of(1, 0, 0.6, 0.8)
 * cholesky(Float64Array.of(1, 1, 1, 1), 2); // => undefined
 */
export function cholesky(matrix: Float64Array, size: number): Cholesky | undefined {
  const lower = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = matrix[i * size + j]!;
      for (let k = 0; k < j; k++) rest -= lower[i * size + k]! * lower[j * size + k]!;
      if (i !== j) {
        lower[i * size + j] = rest / lower[j * size + j]!;
        continue;
      }
      if (!(rest > LEAST_PIVOT)) return undefined;
      lower[i * size + i] = Math.sqrt(rest);
    }
  }
  return { size, lower };
}

/**
 * Solves A x = b.
 *
 * @param right b, `size` numbers; not changed
 */
export function solveCholesky({ size, lower }: Cholesky, right: Float64Array): Float64Array {
  const x = right.slice();
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) x[i] = x[i]! - lower[i * size + k]! * x[k]!;
    x[i] = x[i]! / lower[i * size + i]!;
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) x[i] = x[i]! - lower[k * size + i]! * x[k]!;
    x[i] = x[i]! / lower[i * size + i]!;
  }
  return x;
}
