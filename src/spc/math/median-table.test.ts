import { expect, test } from 'vitest';
import { d2, medianError } from './constants.ts';

test('the standard error of the median is that of the closed forms for one, two and three values', () => {
  expect(medianError(1)).toBe(1);
  expect(medianError(2)).toBeCloseTo(Math.SQRT1_2, 15);
  expect(medianError(3)).toBeCloseTo(Math.sqrt(1 - Math.sqrt(3) / Math.PI), 15);
});

test('factors of the median chart agree with the printed ones of AIAG, SPC, 2nd ed., appendix E, to a unit in the last place', () => {
  const printed = [1.88, 1.187, 0.796, 0.691, 0.548, 0.508, 0.433, 0.412, 0.362];
  printed.forEach((factor, i) => {
    expect(Math.abs((3 * medianError(i + 2)) / d2(i + 2) - factor)).toBeLessThan(0.0011);
  });
});

test('for large n it comes near √(π/2n), and an even number never loses against the odd one below', () => {
  expect(Math.abs(medianError(100) / Math.sqrt(Math.PI / 200) - 1)).toBeLessThan(0.01);
  for (let n = 2; n < 100; n += 2) {
    expect(medianError(n)).toBeLessThan(medianError(n - 1));
    expect(medianError(n + 1)).toBeLessThan(medianError(n));
  }
  expect(medianError(0)).toBeNaN();
  expect(medianError(101)).toBeNaN();
});

test('the variance of the median of even n is that of its two middle order statistics, integrated anew', () => {
  // Midpoint sums over centre and half distance; good to 1e-6.
  const cdf = (x: number) => 1 / (1 + Math.exp(-1.5976 * x - 0.070566 * x ** 3));
  const h = 0.02;
  for (const n of [4, 10]) {
    const k = n / 2;
    let mass = 0;
    let square = 0;
    for (let m = -6 + h / 2; m < 6; m += h)
      for (let t = h / 2; t < 6; t += h) {
        const weight = (cdf(m - t) * cdf(-m - t)) ** (k - 1) * Math.exp(-m * m - t * t);
        mass += weight;
        square += weight * m * m;
      }
    // The logistic stand-in for the normal distribution function is good to 2e-4.
    expect(Math.abs(Math.sqrt(square / mass) / medianError(n) - 1)).toBeLessThan(1e-3);
  }
});
