import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createEngine } from './engine.ts';
import { seededRandom } from './math/random.ts';
import type { LanePoint } from './stream.ts';
import { dependentVariable, vectorBaseline } from './vector-baseline.ts';

type Rows = readonly (readonly number[])[];

function learnt(rows: Rows, size = 1, of: 'sample' | 'successive' = 'sample') {
  const p = rows[0]!.length;
  const baseline = vectorBaseline(p, of);
  const state = new Float64Array(baseline.width + 2).fill(7);
  baseline.reset(state, 1);
  for (let i = 0; i < rows.length; i += size) {
    const x = Float64Array.from(rows.slice(i, i + size).flat());
    baseline.learn(state, 1, x, 0, x.length);
  }
  expect([state[0], state[state.length - 1]]).toEqual([7, 7]);
  return baseline.estimate(state, 1);
}

/** Covariances in exact whole numbers: n Σab − Σa Σb over n (n − 1). */
function exactCovariance(rows: readonly (readonly bigint[])[]): number[][] {
  const n = BigInt(rows.length);
  const p = rows[0]!.length;
  const total = (of: (row: readonly bigint[]) => bigint) => rows.reduce((sum, row) => sum + of(row), 0n);
  return Array.from({ length: p }, (_, a) =>
    Array.from({ length: p }, (_, b) => {
      const numerator = n * total((row) => row[a]! * row[b]!) - total((row) => row[a]!) * total((row) => row[b]!);
      return Number(numerator) / Number(n * (n - 1n));
    }),
  );
}

test('noise of 1e-3 on a level of 1e12 is learnt as exact whole numbers have it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: -40, max: 40 }), fc.integer({ min: -40, max: 40 })), {
        minLength: 3,
        maxLength: 60,
      }),
      (pairs) => {
        // Steps of 2^-13, about 1.2e-4, which a number near 1e12 can just hold.
        const whole = pairs.map(([a, b]) => [BigInt(a), BigInt(a + b), BigInt(b - 2 * a)]);
        const rows = whole.map((row) => row.map((k) => 1e12 + Number(k) * 2 ** -13));
        const found = learnt(rows);
        const exact = exactCovariance(whole);
        if ('why' in found) {
          if (found.why === 'constant') expect(exact[found.variable!]![found.variable!]).toBe(0);
          return;
        }
        for (let i = 0; i < 3; i++) {
          const mean = Number(whole.reduce((sum, row) => sum + row[i]!, 0n)) / rows.length;
          expect(found.origin[i]).toBe(rows[0]![i]);
          const shift = mean - Number(whole[0]![i]!);
          expect(Math.abs(found.shift[i]! * 2 ** 13 - shift)).toBeLessThan(1e-12 * Math.max(1, Math.abs(mean)));
          expect(found.sigma[i]! * 2 ** 13).toBeCloseTo(Math.sqrt(exact[i]![i]!), 10);
          for (let j = 0; j < 3; j++)
            expect(found.correlation[3 * i + j]).toBeCloseTo(
              exact[i]![j]! / Math.sqrt(exact[i]![i]!) / Math.sqrt(exact[j]![j]!),
              10,
            );
        }
      },
    ),
  );
});

test('vectors with a missing value do not count, wherever they stand', () => {
  const rows = [
    [1, 2],
    [Number.NaN, 5],
    [3, 3],
    [5, Number.POSITIVE_INFINITY],
    [5, 7],
    [2, 2],
  ];
  const whole = rows.filter((row) => row.every(Number.isFinite));
  expect(learnt(rows)).toEqual(learnt(whole));
  expect(learnt([...rows, ...rows], 6)).toEqual(learnt([...whole, ...whole], 4));
});

test('why there are no limits: too few, one that never changes, one that follows from the others', () => {
  const some = [
    [1, 2, 9],
    [3, 3, 9],
    [5, 7, 9],
    [2, 2, 9],
  ];
  expect(learnt(some.slice(0, 2))).toEqual({ why: 'too_few' });
  expect(learnt(some)).toEqual({ why: 'constant', variable: 2 });
  expect(learnt(some.map(([a = 0, b = 0]) => [a * 1e300, b * 1e-300]))).toHaveProperty('sigma');
  const follows = learnt(some.map(([a = 0, b = 0]) => [a, b, 3 * a - b]));
  expect('correlation' in follows && dependentVariable(follows.correlation, 3)).toBe(2);
  const free = learnt(some.map(([a = 0, b = 0]) => [a, b]));
  expect('correlation' in free && dependentVariable(free.correlation, 2)).toBe(-1);
});

const CHARTS = [
  { use: 't2' },
  { use: 't2', covariance: 'successive' },
  { use: 'mewma', h: 9 },
  { use: 'pca', components: 2 },
] as const;
const VARIABLES = ['a', 'b', 'c'];

/** Sixty points, the first thirty of them the baseline: three variables, the third mixed from the others. */
function judged(
  chart: (typeof CHARTS)[number],
  size: number,
  change: (x: readonly number[]) => readonly number[],
): LanePoint[][] {
  const engine = createEngine();
  const ix = engine.open({ chart, rules: [], limits: { baseline: 30 }, spec: {}, size, variables: VARIABLES });
  const random = seededRandom(5);
  // Multiples of 2^-10, so that an offset of 1e12 is added without rounding.
  const draw = () => Math.round(random.normal() * 1024) / 1024;
  return Array.from({ length: 60 }, () => {
    const x = Float64Array.from(
      Array.from({ length: size }, () => {
        const [a, b, c] = [draw(), draw(), draw()];
        return change([a, b, (a + b) / 2 + c]);
      }).flat(),
    );
    const subgroup = { x, size: new Float64Array(x.length).fill(1), length: x.length, timeMs: 0 };
    return engine.step(ix, subgroup).lanes.map((lane) => ({ ...lane }));
  });
}

describe.each(CHARTS)('%o', (chart) => {
  const expectSame = (change: (x: readonly number[]) => readonly number[], tolerance: number) => {
    for (const size of [1, 3]) {
      const plain = judged(chart, size, (x) => x);
      judged(chart, size, change).forEach((lanes, i) => {
        lanes.forEach(({ value, upper, status }, j) => {
          const expected = plain[i]![j]!;
          expect(status).toBe(expected.status);
          if (status !== 'judged') return;
          expect(upper).toBeCloseTo(expected.upper, 9);
          expect(Math.abs(value - expected.value)).toBeLessThan(tolerance * Math.max(1, expected.value));
        });
      });
    }
  };

  test('each variable on a level and in a unit of its own is judged the same', () => {
    expectSame(([a = 0, b = 0, c = 0]) => [1e12 + a, 1e9 + 4 * b, c], 1e-9);
    expectSame(([a = 0, b = 0, c = 0]) => [a * 2 ** -963, b * 2 ** 963, c * 2 ** -40], 1e-12);
    expectSame(([a = 0, b = 0, c = 0]) => [-a, b, -c], 1e-12);
  });

  test('values all alike give no limits and no points; missing ones neither', () => {
    for (const value of [0, -0, 7, 1e300, 5e-324, Number.NaN])
      for (const lane of judged(chart, 1, () => [value, value, value]).flat()) {
        expect(lane.holds).toBe(0);
        expect(lane.value).toBeNaN();
        expect(lane.upper).toBeNaN();
      }
  });

  test('values at the end of the range of numbers never throw and never give infinity', () => {
    for (const lane of judged(chart, 2, ([a = 0, b = 0, c = 0]) => [a * 1e308, b * 5e-324, c]).flat())
      expect(Math.abs(lane.value)).not.toBe(Number.POSITIVE_INFINITY);
  });
});

test('T² and the multivariate EWMA stay the same when the variables are mixed into others', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 9, maxLength: 9 }),
      fc.constantFrom(CHARTS[0], CHARTS[1], CHARTS[2]),
      (mix, chart) => {
        // A dominant diagonal: never singular.
        const mixed = (x: readonly number[]) =>
          VARIABLES.map((_, i) => x.reduce((sum, value, j) => sum + value * (mix[3 * i + j]! + (i === j ? 4 : 0)), i));
        const plain = judged(chart, 1, (x) => x);
        judged(chart, 1, mixed).forEach(([lane], i) => {
          const { value, status } = plain[i]![0]!;
          expect(lane!.status).toBe(status);
          if (status === 'judged') expect(lane!.value).toBeCloseTo(value, 9);
        });
      },
    ),
    { numRuns: 40 },
  );
});
