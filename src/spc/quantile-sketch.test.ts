import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSketcher, SKETCH_WORDS, sketchCount, sketchError, sketchQuantile } from './quantile-sketch.ts';

const PROBABILITIES = [0.00135, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.99865];

function sketchOf(x: Iterable<number>): Float32Array {
  const words = new Float32Array(SKETCH_WORDS);
  const sketcher = createSketcher();
  for (const value of x) sketcher.observe(words, 0, value);
  return words;
}

/** Smallest and largest share of the values that a number can stand for, both neighbours counted. */
function ranks(sorted: Float32Array, q: number): [number, number] {
  // Words hold 24 bits: a value one bit beside counts as equal.
  const slack = Math.abs(q) * 2 ** -22;
  const below = sorted.filter((x) => x < q - slack).length;
  const upTo = sorted.filter((x) => x <= q + slack).length;
  return [(below - 1) / sorted.length, (upTo + 1) / sorted.length];
}

/** Uniform values by a linear congruence, so that a failure can be repeated. */
function uniform(n: number, seed: number): number[] {
  let state = seed >>> 0;
  return Array.from({ length: n }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  });
}

const SHAPES: Readonly<Record<string, (u: number) => number>> = {
  uniform: (u) => u,
  exponential: (u) => -Math.log(u),
  'heavy-tailed': (u) => Math.tan(Math.PI * (u - 0.5)),
  'two clusters': (u) => (u < 0.5 ? u / 1000 : 100 + u),
  'many ties': (u) => Math.floor(u * 5),
};
const ORDERS: Readonly<Record<string, (x: number[]) => number[]>> = {
  'as drawn': (x) => x,
  ascending: (x) => x.sort((a, b) => a - b),
  descending: (x) => x.sort((a, b) => b - a),
  'from the middle out': (x) => x.sort((a, b) => Math.abs(a - 1) - Math.abs(b - 1)),
};

for (const [shape, of] of Object.entries(SHAPES))
  for (const [order, sort] of Object.entries(ORDERS))
    test(`ranks of quantiles are within the stated error: ${shape}, ${order}`, () => {
      for (const n of [10, 100, 1000, 20_000]) {
        const x = sort(uniform(n, n).map(of));
        const words = sketchOf(x);
        expect(sketchCount(words, 0)).toBe(n);
        const sorted = Float32Array.from(x).sort();
        for (const p of PROBABILITIES) {
          const [low, high] = ranks(sorted, sketchQuantile(words, 0, p));
          const error = sketchError(p, n);
          expect(low, `n ${n}, p ${p}`).toBeLessThanOrEqual(p + error);
          expect(high, `n ${n}, p ${p}`).toBeGreaterThanOrEqual(p - error);
        }
      }
    });

test('merging sketches of parts keeps the stated error, in any unit', () => {
  const sketcher = createSketcher();
  const parts = [1, 2, 3, 4].map((k) => uniform(500 * k, k).map((u) => -Math.log(u) * k));
  const words = new Float32Array(SKETCH_WORDS);
  // The parts count in tenths from 5.
  for (const part of parts) sketcher.merge(words, 0, sketchOf(part.map((x) => (x - 5) * 10)), 0, 0.1, 5);
  const all = Float32Array.from(parts.flat()).sort();
  expect(sketchCount(words, 0)).toBe(all.length);
  for (const p of PROBABILITIES) {
    const [low, high] = ranks(all, sketchQuantile(words, 0, p));
    expect(low).toBeLessThanOrEqual(p + 2 * sketchError(p, all.length));
    expect(high).toBeGreaterThanOrEqual(p - 2 * sketchError(p, all.length));
  }
});

test('quantiles rise with their probability, stay between the extremes, and repeat bit for bit', () => {
  const values = fc.array(fc.double({ noNaN: true, min: -1e30, max: 1e30 }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(values, (x) => {
      const words = sketchOf(x);
      expect(sketchOf(x)).toEqual(words);
      const found = [0, ...PROBABILITIES, 1].map((p) => sketchQuantile(words, 0, p));
      const exact = Float32Array.from(x);
      for (let i = 1; i < found.length; i++) {
        const slack = 1e-6 * Math.max(...exact.map(Math.abs));
        expect(found[i]! - found[i - 1]!).toBeGreaterThanOrEqual(-slack);
      }
      expect(found[0] === Math.min(...exact)).toBe(true);
      expect(found.at(-1) === Math.max(...exact)).toBe(true);
    }),
  );
});

test('an empty sketch tells nothing, a missing value leaves no trace', () => {
  expect(sketchQuantile(sketchOf([]), 0, 0.5)).toBeNaN();
  expect(sketchOf([Number.NaN, 3])).toEqual(sketchOf([3]));
});
