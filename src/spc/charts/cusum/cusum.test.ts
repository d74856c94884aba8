import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seeded } from '../../../../test/contract/random.ts';
import { createEngine } from '../../engine.ts';

const rules = [{ id: 'N1', sentence: '1 of 1 beyond 3 sigma' }];

function open(settings: Readonly<Record<string, number>>, centre = 0, sigma = 1) {
  const engine = createEngine();
  const limits = { centre, sigma };
  const ix = engine.open({ chart: { use: 'cusum', ...settings }, rules, limits, spec: {}, size: 1 });
  const step = (...x: number[]) =>
    engine
      .step(ix, { x: Float64Array.from(x), size: new Float64Array(x.length).fill(1), length: x.length, timeMs: 0 })
      .lanes.map((lane) => ({ ...lane }));
  return { engine, ix, step };
}

// xcusum.arl of the R package spc 0.6.7, both sides; Lucas & Crosier (1982) print 168 and 149.
test.each([
  ['without a head start', { k: 0.5, h: 4 }, 167.683788813606],
  ['with a head start of one half', { k: 0.5, h: 4, head_start: 0.5 }, 148.695649990609],
])('both sides together run as long as the exact run length says, %s', (_, settings, exact) => {
  const { engine, ix, step } = open(settings);
  const random = seeded(21);
  const runs = 1500;
  let total = 0;
  let squares = 0;
  for (let run = 0; run < runs; run++) {
    engine.setLimits(ix, 0, 1);
    let length = 1;
    while (step(random.normal()).every(({ holds }) => holds === 0)) length += 1;
    total += length;
    squares += length * length;
  }
  const mean = total / runs;
  const half = (2.5758 * Math.sqrt(squares / runs - mean * mean)) / Math.sqrt(runs);
  expect(Math.abs(mean - exact)).toBeLessThan(half);
});

test('the estimate at a signal is the mean of the values since the sum left zero, as Montgomery 9.1.2 has it', () => {
  const { engine, ix, step } = open({ k: 0.5, h: 5 }, 10, 1);
  for (const x of [9.9, 10.1, 11.4, 11.7, 11.3, 11.6, 11.5]) step(x);
  const told = engine.explain(ix)!;
  expect(told.since_points).toBe(5);
  expect(told.estimated_mean).toBeCloseTo(11.5, 12);
});

test('subgroups of unequal size count by their own sigma', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 20 }), (sizes) => {
      const single = open({ k: 0.5, h: 4 });
      const grouped = open({ k: 0.5, h: 4 });
      for (const [i, n] of sizes.entries()) {
        const z = Math.sin(i * 1.7) + 0.4;
        const one = single.step(z);
        const many = grouped.step(...Array(n).fill(z / Math.sqrt(n)));
        for (const lane of [0, 1]) {
          expect(many[lane]!.z).toBeCloseTo(one[lane]!.z, 9);
          expect(many[lane]!.holds).toBe(one[lane]!.holds);
        }
      }
    }),
  );
});

test('a gap leaves both sums, new limits start them anew', () => {
  const { engine, ix, step } = open({});
  step(2);
  engine.gap(ix);
  expect(step(2)[0]!.value).toBeCloseTo(3, 12);
  engine.setLimits(ix, 0, 1);
  expect(step(2)[0]!.value).toBeCloseTo(1.5, 12);
});

test('a spread of zero signals every value off the centre, and none on it', () => {
  const { step } = open({}, 5, 0);
  expect(step(5)[0]).toMatchObject({ value: 0, holds: 0 });
  expect(step(5.1)[0]!.holds).toBe(1);
});
