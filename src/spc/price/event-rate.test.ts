import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseRule, type Rule } from '../rule.ts';
import { compileRules } from '../rule-kernel.ts';
import { cusumEventsPerPoint } from './cusum.ts';
import { rulesDesign } from './design.ts';
import { newEventsPerPoint } from './event-rate.ts';
import { ewmaEventsPerPoint } from './ewma.ts';
import { simulateEventRate } from './simulate.ts';
import { linesOf, zoneProbabilities } from './zones.ts';

/** Rate of rising edges by the kernel over every sequence of zones of n + 1 points: no more matters. */
function enumerated(rule: Extract<Rule, { sigma: number }>, shift: number): number {
  const lines = linesOf([rule]);
  const probabilities = zoneProbabilities(lines, shift);
  const upper = [...lines].map((line, j) => (line + (lines[j + 1] ?? line + 1)) / 2);
  const zs = [...upper.map((z) => -z).reverse(), 0, ...upper];
  const kernel = compileRules([rule]);
  const states = Array.from({ length: rule.n + 2 }, () => new Int32Array(kernel.width));
  kernel.reset(states[0]!, 0);
  let rate = 0;
  const walk = (depth: number, chance: number): void => {
    for (let zone = 0; zone < zs.length; zone++) {
      const p = chance * probabilities[zone]!;
      if (p === 0) continue;
      const state = states[depth + 1]!;
      state.set(states[depth]!);
      const holds = kernel.step(state, 0, Float64Array.of(zs[zone]!), 0, 0);
      if (depth < rule.n) walk(depth + 1, p);
      // The state before this point keeps what held then.
      else if (holds === 1 && states[depth]![0] === 0) rate += p;
    }
  };
  walk(0, 1);
  return rate;
}

test('the rate of new events is what all sequences of n + 1 points give', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 5 }),
      fc.constantFrom('beyond', 'within', 'above', 'below'),
      fc.constantFrom(0, 0.5, 1, 2),
      fc.constantFrom('one', 'either', 'both'),
      fc.constantFrom(0, 0.7, -1.5),
      (n, k, zone, sigma, sides, shift) => {
        fc.pre(!(sides === 'both' && n === 1));
        const rule = { zone, k: Math.min(k, n), n, sigma, sides } as const;
        expect(newEventsPerPoint([rule], shift)).toBeCloseTo(enumerated(rule, shift), 13);
      },
    ),
    { numRuns: 300 },
  );
}, 60_000);

test('the rate at which points begin to be in order is what all permutations of n + 1 give', () => {
  for (const zone of ['trending', 'alternating'] as const)
    for (let n = zone === 'trending' ? 2 : 3; n <= 7; n++) {
      const kernel = compileRules([{ zone, k: n, n }]);
      const state = new Int32Array(kernel.width);
      let rises = 0;
      let all = 0;
      const permute = (taken: number[]): void => {
        if (taken.length === n + 1) {
          kernel.reset(state, 0);
          let before = 0;
          let holds = 0;
          taken.forEach((x, i) => {
            before = holds;
            holds = kernel.step(state, 0, Float64Array.of(x), 0, i === 0 ? 0 : x - taken[i - 1]!);
          });
          if (holds === 1 && before === 0) rises += 1;
          all += 1;
          return;
        }
        for (let x = 0; x <= n; x++) if (!taken.includes(x)) permute([...taken, x]);
      };
      permute([]);
      expect(newEventsPerPoint([{ zone, k: n, n }], 0)).toBeCloseTo(rises / all, 14);
    }
});

test('a rule over 32 points has a rate, too', () => {
  const rate = newEventsPerPoint([parseRule('32 of 32 above 0 sigma')], 0);
  expect(rate / 0.5 ** 33).toBeCloseTo(1, 12);
  expect(newEventsPerPoint([parseRule('32 of 32 alternating')], 0)).toBeGreaterThan(0);
});

test('simulated rates agree: Nelson’s eight rules, EWMA and CUSUM, none restarted', () => {
  const nelson = [
    '1 of 1 beyond 3 sigma',
    '9 of 9 beyond 0 sigma on one side',
    '6 of 6 trending',
    '14 of 14 alternating',
    '2 of 3 beyond 2 sigma on one side',
    '4 of 5 beyond 1 sigma on one side',
    '15 of 15 within 1 sigma',
    '8 of 8 beyond 1 sigma on both sides',
  ].map(parseRule);
  const ewma = { use: 'ewma', lambda: 0.2, width: 2.5, limits: 'asymptotic', rules: [] } as const;
  const cusum = { use: 'cusum', k: 0.5, h: 3, headstart: 0, sides: 'both' } as const;
  for (const [design, exact] of [
    [rulesDesign(nelson), newEventsPerPoint(nelson, 0)],
    [ewma, ewmaEventsPerPoint(ewma, 0)],
    [cusum, cusumEventsPerPoint(cusum, 0)],
  ] as const) {
    const { rate, standardError } = simulateEventRate(design, { shift: 0, seed: 31, points: 1_000_000 });
    expect(Math.abs(rate - exact), `${rate}, exact ${exact}`).toBeLessThan(2.58 * standardError);
  }
});

test('an arm that is carried up for good raises no new events', () => {
  const design = { k: 0.5, h: 4, headstart: 0, sides: 'upper' } as const;
  expect(cusumEventsPerPoint(design, 0.5)).toBe(0);
  expect(cusumEventsPerPoint(design, 0.3)).toBeGreaterThan(cusumEventsPerPoint(design, 0.1));
});
