import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MOMENTS_WIDTH, momentMean, momentSigma, observeMoment } from '../moments.ts';
import { sum } from './compensated.ts';
import { c4, d2, d3, MAX_RANGE_SIZE } from './constants.ts';
import { chiSquareQuantile, logGamma, lowerGamma, normalUpper, upperGamma } from './gamma.ts';
import { COUNT, DEVIATION, MEAN, RANGE, SUMMARY_WIDTH, summarise, summariseDeviation } from './spread.ts';

test('constants of the range have closed forms for two and three values', () => {
  expect(d2(2)).toBeCloseTo(2 / Math.sqrt(Math.PI), 15);
  expect(d3(2)).toBeCloseTo(Math.sqrt(2 - 4 / Math.PI), 15);
  expect(d2(3)).toBeCloseTo(3 / Math.sqrt(Math.PI), 15);
});

test('constants agree with the tables printed in ASTM MNL 7 (n, d2, d3, c4), read there', () => {
  for (const [n, a, b, c] of [
    [4, 2.059, 0.88, 0.9213],
    [5, 2.326, 0.864, 0.94],
    [10, 3.078, 0.797, 0.9727],
    [25, 3.931, 0.708, 0.9896],
  ] as const) {
    expect(d2(n)).toBeCloseTo(a, 3);
    expect(d3(n)).toBeCloseTo(b, 3);
    expect(c4(n)).toBeCloseTo(c, 4);
  }
});

test('a size without a constant gives no value', () => {
  for (const n of [0, 1, 1.5, Number.NaN]) expect([d2(n), d3(n), c4(n)]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  expect(d2(MAX_RANGE_SIZE)).toBeGreaterThan(5);
  expect(d2(MAX_RANGE_SIZE + 1)).toBeNaN();
});

test('c4 equals its definition by gamma functions, in the table and beyond', () => {
  for (const n of [2, 3, 7, 50, 60, 61, 62, 100, 1000, 100_000]) {
    const byGamma = Math.sqrt(2 / (n - 1)) * Math.exp(logGamma(n / 2) - logGamma((n - 1) / 2));
    expect(Math.abs(c4(n) / byGamma - 1)).toBeLessThan(1e-15 * (10 + n));
  }
  // c4(n) c4(n + 1) = √((n − 1)/n), within the series, within the table and across their border.
  for (let n = 2; n < 500; n++) expect(Math.abs(c4(n) * c4(n + 1) - Math.sqrt((n - 1) / n))).toBeLessThan(1e-15);
});

test('normal tails and gamma functions agree with values computed by SciPy 1.17', () => {
  // scipy.stats.norm.sf, scipy.special.gammaln, gammaincc.
  const relative = (found: number, expected: number) => Math.abs(found / expected - 1);
  expect(relative(normalUpper(3), 0.0013498980316300933)).toBeLessThan(1e-13);
  expect(relative(normalUpper(0.5), 0.3085375387259869)).toBeLessThan(1e-14);
  expect(relative(normalUpper(8), 6.22096057427174e-16)).toBeLessThan(1e-13);
  expect(relative(normalUpper(-1), 0.8413447460685429)).toBeLessThan(1e-14);
  expect(relative(logGamma(0.5), 0.5723649429247)).toBeLessThan(1e-14);
  expect(relative(logGamma(100.5), 361.43554046777757)).toBeLessThan(1e-14);
  expect(relative(upperGamma(2.5, 3), 0.30621891841327875)).toBeLessThan(1e-13);
});

test('chi-square quantiles agree with SciPy 1.17 and invert the distribution', () => {
  // scipy.stats.chi2.ppf
  for (const [p, df, x] of [
    [0.025, 1, 0.0009820691171752555],
    [0.975, 29, 45.72228580417452],
    [0.025, 124, 95.07008897234516],
    [0.95, 10, 18.307038053275146],
  ] as const)
    expect(Math.abs(chiSquareQuantile(p, df) / x - 1)).toBeLessThan(1e-11);
  fc.assert(
    fc.property(fc.double({ min: 0.001, max: 0.999, noNaN: true }), fc.integer({ min: 1, max: 2000 }), (p, df) => {
      expect(lowerGamma(df / 2, chiSquareQuantile(p, df) / 2)).toBeCloseTo(p, 11);
    }),
  );
  expect(chiSquareQuantile(0, 3)).toBeNaN();
});

test('sums keep the digits that plain addition loses', () => {
  expect(sum(Float64Array.of(1, 1e100, 1, -1e100))).toBe(2);
  expect(sum(new Float64Array(10).fill(0.1))).toBe(1);
  expect(sum(new Float64Array(0))).toBe(0);
});

test('summaries of integers with any offset are exact, whatever is missing', () => {
  fc.assert(
    fc.property(
      fc.array(fc.option(fc.integer({ min: -50, max: 50 }), { nil: null }), { maxLength: 12 }),
      fc.constantFrom(0, 1e9, -1e12),
      (members, offset) => {
        const x = Float64Array.from(members, (member) => (member === null ? Number.NaN : offset + member));
        const good = members.filter((member) => member !== null);
        const n = good.length;
        const total = good.reduce((a, b) => a + b, 0);
        const squares = good.reduce((a, b) => a + b * b, 0);
        const summary = new Float64Array(SUMMARY_WIDTH);
        summarise(x, 0, x.length, summary);
        summariseDeviation(x, 0, x.length, summary);
        expect(summary[COUNT]).toBe(n);
        if (n === 0) {
          expect(summary[MEAN]).toBeNaN();
          return;
        }
        expect(Math.abs(summary[MEAN]! - (offset + total / n))).toBeLessThanOrEqual(1e-15 * Math.abs(offset) + 1e-13);
        if (n < 2) {
          expect([summary[RANGE], summary[DEVIATION]]).toEqual([Number.NaN, Number.NaN]);
          return;
        }
        expect(summary[RANGE]).toBe(Math.max(...good) - Math.min(...good));
        const exact = Math.sqrt((n * squares - total * total) / (n * (n - 1)));
        expect(Math.abs(summary[DEVIATION]! - exact)).toBeLessThanOrEqual(1e-9 * Math.max(1, exact));
      },
    ),
  );
});

test('streaming moments of integers with any offset equal the exact ones', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 2, maxLength: 200 }),
      fc.constantFrom(0, 1e12, -1e15),
      (values, offset) => {
        const state = new Float64Array(MOMENTS_WIDTH);
        for (const value of values) observeMoment(state, 0, offset + value);
        const n = BigInt(values.length);
        const total = values.reduce((a, b) => a + BigInt(b), 0n);
        const squares = values.reduce((a, b) => a + BigInt(b) * BigInt(b), 0n);
        const exact = Math.sqrt(Number(n * squares - total * total) / Number(n * (n - 1n)));
        expect(Math.abs(momentSigma(state, 0) - exact)).toBeLessThanOrEqual(1e-12 * Math.max(exact, 1));
        expect(Math.abs(momentMean(state, 0) - (offset + Number(total) / Number(n)))).toBeLessThanOrEqual(
          1e-12 + 2.3e-16 * Math.abs(offset),
        );
      },
    ),
  );
});

test('moments of equal values have no spread, and of nothing no mean', () => {
  const state = new Float64Array(MOMENTS_WIDTH);
  expect([momentMean(state, 0), momentSigma(state, 0)]).toEqual([Number.NaN, Number.NaN]);
  for (let i = 0; i < 5; i++) observeMoment(state, 0, 0.1);
  observeMoment(state, 0, Number.NaN);
  expect([momentMean(state, 0), momentSigma(state, 0)]).toEqual([0.1, 0]);
});
