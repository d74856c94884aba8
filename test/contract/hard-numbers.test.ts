// Numbers that break naive arithmetic: charts of measured values give the same z for the same pattern at any level and in any unit.
import { describe, expect, test } from 'vitest';
import { CHARTS } from '../../src/spc/charts/registry.ts';
import { createEngine } from '../../src/spc/engine.ts';
import type { LanePoint } from '../../src/spc/stream.ts';
import { seeded } from './random.ts';

const SETTINGS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'short-run': { scale: 'z', parts: { A: {}, B: {} } },
};

const NAMES = ['cusum', 'ewma', 'i-mr', 'levey-jennings', 'percentile', 'residual', 'run', 'short-run'] as const;
const GROUPED = ['three-way', 'xbar-r', 'xbar-s'] as const;
const ALL = [...NAMES, 'tool-wear', ...GROUPED];

const BASELINE = 30;
const COUNT = 60;

function judged(use: string, change: (x: number) => number): LanePoint[][] {
  const size = (GROUPED as readonly string[]).includes(use) ? 4 : 1;
  const engine = createEngine();
  const chart = { use, ...SETTINGS[use] };
  const ix = engine.open({ chart, rules: [], limits: { baseline: BASELINE }, spec: {}, size });
  const random = seeded(77);
  return Array.from({ length: COUNT }, (_, i) => {
    // Multiples of 2^-10, so that an offset of 1e12 is added without rounding.
    const x = Float64Array.from({ length: size }, () => change(Math.round(random.normal() * 1024) / 1024));
    return engine
      .step(ix, { x, size: new Float64Array(size).fill(1), length: size, timeMs: i, key: i % 2 })
      .lanes.map((lane) => ({ ...lane }));
  });
}

function expectSameZ(use: string, change: (x: number) => number, tolerance: number): void {
  const plain = judged(use, (x) => x);
  judged(use, change).forEach((lanes, i) => {
    lanes.forEach((lane, j) => {
      const { z, status } = plain[i]![j]!;
      expect(lane.status).toBe(status);
      if (Number.isNaN(z)) expect(lane.z).toBeNaN();
      else
        expect(Math.abs(lane.z - z), `${use} ${lane.statistic} ${i}`).toBeLessThan(
          tolerance * Math.max(1, Math.abs(z)),
        );
    });
  });
}

describe.each(ALL)('%s', (use) => {
  test('is there', () => {
    expect(CHARTS[use]).toBeDefined();
  });

  test('on a level of 1e9 and 1e12 loses no more than the last digit of the centre line', () => {
    // Half of the distance between neighbouring numbers there, in a sigma of about 1; a mean of four halves sigma, a sum adds up.
    expectSameZ(use, (x) => 1e9 + x, 1e-6);
    expectSameZ(use, (x) => 1e12 + x, 1e-3);
  });

  test('in a unit of 1e-290 and of 1e290 finds the same z', () => {
    expectSameZ(use, (x) => x * 2 ** -963, 1e-12);
    expectSameZ(use, (x) => x * 2 ** 963, 1e-12);
  });

  test('values all alike give limits on the value or none, and no point signals', () => {
    for (const value of [0, -0, 7, 1e300, 5e-324])
      for (const lane of judged(use, () => value).flat()) {
        expect(lane.holds).toBe(0);
        expect(Math.abs(lane.value)).not.toBe(Number.POSITIVE_INFINITY);
      }
  });

  test('missing values alone give neither limits nor points', () => {
    for (const lane of judged(use, () => Number.NaN).flat())
      expect(lane).toMatchObject({ value: Number.NaN, status: 'no_value', holds: 0 });
  });
});
