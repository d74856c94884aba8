import fc from 'fast-check';
import { expect, test } from 'vitest';
import { betaUpperQuantile, binomialAtMost, fUpper, fUpperQuantile, lowerBeta, tUpperQuantile } from './beta.ts';
import { cholesky, solveCholesky } from './cholesky.ts';
import { deviationOf, meanOf, medianOf } from './sample.ts';

const relative = (found: number, expected: number) => Math.abs(found / expected - 1);

test('beta, F, t and binomial agree with values computed by SciPy 1.17', () => {
  // scipy.stats beta.isf, f.isf, t.isf, binom.cdf, beta.cdf, f.sf
  expect(relative(betaUpperQuantile(0.0027, 1, 18.5), 0.2736351863412382)).toBeLessThan(1e-12);
  expect(relative(fUpperQuantile(0.05, 3, 10), 3.7082648190468435)).toBeLessThan(1e-12);
  expect(relative(fUpperQuantile(0.0027, 2, 38), 6.938507416100807)).toBeLessThan(1e-12);
  expect(relative(tUpperQuantile(0.025, 10), 2.2281388519862753)).toBeLessThan(1e-12);
  expect(relative(binomialAtMost(499000, 1e6, 0.5), 0.0228041499326948)).toBeLessThan(1e-8);
  expect(relative(lowerBeta(2, 3, 0.4), 0.5248)).toBeLessThan(1e-13);
  expect(relative(fUpper(3.70826482, 3, 10), 0.049999999968395936)).toBeLessThan(1e-12);
});

test('quantiles invert their tails over wide ranges, and the two tails add up', () => {
  const df = fc.integer({ min: 1, max: 500 });
  const tail = fc.double({ min: 1e-12, max: 0.999, noNaN: true });
  fc.assert(
    fc.property(tail, df, df, (p, a, b) => {
      const x = fUpperQuantile(p, a, b);
      expect(relative(fUpper(x, a, b), p)).toBeLessThan(1e-9);
      const q = betaUpperQuantile(p, a / 2, b / 2);
      expect(lowerBeta(a / 2, b / 2, q) + lowerBeta(b / 2, a / 2, 1 - q)).toBeCloseTo(1, 9);
    }),
  );
  expect(fUpperQuantile(0.05, 0, 3)).toBeNaN();
});

test('mean and deviation of integers are exact at any offset and power-of-two scale', () => {
  const integers = fc.array(fc.integer({ min: -999, max: 999 }), { minLength: 2, maxLength: 40 });
  fc.assert(
    fc.property(integers, fc.constantFrom(1, 2 ** -900, 2 ** 900), fc.constantFrom(0, 2 ** 40), (x, scale, offset) => {
      const n = x.length;
      const total = x.reduce((a, b) => a + b, 0);
      const squares = x.reduce((a, b) => a + b * b, 0);
      const column = Float64Array.from([...x, Number.NaN], (value) => (offset + value) * scale);
      const sd = Math.sqrt((n * squares - total * total) / (n * (n - 1)));
      expect(Math.abs(meanOf(column) / scale - (offset + total / n))).toBeLessThanOrEqual(3e-16 * offset + 1e-12);
      expect(Math.abs(deviationOf(column) / scale - sd)).toBeLessThanOrEqual(1e-12 * Math.max(1, sd));
    }),
  );
  expect([meanOf(new Float64Array()), deviationOf(Float64Array.of(1)), medianOf(new Float64Array())]).toEqual(
    Array(3).fill(Number.NaN),
  );
  expect(medianOf(Float64Array.of(1.6e308, 1.7e308))).toBeCloseTo(1.65e308, -300);
});

test('a correlation matrix is solved, a singular one refused', () => {
  const factor = cholesky(Float64Array.of(1, 0.6, 0.2, 0.6, 1, 0.5, 0.2, 0.5, 1), 3)!;
  const x = solveCholesky(factor, Float64Array.of(1, 2, 3));
  expect(x[0]! + 0.6 * x[1]! + 0.2 * x[2]!).toBeCloseTo(1, 12);
  expect(0.2 * x[0]! + 0.5 * x[1]! + x[2]!).toBeCloseTo(3, 12);
  expect(cholesky(Float64Array.of(1, -1, -1, 1), 2)).toBeUndefined();
  expect(cholesky(Float64Array.of(1, Number.NaN, Number.NaN, 1), 2)).toBeUndefined();
});
