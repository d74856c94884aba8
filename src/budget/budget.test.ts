// The budget against closed forms of the normal distribution and figures of another program.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { characteristic } from '../../test/fixtures/entries.ts';
import { seededRandom } from '../../test/fixtures/random.ts';
import type { CharacteristicClass, CharacteristicPlan } from '../config/plan.ts';
import { createEngine } from '../spc/engine.ts';
import { normalQuantile, normalTail } from '../spc/math/normal.ts';
import { type BudgetStream, costOf, propose } from './budget.ts';
import { eventRate } from './events.ts';
import { createRarity } from './rarity.ts';
import { pointsPerDay } from './rate.ts';
import { deviationEvents, movingRangeEvents, rangeEvents } from './spread-lanes.ts';

const LIMITS = [{ id: 'N1', sentence: '1 of 1 beyond 3 sigma' }];
const STANDARD = [...LIMITS, { id: 'N2', sentence: '9 of 9 beyond 0 sigma on one side' }];
const SETS = new Map([['standard', Object.fromEntries(STANDARD.map(({ id, sentence }) => [id, sentence]))]]);
const NELSON_1256 = [
  ...STANDARD,
  { id: 'N5', sentence: '2 of 3 beyond 2 sigma on one side' },
  { id: 'N6', sentence: '4 of 5 beyond 1 sigma on one side' },
];

/** New events of one point beyond k sigma: p (1 − p). */
function beyond(sigma: number): number {
  const p = 2 * normalTail(sigma);
  return p * (1 - p);
}

function stream(patch: Partial<CharacteristicPlan>, points = 1000): BudgetStream {
  const plan = characteristic({ chart: { use: 'levey-jennings' }, rules: LIMITS, class: 'standard', ...patch });
  return { stream: plan.id, characteristic: plan, pointsPerDay: points };
}

describe('spread lanes', () => {
  test('begin to be beyond their limits as often as another program says', () => {
    // scipy 1.17: studentized_range with infinite freedom, chi2, and a bivariate normal of correlation -1/2.
    for (const [n, p] of [
      [2, 0.009068451617457148],
      [5, 0.0045818603776044435],
      [10, 0.004348366651806637],
    ] as const)
      expect(rangeEvents(n) / p).toBeCloseTo(1, 10);
    for (const [n, p] of [
      [5, 0.00388391138468181],
      [10, 0.0029903605315633676],
      [25, 0.002759406274918409],
    ] as const)
      expect(deviationEvents(n) / p).toBeCloseTo(1, 10);
    expect(movingRangeEvents() / 0.008273804605640861).toBeCloseTo(1, 10);
  });

  test('of two values the range and the deviation say the same', () => {
    expect(deviationEvents(2)).toBeCloseTo(rangeEvents(2), 13);
  });

  test.each([
    ['i-mr', 1],
    ['xbar-r', 4],
    ['xbar-s', 6],
    ['three-way', 3],
  ] as const)('%s: the engine raises as many events as the price says', (use, size) => {
    const random = seededRandom(11);
    const engine = createEngine();
    const chart =
      use === 'i-mr' ? { use, transform: 'none' } : use === 'three-way' ? { use, within: 'range' } : { use };
    // Means of a three-way chart have a sigma of their own, that of the typed limits less what is within.
    const ix = engine.open({ chart, rules: LIMITS, limits: { centre: 0, sigma: 1 }, spec: {}, size });
    const points = 60_000;
    const x = new Float64Array(size);
    let events = 0;
    for (let i = 0; i < points; i++) {
      for (let j = 0; j < size; j++) x[j] = random.normal();
      const { lanes } = engine.step(ix, { x, size: new Float64Array(size).fill(1), length: size, timeMs: i });
      for (const lane of lanes) if (lane.rises !== 0) events += 1;
    }
    const rate = eventRate({ chart, rules: LIMITS, size });
    const expected = ((rate?.location ?? 0) + (rate?.others ?? Number.NaN)) * points;
    // Four standard errors of a Poisson count.
    expect(Math.abs(events - expected)).toBeLessThan(4 * Math.sqrt(expected));
  });
});

test('points a day are those of planned hours, whatever lies between them', () => {
  const shifts = [{ id: 'D', from: '08:00', to: '16:00', breaks: ['12:00-13:00'], days: [1, 2, 3, 4, 5] }];
  const monday = Date.UTC(2026, 8, 7);
  // A point every half hour of the 7 planned hours, over ten days with a weekend: 14 a working day, 14 · 5/7 a day.
  const times: number[] = [];
  for (let day = 0; day < 12; day++) {
    if (day % 7 > 4) continue;
    for (let half = 0; half < 16; half++)
      if (half !== 8 && half !== 9) times.push(monday + day * 86_400_000 + (8 * 2 + half) * 1_800_000);
  }
  const calendar = { shifts, timezone: 'UTC' };
  const perDay = pointsPerDay(times, calendar, monday + 14 * 86_400_000);
  expect(perDay).toBeCloseTo((14 * 5) / 7, 10);
  expect(pointsPerDay([monday], calendar, monday)).toBeNaN();
  // Around the clock without a calendar.
  expect(pointsPerDay([0, 3_600_000], { shifts: [], timezone: 'UTC' }, 7 * 86_400_000)).toBe(24);
});

describe('a budget', () => {
  test('is the sum over streams: points a day times new events a point, second lanes included', () => {
    const cost = costOf([
      stream({ id: 'a' }, 1000),
      stream({ id: 'b', class: 'critical', chart: { use: 'i-mr', transform: 'none' } }, 240),
      stream({ id: 'c', chart: { use: 'run' } }, 500),
      stream({ id: 'd' }, Number.NaN),
    ]);
    expect(cost.byClass.standard).toBeCloseTo(1000 * beyond(3), 10);
    expect(cost.byClass.critical).toBeCloseTo(240 * (beyond(3) + 0.008273804605640861), 10);
    expect(cost.perDay).toBeCloseTo(cost.byClass.standard + cost.byClass.critical, 12);
    expect([cost.unknown, cost.isApproximate]).toEqual([2, false]);
  });

  test('follows from the width of limits as the normal distribution says', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.05, max: 2.6, noNaN: true }), (budget) => {
        const streams = [stream({ id: 'a' }, 600), stream({ id: 'b', class: 'critical' }, 400)];
        const width = propose(streams, budget, SETS).find(({ by }) => by === 'width');
        // 1000 points a day: p (1 − p) = budget/1000, k = the quantile of p/2; rounded up to hundredths.
        const p = (1 - Math.sqrt(1 - (4 * budget) / 1000)) / 2;
        const k = -normalQuantile(p / 2);
        expect(width?.classes.critical?.sigma).toBeCloseTo(Math.ceil(k * 100 - 1e-9) / 100, 10);
        expect(width?.fits).toBe(true);
      }),
    );
  });

  test('lets the standard class give way first and the critical one last', () => {
    const classes: readonly CharacteristicClass[] = ['critical', 'significant', 'standard'];
    const streams = classes.map((each) => stream({ id: each, class: each, rules: NELSON_1256 }, 100));
    const now = costOf(streams).perDay;
    let before: number | undefined;
    for (let share = 0.95; share > 0.02; share *= 0.9) {
      const [sets] = propose(streams, now * share, SETS);
      expect(sets?.fits).toBe(true);
      expect(sets?.perDay).toBeLessThanOrEqual(now * share);
      const [critical = 0, significant = 0, standard = 0] = classes.map((each) => {
        const rules = sets?.classes[each]?.rules ?? NELSON_1256;
        return eventRate({ chart: { use: 'levey-jennings' }, rules, size: 1 })?.location ?? 0;
      });
      expect(critical).toBeGreaterThanOrEqual(significant);
      expect(significant).toBeGreaterThanOrEqual(standard);
      before ??= standard;
      expect(standard).toBeLessThanOrEqual(before);
      before = standard;
    }
  });

  test('proposes nothing while it is kept, and says when no rules can keep it', () => {
    expect(propose([stream({})], 3, SETS)).toEqual([]);
    const spread = [stream({ chart: { use: 'i-mr', transform: 'none' } }, 1000)];
    const proposals = propose(spread, 5, SETS);
    // The moving range alone costs 8.27 a day, and its limits are no rule.
    expect(proposals.map(({ fits }) => fits)).toEqual([false, false]);
    expect(proposals[0]?.perDay).toBeGreaterThan(8.27);
  });
});

test('the rarer of two signals is the one that comes less often by chance', () => {
  const rarity = createRarity();
  const plan = characteristic({ rules: NELSON_1256 });
  const of = (rules: readonly string[], lane = 0): number => rarity.of({ kind: 'signal', lane, rules }, plan);
  expect(of(['N1'])).toBeCloseTo(beyond(3), 14);
  // Nine on one side: the tenth newest is on the other, the nine are on one of two sides.
  expect(of(['N2'])).toBeCloseTo(2 / 2 ** 10, 14);
  expect(of(['N1', 'N2'])).toBe(of(['N2']));
  expect(of(['N1'], 1)).toBeCloseTo(0.008273804605640861, 12);
  expect(rarity.of({ kind: 'link', lane: 0, rules: [] }, undefined)).toBe(0);
  expect(rarity.of({ kind: 'signal', lane: 0, rules: ['N1'] }, undefined)).toBeNaN();
  const run = characteristic({ chart: { use: 'run' } });
  expect(rarity.of({ kind: 'signal', lane: 0, rules: ['N1'] }, run)).toBeNaN();
});
