import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createEngine } from '../../engine.ts';
import { seededRandom } from '../../math/random.ts';
import { componentsFor, residualLimit } from './model.ts';

const rules = [{ id: 'N1', sentence: '1 of 1 beyond 3 sigma' }];

function open(p: number, baseline: number, settings: Readonly<Record<string, unknown>> = {}, use = 'pca') {
  const engine = createEngine();
  const variables = Array.from({ length: p }, (_, i) => `tag${i + 1}`);
  const ix = engine.open({ chart: { use, ...settings }, rules, limits: { baseline }, spec: {}, size: 1, variables });
  const step = (row: readonly number[]) => {
    const x = Float64Array.from(row);
    const { lanes, froze } = engine.step(ix, { x, size: x.map(() => 1), length: x.length, timeMs: 0 });
    return { t2: { ...lanes[0]! }, spe: { ...lanes[1]! }, froze };
  };
  return { engine, ix, step };
}

/** Two causes drive four variables. */
function draw(random: ReturnType<typeof seededRandom>): number[] {
  const [heat, load] = [random.normal(), random.normal()];
  const noise = () => 0.1 * random.normal();
  return [200 + 5 * (heat + noise()), 80 + heat - load + noise(), 10 + 3 * (load + noise()), 4 - 2 * (heat + noise())];
}

test('a relation that breaks leaves T² within its limit and is seen by SPE, with the tag that left it', () => {
  const random = seededRandom(4);
  const { engine, ix, step } = open(4, 100, { components: 2 });
  for (let i = 0; i < 100; i++) step(draw(random));
  const usual = step(draw(random));
  expect([usual.t2.holds, usual.spe.holds]).toEqual([0, 0]);
  // Temperature rises by one sigma, and its companion does not fall.
  const odd = step([205, 81, 10, 4]);
  expect([odd.t2.holds, odd.spe.holds]).toEqual([0, 1]);
  const spe = engine.contributions(ix, 1)!;
  expect([...spe].sort((a, b) => b.part - a.part)[0]!.variable).toBe('tag4');
  expect(spe.reduce((sum, { part }) => sum + part, 0)).toBeCloseTo(odd.spe.value, 10);
  const t2 = engine.contributions(ix, 0)!;
  expect(t2.reduce((sum, { part }) => sum + part, 0)).toBeCloseTo(odd.t2.value, 10);
});

test('T² of a few components plus that of the others is Hotelling’s T²', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const random = seededRandom(seed);
      const rows = Array.from({ length: 30 }, () => draw(random));
      const few = open(4, 29, { components: 3 });
      const all = open(4, 29, {}, 't2');
      for (const row of rows) {
        const { t2, spe } = few.step(row);
        const whole = all.step(row).t2;
        if (t2.status !== 'judged') continue;
        // One component is left over: its share of T² is its residual by its eigenvalue, which the traces give.
        const left = few.engine.limits(few.ix).parameters!.slice(2 + 12 + 3)[3]!;
        expect(t2.value + spe.value / left).toBeCloseTo(whole.value, 7);
      }
    }),
    { numRuns: 20 },
  );
});

test('tags that follow from others do no harm, and without anything left over there is no SPE', () => {
  const random = seededRandom(6);
  const { step } = open(3, 40, { components: 2 });
  let last = step([0, 0, 0]);
  for (let i = 0; i < 45; i++) {
    const [a, b] = [random.normal(), random.normal()];
    last = step([a, b, a + b]);
  }
  expect(last.t2.status).toBe('judged');
  expect(last.spe.status).toBe('no_value');
});

test('components: as many as asked for, or as the share needs, and always one left over', () => {
  const values = Float64Array.of(2.4, 1, 0.5, 0.1);
  expect([0.5, 0.6, 0.61, 0.85, 0.9, 1].map((share) => componentsFor(values, { share }))).toEqual([1, 1, 2, 2, 3, 3]);
  expect([1, 3, 9].map((components) => componentsFor(values, { components, share: 0.8 }))).toEqual([1, 3, 3]);
  expect(componentsFor(Float64Array.of(2, 1, 0, 0), { components: 3, share: 0.8 })).toBe(2);
  expect(componentsFor(Float64Array.of(1.5, 0.5), { share: 1 })).toBe(1);
});

// By NumPy and SciPy, with the formulas of the papers, for eigenvalues 0.60882384 and 0.06131041 and alpha 0.005.
test('limits of SPE', () => {
  const left = Float64Array.of(0.60882384, 0.06131041);
  expect(residualLimit(left, 0.005, 'jackson-mudholkar')).toBeCloseTo(5.0792113, 5);
  expect(residualLimit(left, 0.005, 'box')).toBeCloseTo(4.74316496, 5);
  // Equal eigenvalues: Box's limit is exact, and the other close to it.
  expect(Math.abs(residualLimit(Float64Array.of(1, 1, 1), 0.05, 'jackson-mudholkar') / 7.814728 - 1)).toBeLessThan(
    0.01,
  );
  expect(residualLimit(Float64Array.of(0, 0), 0.05, 'box')).toBeNaN();
  // Many small ones beside a large one make h0 negative.
  const uneven = Float64Array.from({ length: 21 }, (_, i) => (i === 0 ? 1 : 0.1));
  expect(residualLimit(uneven, 0.05, 'jackson-mudholkar')).toBe(residualLimit(uneven, 0.05, 'box'));
});

test('points of a chart with many baseline vectors signal about as often as alpha says, in both lanes', () => {
  const random = seededRandom(13);
  const { step } = open(4, 1000, { components: 2, alpha: 0.05 });
  for (let i = 0; i < 1000; i++) step(draw(random));
  const points = 20_000;
  let within = 0;
  let beside = 0;
  for (let i = 0; i < points; i++) {
    const { t2, spe } = step(draw(random));
    within += t2.holds;
    beside += spe.holds;
  }
  expect(Math.abs(within / points - 0.05)).toBeLessThan(0.01);
  expect(Math.abs(beside / points - 0.05)).toBeLessThan(0.015);
});
