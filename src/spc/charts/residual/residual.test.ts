import { expect, test } from 'vitest';
import { seeded } from '../../../../test/contract/random.ts';
import { createEngine } from '../../engine.ts';

const rules = [{ id: 'N1', sentence: '1 of 1 beyond 3 sigma' }];

test('on a process with memory the false alarms are those of independent values', () => {
  const phi = 0.8;
  const random = seeded(31);
  const engine = createEngine();
  const chart = { use: 'residual', phi };
  const ix = engine.open({ chart, rules, limits: { centre: 20, sigma: 2 }, spec: {}, size: 1 });
  const subgroup = { x: new Float64Array(1), size: Float64Array.of(1), length: 1, timeMs: 0 };
  const points = 200_000;
  let signals = 0;
  let deviation = 0;
  for (let i = 0; i < points; i++) {
    deviation = phi * deviation + 2 * random.normal();
    subgroup.x[0] = 20 + deviation;
    if (engine.step(ix, subgroup).lanes[0]!.holds !== 0) signals += 1;
  }
  const p = 0.0026997960632601866;
  expect(Math.abs(signals / points - p)).toBeLessThan(2.5758 * Math.sqrt((p * (1 - p)) / points));
});

test('a process that wanders without a level still gets limits', () => {
  const engine = createEngine();
  const ix = engine.open({ chart: { use: 'residual' }, rules, limits: { baseline: 30 }, spec: {}, size: 1 });
  const subgroup = { x: new Float64Array(1), size: Float64Array.of(1), length: 1, timeMs: 0 };
  let isFrozen = false;
  for (let i = 0; i < 30; i++) {
    subgroup.x[0] = i * i + (i % 3);
    isFrozen = engine.step(ix, subgroup).froze;
  }
  expect(isFrozen).toBe(true);
  expect(engine.limits(ix).parameters).toEqual([0.99]);
});

test('the first value after a gap is judged by its distance from the centre', () => {
  const engine = createEngine();
  const chart = { use: 'residual', phi: 0.6 };
  const ix = engine.open({ chart, rules, limits: { centre: 0, sigma: 1 }, spec: {}, size: 1 });
  const step = (x: number) =>
    engine.step(ix, { x: Float64Array.of(x), size: Float64Array.of(1), length: 1, timeMs: 0 }).lanes[0]!.value;
  expect(step(2)).toBeCloseTo(1.6, 12);
  expect(step(2)).toBeCloseTo(0.8, 12);
  engine.gap(ix);
  expect(step(2)).toBeCloseTo(1.6, 12);
});
