import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createEngine } from './engine.ts';
import { d2 } from './math/constants.ts';

interface Row {
  readonly count: number;
  readonly size: number;
  readonly isAfterGap: boolean;
}

const rows = (most: number) =>
  fc.array(
    fc.record({
      size: fc.integer({ min: 1, max: 5000 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      isAfterGap: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    }),
    { minLength: 3, maxLength: most },
  );

/** Laney's definition, from all rows at once. */
function plain(all: readonly Row[]): { readonly centre: number; readonly sigmaZ: number } {
  const centre = all.reduce((sum, { count }) => sum + count, 0) / all.reduce((sum, { size }) => sum + size, 0);
  const z = all.map(({ count, size }) => (count / size - centre) / Math.sqrt((centre * (1 - centre)) / size));
  const ranges = z.flatMap((value, i) => (i === 0 || all[i]!.isAfterGap ? [] : [Math.abs(value - z[i - 1]!)]));
  return { centre, sigmaZ: ranges.reduce((sum, range) => sum + range, 0) / ranges.length / d2(2) };
}

function learnt(all: readonly Row[]): { readonly centre: number; readonly sigmaZ: number } | undefined {
  const engine = createEngine();
  const limits = { baseline: all.length };
  const ix = engine.open({ chart: { use: 'laney-p' }, rules: [], limits, spec: {}, size: 1 });
  let froze = false;
  for (const { count, size, isAfterGap } of all) {
    if (isAfterGap) engine.gap(ix);
    froze = engine.step(ix, { x: Float64Array.of(count), size: Float64Array.of(size), length: 1, timeMs: 0 }).froze;
  }
  if (!froze) return undefined;
  const { centre } = engine.limits(ix);
  return { centre, sigmaZ: engine.explain(ix)!.sigma_z! };
}

function expectAlike(all: readonly Row[], tolerance: number): void {
  const found = learnt(all);
  const expected = plain(all);
  if (found === undefined) {
    expect(expected.sigmaZ).toBeNaN();
    return;
  }
  fc.pre(expected.centre > 0 && expected.centre < 1);
  expect(Math.abs(found.centre / expected.centre - 1)).toBeLessThan(1e-12);
  expect(Math.abs(found.sigmaZ - expected.sigmaZ)).toBeLessThan(tolerance * Math.max(1, expected.sigmaZ));
}

function counted(from: readonly { size: number; share: number; isAfterGap: boolean }[]): Row[] {
  return from.map(({ size, share, isAfterGap }) => ({ size, isAfterGap, count: Math.round(size * share) }));
}

test('sigma_z learnt row by row is that of the definition, with varying n and across gaps', () => {
  fc.assert(
    fc.property(rows(120), (from) => expectAlike(counted(from), 1e-10)),
    { numRuns: 200 },
  );
});

test('a baseline longer than what is kept comes within 0.1 % of the sigma_z of the definition', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      // A rate that wanders around 0.05, so that the centre found early is near the final one.
      let state = seed >>> 0;
      const uniform = () => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return state / 4294967296;
      };
      const all = Array.from({ length: 700 }, () => {
        const size = 500 + Math.floor(uniform() * 5000);
        return { size, count: Math.round(size * (0.04 + 0.02 * uniform())), isAfterGap: uniform() < 0.02 };
      });
      expectAlike(all, 1e-3);
    }),
    { numRuns: 20 },
  );
});

test('with sigma_z 1 the chart is the plain one', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1000 }), fc.double({ min: 0, max: 1, noNaN: true }), (size, share) => {
      const engine = createEngine();
      for (const [laney, simple, sigma] of [
        ['laney-p', 'p', 0.3],
        ['laney-u', 'u', Math.sqrt(0.1)],
      ] as const) {
        const [a, b] = [laney, simple].map((use) => {
          const limits = { centre: 0.1, sigma };
          const ix = engine.open({ chart: { use }, rules: [], limits, spec: {}, size: 1 });
          const x = Float64Array.of(Math.round(share * size));
          return { ...engine.step(ix, { x, size: Float64Array.of(size), length: 1, timeMs: 0 }).lanes[0]! };
        });
        expect(a).toEqual({ ...b });
      }
    }),
    { numRuns: 50 },
  );
});
