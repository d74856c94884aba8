import { expect, test } from 'vitest';
import type { LimitsPlan } from '../../../config/plan.ts';
import { createEngine } from '../../engine.ts';

const HOUR = 3_600_000;

const rules = [{ id: 'N1', sentence: '1 of 1 beyond 3 sigma' }];

function open(limits: LimitsPlan, settings: Readonly<Record<string, unknown>> = {}) {
  const engine = createEngine();
  const ix = engine.open({ chart: { use: 'tool-wear', ...settings }, rules, limits, spec: {}, size: 1 });
  const step = (x: number, changed = false, timeMs = 0) => {
    const { lanes, froze } = engine.step(ix, {
      x: Float64Array.of(x),
      size: Float64Array.of(1),
      length: 1,
      timeMs,
      changed,
    });
    return { ...lanes[0]!, froze };
  };
  return { engine, ix, step };
}

/** Wear 0.5 a piece from 10 on, with a small disturbance that averages out over each tool. */
const piece = (age: number) => 10 + 0.5 * age + (age % 2 === 0 ? 0.01 : -0.01);

test('one line is learnt from several tools, and every new tool starts at its beginning', () => {
  const { engine, ix, step } = open({ baseline: 24 });
  for (let tool = 0; tool < 4; tool++) for (let age = 1; age <= 6; age++) step(piece(age), tool > 0 && age === 1);
  const { centre, parameters } = engine.limits(ix);
  expect(centre + parameters![0]! * 3.5).toBeCloseTo(11.75, 12);
  expect(parameters![0]).toBeCloseTo(0.5, 2);
  expect(step(piece(1), true).centre).toBeCloseTo(10.5, 1);
  expect(step(piece(2)).centre).toBeCloseTo(11, 1);
  // Worn as far as the seventh piece of the old tool would be: far beyond on the third of this one.
  expect(step(piece(7)).holds).toBe(1);
});

test('a new tool counts even when its first value is missing', () => {
  const { step } = open({ centre: 10, sigma: 1 }, { slope: 0.5 });
  step(10.5);
  step(11);
  step(Number.NaN, true);
  expect(step(10.5).centre).toBe(10.5);
});

test('with hours the age is the time since the first point of the tool', () => {
  const { step } = open({ centre: 10, sigma: 1 }, { slope: 0.5, per: 'hour' });
  expect(step(10, false, 5 * HOUR).centre).toBe(10);
  expect(step(11, false, 7 * HOUR).centre).toBe(11);
  expect(step(10, true, 9 * HOUR).centre).toBe(10);
});

test('a gap leaves the tool, unless the settings say that it was changed', () => {
  for (const [after_gap, centre] of [
    ['same_tool', 11.5],
    ['new_tool', 10.5],
  ] as const) {
    const { engine, ix, step } = open({ centre: 10, sigma: 1 }, { slope: 0.5, after_gap });
    step(10.5);
    step(11);
    engine.gap(ix);
    expect(step(11.5).centre).toBe(centre);
  }
});
