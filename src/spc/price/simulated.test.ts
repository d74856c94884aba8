// What was solved exactly against what happens: simulated run lengths of the real kernel, seeds fixed.
import { describe, expect, test } from 'vitest';
import { parseRule } from '../rule.ts';
import { cusumRunLength } from './cusum.ts';
import { type Design, rulesDesign } from './design.ts';
import { ewmaRunLength } from './ewma.ts';
import { runRulesArl } from './rule-chain.ts';
import { quantileOf, type RunLength, survivalAt } from './run-length.ts';
import { simulateArl, simulateRunLengths } from './simulate.ts';

const rules = (...sentences: string[]) => rulesDesign(sentences.map(parseRule));
const LIMITS = '1 of 1 beyond 3 sigma';
const WE = [
  LIMITS,
  '2 of 3 beyond 2 sigma on one side',
  '4 of 5 beyond 1 sigma on one side',
  '8 of 8 beyond 0 sigma on one side',
];

const DESIGNS: Readonly<Record<string, Design>> = {
  'limits alone': rules(LIMITS),
  standard: rules(LIMITS, '9 of 9 beyond 0 sigma on one side'),
  'Western Electric': rules(...WE),
  'Western Electric, short histories': rulesDesign(WE.map(parseRule), 'short_histories'),
  'Nelson without trends': rules(
    LIMITS,
    '9 of 9 beyond 0 sigma on one side',
    '2 of 3 beyond 2 sigma on one side',
    '4 of 5 beyond 1 sigma on one side',
    '15 of 15 within 1 sigma',
    '8 of 8 beyond 1 sigma on both sides',
  ),
  Westgard: rules(
    LIMITS,
    '2 of 2 beyond 2 sigma on one side',
    '2 of 2 beyond 2 sigma on both sides',
    '4 of 4 beyond 1 sigma on one side',
    '10 of 10 beyond 0 sigma on one side',
  ),
  'within on one side': rules('5 of 6 within 1 sigma on one side'),
  'above and below': rules('2 of 3 above 1.5 sigma', '3 of 4 below 1 sigma', '1 of 1 below 2.5 sigma'),
  'both sides, not all': rules('4 of 6 beyond 1 sigma on both sides'),
  'EWMA, asymptotic limits': { use: 'ewma', lambda: 0.2, width: 2.5, limits: 'asymptotic', rules: [] },
  'EWMA, exact limits': { use: 'ewma', lambda: 0.1, width: 2.3, limits: 'exact', rules: [] },
  'EWMA, small λ': { use: 'ewma', lambda: 0.03, width: 2, limits: 'exact', rules: [] },
  'CUSUM, one arm': { use: 'cusum', k: 0.5, h: 3.5, headstart: 0, sides: 'upper' },
  'CUSUM, two arms': { use: 'cusum', k: 0.5, h: 4, headstart: 0, sides: 'both' },
  'CUSUM, head start of half': { use: 'cusum', k: 0.25, h: 6, headstart: 3, sides: 'both' },
  'CUSUM, both arms at their limit': { use: 'cusum', k: 0.25, h: 4, headstart: 4, sides: 'both' },
};

function exact(design: Design, shift: number): RunLength {
  if (design.use === 'rules') return runRulesArl(design.rules, { shift, convention: design.convention });
  return (design.use === 'ewma' ? ewmaRunLength(design, shift) : cusumRunLength(design, shift))!;
}

describe('simulated run lengths agree with exact ones: 99 % interval of the ARL, and the share that survives the median', () => {
  test.each(Object.keys(DESIGNS).map((name, i) => [name, i] as const))('%s', (name, i) => {
    const design = DESIGNS[name]!;
    for (const shift of [0, 0.6]) {
      const run = exact(design, shift);
      const lengths = new Float64Array(6000);
      simulateRunLengths(design, { shift, seed: 1000 + i }, lengths);
      const median = quantileOf(run, 0.5);
      const expected = survivalAt(run, median);
      const survived = lengths.filter((length) => length > median).length / lengths.length;
      expect(Math.abs(survived - expected)).toBeLessThan(3.3 * Math.sqrt((expected * (1 - expected)) / lengths.length));
      const { lower, upper, deviation } = simulateArl(design, { shift, seed: 2000 + i, runs: 6000 });
      expect(lower < run.arl && run.arl < upper, `${run.arl} in ${lower} … ${upper}`).toBe(true);
      // The relative variance of a sample deviation is (kurtosis − 1)/4n.
      const kurtosis =
        lengths.reduce((total, x) => total + (x - run.arl) ** 4, 0) / lengths.length / run.deviation ** 4;
      const blur = Math.sqrt((kurtosis - 1) / (4 * lengths.length));
      expect(Math.abs(deviation / run.deviation - 1)).toBeLessThan(3.5 * blur);
    }
  });
});

test('batches of other seeds put together are one simulation, and the same seed gives the same runs', () => {
  const all = new Float64Array(300);
  for (const batch of [0, 1, 2])
    simulateRunLengths(DESIGNS.standard!, { shift: 0.5, seed: batch }, all.subarray(100 * batch, 100 * batch + 100));
  const again = new Float64Array(100);
  simulateRunLengths(DESIGNS.standard!, { shift: 0.5, seed: 1 }, again);
  expect([...all.subarray(100, 200)]).toEqual([...again]);
  expect([...all.subarray(0, 100)]).not.toEqual([...again]);
});

test('a design that hardly ever signals ends when its points are used up, with an interval that says so', () => {
  const never = simulateArl(rules('32 of 32 trending'), { shift: 0, seed: 1, runs: 5, mostPoints: 10_000 });
  expect([never.arl, never.upper, never.runs]).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 1]);
  expect(never.lower).toBeGreaterThan(1000);
  const seldom = simulateArl(rules(LIMITS), { shift: 0, seed: 1, runs: 1e6, mostPoints: 400_000 });
  expect(seldom.lower < 370.4 && 370.4 < seldom.upper).toBe(true);
});
