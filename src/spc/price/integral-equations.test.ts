import { expect, test } from 'vitest';
import { type CusumDesign, cusumArl, cusumRunLength } from './cusum.ts';
import { type EwmaDesign, ewmaArl, ewmaRunLength } from './ewma.ts';
import { quantileOf, survivalAt } from './run-length.ts';
import { shewhartRunLength } from './shewhart.ts';

test('CUSUM ARLs are those printed by Lucas & Crosier (1982): k 0.5, with and without a head start of h/2', () => {
  // Read from the list of published values in the shared oracle's README.
  for (const [h, headstart, arl] of [
    [4, 0, 168],
    [4, 2, 149],
    [5, 0, 465],
    [5, 2.5, 430],
  ] as const)
    expect(Math.round(cusumArl({ k: 0.5, h, headstart, sides: 'both' }, 0)!)).toBe(arl);
});

test('EWMA ARLs are those printed by Lucas & Saccucci (1990): λ 0.4, L 3.054', () => {
  // Read from the list of published values in the shared oracle's README.
  const design: EwmaDesign = { lambda: 0.4, width: 3.054, limits: 'asymptotic' };
  for (const [shift, arl, digits] of [
    [0, 500, 0],
    [0.25, 224, 0],
    [0.5, 71.2, 1],
    [0.75, 28.4, 1],
    [1, 14.3, 1],
  ] as const)
    expect(ewmaArl(design, shift).toFixed(digits)).toBe(arl.toFixed(digits));
});

test('an EWMA whose λ is 1, or nearly, is a chart with limits alone', () => {
  for (const limits of ['exact', 'asymptotic'] as const)
    for (const shift of [0, 1]) {
      const expected = shewhartRunLength(3, shift).arl;
      expect(ewmaArl({ lambda: 1, width: 3, limits }, shift) / expected).toBeCloseTo(1, 13);
      expect(ewmaArl({ lambda: 1 - 1e-6, width: 3, limits }, shift) / expected).toBeCloseTo(1, 4);
    }
});

test('a CUSUM with h = 0 and k = 3 is a limit at 3 sigma', () => {
  const arl = cusumArl({ k: 3, h: 1e-9, headstart: 0, sides: 'upper' }, 0)!;
  expect(arl * 0.0013498980316301).toBeCloseTo(1, 7);
});

test('the distribution has the ARL of the equation for any λ, k, h and shift, and wider limits last longer', () => {
  let before = 0;
  for (const width of [1, 2, 3, 4, 5]) {
    for (const lambda of [0.05, 0.3, 0.9])
      for (const limits of ['exact', 'asymptotic'] as const)
        for (const shift of [0, -0.6, 3]) {
          const design = { lambda, width, limits };
          expect(ewmaRunLength(design, shift)!.arl / ewmaArl(design, shift)).toBeCloseTo(1, 11);
        }
    const arl = ewmaArl({ lambda: 0.1, width, limits: 'exact' }, 0);
    expect(arl).toBeGreaterThan(before);
    before = arl;
  }
  for (const k of [0.1, 0.5, 1.5])
    for (const h of [0.5, 3, 6])
      for (const shift of [0, -0.6, 2]) {
        const one: CusumDesign = { k, h, headstart: h / 3, sides: 'upper' };
        expect(cusumRunLength(one, shift)!.arl / cusumArl(one, shift)!).toBeCloseTo(1, 11);
        const two: CusumDesign = { ...one, sides: 'both' };
        const run = cusumRunLength(two, shift)!;
        if (run.arl > 1000) continue;
        // The ARL of the pair comes from its formula; the distribution must sum to it.
        let total = 0;
        for (let t = 0; t < 50 * run.arl; t++) total += survivalAt(run, t);
        expect(total / run.arl).toBeCloseTo(1, 8);
      }
}, 60_000);

test('the first points of both charts are as plain integration has them', () => {
  // P(no signal at point 1): |λ x| within h for the EWMA, x within h + k for both arms of the CUSUM.
  const ewma: EwmaDesign = { lambda: 0.2, width: 2.7, limits: 'exact' };
  expect(survivalAt(ewmaRunLength(ewma, 0)!, 1)).toBeCloseTo(0.9930660523939187, 13);
  const cusum: CusumDesign = { k: 0.5, h: 2, headstart: 0, sides: 'both' };
  expect(survivalAt(cusumRunLength(cusum, 0)!, 1)).toBeCloseTo(0.9875806693484477, 13);
  const fir: CusumDesign = { k: 0.5, h: 2, headstart: 2, sides: 'both' };
  // Both arms at their limit: x within ±k.
  expect(survivalAt(cusumRunLength(fir, 0)!, 1)).toBeCloseTo(0.38292492254802624, 13);
});

test('a head start changes nothing suddenly where the way of solving changes', () => {
  const at = (headstart: number) => cusumArl({ k: 0.5, h: 4, headstart, sides: 'both' }, 0.3)!;
  expect(at(2.5 + 1e-9) / at(2.5)).toBeCloseTo(1, 7);
  expect(at(4)).toBeLessThan(at(3));
});

test('half of all runs are over at the median run length', () => {
  // Median and quartiles of k 0.5, h 4 as counted in the distribution itself.
  const run = cusumRunLength({ k: 0.5, h: 4, headstart: 0, sides: 'both' }, 0)!;
  for (const p of [0.05, 0.25, 0.5, 0.75, 0.95, 0.999]) {
    const t = quantileOf(run, p);
    expect(survivalAt(run, t)).toBeLessThanOrEqual(1 - p);
    expect(survivalAt(run, t - 1)).toBeGreaterThan(1 - p);
  }
});
