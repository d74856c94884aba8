import fc from 'fast-check';
import { expect, test } from 'vitest';
import { symmetricEigen } from './eigen.ts';

const entry = fc.double({ min: -10, max: 10, noNaN: true });
const symmetric = fc.integer({ min: 1, max: 8 }).chain((size) =>
  fc.array(entry, { minLength: size * size, maxLength: size * size }).map((numbers) => ({
    size,
    matrix: Float64Array.from(numbers, (_, i) => {
      const [row, column] = [Math.floor(i / size), i % size];
      return numbers[row < column ? row * size + column : column * size + row]!;
    }),
  })),
);

test('values and vectors put the matrix together again; the vectors are of length one and upright to each other', () => {
  fc.assert(
    fc.property(symmetric, ({ size, matrix }) => {
      const { values, vectors } = symmetricEigen(matrix, size);
      const at = (k: number, i: number) => vectors[k * size + i]!;
      for (let i = 0; i < size; i++) {
        if (i > 0) expect(values[i]!).toBeLessThanOrEqual(values[i - 1]!);
        for (let j = 0; j < size; j++) {
          let rebuilt = 0;
          let product = 0;
          for (let k = 0; k < size; k++) {
            rebuilt += values[k]! * at(k, i) * at(k, j);
            product += at(i, k) * at(j, k);
          }
          expect(rebuilt).toBeCloseTo(matrix[i * size + j]!, 11);
          expect(product).toBeCloseTo(i === j ? 1 : 0, 12);
        }
      }
    }),
  );
});

test('eigenvalues of the second difference matrix are 2 − 2 cos(kπ/(n + 1))', () => {
  const size = 16;
  const matrix = Float64Array.from({ length: size * size }, (_, i) => {
    const off = Math.abs(Math.floor(i / size) - (i % size));
    return off === 0 ? 2 : off === 1 ? -1 : 0;
  });
  symmetricEigen(matrix, size).values.forEach((value, k) => {
    expect(value).toBeCloseTo(2 - 2 * Math.cos(((size - k) * Math.PI) / (size + 1)), 12);
  });
});
