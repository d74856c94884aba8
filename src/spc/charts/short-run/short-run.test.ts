import { expect, test } from 'vitest';
import type { LimitsPlan } from '../../../config/plan.ts';
import { PumjilError } from '../../../errors.ts';
import { createEngine } from '../../engine.ts';

function open(chart: Readonly<Record<string, unknown>>, limits: LimitsPlan) {
  const engine = createEngine();
  const ix = engine.open({ chart: { use: 'short-run', ...chart }, rules: [], limits, spec: {}, size: 1 });
  const step = (key: number, ...x: number[]) =>
    engine.step(ix, {
      x: Float64Array.from(x),
      size: new Float64Array(x.length).fill(1),
      length: x.length,
      timeMs: 0,
      key,
    });
  return { engine, ix, step };
}

test('deviations of several parts share centre and limits; a part that is not listed is no point', () => {
  const parts = { A: { target: 10 }, B: { target: 50 } };
  const { engine, ix, step } = open({ parts }, { centre: 0, sigma: 1 });
  expect(engine.keys(ix)).toEqual(['A', 'B']);
  expect(step(0, 11).lanes[0]).toMatchObject({ value: 1, centre: 0, upper: 3 });
  expect(step(1, 52).lanes[0]).toMatchObject({ value: 2, upper: 3 });
  const before = engine.snapshot();
  expect(step(-1, 52).lanes[0]).toMatchObject({ value: Number.NaN, status: 'no_value' });
  expect(engine.snapshot()).toEqual(before);
  // A mean of four varies half as much; its moving range to a single value by the root mean square of both.
  const [deviation, mr] = step(0, 10, 11, 12, 11).lanes;
  expect(deviation).toMatchObject({ value: 1, upper: 1.5 });
  expect(mr!.value).toBe(1);
  expect(mr!.centre).toBeCloseTo((2 / Math.sqrt(Math.PI)) * Math.sqrt((1 + 1 / 4) / 2), 12);
});

test('Z goes on learning until every part that has come has a sigma', () => {
  const { engine, ix, step } = open({ scale: 'z', parts: { A: {}, B: {}, C: { target: 7 }, D: {} } }, { baseline: 4 });
  expect(step(0, 10).lanes[0]).toMatchObject({ status: 'baseline', value: Number.NaN });
  step(0, 12);
  step(0, 11);
  expect(step(1, 100).froze).toBe(false);
  expect(step(1, 104).froze).toBe(true);
  const d2 = 2 / Math.sqrt(Math.PI);
  const [meanA, sigmaA, meanB, sigmaB, meanC, sigmaC, meanD] = engine.limits(ix).parameters!;
  expect([meanA, meanB, meanC, meanD]).toEqual([11, 102, 7, Number.NaN]);
  expect(sigmaA).toBeCloseTo(1.5 / d2, 12);
  expect(sigmaB).toBeCloseTo(4 / d2, 12);
  // C has not come yet: what the others vary, about its target. D has no target either.
  expect(sigmaC).toBeCloseTo((2 + 1 + 4) / 3 / d2, 12);
  expect(step(2, 7).lanes[0]!.value).toBe(0);
  expect(step(3, 7).lanes[0]!.status).toBe('no_value');
  expect(step(1, 102 + 4 / d2).lanes[0]!.value).toBeCloseTo(1, 12);
});

test('deviation without a target is refused', () => {
  expect(() => open({ parts: { A: {} } }, { baseline: 5 })).toThrow(PumjilError);
});
