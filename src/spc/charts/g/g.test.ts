import fc from 'fast-check';
import { expect, test } from 'vitest';
import { points } from '../../chart.ts';
import { createEngine } from '../../engine.ts';
import type { LanePoint } from '../../stream.ts';
import chart from './index.ts';

const RULES = [
  { id: 'N1', sentence: '1 of 1 beyond 3 sigma' },
  { id: 'N2', sentence: '9 of 9 beyond 0 sigma on one side' },
];

/** Points of rows [x, size] under typed limits of mean 30. */
function judged(
  settings: Readonly<Record<string, unknown>>,
  rows: readonly (readonly [number, number])[],
): LanePoint[] {
  const engine = createEngine();
  const limits = { centre: 30, sigma: Math.sqrt(930) };
  const ix = engine.open({ chart: { use: 'g', ...settings }, rules: RULES, limits, spec: {}, size: 1 });
  return rows.map(([x, size]) => ({
    ...engine.step(ix, { x: Float64Array.of(x), size: Float64Array.of(size), length: 1, timeMs: 0 }).lanes[0]!,
  }));
}

test('units that pass or fail one by one give the gaps between the failures', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 200 }), { minLength: 1, maxLength: 30 }), (gaps) => {
      const units = gaps.flatMap((gap) => [...Array.from({ length: gap }, () => [0, 1] as const), [1, 1] as const]);
      const counted = judged({ input: 'counts' }, units).filter(({ status }) => status === 'judged');
      const plain = judged(
        {},
        gaps.map((gap) => [gap, 1]),
      );
      expect(counted).toEqual(plain);
    }),
    { numRuns: 50 },
  );
});

test('several events in one record are the mean of as many gaps, with limits for their number', () => {
  const [, point] = judged({ input: 'counts' }, [
    [0, 90],
    [4, 34],
  ]);
  expect(point).toMatchObject({ value: 30, centre: 30, n: 4, status: 'judged' });
  expect(point!.upper).toBeCloseTo(30 + (3 * Math.sqrt(930)) / 2, 12);
  expect(point!.lower).toBe(0);
});

test('a record that cannot be is a missing record: more events than units, no units, a negative count', () => {
  const rows = [
    [0, 10],
    [5, 3],
    [1, 0],
    [-1, 5],
    [Number.NaN, 5],
    [1, 1],
  ] as const;
  expect(judged({ input: 'counts' }, rows).map(({ value }) => value)).toEqual([...Array(5).fill(Number.NaN), 10]);
});

test('a gap in the data starts the count of units anew', () => {
  const engine = createEngine();
  const limits = { centre: 30, sigma: 30 };
  const ix = engine.open({ chart: { use: 'g', input: 'counts' }, rules: RULES, limits, spec: {}, size: 1 });
  const step = (x: number, size: number) =>
    engine.step(ix, { x: Float64Array.of(x), size: Float64Array.of(size), length: 1, timeMs: 0 }).lanes[0]!.value;
  step(0, 500);
  engine.gap(ix);
  expect(step(1, 3)).toBe(2);
  step(0, 40);
  engine.setLimits(ix, 20, 20);
  expect(step(1, 1)).toBe(40);
});

test('runs are counted around the median of the geometric distribution, which is below the centre', () => {
  // P(gap ≤ 20) = 1 − (30/31)^21 = 0.498, P(gap ≤ 21) = 0.514: the median is 21.
  const values = (x: number) =>
    judged(
      {},
      Array.from({ length: 9 }, () => [x, 1] as const),
    ).at(-1)!;
  expect(values(20)).toMatchObject({ holds: 2, downward: 2 });
  expect(values(21).holds).toBe(0);
  expect(values(22)).toMatchObject({ holds: 2, downward: 0 });
});

test('probability limits leave at most 0.135 % outside on each side, and one unit less would leave more', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.5, max: 1e6, noNaN: true }), (mean) => {
      const kernel = chart.compile({ input: 'gaps', limits: 'probability' });
      const state = new Float64Array(kernel.width);
      kernel.reset(state, 0);
      state[0] = mean;
      state[1] = Math.sqrt(mean * (mean + 1));
      const out = points(1);
      kernel.step(state, 0, { x: Float64Array.of(mean), size: Float64Array.of(1) }, 0, 1, out, 0);
      const above = (k: number) => Math.exp(-(k + 1) * Math.log1p(1 / mean));
      const [lower, upper] = [out.lower[0]!, out.upper[0]!];
      expect(above(upper)).toBeLessThanOrEqual(0.00135 * (1 + 1e-9));
      if (upper > 0) expect(above(upper - 1)).toBeGreaterThan(0.00135 * (1 - 1e-9));
      expect(1 - above(lower - 1)).toBeLessThanOrEqual(0.00135 * (1 + 1e-6) + 1e-12);
      expect(Math.abs(out.z[0]!)).toBeLessThan(3);
    }),
  );
});

test('probability limits of the mean of several gaps agree with those of the negative binomial distribution', () => {
  // Median and 99.865 % point of the mean of k gaps of mean 30: SciPy 1.17, nbinom.ppf.
  for (const [k, median, upper] of [
    [5, 28, 87.2],
    [10, 29, 67.1],
    [30, 29.666666666666668, 49.43333333333333],
  ] as const) {
    const [point] = judged({ input: 'counts', limits: 'probability' }, [[k, 31 * k]]);
    expect(Math.abs(point!.centre / median - 1)).toBeLessThan(0.005);
    expect(Math.abs(point!.upper / upper - 1)).toBeLessThan(0.01);
  }
});
