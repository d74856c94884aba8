import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Cell, characteristic, gap, recordConfig, START, values } from '../../test/fixtures/entries.ts';
import { type RevisingPlant, revisingPlant } from '../../test/fixtures/revising.ts';
import type { CharacteristicPlan } from '../config/plan.ts';
import type { ReviseEntry } from '../journal/journal.ts';
import { prepareRevision } from './reviser.ts';

const RULES = [
  { id: 'N1', sentence: '1 of 1 beyond 3 sigma' },
  { id: 'N2', sentence: '4 of 4 above 0 sigma' },
  { id: 'N3', sentence: '4 of 4 trending' },
];
const LATE = START + 1e9;

function cellsOf(xs: readonly number[]): Cell[] {
  return xs.map((x, i) => ['bore', x, i * 1000, { context: { lot: `L${Math.floor(i / 17)}` } }]);
}

/** What a person sees of the stream in the end. */
async function seen(plant: RevisingPlant) {
  const stream = plant.machine.state.streams.get(0);
  return {
    points: await plant.shown('bore'),
    limits: plant.machine.engine.limits(stream?.engine ?? 0),
    capability: plant.machine.engine.capability(stream?.engine ?? 0),
    open: plant.machine.state.streams.get(0)?.lastPoints.map((point) => point.timeMs),
  };
}

async function inOrder(plan: CharacteristicPlan, cells: readonly Cell[]): Promise<RevisingPlant> {
  const plant = revisingPlant();
  await plant.take(recordConfig(plan));
  for (const cell of cells) await plant.take(values(cell));
  return plant;
}

/** Delivers in the order of `keys`, judged again wherever a key says so and at the end. */
async function shuffled(plant: RevisingPlant, cells: readonly Cell[], keys: readonly number[]): Promise<void> {
  const order = cells.map((cell, i) => ({ cell, key: i + (keys[i] ?? 0) * 60 })).sort((a, b) => a.key - b.key);
  for (const [i, { cell }] of order.entries()) {
    await plant.take(values(cell));
    if ((keys[i] ?? 0) > 0.95) await plant.revise(LATE);
  }
  await plant.revise(LATE);
}

const charts: CharacteristicPlan[] = [
  characteristic({ rules: RULES }),
  characteristic({
    rules: RULES,
    chart: { use: 'xbar-s' },
    subgroup: { size: 3, close_on: ['lot'], partial: 'judge' },
    sample: { take: 4, of: 5 },
  }),
  characteristic({ rules: [], chart: { use: 'ewma', lambda: 0.2, width: 2.7, limits: 'exact' } }),
];
const draws = fc.tuple(
  fc.array(fc.double({ min: 9.6, max: 10.4, noNaN: true }), { minLength: 60, maxLength: 140 }),
  fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 200, maxLength: 200 }),
);

describe('values that come late end where they would have been', () => {
  test.each(charts.map((plan) => [plan.chart.use, plan] as const))(
    'on a chart %s with limits: the same points, rules and capability as in production order',
    async (_, plan) => {
      await fc.assert(
        fc.asyncProperty(draws, async ([xs, keys]) => {
          const cells = cellsOf(xs);
          const there = await inOrder(plan, cells);
          const plant = revisingPlant();
          await plant.take(recordConfig(plan));
          await shuffled(plant, cells, keys);
          expect(await seen(plant)).toEqual(await seen(there));
          expect(plant.machine.state.revisions.size).toBe(0);
        }),
        { numRuns: 6 },
      );
    },
  );

  test.each(charts.map((plan) => [plan.chart.use, plan] as const))(
    'on a chart %s in its baseline: the same limits are learnt',
    async (_, given) => {
      const plan = { ...given, limits: { baseline: 40 } };
      await fc.assert(
        fc.asyncProperty(draws, fc.integer({ min: 5, max: 38 }), async ([xs, keys], cut) => {
          const cells = cellsOf(xs);
          const there = await inOrder(plan, cells);
          const plant = revisingPlant();
          await plant.take(recordConfig(plan));
          await shuffled(plant, cells.slice(0, cut), keys);
          await shuffled(
            plant,
            cells.slice(cut),
            keys.map((key) => key * 0),
          );
          expect(await seen(plant)).toEqual(await seen(there));
        }),
        { numRuns: 6 },
      );
    },
  );

  test('gaps and limits set by people keep their place', async () => {
    const xs = Array.from({ length: 150 }, (_, i) => 10 + Math.sin(i * i) / 4);
    const cells = cellsOf(xs);
    const plan = characteristic({ rules: RULES });
    const between = (plant: RevisingPlant) =>
      plant.take(gap(), {
        kind: 'limits',
        atMs: START,
        author: 'kim',
        reason: 'new tool',
        stream: 'bore',
        centre: 10.1,
        sigma: 0.08,
      });
    const there = revisingPlant();
    await there.take(recordConfig(plan));
    for (const [i, cell] of cells.entries()) {
      await there.take(values(cell));
      if (i === 80) await between(there);
    }
    const plant = revisingPlant();
    await plant.take(recordConfig(plan));
    for (const [i, cell] of cells.entries()) {
      if (i !== 60 && i !== 120) await plant.take(values(cell));
      if (i === 80) await between(plant);
    }
    await plant.take(values(cells[120] ?? ['bore', 0, 0]), values(cells[60] ?? ['bore', 0, 0]));
    await plant.revise(LATE);
    expect(await seen(plant)).toEqual(await seen(there));
    expect(plant.machine.engine.limits(0).version).toBe(2);
  });

  test('limits that were frozen stay when a value of their baseline comes late', async () => {
    const plan = characteristic({ limits: { baseline: 10 } });
    const cells = cellsOf(Array.from({ length: 40 }, (_, i) => 10 + (i % 5) / 10));
    const plant = revisingPlant();
    await plant.take(recordConfig(plan));
    for (const [i, cell] of cells.entries()) if (i !== 3) await plant.take(values(cell));
    const before = plant.machine.engine.limits(0);
    await plant.take(values(['bore', 17, 3000, { context: { lot: 'L0' } }]));
    await plant.revise(LATE);
    expect(plant.machine.engine.limits(0)).toEqual(before);
    const points = (await plant.points('bore')).filter((point) => point.lane === 0);
    expect(points.map((point) => point.timeMs)).toEqual(cells.map(([, , at]) => START + at));
    expect(points[3]).toMatchObject({ value: 17, status: 'baseline' });
    expect(plant.machine.state.events.get('limits')).toBe(1);
  });

  test('a polled source stays as it was: kept, counted, not charted', async () => {
    const plant = revisingPlant();
    const entry = recordConfig(characteristic());
    await plant.take({ ...entry, plan: { ...entry.plan, adapters: [{ id: 'cell7', use: 'modbus' }] } });
    await plant.take(values(['bore', 10, 5]), values(['bore', 10.1, 1]));
    expect(plant.machine.state.revisions.size).toBe(0);
    expect(plant.machine.state.streams.get(0)).toMatchObject({ late: 1, points: 1, past: null });
  });
});

describe('a revision', () => {
  async function plantOf(xs: readonly number[]): Promise<RevisingPlant> {
    return inOrder(characteristic({ rules: RULES }), cellsOf(xs));
  }
  const revisions = (plant: RevisingPlant) => plant.history.events({ kind: 'revision', limit: 100 });
  const signals = (plant: RevisingPlant) =>
    plant.history.events({ kind: 'signal', limit: 100 }).filter((event) => event.data.lane === 0);
  const calm = Array.from({ length: 20 }, (_, i) => 10 + (i % 2 === 0 ? 0.01 : -0.01));

  test('raises what it finds, once, and says what changed', async () => {
    const plant = await plantOf(calm);
    await plant.write();
    expect(signals(plant)).toEqual([]);
    await plant.take(values(['bore', 11, 5500]));
    await plant.revise(LATE);
    expect(signals(plant)).toMatchObject([{ timeMs: START + 5500, data: { rule: 'N1' } }]);
    expect(plant.history.alarms({ limit: 9 })).toMatchObject([
      { raisedMs: START + 5500, detectedMs: LATE, state: 'returned_unacknowledged' },
    ]);
    await plant.take(values(['bore', 10, 5600]));
    await plant.revise(LATE);
    expect(signals(plant)).toHaveLength(1);
    expect(plant.history.alarms({ limit: 9 })).toMatchObject([{ events: 2, rules: ['N1'] }]);
    expect(revisions(plant)).toMatchObject([
      { data: { late: 1, points: 15, gained: 2, lost: 0, author: 'system', reason: 'late values' } },
      { data: { late: 1, points: 15, gained: 0, lost: 0 } },
    ]);
    expect(revisions(plant)[0]?.text).toEqual({
      ko: '내경: 늦게 온 값 1개 — 생산 순서로 다시 판정 (점 15개, 신호 +2 −0)',
      en: 'Bore: 1 late, judged again in production order (15 points, signals +2 −0)',
    });
  });

  test('leaves out a row that is corrected; both stay in the history, and the alarm stands', async () => {
    const plant = await plantOf(calm);
    await plant.take(values(['bore', 100, 30_000, { sourceId: 'slip-7' }]), values(['bore', 10, 31_000]));
    await plant.write();
    expect(signals(plant)).toHaveLength(1);
    await plant.take(
      values(['bore', 10.02, 30_000, { sourceId: 'slip-7b', context: { corrects: 'slip-7', operator: 'lee' } }]),
    );
    await plant.revise(LATE);
    const points = (await plant.points('bore')).filter((point) => point.lane === 0).slice(-2);
    expect(points).toMatchObject([
      { timeMs: START + 30_000, value: 10.02, rules: [], context: { corrects: 'slip-7', operator: 'lee' } },
      { timeMs: START + 31_000, value: 10 },
    ]);
    const stored = await plant.history.measurements({ series: 'bore', fromMs: START + 30_000, toMs: LATE, limit: 9 });
    expect(stored.map((row) => [row.value, row.context.source_id, row.context.corrects])).toEqual([
      [100, 'slip-7', undefined],
      [10.02, 'slip-7b', 'slip-7'],
      [10, undefined, undefined],
    ]);
    expect(plant.history.alarms({ limit: 9 })).toMatchObject([{ kind: 'signal', rules: ['N1'] }]);
    expect(revisions(plant)).toMatchObject([
      { data: { late: 0, corrected: 1, lost: 2, gained: 0, leftOut: [stored[0]?.id] } },
    ]);
    // A later re-run does not bring it back.
    await plant.take(values(['bore', 10.01, 29_000]));
    await plant.revise(LATE);
    expect((await plant.points('bore')).filter((point) => point.value === 100)).toEqual([]);
  });

  test('a correction may carry a later time than what it corrects, and may itself be corrected', async () => {
    const plant = await plantOf(calm);
    await plant.take(
      values(['bore', 100, 30_000, { sourceId: 'a' }]),
      values(['bore', 10.3, 90_000, { sourceId: 'b', context: { corrects: 'a' } }]),
    );
    await plant.revise(LATE);
    await plant.take(values(['bore', 10.1, 91_000, { sourceId: 'c', context: { corrects: 'b' } }]));
    await plant.revise(LATE);
    const last = (await plant.points('bore')).filter((point) => point.lane === 0).slice(-2);
    expect(last.map((point) => [point.timeMs - START, point.value])).toEqual([
      [19_000, 9.99],
      [91_000, 10.1],
    ]);
  });

  test('what was accepted after the entry was prepared is not lost, whatever it is', async () => {
    const plant = await plantOf(calm);
    await plant.take(values(['bore', 10.2, 5500]));
    const series = [...plant.machine.state.revisions.keys()][0] ?? -1;
    await plant.write();
    const entry = (await prepareRevision(plant.machine, plant.history, series, LATE)) as ReviseEntry;
    await plant.take(values(['bore', 10.3, 50_000]), values(['bore', 10.1, 6500]));
    await plant.take(entry);
    expect(plant.machine.state.revisions.get(series)).toMatchObject({ late: 1, fromMs: START + 6500 });
    await plant.revise(LATE);
    const times = (await plant.points('bore')).filter((p) => p.lane === 0).map((p) => p.timeMs - START);
    expect(times).toEqual(
      [0, 1, 2, 3, 4, 5, 5.5, 6, 6.5, ...calm.slice(7).map((_, i) => i + 7), 50].map((s) => s * 1000),
    );
  });

  test('an excluded point stays excluded under its new id', async () => {
    const plant = await plantOf(calm);
    const point = (await plant.points('bore')).find((each) => each.timeMs === START + 12_000);
    await plant.take({
      kind: 'exclude',
      atMs: START,
      author: 'kim',
      reason: 'dropped part',
      stream: 'bore',
      point: point?.id ?? '',
    });
    await plant.take(values(['bore', 10.2, 5500]));
    await plant.revise(LATE);
    const now = (await plant.points('bore')).find((each) => each.timeMs === START + 12_000);
    expect(now?.id).not.toBe(point?.id);
    expect(plant.history.events({ kind: 'exclude', limit: 100 }).at(-1)).toMatchObject({
      data: { point: now?.id, before: point?.id, author: 'kim', reason: 'dropped part' },
    });
  });

  test('another name or class changes nothing for values that come late', async () => {
    const plant = await plantOf(calm);
    await plant.take(recordConfig(characteristic({ rules: RULES, class: 'standard' })));
    await plant.take(values(['bore', 10.2, 5500]));
    await plant.revise(LATE);
    expect((await plant.points('bore')).some((point) => point.timeMs === START + 5500)).toBe(true);
  });

  test('a value from before a changed plan is kept and counted', async () => {
    const plant = await plantOf(calm);
    await plant.take(
      recordConfig(characteristic({ rules: RULES, subgroup: { size: 1, close_on: ['lot'], partial: 'judge' } })),
    );
    await plant.take(values(['bore', 10.2, 5500]));
    expect(plant.machine.state.revisions.size).toBe(0);
    expect(plant.machine.state.streams.get(0)?.late).toBe(1);
  });
});
