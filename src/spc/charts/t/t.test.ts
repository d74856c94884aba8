import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createEngine } from '../../engine.ts';
import type { LanePoint } from '../../stream.ts';
import chart from './index.ts';

interface Row {
  readonly x: number;
  readonly size?: number;
  readonly timeMs?: number;
}

/** Points of rows under typed limits. */
function judged(settings: Readonly<Record<string, unknown>>, rows: readonly Row[]): LanePoint[] {
  const engine = createEngine();
  const rules = [{ id: 'N1', sentence: '1 of 1 beyond 3 sigma' }];
  const limits = { centre: 50, sigma: 0.5 };
  const ix = engine.open({ chart: { use: 't', ...settings }, rules, limits, spec: {}, size: 1 });
  return rows.map(({ x, size = 1, timeMs = 0 }) => ({
    ...engine.step(ix, { x: Float64Array.of(x), size: Float64Array.of(size), length: 1, timeMs }).lanes[0]!,
  }));
}

const durations = fc.array(fc.integer({ min: 0, max: 5000 }), { minLength: 1, maxLength: 30 });

test('durations, readings of a clock, source times and hours under observation tell the same', () => {
  fc.assert(
    fc.property(durations, (hours) => {
      const plain = judged(
        {},
        hours.map((x) => ({ x })),
      );
      let sum = 1000;
      const clock = [sum, ...hours.map((x) => (sum += x))];
      const without = (points: readonly LanePoint[]) =>
        points.slice(1).map((point) => ({ ...point, breakBefore: false }));
      const expected = plain.map((point) => ({ ...point, breakBefore: false }));
      const readings = judged(
        { input: 'readings' },
        clock.map((x) => ({ x })),
      );
      expect(readings[0]!.status).toBe('no_value');
      expect(without(readings)).toEqual(expected);
      const times = judged(
        { input: 'times' },
        clock.map((at) => ({ x: 1, timeMs: at * 3_600_000 })),
      );
      expect(without(times)).toEqual(expected);
      const counts = judged(
        { input: 'counts' },
        hours.flatMap((x) => [
          { x: 0, size: x / 2 + 0.25 },
          { x: 1, size: x / 2 + 0.75 },
        ]),
      ).filter(({ status }) => status === 'judged');
      expect(counts.map(({ value }) => value)).toEqual(hours.map((x) => x + 1));
    }),
    { numRuns: 50 },
  );
});

test('a value of 0 is no event, a clock set back has no time before it, a negative time is no value', () => {
  const times = judged({ input: 'times', time_unit: 'min' }, [
    { x: 1, timeMs: 0 },
    { x: 0, timeMs: 60_000 },
    { x: 1, timeMs: 180_000 },
  ]);
  expect(times.map(({ value }) => value)).toEqual([Number.NaN, Number.NaN, 3]);
  const readings = judged({ input: 'readings' }, [{ x: 100 }, { x: 130 }, { x: 5 }, { x: 9 }]);
  expect(readings.map(({ value }) => value)).toEqual([Number.NaN, 30, Number.NaN, 4]);
  expect(judged({}, [{ x: -1 }])[0]!.status).toBe('no_value');
});

test('events at the same time are durations of 0: valid, and never beyond a lower limit of 0', () => {
  const engine = createEngine();
  const ix = engine.open({ chart: { use: 't' }, rules: [], limits: { baseline: 6 }, spec: {}, size: 1 });
  for (const x of [0, 0, 9, 0, 25, 4])
    engine.step(ix, { x: Float64Array.of(x), size: Float64Array.of(1), length: 1, timeMs: 0 });
  const point = engine.step(ix, { x: Float64Array.of(0), size: Float64Array.of(1), length: 1, timeMs: 0 }).lanes[0]!;
  expect(point).toMatchObject({ status: 'judged', value: 0, lower: 0, holds: 0 });
  expect(point.upper).toBeGreaterThan(25);
});

test('a baseline of equal times has limits on the centre; any other time is beyond', () => {
  const engine = createEngine();
  const ix = engine.open({ chart: { use: 't' }, rules: [], limits: { baseline: 3 }, spec: {}, size: 1 });
  const step = (x: number) =>
    engine.step(ix, { x: Float64Array.of(x), size: Float64Array.of(1), length: 1, timeMs: 0 }).lanes[0]!;
  for (const x of [8, 8, 8]) step(x);
  expect(step(9).upper).toBeCloseTo(8, 10);
});

test('Weibull limits hold 0.135 % on each side, and points beyond them are those beyond 3', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.3, max: 6, noNaN: true }),
      fc.double({ min: 1e-6, max: 0.999999, noNaN: true }),
      (shape, u) => {
        const scale = 50 / Math.LN2 ** (1 / shape);
        const x = scale * (-Math.log1p(-u)) ** (1 / shape);
        const [point] = judged({ limits: 'weibull', shape }, [{ x }]);
        const below = (t: number) => -Math.expm1(-((t / scale) ** shape));
        expect(below(point!.lower)).toBeCloseTo(0.00135, 10);
        expect(below(point!.centre)).toBeCloseTo(0.5, 10);
        expect(below(point!.upper)).toBeCloseTo(0.99865, 10);
        fc.pre(Math.abs(u - 0.00135) > 1e-9 && Math.abs(u - 0.99865) > 1e-9);
        expect(Math.abs(point!.z) > 3).toBe(u < 0.00135 || u > 0.99865);
      },
    ),
  );
});

test('a centre typed without sigma brings that of exponential times', () => {
  // Mean and standard deviation of E^(1/3.6), E exponential of mean 1: SciPy 1.17, gamma function.
  const mean = 0.9011056832822896;
  const deviation = 0.2780202870449759;
  const sigma = chart.unitSigma!(100);
  expect(sigma / 100 ** (1 / 3.6)).toBeCloseTo(deviation / mean, 10);
  expect(chart.unitSigma!(100, { limits: 'weibull' })).toBeCloseTo(100 / Math.LN2, 9);
  expect(chart.unitSigma!(-1)).toBeNaN();
});
