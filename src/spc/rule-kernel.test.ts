import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type PlainPoint, plainlyHolds } from '../../test/contract/plain-rules.ts';
import { parseRule, type Rule } from './rule.ts';
import { compileRules } from './rule-kernel.ts';

const LEVELS = [0, 0.5, 1, 1.5, 2, 3];

const anyRule: fc.Arbitrary<Rule> = fc
  .tuple(
    fc.integer({ min: 1, max: 12 }),
    fc.integer({ min: 1, max: 12 }),
    fc.constantFrom(...LEVELS),
    fc.nat(7),
    fc.constantFrom('one', 'either', 'both'),
    fc.boolean(),
  )
  .map(([a, b, sigma, zone, sides, isLong]) => {
    const n = isLong ? 32 - Math.min(a, b) + 1 : Math.max(a, b);
    const k = isLong ? Math.max(1, n - Math.max(a, b)) : Math.min(a, b);
    if (zone === 0) return { zone: 'trending', k: Math.max(2, n % 6), n: Math.max(2, n % 6) };
    if (zone === 1) return { zone: 'alternating', k: Math.max(3, n % 8), n: Math.max(3, n % 8) };
    if (zone === 2) return { zone: 'above', k, n, sigma, sides: 'either' };
    if (zone === 3) return { zone: 'below', k, n, sigma, sides: 'either' };
    return { zone: zone < 6 ? 'beyond' : 'within', k, n, sigma, sides };
  });

/** Points that often sit on a line, tie with their neighbour or keep to one side; null = a gap. */
const anySequence = fc.array(
  fc.oneof(
    { weight: 40, arbitrary: fc.integer({ min: -14, max: 14 }).map((q) => q / 4) },
    { weight: 20, arbitrary: fc.integer({ min: 0, max: 8 }).map((q) => q / 4) },
    { weight: 10, arbitrary: fc.constantFrom(0, -0, 1, -1, 2, 3, Number.POSITIVE_INFINITY) },
    { weight: 2, arbitrary: fc.constant(null) },
  ),
  { maxLength: 80 },
);

function expectKernelIsPlain(
  rules: readonly Rule[],
  sequence: readonly (number | null)[],
  shortHistories: boolean,
): void {
  const kernel = compileRules(rules, { shortHistories });
  const at = 3;
  const state = new Int32Array(kernel.width + 6).fill(-1);
  kernel.reset(state, at);
  let history: PlainPoint[] = [];
  for (const z of sequence) {
    if (z === null) {
      history = [];
      kernel.reset(state, at);
      continue;
    }
    const previous = history.at(-1)?.x ?? Number.NaN;
    history.push({ z, x: z });
    const bits = kernel.step(state, at, Float64Array.of(z), 0, z > previous ? 1 : z < previous ? -1 : 0);
    let expected = 0;
    rules.forEach((rule, r) => {
      if (plainlyHolds(rule, history, shortHistories)) expected |= 1 << r;
    });
    expect(bits).toBe(expected);
    expect(state[at]).toBe(expected);
  }
  expect([...state.slice(0, at), ...state.slice(at + kernel.width)].every((word) => word === -1)).toBe(true);
}

test('the kernel agrees with the plain definition on 1,000 random sets, window full or not', () => {
  fc.assert(
    fc.property(fc.array(anyRule, { minLength: 1, maxLength: 32 }), anySequence, fc.boolean(), expectKernelIsPlain),
    { numRuns: 1000 },
  );
}, 60_000);

test('a rule over 32 points sees all of them', () => {
  const kernel = compileRules([parseRule('32 of 32 above 0 sigma'), parseRule('31 of 32 within 1 sigma')]);
  const state = new Int32Array(kernel.width);
  for (let i = 1; i < 32; i++) expect(kernel.step(state, 0, Float64Array.of(0.5), 0, 0)).toBe(0);
  expect(kernel.step(state, 0, Float64Array.of(0.5), 0, 0)).toBe(3);
});

test('the eight Nelson rules take 28 bytes of state', () => {
  const nelson = [
    '1 of 1 beyond 3 sigma',
    '9 of 9 beyond 0 sigma on one side',
    '6 of 6 trending',
    '14 of 14 alternating',
    '2 of 3 beyond 2 sigma on one side',
    '4 of 5 beyond 1 sigma on one side',
    '15 of 15 within 1 sigma',
    '8 of 8 beyond 1 sigma on both sides',
  ];
  expect(compileRules(nelson.map(parseRule)).width * 4).toBeLessThanOrEqual(28);
});

test('the kernel tells which way a signal points', () => {
  const kernel = compileRules([parseRule('2 of 2 beyond 1 sigma on one side'), parseRule('3 of 3 trending')]);
  const state = new Int32Array(kernel.width);
  kernel.step(state, 0, Float64Array.of(-1.5), 0, 0);
  kernel.step(state, 0, Float64Array.of(-1.4), 0, 1);
  kernel.step(state, 0, Float64Array.of(-1.3), 0, 1);
  expect([state[0], state[1]]).toEqual([3, 1]);
});

test('more rules than bits are refused', () => {
  expect(() => compileRules(Array.from({ length: 33 }, () => parseRule('1 of 1 beyond 3 sigma')))).toThrow(
    expect.objectContaining({ code: 'RULE_INVALID' }),
  );
});
