import fc from 'fast-check';
import { expect, test } from 'vitest';
import { geometricRunLength, quantileOf, type Run, runLengthOf, signalAt, survivalAt } from './run-length.ts';

/** One state that is left with probability p. */
function coin(p: number): Run {
  return {
    size: 1,
    start: Float64Array.of(1),
    warmUp: 0,
    step(from, to) {
      to[0] = from[0]! * (1 - p);
      return from[0]! * p;
    },
  };
}

test('a geometric run length has its closed moments, survival and quantiles, however rare signals are', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -15, max: -0.01, noNaN: true }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (e, share) => {
        const p = 10 ** e;
        const followed = runLengthOf(coin(p), 1e6)!;
        for (const run of [followed, geometricRunLength(p)]) {
          expect(Math.abs(run.arl * p - 1)).toBeLessThan(1e-12);
          expect(Math.abs(run.deviation / (Math.sqrt(1 - p) / p) - 1)).toBeLessThan(1e-6);
          for (const t of [0, 1, 5, 12, 13, 100]) {
            const left = Math.exp(t * Math.log1p(-p));
            expect(Math.abs(survivalAt(run, t) - left)).toBeLessThan(1e-13);
            if (t > 0) expect(Math.abs(signalAt(run, t) - (p * left) / (1 - p))).toBeLessThan(1e-13);
          }
          const median = quantileOf(run, share);
          expect(survivalAt(run, median)).toBeLessThanOrEqual(1 - share);
          if (median > 0) expect(survivalAt(run, median - 1)).toBeGreaterThan(1 - share);
        }
      },
    ),
  );
});

test('survival and signals fit together, inside what was followed and beyond', () => {
  const run = runLengthOf(coin(0.02), 1e6)!;
  for (let t = 1; t < 500; t++) expect(survivalAt(run, t - 1) - survivalAt(run, t)).toBeCloseTo(signalAt(run, t), 14);
});

test('a run that must end at a known point does, and has no spread', () => {
  // Four states in a row, then a signal.
  const size = 4;
  const run = runLengthOf(
    {
      size,
      start: Float64Array.of(1, 0, 0, 0),
      warmUp: 0,
      step(from, to) {
        to[0] = 0;
        for (let i = 1; i < size; i++) to[i] = from[i - 1]!;
        return from[size - 1]!;
      },
    },
    1e6,
  )!;
  expect([run.arl, run.deviation, quantileOf(run, 0.5), survivalAt(run, 3), survivalAt(run, 4)]).toEqual([
    4, 0, 4, 1, 0,
  ]);
});

test('a run that forgets too slowly is given up, not guessed', () => {
  // Two states that hardly ever change places and signal at different rates.
  const run: Run = {
    size: 2,
    start: Float64Array.of(0.5, 0.5),
    warmUp: 0,
    step(from, to) {
      to[0] = from[0]! * 0.999;
      to[1] = from[1]! * 0.998 + from[0]! * 1e-9;
      return from[0]! * (0.001 - 1e-9) + from[1]! * 0.002;
    },
  };
  expect(runLengthOf(run, 1000)).toBeUndefined();
  expect(runLengthOf(run, 1e9)?.arl).toBeCloseTo(0.5 * 1000 + 0.5 * 500 + 0.5 * 1e-9 * 1000 * 500, 5);
});

test('no share below 0 or from 1 on has a quantile', () => {
  expect([-0.1, 1, Number.NaN].map((p) => quantileOf(geometricRunLength(0.1), p))).toEqual([
    Number.NaN,
    Number.NaN,
    Number.NaN,
  ]);
});
