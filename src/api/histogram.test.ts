import fc from 'fast-check';
import { expect, test } from 'vitest';
import { histogram, resolutionOf } from './histogram.ts';

test('every value falls into exactly one bin and the edges join', () => {
  const grid = fc.record({
    step: fc.constantFrom(0.001, 0.01, 0.02, 0.05, 0.1, 1, 5),
    at: fc.array(fc.integer({ min: -500, max: 500 }), { minLength: 1, maxLength: 200 }),
  });
  fc.assert(
    fc.property(grid, ({ step, at }) => {
      const values = at.map((k) => Number((k * step).toFixed(6)));
      const { bins } = histogram(values);
      for (const bin of bins) expect(bin.count).toBe(values.filter((x) => x >= bin.from && x < bin.to).length);
      expect(bins.reduce((sum, bin) => sum + bin.count, 0)).toBe(values.length);
      for (let i = 1; i < bins.length; i++) expect(bins[i]!.from).toBe(bins[i - 1]!.to);
    }),
  );
});

test('the number of bins is about the root of the number of values', () => {
  const values = Array.from({ length: 400 }, (_, i) => Number((5 + ((i * 37) % 101) * 0.01).toFixed(2)));
  const { bins, width, resolution } = histogram(values);
  expect(resolution).toBe(0.01);
  expect(width).toBe(0.05);
  expect(bins.length).toBe(21);
});

test('the step of the gauge is found in the values', () => {
  expect(resolutionOf([22.0104, 22.0131, 22.0099])).toBe(0.0001);
  expect(resolutionOf([10, 15, 35])).toBe(5);
  expect(resolutionOf([2, 2, 2])).toBeNaN();
});

test('equal values, one value and none are histograms too', () => {
  expect(histogram([2, 2, 2]).bins).toMatchObject([{ count: 3 }]);
  expect(histogram([0]).bins).toMatchObject([{ count: 1 }]);
  expect(histogram([]).bins).toEqual([]);
});

test('values without a step, or far apart, do not make a million bins', () => {
  const values = Array.from({ length: 100 }, (_, i) => Math.sin(i) * 1e-9 + 1e6 * Math.cos(i));
  expect(histogram(values).bins.length).toBeLessThan(40);
  expect(histogram([0, 1e-300, 1e300]).bins.reduce((sum, bin) => sum + bin.count, 0)).toBe(3);
});

test('single-precision values among decimal ones keep the step of the gauge', () => {
  const values = [286.1, 286.3, 286.2, 286.8].flatMap((x) => [x, Math.fround(x)]);
  const { resolution, bins } = histogram(values);
  expect(resolution).toBe(0.1);
  expect(bins.reduce((sum, bin) => sum + bin.count, 0)).toBe(8);
});
