import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PumjilError } from '../../../errors.ts';
import { createEngine } from '../../engine.ts';
import { seededRandom } from '../../math/random.ts';

const rules = [{ id: 'N1', sentence: '1 of 1 beyond 3 sigma' }];

function open(p: number, baseline: number, size = 1, settings: Readonly<Record<string, unknown>> = {}) {
  const engine = createEngine();
  const variables = Array.from({ length: p }, (_, i) => `tag${i + 1}`);
  const ix = engine.open({ chart: { use: 't2', ...settings }, rules, limits: { baseline }, spec: {}, size, variables });
  const step = (...rows: (readonly number[])[]) => {
    const x = Float64Array.from(rows.flat());
    const given = { x, size: new Float64Array(x.length).fill(1), length: x.length, timeMs: 0 };
    const { lanes, froze, refused } = engine.step(ix, given);
    return { ...lanes[0]!, froze, refused };
  };
  return { engine, ix, step };
}

/** Vectors of correlated variables. */
function draw(random: ReturnType<typeof seededRandom>, p: number): number[] {
  const common = random.normal();
  return Array.from({ length: p }, (_, i) => 10 * i + (i + 1) * (common + random.normal()));
}

test('the contribution of a variable is T² less the T² of all others', () => {
  fc.assert(
    fc.property(fc.integer({ min: 3, max: 6 }), fc.integer(), (p, seed) => {
      const random = seededRandom(seed);
      const rows = Array.from({ length: 30 }, () => draw(random, p));
      const late = draw(random, p).map((x, i) => x + (i === 1 ? 9 : 0));
      const all = open(p, 30);
      for (const row of rows) all.step(row);
      const whole = all.step(late).value;
      const told = all.engine.contributions(all.ix, 0)!;
      expect(told.map(({ variable }) => variable)).toEqual(late.map((_, i) => `tag${i + 1}`));
      late.forEach((_, left) => {
        const rest = open(p - 1, 30);
        const others = (row: readonly number[]) => row.filter((_, i) => i !== left);
        for (const row of rows) rest.step(others(row));
        expect(told[left]!.part).toBeCloseTo(whole - rest.step(others(late)).value, 8);
        const mean = rows.reduce((sum, row) => sum + row[left]! / 30, 0);
        const sigma = Math.sqrt(rows.reduce((sum, row) => sum + (row[left]! - mean) ** 2 / 29, 0));
        expect(told[left]!.z).toBeCloseTo((late[left]! - mean) / sigma, 9);
      });
    }),
    { numRuns: 25 },
  );
});

// Each case: its own baseline, then some later points; over all of them the rate is exactly alpha, whatever the covariance.
test.each([
  { p: 2, baseline: 12, size: 1, later: [1, 1, 1, 1] },
  { p: 4, baseline: 10, size: 3, later: [3, 3, 1, 2] },
])(
  'later points signal as often as alpha says, with limits from a short baseline and unequal subgroups: %o',
  ({ p, baseline, size, later }) => {
    const alpha = 0.1;
    const random = seededRandom(11);
    let signals = 0;
    let points = 0;
    for (let run = 0; run < 3000; run++) {
      const { step } = open(p, baseline, size, { alpha });
      const subgroup = (n: number) => Array.from({ length: n }, () => draw(random, p));
      for (let i = 0; i < baseline; i++) step(...subgroup(size));
      for (const n of later) {
        points += 1;
        signals += step(...subgroup(n)).holds;
      }
    }
    // Points of one run share its baseline: the interval is that of independent runs with all points alike.
    const half = 2.5758 * Math.sqrt((alpha * (1 - alpha)) / (points / later.length));
    expect(Math.abs(signals / points - alpha)).toBeLessThan(half);
  },
);

test('a baseline that tells too little goes on, and says why as often as it is full', () => {
  const { engine, ix, step } = open(2, 4);
  for (const i of [1, 2, 3]) expect(step([i, 7]).refused).toBeUndefined();
  expect(step([4, 7])).toMatchObject({ froze: false, refused: { why: 'constant', variable: 'tag2' } });
  expect(step([5, 7])).toMatchObject({ froze: false, refused: undefined });
  expect(step([2, 8])).toMatchObject({ froze: true, refused: undefined });
  expect(engine.limits(ix)).toMatchObject({ version: 1, subgroups: 6 });
  const line = open(2, 3);
  for (const i of [1, 2]) line.step([i, 2 * i]);
  expect(line.step([4, 8]).refused).toEqual({ why: 'singular', variable: 'tag2' });
  const few = open(3, 2);
  few.step([1, 2, 3]);
  expect(few.step([2, 1, 5]).refused).toEqual({ why: 'too_few' });
});

test('successive differences: a drift in the baseline does not widen what is learnt', () => {
  const random = seededRandom(2);
  const rows = Array.from({ length: 60 }, (_, i) => draw(random, 2).map((x) => x + i / 5));
  const distances = (['sample', 'successive'] as const).map((covariance) => {
    const { step } = open(2, 60, 1, { covariance });
    for (const row of rows) step(row);
    return step([30, 40]).value;
  });
  expect(distances[1]!).toBeGreaterThan(3 * distances[0]!);
});

test('a chart of one variable does not take several, and the other way round', () => {
  const engine = createEngine();
  const spec = { rules, limits: { baseline: 9 }, spec: {}, size: 1 };
  expect(() => engine.open({ ...spec, chart: { use: 't2' } })).toThrow(PumjilError);
  expect(() => engine.open({ ...spec, chart: { use: 'i-mr' }, variables: ['a', 'b'] })).toThrow(PumjilError);
});
