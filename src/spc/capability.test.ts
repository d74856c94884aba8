import { expect, test } from 'vitest';
import { capabilityIndices } from './capability.ts';

test('indices and 95 % intervals of the piston rings agree with the R package qcc 3.0', () => {
  // Montgomery, Table 6.3, 125 values, specification 74 ± 0.05; qcc processCapability with the exact sigma within.
  const found = capabilityIndices({ lower: 73.95, upper: 74.05 }, 74.001176, 0.00978533760741318, 125, 'none');
  expect(found.potential).toBeCloseTo(1.70322857885244, 9);
  expect(found.potentialLower).toBeCloseTo(1.49136533153773, 8);
  expect(found.potentialUpper).toBeCloseTo(1.91476788510115, 8);
  expect(found.actual).toBeCloseTo(1.6631686426778, 9);
  expect(found.actualLower).toBeCloseTo(1.44808423979924, 8);
  expect(found.actualUpper).toBeCloseTo(1.87825304555636, 8);
});

test('a one-sided specification has an actual index only', () => {
  const found = capabilityIndices({ upper: 3 }, 2.56970588235294, 0.17939381400074, 34, 'none');
  expect(found.potential).toBeNaN();
  expect(found.actual).toBeCloseTo(0.799533547731071, 9);
  expect(capabilityIndices({ lower: 2 }, 2.5, 0.1, 30, 'none').actual).toBeCloseTo(5 / 3, 12);
  expect(capabilityIndices({}, 2.5, 0.1, 30, 'none').actual).toBeNaN();
});

test('log-normal indices measure from the median to the 0.135 % and 99.865 % points', () => {
  const [m, s] = [Math.log(0.8), 0.36];
  const upper = (3 - 0.8) / (0.8 * Math.exp(3 * s) - 0.8);
  const lower = (0.8 - 0.1) / (0.8 - 0.8 * Math.exp(-3 * s));
  expect(capabilityIndices({ upper: 3 }, m, s, 100, 'ln').actual).toBeCloseTo(upper, 12);
  expect(capabilityIndices({ lower: 0.1 }, m, s, 100, 'ln').actual).toBeCloseTo(lower, 12);
  expect(capabilityIndices({ lower: 0.1, upper: 3 }, m, s, 100, 'ln').actual).toBeCloseTo(Math.min(lower, upper), 12);
});

test('for a small log sigma the log-normal interval becomes that of Bissell', () => {
  const sigma = 1e-5;
  for (const spec of [{ upper: Math.exp(4 * sigma) }, { lower: Math.exp(-4 * sigma) }]) {
    const found = capabilityIndices(spec, 0, sigma, 60, 'ln');
    const plain = capabilityIndices('upper' in spec ? { upper: 4 } : { lower: -4 }, 0, 1, 60, 'none');
    expect(found.actual).toBeCloseTo(plain.actual, 3);
    expect(found.actualLower).toBeCloseTo(plain.actualLower, 3);
    expect(found.actualUpper).toBeCloseTo(plain.actualUpper, 3);
  }
});

test('no spread, or too few values, gives no figure instead of infinity', () => {
  expect(capabilityIndices({ lower: 0, upper: 1 }, 0.5, 0, 50, 'none')).toMatchObject({
    potential: Number.NaN,
    actual: Number.NaN,
  });
  const one = capabilityIndices({ lower: 0, upper: 1 }, 0.5, 0.1, 1, 'none');
  expect(one.actual).toBeCloseTo(5 / 3, 12);
  expect([one.actualLower, one.potentialUpper]).toEqual([Number.NaN, Number.NaN]);
});
