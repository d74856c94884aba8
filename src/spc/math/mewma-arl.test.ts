import { expect, test } from 'vitest';
import { upperGamma } from './gamma.ts';
import { mewmaArl, mewmaLimit } from './mewma-arl.ts';

// Prabhu & Runger (1997), J. Quality Technology 29, 8, as Montgomery, 7th ed. (2013), Table 11.3 prints them: limits for 200 points in control.
test.each([
  [2, 0.05, 7.35],
  [2, 0.1, 8.64],
  [2, 0.2, 9.65],
  [4, 0.05, 11.22],
  [4, 0.1, 12.73],
  [4, 0.2, 13.87],
  [4, 0.3, 14.34],
  [6, 0.1, 16.27],
  [10, 0.1, 22.67],
])('%i variables, lambda %f: the printed limit %f runs 200 points, but for its second decimal', (p, lambda, h) => {
  expect(Math.abs(mewmaArl(lambda, p, h) / 200 - 1)).toBeLessThan(0.005);
  expect(Math.abs(mewmaLimit(lambda, p, 200) - h)).toBeLessThan(0.02);
});

// The ring Markov chain of Runger & Prabhu (1996) with 200 and 400 rings, extrapolated, in an independent program (SciPy, ncx2).
test.each([
  [2, 0.1, 8.64, 200.54429],
  [2, 0.2, 9.65, 200.21755],
  [4, 0.1, 12.73, 200.5],
  [10, 0.1, 22.67, 200.7663],
])('%i variables, lambda %f, limit %f: as the Markov chain says', (p, lambda, h, arl) => {
  expect(Math.abs(mewmaArl(lambda, p, h) - arl)).toBeLessThan(2e-4);
});

test('without memory the run length is one over the tail of the chi-square distribution', () => {
  // Two degrees of freedom: exp(−h/2).
  for (const h of [5, 9, 14]) expect(mewmaArl(1, 2, h) / Math.exp(h / 2)).toBeCloseTo(1, 9);
  expect(mewmaArl(1, 3, 12) * upperGamma(1.5, 6)).toBeCloseTo(1, 9);
});

test('the limit gives the run length that was asked for', () => {
  for (const [lambda, p, arl] of [
    [0.01, 3, 370],
    [0.1, 16, 370],
    [0.5, 2, 20],
    [0.2, 5, 100_000],
    [1, 4, 370],
  ] as const)
    expect(mewmaArl(lambda, p, mewmaLimit(lambda, p, arl)) / arl).toBeCloseTo(1, 7);
});
