import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createEngine } from '../../engine.ts';
import { bernoulliCusumAnos } from '../../math/bernoulli-cusum.ts';
import type { LanePoint } from '../../stream.ts';
import chart from './index.ts';

type Rows = readonly (readonly [number, number])[];

function judged(settings: Readonly<Record<string, unknown>>, rows: Rows, centre = 0.1): LanePoint[] {
  const engine = createEngine();
  const limits = { centre, sigma: Math.sqrt(centre * (1 - centre)) };
  const chartOf = { use: 'bernoulli-cusum', ...settings };
  const ix = engine.open({ chart: chartOf, rules: [], limits, spec: {}, size: 1 });
  return rows.map(([x, size]) => ({
    ...engine.step(ix, { x: Float64Array.of(x), size: Float64Array.of(size), length: 1, timeMs: 0 }).lanes[0]!,
  }));
}

test('the sum is exact: on the limit it does not signal, one unit above it does, and the signal stands while it is beyond', () => {
  // p0 0.1, odds ratio 2: an event weighs 7 units. h 2 = 14 units.
  const rows: Rows = [
    [1, 1],
    [1, 1],
    [1, 1],
    [0, 1],
    [0, 1],
    [0, 1],
    [0, 1],
    [0, 1],
  ];
  const points = judged({ h: 2 }, rows);
  expect(points.map(({ value }) => value * 7)).toEqual([6, 12, 18, 17, 16, 15, 14, 13]);
  expect(points.map(({ holds }) => holds)).toEqual([0, 0, 1, 1, 1, 1, 0, 0]);
  expect(points.map(({ rises }) => rises)).toEqual([0, 0, 1, 0, 0, 0, 0, 0]);
  expect(points[0]).toMatchObject({ centre: 0, lower: 0, upper: 2 });
});

test('the limit from a wanted run length has at least that one, and a step less has not', () => {
  const [point] = judged({ anos: 815 }, [[0, 1]]);
  expect(point!.upper * 7).toBe(28);
  expect(bernoulliCusumAnos(0.1, 7, 28)).toBeGreaterThanOrEqual(815);
  expect(bernoulliCusumAnos(0.1, 7, 27)).toBeLessThan(815);
  expect(judged({}, [[0, 1]])[0]!.upper).toBe(judged({ anos: 1000 }, [[0, 1]])[0]!.upper);
});

test('a sum that never touches 0 does not care whether units come one by one or in records', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 6 }), { minLength: 1, maxLength: 20 }), (good) => {
      const rows = good.map((n) => [1, n + 1] as const);
      const units = good.flatMap((n) => [[1, 1] as const, ...Array.from({ length: n }, () => [0, 1] as const)]);
      expect(judged({ h: 5 }, rows).at(-1)!.value).toBe(judged({ h: 5 }, units).at(-1)!.value);
    }),
  );
});

test('the baseline ends when it holds an event and its proportion is below the one to be found', () => {
  const engine = createEngine();
  const chartOf = { use: 'bernoulli-cusum', p1: 0.2 };
  const ix = engine.open({ chart: chartOf, rules: [], limits: { baseline: 2 }, spec: {}, size: 1 });
  const step = (x: number, size: number) =>
    engine.step(ix, { x: Float64Array.of(x), size: Float64Array.of(size), length: 1, timeMs: 0 });
  expect(step(0, 10).froze).toBe(false);
  expect(step(0, 10).froze).toBe(false);
  expect(step(8, 10).froze).toBe(false);
  expect(step(0, 10).froze).toBe(false);
  const { froze, lanes } = step(0, 50);
  expect(froze).toBe(true);
  expect(lanes[0]).toMatchObject({ status: 'baseline', upper: Number.NaN });
  expect(engine.limits(ix).centre).toBeCloseTo(8 / 90, 15);
  expect(step(0, 1).lanes[0]!.value).toBe(0);
});

test('new limits start the sum anew, a gap does not', () => {
  const engine = createEngine();
  const limits = { centre: 0.1, sigma: 0.3 };
  const ix = engine.open({ chart: { use: 'bernoulli-cusum' }, rules: [], limits, spec: {}, size: 1 });
  const step = (x: number) =>
    engine.step(ix, { x: Float64Array.of(x), size: Float64Array.of(1), length: 1, timeMs: 0 }).lanes[0]!;
  step(1);
  engine.gap(ix);
  expect(step(1).value).toBeCloseTo(12 / 7, 15);
  engine.setLimits(ix, 0.05, Math.sqrt(0.05 * 0.95));
  const point = step(1);
  // p0 0.05, p1 = 0.1/1.05: ln(p1/p0 · …)/ln(…) = 14.2, so an event weighs 14.
  expect(point.value).toBeCloseTo(13 / 14, 15);
});

test('a centre that is not below the proportion to be found has no sigma, so the configuration refuses it', () => {
  const sigma = chart.unitSigma!;
  expect(sigma(0.01, { p1: 0.02 })).toBeCloseTo(Math.sqrt(0.0099), 15);
  for (const [centre, settings] of [
    [0.02, { p1: 0.02 }],
    [0, {}],
    [1, {}],
    [-0.1, {}],
  ] as const)
    expect(sigma(centre, settings)).toBeNaN();
});
