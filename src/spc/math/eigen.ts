// Eigenvalues and eigenvectors of symmetric matrices of a few dozen rows.

export interface Eigen {
  /** Descending. */
  readonly values: Float64Array;
  /** One vector a row, of length 1, its largest component positive; row k belongs to value k. */
  readonly vectors: Float64Array;
}

/**
 * Eigenvalues and eigenvectors of a symmetric matrix by Jacobi's rotations, which find small eigenvalues with full accuracy.
 *
 * @param matrix `size` × `size`, row by row, symmetric; not changed
 * @see Golub & Van Loan, Matrix Computations, 4th ed. (2013), 8.5
 * @example
 * const { values, vectors } = symmetricEigen(Float64Array.of(2, 1, 1, 2), 2);
 * [...values].map((value) => value.toFixed(9)); // => ['3.000000000', '1.000000000']
 * vectors[0]?.toFixed(6); // => '0.707107'
 */
export function symmetricEigen(matrix: Float64Array, size: number): Eigen {
  const a = matrix.slice();
  const rotations = new Float64Array(size * size);
  for (let i = 0; i < size; i++) rotations[i * size + i] = 1;
  for (let sweep = 0; sweep < 60; sweep++) {
    let isDone = true;
    for (let i = 0; i < size; i++)
      for (let j = i + 1; j < size; j++) {
        const off = a[i * size + j]!;
        const scale = Math.sqrt(Math.abs(a[i * size + i]!) * Math.abs(a[j * size + j]!));
        if (off === 0 || (Math.abs(off) <= 1e-16 * scale && sweep > 3)) continue;
        isDone = false;
        rotate(a, rotations, size, i, j);
      }
    if (isDone) break;
  }
  const order = Array.from({ length: size }, (_, i) => i).sort((i, j) => a[j * size + j]! - a[i * size + i]! || i - j);
  const vectors = new Float64Array(size * size);
  order.forEach((column, k) => {
    let largest = 0;
    for (let i = 0; i < size; i++) {
      const value = rotations[i * size + column]!;
      if (Math.abs(value) > Math.abs(largest) * (1 + 1e-9)) largest = value;
    }
    for (let i = 0; i < size; i++)
      vectors[k * size + i] = largest < 0 ? -rotations[i * size + column]! : rotations[i * size + column]!;
  });
  return { values: Float64Array.from(order, (i) => a[i * size + i]!), vectors };
}

/** Turns rows and columns i and j so that a[i][j] becomes 0. */
function rotate(a: Float64Array, rotations: Float64Array, size: number, i: number, j: number): void {
  const off = a[i * size + j]!;
  const theta = (a[j * size + j]! - a[i * size + i]!) / (2 * off);
  const tangent = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const cosine = 1 / Math.sqrt(tangent * tangent + 1);
  const sine = tangent * cosine;
  for (let k = 0; k < size; k++) {
    const first = a[k * size + i]!;
    const second = a[k * size + j]!;
    a[k * size + i] = cosine * first - sine * second;
    a[k * size + j] = sine * first + cosine * second;
  }
  for (let k = 0; k < size; k++) {
    const first = a[i * size + k]!;
    const second = a[j * size + k]!;
    a[i * size + k] = cosine * first - sine * second;
    a[j * size + k] = sine * first + cosine * second;
    const left = rotations[k * size + i]!;
    const right = rotations[k * size + j]!;
    rotations[k * size + i] = cosine * left - sine * right;
    rotations[k * size + j] = sine * left + cosine * right;
  }
  a[i * size + j] = 0;
  a[j * size + i] = 0;
}
