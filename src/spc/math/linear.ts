// Dense linear equations, for matrices of a few hundred rows.

/** A square matrix in factors: P A = L U, row by row in one array. */
export interface Factors {
  readonly size: number;
  readonly lu: Float64Array;
  /** Row of A that stands at each place. */
  readonly order: Int32Array;
}

/**
 * Factorises a square matrix by Gaussian elimination with partial pivoting.
 *
 * @param matrix `size` × `size`, row by row; not changed
 * @see Golub & Van Loan, Matrix Computations, 4th ed. (2013), 3.4
 * @example
 * [...solve(factorise(Float64Array.of(0, 2, 1, 1), 2), Float64Array.of(4, 3))]; // => [1, 2]
 */
export function factorise(matrix: Float64Array, size: number): Factors {
  const lu = matrix.slice();
  const order = Int32Array.from({ length: size }, (_, i) => i);
  for (let c = 0; c < size; c++) {
    let pivot = c;
    for (let r = c + 1; r < size; r++) if (Math.abs(lu[r * size + c]!) > Math.abs(lu[pivot * size + c]!)) pivot = r;
    if (pivot !== c) {
      for (let k = 0; k < size; k++) {
        const held = lu[c * size + k]!;
        lu[c * size + k] = lu[pivot * size + k]!;
        lu[pivot * size + k] = held;
      }
      const held = order[c]!;
      order[c] = order[pivot]!;
      order[pivot] = held;
    }
    const diagonal = lu[c * size + c]!;
    for (let r = c + 1; r < size; r++) {
      const factor = lu[r * size + c]! / diagonal;
      lu[r * size + c] = factor;
      if (factor === 0) continue;
      for (let k = c + 1; k < size; k++) lu[r * size + k] = lu[r * size + k]! - factor * lu[c * size + k]!;
    }
  }
  return { size, lu, order };
}

/**
 * Solves A x = b for a factorised A; a singular A gives infinities or NaN.
 *
 * @param right b, `size` numbers; not changed
 * @example
 * [...solve(factorise(Float64Array.of(2, 0, 0, 4), 2), Float64Array.of(2, 2))]; // => [1, 0.5]
 */
export function solve({ size, lu, order }: Factors, right: Float64Array): Float64Array {
  const x = Float64Array.from(order, (row) => right[row]!);
  for (let r = 0; r < size; r++) {
    let rest = x[r]!;
    for (let k = 0; k < r; k++) rest -= lu[r * size + k]! * x[k]!;
    x[r] = rest;
  }
  for (let r = size - 1; r >= 0; r--) {
    let rest = x[r]!;
    for (let k = r + 1; k < size; k++) rest -= lu[r * size + k]! * x[k]!;
    x[r] = rest / lu[r * size + r]!;
  }
  return x;
}
