import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KEPT_ROOM, keep, keptAt, keptCount, keptQuantile } from './kept.ts';
import { fitSigma, fitSlope, LINE_WIDTH, meanX, meanY, observePair } from './line.ts';

const number = fc.double({ min: -100, max: 100, noNaN: true });

test('a line taken pair by pair is that of the sums over all pairs', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(number, number), { minLength: 3, maxLength: 40 }), (pairs) => {
      const state = new Float64Array(LINE_WIDTH);
      for (const pair of pairs) observePair(state, 0, Float64Array.from(pair));
      const n = pairs.length;
      const x = pairs.reduce((total, pair) => total + pair[0] / n, 0);
      const y = pairs.reduce((total, pair) => total + pair[1] / n, 0);
      const xx = pairs.reduce((total, pair) => total + (pair[0] - x) ** 2, 0);
      fc.pre(xx > 1e-3);
      const slope = pairs.reduce((total, pair) => total + (pair[0] - x) * (pair[1] - y), 0) / xx;
      const squares = pairs.reduce((total, pair) => total + (pair[1] - y - slope * (pair[0] - x)) ** 2, 0);
      expect(meanX(state, 0)).toBeCloseTo(x, 9);
      expect(meanY(state, 0)).toBeCloseTo(y, 9);
      expect(Math.abs(fitSlope(state, 0) - slope)).toBeLessThan(1e-9 * (1 + Math.abs(slope)));
      expect(Math.abs(fitSigma(state, 0, fitSlope(state, 0), 1) ** 2 - squares)).toBeLessThan(1e-6);
    }),
  );
});

test('huge offsets and values at the ends of the number range keep their line', () => {
  for (const [offset, unit] of [
    [1e12, 1e-3],
    [0, 1e-300],
    [0, 1e150],
  ] as const) {
    const state = new Float64Array(LINE_WIDTH);
    for (let i = 0; i < 9; i++) observePair(state, 0, Float64Array.of(i, offset + unit * (2 * i + ((i * i) % 3))));
    // By hand: remainders 0 1 1 0 1 1 0 1 1 have slope 3/60 over i = 0 … 8.
    expect(fitSlope(state, 0) / unit).toBeCloseTo(2 + 3 / 60, offset === 0 ? 12 : 1);
  }
});

test('kept values stand in order, the first ones only', () => {
  fc.assert(
    fc.property(fc.array(number, { minLength: 1, maxLength: 30 }), (values) => {
      const room = 20;
      const state = new Float64Array(KEPT_ROOM + room);
      for (const value of values) keep(state, 0, room, value);
      const sorted = values.slice(0, room).sort((a, b) => a - b);
      expect(Array.from({ length: keptCount(state, 0) }, (_, i) => keptAt(state, 0, i))).toEqual(sorted);
      expect(keptQuantile(state, 0, 0)).toBe(sorted[0]);
      expect(keptQuantile(state, 0, 1)).toBe(sorted.at(-1));
    }),
  );
});
