import { expect, test } from 'vitest';
import { parseRule } from '../rule.ts';
import type { Design } from './design.ts';
import { designOf } from './design.ts';
import { arlRange, sigmaFreedom } from './estimated-limits.ts';
import { newEventsPerPoint } from './event-rate.ts';
import { price } from './price.ts';
import { shewhartRunLength } from './shewhart.ts';

const NELSON = [
  '1 of 1 beyond 3 sigma',
  '9 of 9 beyond 0 sigma on one side',
  '6 of 6 trending',
  '14 of 14 alternating',
  '2 of 3 beyond 2 sigma on one side',
  '4 of 5 beyond 1 sigma on one side',
  '15 of 15 within 1 sigma',
  '8 of 8 beyond 1 sigma on both sides',
].map(parseRule);

test('the standard set costs 216 points to the first false signal, exactly', () => {
  const cost = price(NELSON.slice(0, 2), { pointsPerDay: 24_000 });
  expect(cost.method).toBe('exact');
  expect(Math.floor(cost.arl0)).toBe(216);
  expect(cost.falseAlarmsPerDay).toBeCloseTo(24_000 * cost.newEventsPerPoint, 12);
  // Two rules, each with its own events: limits p(1 − p), nine on one side 2^−9.
  const p = 0.0026997960632601866;
  expect(cost.newEventsPerPoint).toBeCloseTo(p * (1 - p) + 0.5 ** 9, 14);
  expect(cost.interval).toBeUndefined();
});

test('all eight Nelson rules are simulated, and their interval holds an independent simulation', () => {
  const cost = price(NELSON, { pointsPerDay: 1 });
  expect(cost.method).toBe('simulated');
  // numpy, plain definitions of the eight rules, 2,000,000 runs: 73.55 ± 0.12 (99 %).
  expect(cost.interval!.lower).toBeLessThan(73.67);
  expect(cost.interval!.upper).toBeGreaterThan(73.43);
  expect(cost.arl0).toBeGreaterThan(cost.interval!.lower);
  for (const shift of [0.5, 1, 1.5, 2, 3] as const) {
    const { lower, upper } = cost.intervalBySigma![shift];
    expect(lower < cost.arlBySigma[shift] && cost.arlBySigma[shift] < upper).toBe(true);
  }
  expect(cost.newEventsPerPoint).toBe(newEventsPerPoint(NELSON, 0));
  expect(price(NELSON, { pointsPerDay: 1 })).toEqual(cost);
}, 60_000);

test('a rule more never makes the first signal later, nor new events fewer', () => {
  const sets = [1, 2, 5, 6].map((count) =>
    NELSON.filter(({ zone }) => zone !== 'trending' && zone !== 'alternating').slice(0, count),
  );
  const prices = sets.map((set) => price(set, { pointsPerDay: 1 }));
  for (let i = 1; i < prices.length; i++) {
    expect(prices[i]!.arl0).toBeLessThan(prices[i - 1]!.arl0);
    expect(prices[i]!.newEventsPerPoint).toBeGreaterThan(prices[i - 1]!.newEventsPerPoint);
    for (const shift of [0.5, 1, 1.5, 2, 3] as const)
      expect(prices[i]!.arlBySigma[shift]).toBeLessThanOrEqual(prices[i - 1]!.arlBySigma[shift]);
  }
});

test('charts are priced by their settings, an EWMA with rules by simulation', () => {
  const ewma = price(designOf({ use: 'ewma', lambda: 0.1, width: 2.7, limits: 'exact' }, []), { pointsPerDay: 1 });
  // The oracle's e-arl-ewma-0.1-2.7-vacl-S: R's spc.
  expect(ewma.arl0).toBeCloseTo(356.095096885019, 4);
  expect(ewma.arlBySigma[1]).toBeCloseTo(7.54127643522479, 5);
  const cusum: Design = { use: 'cusum', k: 0.5, h: 4, headstart: 2, sides: 'both' };
  expect(price(cusum, { pointsPerDay: 1 }).arlBySigma[0.5]).toBeCloseTo(20.0639619348365, 6);
  const mixed = price(
    { use: 'ewma', lambda: 0.1, width: 2.7, limits: 'exact', rules: [parseRule('9 of 9 trending')] },
    { pointsPerDay: 1 },
    { runs: 2000 },
  );
  expect(mixed.method).toBe('simulated');
  expect(mixed.arl0).toBeLessThan(ewma.arl0);
  expect(mixed.newEventsPerPoint).toBeGreaterThan(ewma.newEventsPerPoint);
});

test('what is no chart is refused by its numbers', () => {
  for (const design of [
    { use: 'ewma', lambda: 0, width: 3, limits: 'exact', rules: [] },
    { use: 'cusum', k: 0.5, h: 4, headstart: 5, sides: 'both' },
  ] as const)
    expect(() => price(design, { pointsPerDay: 1 })).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
});

test('the worth of an estimate of sigma agrees with its known values', () => {
  // Moving ranges: variance of MR/d2 tends to 0.826 σ²/m (Cryer & Ryan 1990), that is 0.605 m degrees of freedom.
  expect(sigmaFreedom({ subgroups: 100_000, size: 1, estimator: 'moving_range' }) / 100_000).toBeCloseTo(
    1 / (2 * 0.826),
    3,
  );
  // Patnaik (1950) / Duncan's table D3: one range of five is worth 3.83 degrees of freedom, of two 1.00.
  expect(sigmaFreedom({ subgroups: 1, size: 5, estimator: 'range' })).toBeCloseTo(3.83, 1);
  expect(sigmaFreedom({ subgroups: 1, size: 2, estimator: 'range' })).toBeCloseTo(1, 9);
  expect(sigmaFreedom({ subgroups: 1, size: 7, estimator: 'deviation' })).toBeCloseTo(6, 9);
});

test('the range over estimated limits is that of an independent integration, and of whole simulated baselines', () => {
  const arl = (stretch: number, shift: number) => shewhartRunLength(3 * stretch, shift).arl;
  const chart = { shift: 0, isSymmetric: true, exponent: 9 };
  // SciPy 1.17: 25 subgroups of five, pooled; quadrature over both errors and root of the distribution function.
  const pooled = arlRange(arl, { subgroups: 25, size: 5, estimator: 'pooled' }, chart);
  expect(pooled.mean / 407.5284).toBeCloseTo(1, 3);
  expect(pooled.lower / 102.412).toBeCloseTo(1, 3);
  expect(pooled.upper / 1045.703).toBeCloseTo(1, 2);
  // numpy, 200,000 baselines of normal values each: 5 % and 95 % of the ARL; chi is an approximation, worst for moving ranges.
  for (const [estimator, size, subgroups, lower, upper, tolerance] of [
    ['deviation', 5, 25, 101.6, 1105.6, 0.02],
    ['range', 5, 25, 99.8, 1152, 0.02],
    ['moving_range', 1, 100, 92.1, 1755, 0.03],
    ['moving_range', 1, 25, 27.9, 10_326, 0.08],
  ] as const) {
    const range = arlRange(arl, { subgroups, size, estimator }, chart);
    expect(Math.abs(range.lower / lower - 1)).toBeLessThan(tolerance);
    expect(Math.abs(range.upper / upper - 1)).toBeLessThan(tolerance);
  }
});

test('a baseline too short leaves no mean, and a long one leaves the price', () => {
  const options = (subgroups: number) => ({ baseline: { subgroups, size: 1, estimator: 'moving_range' } as const });
  const limits = NELSON.slice(0, 1);
  expect(price(limits, { pointsPerDay: 1 }, options(12)).range!.mean).toBe(Number.POSITIVE_INFINITY);
  const long = price(limits, { pointsPerDay: 1 }, options(500_000)).range!;
  for (const figure of [long.mean, long.lower, long.upper]) expect(Math.abs(figure / 370.4 - 1)).toBeLessThan(0.025);
  // Nine on one side do not care for sigma: the mean stays finite.
  expect(price(NELSON.slice(0, 2), { pointsPerDay: 1 }, options(12)).range!.mean).toBeLessThan(511);
});

test('a range is there for EWMA and CUSUM, wider the fewer subgroups there were', () => {
  for (const design of [
    { use: 'ewma', lambda: 0.2, width: 2.7, limits: 'exact', rules: [] },
    { use: 'cusum', k: 0.5, h: 4, headstart: 0, sides: 'both' },
  ] as const) {
    const [few, many] = [25, 200].map((subgroups) =>
      price(design, { pointsPerDay: 1 }, { baseline: { subgroups, size: 5, estimator: 'deviation' } }),
    );
    expect(few!.range!.lower).toBeLessThan(many!.range!.lower);
    expect(few!.range!.upper).toBeGreaterThan(many!.range!.upper);
    expect(many!.range!.lower < many!.arl0 && many!.arl0 < many!.range!.upper).toBe(true);
  }
}, 60_000);
