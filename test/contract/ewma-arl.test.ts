import { expect, test } from 'vitest';
import { createEngine } from '../../src/spc/engine.ts';
import { ewmaArl } from './ewma-arl.ts';
import { seeded } from './random.ts';

test('the integral equation reproduces Lucas & Saccucci (1990), lambda 0.4, width 3.054, read there', () => {
  for (const [shift, arl, digits] of [
    [0, 500, 0],
    [0.25, 224, 0],
    [0.5, 71.2, 1],
    [0.75, 28.4, 1],
    [1, 14.3, 1],
  ] as const)
    expect(Number(ewmaArl(0.4, 3.054, shift).toFixed(digits))).toBe(arl);
});

test('the integral equation agrees with the R package spc 0.6.7', () => {
  // xewma.arl, two-sided, limits fix.
  expect(ewmaArl(0.1, 2.814, 0)).toBeCloseTo(499.579550082635, 4);
  expect(ewmaArl(0.2, 2.962, 1)).toBeCloseTo(10.5416657965643, 6);
});

test('the default EWMA with asymptotic limits runs as long as the integral equation says, in control and shifted', () => {
  const random = seeded(11);
  const engine = createEngine();
  const ix = engine.open({
    chart: { use: 'ewma', limits: 'asymptotic' },
    rules: [],
    limits: { centre: 0, sigma: 1 },
    spec: {},
    size: 1,
  });
  const subgroup = { x: new Float64Array(1), size: Float64Array.of(1), length: 1, timeMs: 0 };
  for (const [shift, runs] of [
    [0, 600],
    [1, 5000],
  ] as const) {
    let total = 0;
    let squares = 0;
    for (let run = 0; run < runs; run++) {
      engine.setLimits(ix, 0, 1);
      let length = 0;
      do {
        length += 1;
        subgroup.x[0] = shift + random.normal();
      } while (engine.step(ix, subgroup).lanes[0]!.holds === 0);
      total += length;
      squares += length * length;
    }
    const mean = total / runs;
    const half = (2.5758 * Math.sqrt(squares / runs - mean * mean)) / Math.sqrt(runs);
    expect(Math.abs(mean - ewmaArl(0.2, 2.962, shift))).toBeLessThan(half);
  }
});
