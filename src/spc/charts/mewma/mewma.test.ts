import { expect, test } from 'vitest';
import { createEngine } from '../../engine.ts';
import { mewmaLimit } from '../../math/mewma-arl.ts';
import { seededRandom } from '../../math/random.ts';

const rules = [{ id: 'N1', sentence: '1 of 1 beyond 3 sigma' }];
const VARIABLES = ['a', 'b', 'c'];

function open(chart: Readonly<Record<string, unknown>> & { readonly use: string }, size = 1) {
  const engine = createEngine();
  const ix = engine.open({ chart, rules, limits: { centre: 0, sigma: 1 }, spec: {}, size, variables: VARIABLES });
  const step = (...rows: (readonly number[])[]) => {
    const x = Float64Array.from(rows.flat());
    return { ...engine.step(ix, { x, size: x.map(() => 1), length: x.length, timeMs: 0 }).lanes[0]! };
  };
  return { engine, ix, step };
}

test('without h the limit follows from the run length that is wanted', () => {
  expect(open({ use: 'mewma', lambda: 0.2, arl0: 500 }).step([0, 1, 2]).upper).toBe(mewmaLimit(0.2, 3, 500));
  expect(open({ use: 'mewma', lambda: 0.2, arl0: 500, h: 11 }).step([0, 1, 2]).upper).toBe(11);
});

// Both run 200 points in control.
test('a shift of one in statistical distance is found many times sooner than by T²', () => {
  const random = seededRandom(8);
  const runs = 300;
  const mean = (chart: Readonly<Record<string, unknown>> & { readonly use: string }) => {
    const { engine, ix, step } = open(chart);
    let total = 0;
    for (let run = 0; run < runs; run++) {
      engine.setLimits(ix, 0, 1);
      do total += 1;
      while (step(VARIABLES.map(() => random.normal() + 1 / Math.sqrt(3))).holds === 0);
    }
    return total / runs;
  };
  const slow = mean({ use: 't2', alpha: 0.005 });
  const fast = mean({ use: 'mewma', lambda: 0.1, arl0: 200 });
  expect(3 * fast).toBeLessThan(slow);
});

test('a gap and a missing vector leave the average, new limits start it anew', () => {
  const one = open({ use: 'mewma', h: 9 });
  const other = open({ use: 'mewma', h: 9 });
  for (const { step } of [one, other]) step([1, 2, 0]);
  one.engine.gap(one.ix);
  expect(one.step([Number.NaN, 3, 3]).status).toBe('no_value');
  expect(one.step([2, 2, 0]).value).toBe(other.step([2, 2, 0]).value);
  const fresh = open({ use: 'mewma', h: 9 }).step([1, 2, 0]).value;
  one.engine.setLimits(one.ix, 0, 1);
  expect(one.step([1, 2, 0]).value).toBe(fresh);
});

test('the mean of n vectors counts √n times as much as one', () => {
  const single = open({ use: 'mewma', h: 9 });
  const grouped = open({ use: 'mewma', h: 9 }, 4);
  for (const row of [
    [1, 2, 0],
    [0, -1, 3],
    [2, 2, 2],
  ]) {
    const half = row.map((x) => x / 2);
    expect(grouped.step(half, half, half, half).value).toBeCloseTo(single.step(row).value, 12);
  }
});

test('contributions are those of the average: with independent variables they add up to the statistic', () => {
  for (const limits of ['exact', 'asymptotic']) {
    const { engine, ix, step } = open({ use: 'mewma', h: 9, limits });
    step([1, 0, 0]);
    const { value } = step([2, -1, 0]);
    const told = engine.contributions(ix, 0)!;
    expect(told.reduce((sum, { part }) => sum + part, 0)).toBeCloseTo(value, 12);
    told.forEach(({ part, z }) => {
      expect(part).toBeCloseTo(z * z, 12);
    });
    expect(told[1]!.z).toBeLessThan(0);
  }
});
