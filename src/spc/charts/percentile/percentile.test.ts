import { expect, test } from 'vitest';
import { createEngine } from '../../engine.ts';

const rules = [{ id: 'N1', sentence: '1 of 1 beyond 3 sigma' }];

function open(settings: Readonly<Record<string, unknown>>, baseline: number) {
  const engine = createEngine();
  const ix = engine.open({
    chart: { use: 'percentile', ...settings },
    rules,
    limits: { baseline },
    spec: {},
    size: 1,
  });
  const step = (x: number) =>
    engine.step(ix, { x: Float64Array.of(x), size: Float64Array.of(1), length: 1, timeMs: 0 });
  return { engine, ix, step };
}

test('z is in thirds of the way to the limit of its side, and the shape stays when limits are typed', () => {
  const { engine, ix, step } = open({}, 5);
  for (const x of [1, 2, 3, 6, 9]) step(x);
  expect(step(9).lanes[0]).toMatchObject({ centre: 3, lower: 1, upper: 9, z: 3, holds: 0 });
  expect(step(1).lanes[0]!.z).toBe(-3);
  expect(step(5).lanes[0]!.z).toBe(1);
  expect(step(9.1).lanes[0]!.holds).toBe(1);
  engine.setLimits(ix, 30, 10);
  const { lower, upper } = step(30).lanes[0]!;
  expect(upper - 30).toBeCloseTo((60 * 6) / 8, 10);
  expect(30 - lower).toBeCloseTo((60 * 2) / 8, 10);
});

test('more than 740 values put the limits between order statistics', () => {
  const { engine, ix, step } = open({}, 999);
  // 1000 p = 1.35 and 998.65: by definition 6 between the first two and the last two values.
  for (let i = 1; i <= 999; i++) step((i * 7) % 1000);
  const { lower, upper, centre } = step(500).lanes[0]!;
  expect([lower, centre, upper]).toEqual([expect.closeTo(1.35, 9), 500, expect.closeTo(998.65, 9)]);
  expect(engine.limits(ix).subgroups).toBe(999);
});

test('a fitted distribution takes only values above zero, and values all alike fit none', () => {
  const { step } = open({ fit: 'weibull' }, 3);
  expect(step(0).lanes[0]!.status).toBe('no_value');
  for (let i = 0; i < 5; i++) expect(step(2).froze).toBe(false);
  expect(step(3).froze).toBe(true);
});
