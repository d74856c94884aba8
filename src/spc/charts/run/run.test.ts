import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createEngine } from '../../engine.ts';

function open() {
  const engine = createEngine();
  const ix = engine.open({ chart: { use: 'run' }, rules: [], limits: { centre: 0, sigma: 1 }, spec: {}, size: 1 });
  const step = (x: number) =>
    engine.step(ix, { x: Float64Array.of(x), size: Float64Array.of(1), length: 1, timeMs: 0 });
  return { engine, ix, step };
}

/** The definition over the whole series: points on the median do not count. */
function plain(values: readonly number[]) {
  const sides = values.filter((x) => x !== 0).map((x) => Math.sign(x));
  let longest = 0;
  let run = 0;
  let crossings = 0;
  sides.forEach((side, i) => {
    run = i > 0 && side === sides[i - 1] ? run + 1 : 1;
    if (i > 0 && side !== sides[i - 1]) crossings += 1;
    longest = Math.max(longest, run);
  });
  return { useful: sides.length, longest, crossings };
}

/** Smallest q with P(at most q of m fair steps) ≥ 5 %, in exact integers. */
function fewest(m: number): number {
  let total = 0n;
  let ways = 1n;
  for (let q = 0; ; q++) {
    total += ways;
    if (total * 20n >= 1n << BigInt(m)) return q;
    ways = (ways * BigInt(m - q)) / BigInt(q + 1);
  }
}

test('point by point it shows what the definition gives over the whole series', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -3, max: 3 }), { maxLength: 80 }), (values) => {
      const { step } = open();
      values.forEach((x, i) => {
        const [, longest, crossings] = step(x).lanes;
        const expected = plain(values.slice(0, i + 1));
        if (expected.useful === 0) {
          expect(longest!.status).toBe('no_value');
          return;
        }
        expect(longest!.value).toBe(expected.longest);
        expect(longest!.upper).toBe(Math.round(Math.log2(expected.useful)) + 3);
        expect(crossings!.value).toBe(expected.crossings);
        expect(crossings!.lower).toBe(fewest(expected.useful - 1));
      });
    }),
    { numRuns: 300 },
  );
});

test('the fewest crossings allowed are exact for thousands of points', () => {
  const { step } = open();
  for (let n = 1; n <= 3000; n++) {
    const { lower } = step(n % 2 === 0 ? 1 : -1).lanes[2]!;
    if (n % 97 === 0) expect(lower).toBe(fewest(n - 1));
  }
});

test('after a gap the counting begins anew', () => {
  const { engine, ix, step } = open();
  for (let i = 0; i < 12; i++) step(1);
  expect(step(1).lanes[1]).toMatchObject({ value: 13, holds: 1 });
  expect(engine.explain(ix)).toMatchObject({ useful_points: 13, run_now: 13, crossings: 0 });
  engine.gap(ix);
  expect(step(1).lanes[1]).toMatchObject({ value: 1, holds: 0 });
});
