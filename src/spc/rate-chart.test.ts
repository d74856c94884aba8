import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createEngine } from './engine.ts';

const RULES = [
  { id: 'N1', sentence: '1 of 1 beyond 3 sigma' },
  { id: 'N2', sentence: '9 of 9 beyond 0 sigma on one side' },
];

test('np and c judge every point as p and u do, whatever the number inspected', () => {
  const row = fc.record({
    size: fc.integer({ min: 1, max: 400 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(row, { minLength: 12, maxLength: 40 }), (rows) => {
      const engine = createEngine();
      for (const [count, rate] of [
        ['np', 'p'],
        ['c', 'u'],
      ] as const) {
        const [a, b] = [count, rate].map((use) =>
          engine.open({ chart: { use }, rules: RULES, limits: { baseline: 10 }, spec: {}, size: 1 }),
        );
        for (const { size, share } of rows) {
          const subgroup = {
            x: Float64Array.of(Math.round(share * size)),
            size: Float64Array.of(size),
            length: 1,
            timeMs: 0,
          };
          const counted = { ...engine.step(a!, subgroup).lanes[0]! };
          const rated = engine.step(b!, subgroup).lanes[0]!;
          expect(counted.value).toBe(subgroup.x[0]);
          expect(engine.limits(a!)).toEqual(engine.limits(b!));
          if (counted.status === 'judged' && Number.isFinite(rated.z) && Math.abs(Math.abs(rated.z) - 3) > 1e-9) {
            expect(counted.z).toBeCloseTo(rated.z, 9);
            expect(counted.upper / size).toBeCloseTo(rated.upper, 9);
            expect(counted.lower / size).toBeCloseTo(rated.lower, 9);
          }
        }
      }
    }),
    { numRuns: 50 },
  );
});
