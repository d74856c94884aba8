import fc from 'fast-check';
import { expect, test } from 'vitest';
import { normalBetween, normalCdf, normalDensity, normalQuantile, normalTail } from './normal.ts';

const relative = (found: number, expected: number) => Math.abs(found / expected - 1);

test('tail and density have full relative precision as far as doubles reach', () => {
  // x, upper tail, density: computed with mpmath 1.3 in 30 digits.
  for (const [x, tail, density] of [
    [-8, 0.9999999999999993, 5.052271083536892e-15],
    [-1.25, 0.8943502263331448, 0.18264908538902191],
    [0.3, 0.3820885778110474, 0.3813878154605241],
    [0.7, 0.241963652223073, 0.31225393336676127],
    [1, 0.15865525393145705, 0.24197072451914334],
    [2.5, 0.006209665325776135, 0.017528300493568537],
    [3, 0.0013498980316300946, 0.0044318484119380075],
    [5.5, 1.8989562465887718e-8, 1.0769760042543276e-7],
    [8, 6.220960574271784e-16, 5.052271083536892e-15],
    [20, 2.7536241186062337e-89, 5.520948362159764e-88],
    [30, 4.906713927148187e-198, 1.4736461348785476e-196],
    [37, 5.725571222524577e-300, 2.1200065515246056e-298],
  ] as const) {
    expect(relative(normalTail(x), tail)).toBeLessThan(1e-15);
    expect(relative(normalCdf(-x), tail)).toBeLessThan(1e-15);
    expect(relative(normalDensity(x), density)).toBeLessThan(1e-15);
  }
  expect([normalTail(Number.POSITIVE_INFINITY), normalTail(Number.NEGATIVE_INFINITY)]).toEqual([0, 1]);
  expect([normalTail(Number.NaN), normalDensity(Number.NaN)]).toEqual([Number.NaN, Number.NaN]);
});

test('quantiles have full relative precision', () => {
  // p, x: mpmath 1.3 in 30 digits, for the double nearest to p.
  for (const [p, x] of [
    [1e-300, -37.0470962993612],
    [1e-100, -21.273453560965326],
    [1e-20, -9.262340089798407],
    [1e-6, -4.753424308822899],
    [0.001, -3.0902323061678136],
    [0.025, -1.9599639845400543],
    [0.2, -0.8416212335729142],
    [0.4, -0.2533471031357997],
    [0.49, -0.025068908258711057],
    [0.9, 1.2815515655446006],
    [0.999, 3.090232306167813],
  ] as const)
    expect(relative(normalQuantile(p), x)).toBeLessThan(1e-15);
  expect([0, 1, 0.5].map(normalQuantile)).toEqual([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 0]);
  expect([-0.1, 1.1, Number.NaN].map(normalQuantile)).toEqual([Number.NaN, Number.NaN, Number.NaN]);
});

test('the quantile inverts the distribution', () => {
  fc.assert(
    fc.property(fc.double({ min: -37, max: 5, noNaN: true }), (x) => {
      // Where the distribution is flat, x cannot be told better than p can.
      const blur = (2e-16 * normalCdf(x)) / normalDensity(x);
      expect(Math.abs(normalQuantile(normalCdf(x)) - x)).toBeLessThanOrEqual(1e-14 * Math.abs(x) + 4 * blur);
    }),
  );
});

test('a probability between two bounds does not cancel', () => {
  fc.assert(
    fc.property(fc.double({ min: -3, max: 3, noNaN: true }), fc.integer({ min: 1, max: 9 }), (low, digits) => {
      const width = 10 ** -digits;
      const middle = low + width / 2;
      // Taylor: φ(m) w (1 + (m² − 1) w²/24 + …)
      const expected = normalDensity(middle) * width * (1 + ((middle ** 2 - 1) * width ** 2) / 24);
      const found = normalBetween(low, low + width);
      expect(Math.abs(found / expected - 1)).toBeLessThan(width ** 4 + (Math.abs(low) < 0.6 ? 1e-15 : 4e-16) / width);
    }),
  );
  expect(normalBetween(2, 1)).toBe(0);
  expect(relative(normalBetween(-1e-12, 2e-12), 3e-12 * normalDensity(0))).toBeLessThan(1e-15);
});
