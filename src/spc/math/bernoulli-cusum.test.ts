import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bernoulliCusumAnos, bernoulliCusumLimit, bernoulliCusumSteps } from './bernoulli-cusum.ts';

/** The same chain, every transition written down, solved by elimination. */
function plainAnos(p: number, steps: number, limit: number): number {
  const n = limit + 1;
  const rows = Array.from({ length: n }, (_, s) => {
    const row = new Array<number>(n + 1).fill(0);
    row[s]! += 1;
    row[Math.max(0, s - 1)]! -= 1 - p;
    if (s + steps - 1 <= limit) row[s + steps - 1]! -= p;
    row[n] = 1;
    return row;
  });
  for (let c = 0; c < n; c++) {
    let pivot = c;
    for (let r = c + 1; r < n; r++) if (Math.abs(rows[r]![c]!) > Math.abs(rows[pivot]![c]!)) pivot = r;
    [rows[c], rows[pivot]] = [rows[pivot]!, rows[c]!];
    for (let r = 0; r < n; r++) {
      if (r === c) continue;
      const factor = rows[r]![c]! / rows[c]![c]!;
      if (factor !== 0) for (let k = c; k <= n; k++) rows[r]![k]! -= factor * rows[c]![k]!;
    }
  }
  return rows[0]![n]! / rows[0]![0]!;
}

const designs = fc.record({
  p: fc.double({ min: 0.002, max: 0.5, noNaN: true }),
  steps: fc.integer({ min: 2, max: 40 }),
  limit: fc.integer({ min: 0, max: 80 }),
});

test('the run length of the recursion is that of the whole Markov chain', () => {
  fc.assert(
    fc.property(designs, ({ p, steps, limit }) => {
      const exact = plainAnos(p, steps, limit);
      fc.pre(exact > 0 && exact < 1e6);
      expect(Math.abs(bernoulliCusumAnos(p, steps, limit) / exact - 1)).toBeLessThan(1e-8);
    }),
    { numRuns: 300 },
  );
});

test('an event that passes the limit alone is awaited 1/p units', () => {
  expect(bernoulliCusumAnos(0.02, 10, 8)).toBe(50);
  expect(bernoulliCusumAnos(1, 2, 3)).toBeCloseTo(4, 12);
});

test('the limit is the smallest one that runs long enough', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.001, max: 0.2, noNaN: true }),
      fc.double({ min: 1.5, max: 5, noNaN: true }),
      fc.double({ min: 2, max: 500, noNaN: true }),
      (p, ratio, events) => {
        const steps = bernoulliCusumSteps(p, Math.min(0.9, ratio * p));
        const limit = bernoulliCusumLimit(p, steps, events / p);
        expect(bernoulliCusumAnos(p, steps, limit)).toBeGreaterThanOrEqual(events / p);
        if (limit > 0) expect(bernoulliCusumAnos(p, steps, limit - 1)).toBeLessThan(events / p);
      },
    ),
    { numRuns: 100 },
  );
});

test('proportions of one in a hundred million are solved in no time, within 0.1 % of the limit of one in ten thousand', () => {
  const limitOf = (p: number): number => {
    const steps = bernoulliCusumSteps(p, 2 * p);
    return bernoulliCusumLimit(p, steps, 100 / p) / steps;
  };
  expect(Math.abs(limitOf(1e-8) / limitOf(1e-4) - 1)).toBeLessThan(1e-3);
});

test('probabilities that cannot be have no weight', () => {
  for (const [p0, p1] of [
    [0, 0.1],
    [0.1, 0.1],
    [0.2, 0.1],
    [0.5, 1],
    [Number.NaN, 0.1],
  ] as const)
    expect(bernoulliCusumSteps(p0, p1)).toBeNaN();
});
