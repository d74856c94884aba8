import { expect, test } from 'vitest';
import { seeded } from '../../../../test/contract/random.ts';
import { createEngine } from '../../engine.ts';

const rules = [{ id: 'N1', sentence: '1 of 1 beyond 3 sigma' }];

test('with a typed share within, means that vary between subgroups give false alarms at the stated rate, at any size', () => {
  const random = seeded(41);
  const engine = createEngine();
  const chart = { use: 'three-way', sigma_within: 3 };
  const ix = engine.open({ chart, rules, limits: { centre: 0, sigma: 5 }, spec: {}, size: 6 });
  const points = 60_000;
  let signals = 0;
  for (let i = 0; i < points; i++) {
    const length = 2 + (i % 5);
    const between = 4 * random.normal();
    const x = Float64Array.from({ length }, () => between + 3 * random.normal());
    if ((engine.step(ix, { x, size: x, length, timeMs: 0 }).lanes[0]!.holds & 1) === 1) signals += 1;
  }
  const p = 0.0026997960632601866;
  expect(Math.abs(signals / points - p)).toBeLessThan(2.5758 * Math.sqrt((p * (1 - p)) / points));
});

test('learnt shares of between and within stay when a person types new limits', () => {
  const random = seeded(42);
  const engine = createEngine();
  const limits = { baseline: 40 };
  const ix = engine.open({ chart: { use: 'three-way' }, rules, limits, spec: {}, size: 4 });
  const step = () => {
    const between = 2 * random.normal();
    const x = Float64Array.from({ length: 4 }, () => between + random.normal());
    return engine.step(ix, { x, size: x, length: 4, timeMs: 0 }).lanes.map(({ upper, centre }) => upper - centre);
  };
  for (let i = 0; i < 40; i++) step();
  const before = step();
  const { centre, sigma, parameters } = engine.limits(ix);
  engine.setLimits(ix, centre + 1, 2 * sigma);
  expect(engine.limits(ix).parameters).toEqual(parameters);
  step();
  for (const [lane, reach] of step().entries()) expect(reach).toBeCloseTo(2 * before[lane]!, 9);
});
