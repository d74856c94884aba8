import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseRule, type Rule } from '../rule.ts';
import { compileRules } from '../rule-kernel.ts';
import { minimise, SIGNAL } from './automaton.ts';
import { compileRuleChain, runRulesArl } from './rule-chain.ts';
import { quantileOf, survivalAt } from './run-length.ts';

const WE = [
  '1 of 1 beyond 3 sigma',
  '2 of 3 beyond 2 sigma on one side',
  '4 of 5 beyond 1 sigma on one side',
  '8 of 8 beyond 0 sigma on one side',
].map(parseRule);

const NELSON_ZONES = [
  '1 of 1 beyond 3 sigma',
  '9 of 9 beyond 0 sigma on one side',
  '2 of 3 beyond 2 sigma on one side',
  '4 of 5 beyond 1 sigma on one side',
  '15 of 15 within 1 sigma',
  '8 of 8 beyond 1 sigma on both sides',
].map(parseRule);

test('ARLs in control are those of Champ & Woodall (1987), Table 1', () => {
  // As printed; read from the list of published values in the shared oracle's README.
  for (const [combination, arl] of [
    ['1', 370.4],
    ['12', 225.44],
    ['13', 166.05],
    ['14', 152.73],
    ['123', 132.89],
    ['124', 122.05],
    ['134', 105.78],
    ['1234', 91.75],
  ] as const) {
    const rules = [...combination].map((number) => WE[Number(number) - 1]!);
    const found = runRulesArl(rules, { shift: 0, convention: 'short_histories' }).arl;
    expect(Math.abs(found - arl)).toBeLessThanOrEqual(0.005);
  }
});

test('a run of n on one side has the closed form of Feller', () => {
  // XIII.7 of An Introduction to Probability Theory: heads or tails n times in a row takes 2^n − 1 tosses.
  for (const n of [1, 2, 9, 15, 32]) {
    const run = runRulesArl([parseRule(`${n} of ${n} beyond 0 sigma on one side`)], { shift: 0 });
    expect(Math.abs(run.arl / (2 ** n - 1) - 1)).toBeLessThan(1e-13);
  }
});

const zoneRule: fc.Arbitrary<Rule> = fc
  .record({
    n: fc.integer({ min: 1, max: 9 }),
    k: fc.integer({ min: 1, max: 9 }),
    zone: fc.constantFrom('beyond', 'within', 'above', 'below'),
    sigma: fc.constantFrom(0, 1, 2),
    sides: fc.constantFrom('one', 'either', 'both'),
  })
  .map(({ n, k, zone, sigma, sides }) => ({ zone, k: Math.min(n, k), n, sigma, sides }));

/** A z in the middle of each zone that the lines make, lines included. */
function representatives(lines: Float64Array): number[] {
  const upper = [...lines].map((line, j) => (line + (lines[j + 1] ?? line + 1)) / 2);
  return [...upper.map((z) => -z).reverse(), 0, ...upper];
}

test('the chain signals at the same point as the kernel, for random sets, sequences and both conventions', () => {
  fc.assert(
    fc.property(
      fc.array(zoneRule, { minLength: 1, maxLength: 3 }),
      fc.boolean(),
      fc.array(fc.array(fc.nat(1000), { minLength: 12, maxLength: 25 }), { minLength: 5, maxLength: 5 }),
      (rules, shortHistories, sequences) => {
        const chain = compileRuleChain(rules, shortHistories ? 'short_histories' : 'full_windows');
        fc.pre(chain !== undefined);
        const { automaton, lines } = chain!;
        const zs = representatives(lines);
        const kernel = compileRules(rules, { shortHistories });
        const state = new Int32Array(kernel.width);
        for (const sequence of sequences) {
          kernel.reset(state, 0);
          let now = 0;
          for (const draw of sequence) {
            const zone = draw % zs.length;
            const holds = kernel.step(state, 0, Float64Array.of(zs[zone]!), 0, 0) !== 0;
            now = automaton.next[now * automaton.symbols + zone]!;
            expect(now === SIGNAL).toBe(holds);
            if (holds) break;
          }
        }
      },
    ),
    { numRuns: 300 },
  );
}, 60_000);

test('a point on a line or on the centre line is where the kernel puts it', () => {
  const rules = ['2 of 2 within 1 sigma on both sides', '2 of 2 beyond 1 sigma', '3 of 4 within 0 sigma'].map(
    parseRule,
  );
  const { automaton, lines } = compileRuleChain(rules, 'full_windows')!;
  const kernel = compileRules(rules);
  const zoneOf = new Map([
    [-1.5, 0],
    [-1, 1],
    [0, 2],
    [1, 3],
    [1.5, 4],
  ]);
  expect([...lines]).toEqual([0, 1]);
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...zoneOf.keys()), { maxLength: 8 }), (sequence) => {
      const state = new Int32Array(kernel.width);
      let now = 0;
      for (const z of sequence) {
        now = automaton.next[now * automaton.symbols + zoneOf.get(z)!]!;
        expect(now === SIGNAL).toBe(kernel.step(state, 0, Float64Array.of(z), 0, 0) !== 0);
        if (now === SIGNAL) break;
      }
    }),
  );
});

test('the chain cannot be made smaller, and Western Electric and Nelson stay small', () => {
  for (const [rules, most] of [
    [WE, 240],
    [NELSON_ZONES, 620],
  ] as const) {
    const { automaton } = compileRuleChain(rules, 'full_windows')!;
    expect(minimise(automaton).states).toBe(automaton.states);
    expect(automaton.states).toBeLessThanOrEqual(most);
  }
});

test('above and below are mirror images', () => {
  fc.assert(
    fc.property(zoneRule, fc.double({ min: 0, max: 2, noNaN: true }), (rule, shift) => {
      const mirror = { above: 'below', below: 'above', beyond: 'beyond', within: 'within' } as const;
      const mirrored = { ...rule, zone: mirror[rule.zone as keyof typeof mirror] } as Rule;
      const a = runRulesArl([rule], { shift }).arl;
      const b = runRulesArl([mirrored], { shift: -shift }).arl;
      expect(a === b || Math.abs(a / b - 1) < 1e-12).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test('limits twice as wide are as rules with twice the sigma', () => {
  const wide = ['1 of 1 beyond 3 sigma', '2 of 3 beyond 2 sigma on one side'].map(parseRule);
  const narrow = ['1 of 1 beyond 1.5 sigma', '2 of 3 beyond 1 sigma on one side'].map(parseRule);
  const a = runRulesArl(wide, { shift: 0.3 }).arl;
  expect(runRulesArl(narrow, { shift: 0.3, stretch: 2 }).arl / a).toBeCloseTo(1, 13);
});

test('a chain that swings is summed as well as one that settles', () => {
  // Every point changes the side, or there is a signal: with shift s the run goes on with chances p and 1 − p in turn.
  const rules = ['1 of 1 beyond 3 sigma', '2 of 2 above 0 sigma', '2 of 2 below 0 sigma'].map(parseRule);
  const run = runRulesArl(rules, { shift: 0 });
  // In control: the first point passes unless beyond, each later one with half of that chance.
  const inside = 0.9973002039367398;
  expect(run.arl).toBeCloseTo(1 + inside / (1 - inside / 2), 12);
  const shifted = runRulesArl(rules, { shift: 1 });
  const up = 0.8185946141203637;
  const down = 0.15862358268962395;
  // From a point above: 1 + down (1 + up (…)).
  const fromUp = (1 + down) / (1 - up * down);
  const fromDown = (1 + up) / (1 - up * down);
  expect(shifted.arl).toBeCloseTo(1 + up * fromUp + down * fromDown, 12);
});

test('rules that cannot be broken never signal, and one that always holds signals at once', () => {
  expect(runRulesArl([parseRule('1 of 1 beyond 99 sigma')], { shift: 0 }).arl).toBe(Number.POSITIVE_INFINITY);
  expect(quantileOf(runRulesArl([], { shift: 0 }), 0.5)).toBe(Number.POSITIVE_INFINITY);
  const always = runRulesArl(['1 of 1 beyond 1 sigma', '1 of 1 within 1 sigma'].map(parseRule), { shift: 0.2 });
  expect(always.arl).toBeCloseTo(1, 14);
  expect(survivalAt(always, 1)).toBe(0);
});

test('rare signals keep their digits: two in a row beyond 9 sigma', () => {
  // p of one such point on either side; the mean wait for two in a row is (1 + p)/p².
  const p = 2 * 1.1285884059538405e-19;
  expect(runRulesArl([parseRule('2 of 2 beyond 9 sigma')], { shift: 0 }).arl * (p * p)).toBeCloseTo(1, 12);
});

test('trends and windows too wide are refused with a way out', () => {
  for (const sentence of ['6 of 6 trending', '14 of 14 alternating', '12 of 30 beyond 1 sigma on one side'])
    expect(() => runRulesArl([parseRule(sentence)], { shift: 0 })).toThrow(
      expect.objectContaining({ code: 'RULE_INVALID', hint: expect.stringContaining('simulation') }),
    );
});

test('all of Western Electric and of Nelson’s zone rules are priced in well under a second', () => {
  const start = process.cpuUsage();
  for (const rules of [WE, NELSON_ZONES]) for (const shift of [0, 0.5, 1, 1.5, 2, 3]) runRulesArl(rules, { shift });
  // A second each; CPU time, for a machine that others use too.
  expect(process.cpuUsage(start).user / 1e6).toBeLessThan(2);
});
