// Replays held against the plant machine itself: what was recorded comes out again, and another plan gives what a plant with that plan would.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Cell, characteristic, config, gap, recordConfig, START, values } from '../../test/fixtures/entries.ts';
import { seededRandom } from '../../test/fixtures/random.ts';
import { type RevisingPlant, revisingPlant } from '../../test/fixtures/revising.ts';
import type { CharacteristicPlan, LimitsPlan } from '../config/plan.ts';
import type { CommandEntry, ConfigEntry, Entry } from '../journal/journal.ts';
import type { Replay } from './compare.ts';
import { replayFrom } from './load.ts';
import type { WhatIf } from './what-if.ts';

const RULES = [
  { id: 'N1', sentence: '1 of 1 beyond 3 sigma' },
  { id: 'N2', sentence: '4 of 4 above 0 sigma' },
  { id: 'N3', sentence: '4 of 4 trending' },
];
const SETS = new Map([['limits', { L1: '1 of 1 beyond 3 sigma' }]]);
const NOW = START + 1e9;

function ask(
  plant: RevisingPlant,
  plan: CharacteristicPlan,
  whatIf: WhatIf = {},
  source: { readonly isRecord?: boolean; readonly latenessMs?: number } = {},
): Promise<Replay> {
  const { isRecord = false, latenessMs = 0 } = source;
  const of = {
    stream: 'bore',
    part: '',
    characteristic: plan,
    isRecord,
    latenessMs,
    whatIf,
    ruleSets: SETS,
    nowMs: NOW,
  };
  return replayFrom(plant.history, of);
}

/** Keys of the signals that the plant has told by events. */
function told(plant: RevisingPlant): string[] {
  return plant.history
    .events({ kind: 'signal', limit: 10_000 })
    .map(({ timeMs, data }) => `${timeMs} ${data.lane} ${data.sentence}`)
    .sort();
}

const keysOf = (signals: Replay['gained']['signals']): string[] =>
  signals.map(({ timeMs, lane, sentence }) => `${timeMs} ${lane} ${sentence}`).sort();

function limitsEntry(centre: number, sigma: number): Entry {
  return { kind: 'limits', atMs: START, author: 'kim', reason: 'new tool', stream: 'bore', centre, sigma };
}

function command(verb: CommandEntry['verb'], alarm: string, cause?: string): Entry {
  const id = `${verb} ${alarm}`;
  return { kind: 'command', atMs: START, author: 'lee', id, verb, alarm, ...(cause === undefined ? {} : { cause }) };
}

async function plantOf(entry: ConfigEntry, entries: readonly Entry[]): Promise<RevisingPlant> {
  const plant = revisingPlant();
  await plant.take(entry, ...entries);
  await plant.write();
  return plant;
}

const charts: readonly CharacteristicPlan[] = [
  characteristic({ rules: RULES, limits: { baseline: 10 } }),
  characteristic({
    rules: RULES,
    limits: { baseline: 8 },
    chart: { use: 'xbar-s' },
    subgroup: { size: 3, every_s: 10, close_on: ['lot'], partial: 'judge' },
    sample: { take: 4, of: 5 },
  }),
  characteristic({
    rules: RULES,
    limits: { baseline: 8 },
    chart: { use: 'xbar-r' },
    subgroup: { size: 2, close_on: ['lot'], partial: 'discard' },
  }),
  characteristic({ rules: [], chart: { use: 'ewma', lambda: 0.2, width: 2, limits: 'exact' } }),
  characteristic({ rules: [], chart: { use: 'cusum', k: 0.5, h: 3, head_start: 0.5 } }),
];

/** Values a second apart, some bad, some of which come late, with whatever else happens between them. */
const course = fc.array(
  fc.record({
    x: fc.double({ min: 9.6, max: 10.4, noNaN: true }),
    kind: fc.constantFrom('good', 'good', 'good', 'good', 'bad', 'late', 'gap', 'limits', 'tick', 'rules'),
  }),
  { minLength: 30, maxLength: 150 },
);

function entriesOf(plan: CharacteristicPlan, steps: typeof course extends fc.Arbitrary<infer T> ? T : never): Entry[] {
  return steps.flatMap(({ x, kind }, i): Entry[] => {
    const at = i * 1000;
    const context = { lot: `L${Math.floor(i / 17)}` };
    const cell: Cell = [
      'bore',
      x,
      kind === 'late' ? at - 5000 : at,
      { context, ...(kind === 'bad' ? { quality: 2 } : {}) },
    ];
    const value = values(cell);
    if (kind === 'gap') return [gap({ fromMs: START + at, toMs: START + at + 500 }), value];
    if (kind === 'limits') return [limitsEntry(x, 0.05 + x / 1000), value];
    if (kind === 'tick') return [value, { kind: 'tick', atMs: START + at + 11_000 }];
    if (kind === 'rules') {
      // A rule more or less, so that the histories restart; it ends with the plan asked about.
      const { plan: whole } = config(plan);
      const other = { ...plan, rules: i % 2 === 0 ? plan.rules.slice(0, 1) : plan.rules };
      return [{ ...config(other), plan: { ...whole, characteristics: [other] } }, value];
    }
    return [value];
  });
}

describe('the plan in force', () => {
  test('gives every recorded signal and every point again, to the last bit', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(charts.length - 1), course, async (ix, steps) => {
        const plan = charts[ix] ?? charts[0];
        if (plan === undefined) return;
        const plant = await plantOf(config(plan), [...entriesOf(plan, steps), config(plan)]);
        const answer = await ask(plant, plan);
        expect(answer.check.equal).toBe(answer.check.points);
        const changed = plant.history
          .events({ kind: 'config', limit: 1000 })
          .some(({ data }) => String(data.changed) !== '');
        if (changed) return;
        expect([answer.gained.signals, answer.lost.signals]).toEqual([[], []]);
        expect(answer.kept).toBe(told(plant).length);
      }),
      { numRuns: 60 },
    );
  });

  test('knows which values came too late for the chart, also where only time has let the others pass', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(0, 3, 4), course, async (ix, steps) => {
        const plan = charts[ix] ?? characteristic();
        const entry = config(plan);
        const plant = revisingPlant();
        await plant.take({ ...entry, plan: { ...entry.plan, lateness_ms: 3000 } });
        for (const [i, { x, kind }] of steps.entries()) {
          const behind = kind === 'late' ? 5000 : kind === 'bad' ? 2000 : 0;
          await plant.take(values(['bore', x, i * 1000 - behind]));
          if (kind === 'tick') await plant.take({ kind: 'tick', atMs: START + i * 1000 + 11_000 });
          if (kind === 'gap') await plant.take(gap());
        }
        await plant.write();
        const answer = await ask(plant, plan, {}, { latenessMs: 3000 });
        expect(answer.check.equal).toBe(answer.check.points);
        expect([answer.gained.count, answer.lost.count]).toEqual([0, 0]);
      }),
      { numRuns: 60 },
    );
  });

  test('gives again what a source that delivers late made of corrections and late values', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(2), course, async (ix, steps) => {
        const plan = { ...(charts[ix] ?? characteristic()), limits: { centre: 10, sigma: 0.1 } };
        const plant = revisingPlant();
        await plant.take(recordConfig(plan));
        for (const [i, { x, kind }] of steps.entries()) {
          const at = kind === 'late' ? i * 1000 - 7000 : i * 1000;
          const context = { lot: `L${Math.floor(i / 17)}` };
          const corrects = kind === 'bad' && i > 3 ? { corrects: `r${i - 3}` } : {};
          const timeMs = corrects.corrects === undefined ? at : (i - 3) * 1000;
          await plant.take(values(['bore', x, timeMs, { sourceId: `r${i}`, context: { ...context, ...corrects } }]));
          if (kind === 'gap') await plant.take(gap());
          if (kind === 'tick') await plant.revise(NOW);
        }
        await plant.revise(NOW);
        const answer = await ask(plant, plan, {}, { isRecord: true });
        expect(answer.check.equal).toBe(answer.check.points);
        expect([answer.gained.count, answer.lost.count]).toEqual([0, 0]);
      }),
      { numRuns: 40 },
    );
  });

  test('gives again what counts with an inspected number of their own made', async () => {
    const plan = characteristic({
      from: { count: 'cell7/ng', inspected: 'cell7/total', counter: 'cumulative' },
      chart: { use: 'p' },
      limits: { centre: 0.02, sigma: 0.14 },
      rules: RULES,
    });
    const random = seededRandom(5);
    let ng = 0;
    let total = 0;
    const entries = Array.from({ length: 120 }, (_, i) => {
      ng += Math.round(3 * random.uniform() + (i > 80 ? 8 * random.uniform() : 0));
      total += 80 + Math.round(20 * random.uniform());
      if (i === 60) ng = total = 5;
      return values(['ng', ng, i * 1000], ['total', total, i * 1000]);
    });
    const plant = await plantOf(config(plan), entries);
    const answer = await ask(plant, plan);
    expect(answer.check).toEqual({ points: 119, equal: 119 });
    expect(answer.kept).toBe(told(plant).length);
    expect(answer.kept).toBeGreaterThan(2);
  });
});

describe('another plan', () => {
  const changes: readonly (readonly [WhatIf, Partial<CharacteristicPlan>])[] = [
    [{ rules: 'limits' }, { rules: [{ id: 'L1', sentence: '1 of 1 beyond 3 sigma' }] }],
    [
      { rules: { X: '2 of 3 beyond 1 sigma on one side' } },
      { rules: [{ id: 'X', sentence: '2 of 3 beyond 1 sigma on one side' }] },
    ],
    [{ limits: { centre: 10.1, sigma: 0.2 } }, { limits: { centre: 10.1, sigma: 0.2 } }],
    [{ limits: { baseline: 20 } }, { limits: { baseline: 20 } }],
    [{ chart: { use: 'ewma', lambda: 0.3 } }, { chart: { use: 'ewma', lambda: 0.3, width: 2.962, limits: 'exact' } }],
    [{ chart: 'cusum' }, { chart: { use: 'cusum', k: 0.5, h: 5, head_start: 0 } }],
  ];

  test('gains and loses exactly what a plant that had it from the beginning tells more and less', async () => {
    const limits: LimitsPlan[] = [{ baseline: 10 }, { centre: 10, sigma: 0.15 }];
    for (const start of limits)
      for (const [whatIf, patch] of changes) {
        const plan = characteristic({ rules: RULES, limits: start });
        const random = seededRandom(7);
        const entries = Array.from({ length: 300 }, (_, i): Entry => {
          if (i % 90 === 89) return gap();
          return values(['bore', 10 + 0.15 * random.normal() + (i > 200 && i < 240 ? 0.3 : 0), i * 1000]);
        });
        const plant = await plantOf(config(plan), entries);
        const other = await plantOf(config({ ...plan, ...patch }), entries);
        const [here, there] = [told(plant), told(other)];
        const answer = await ask(plant, plan, whatIf);
        expect(keysOf(answer.gained.signals)).toEqual(there.filter((key) => !here.includes(key)));
        expect(keysOf(answer.lost.signals)).toEqual(here.filter((key) => !there.includes(key)));
        expect(answer.check.equal).toBe(300 - 3);
        expect(answer.limits).toMatchObject(other.machine.engine.limits(0));
      }
  });

  test('learns a baseline from the first subgroups of the period, without the excluded ones', async () => {
    const plan = characteristic();
    const xs = [10, 10.1, 9.9, 10, 14, 10.1, 9.9, 10, 10.1, 9.9, 10.2, 9.8];
    const plant = await plantOf(
      config(plan),
      xs.map((x, i) => values(['bore', x, i * 1000])),
    );
    const [, , , , wild] = await plant.points('bore').then((rows) => rows.filter(({ lane }) => lane === 0));
    await plant.take({
      kind: 'exclude',
      atMs: NOW,
      author: 'kim',
      reason: 'dropped',
      stream: 'bore',
      point: wild?.id ?? '',
    });
    await plant.write();
    const answer = await ask(plant, plan, { limits: { baseline: 6 }, fromMs: START + 2000 });
    // Without 14: 9.9, 10, 10.1, 9.9, 10, 10.1; mean 10, mean moving range (0.1 + 0.1 + 0.2 + 0.1 + 0.1)/5 = 0.12, over d2(2) = 1.128379.
    expect(answer.limits.centre).toBeCloseTo(10, 12);
    expect(answer.limits.sigma).toBeCloseTo(0.12 / 1.1283791670955126, 12);
    expect([answer.limits.from, answer.excluded]).toEqual(['baseline', 1]);
    // The signal of 14 was recorded, but its point does not count any more.
    expect(answer.lost.signals.some(({ timeMs }) => timeMs === START + 4000)).toBe(false);
  });

  test('refuses what cannot be, by name', async () => {
    const plan = characteristic();
    const plant = await plantOf(config(plan), [values(['bore', 10, 0])]);
    await expect(ask(plant, plan, { rules: 'nelsen' })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    await expect(ask(plant, plan, { rules: { X: 'two of three' } })).rejects.toMatchObject({ code: 'RULE_INVALID' });
    await expect(ask(plant, plan, { chart: 'xbar-s' })).rejects.toThrow(/does not fit/);
    await expect(ask(plant, plan, { chart: 'p' })).rejects.toThrow(/does not fit/);
    await expect(ask(plant, plan, { limits: { centre: 10 } })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    await expect(ask(plant, plan, { toMs: START - 1 })).rejects.toMatchObject({ code: 'REPLAY_EMPTY' });
  });
});

test('known causes are caught sooner or later, or missed; false alarms avoided or kept; nothing changes', async () => {
  // One lane, so that the moving range has no say.
  const plan = characteristic({ chart: { use: 'levey-jennings' } });
  // In control at 10 ± 0.05; a spike of 5 sigma at 20; from 60 on 1.5 sigma up, from 75 on 4 sigma, back at 80.
  const xs = Array.from({ length: 140 }, (_, i) => {
    const noise = i % 2 === 0 ? 0.05 : -0.05;
    if (i === 20) return 10.5;
    if (i >= 75 && i < 80) return 10.4 + noise;
    return 10 + noise + (i >= 60 && i < 75 ? 0.15 : 0);
  });
  const plant = await plantOf(
    config(plan),
    xs.map((x, i) => values(['bore', x, i * 60_000])),
  );
  const [spike, shift] = plant.history.alarms({ limit: 10 });
  await plant.take(command('acknowledge', spike?.id ?? ''));
  // One machine alarm covers both: it was not closed in between.
  expect([spike?.raisedMs, shift]).toEqual([START + 20 * 60_000, undefined]);

  const closed = revisingPlant();
  await closed.take(config(plan));
  for (const [i, x] of xs.entries()) {
    await closed.take(values(['bore', x, i * 60_000]));
    if (i !== 40) continue;
    await closed.write();
    const [first] = closed.history.alarms({ limit: 10 });
    await closed.take(command('acknowledge', first?.id ?? ''), command('cause', first?.id ?? '', 'none_found'));
  }
  await closed.write();
  const [, second] = closed.history.alarms({ limit: 10 });
  await closed.take(command('acknowledge', second?.id ?? ''), command('cause', second?.id ?? '', 'tool_wear'));
  await closed.write();
  const before = closed.history.cursor();

  // 4 of 4 beyond 0.5 sigma above: from 60 on every value is at least 1 sigma up, so that the fourth, 63, signals; the spike alone does not.
  const answer = await ask(closed, plan, { rules: { S: '4 of 4 above 0.5 sigma' } });
  expect(answer.alarms.map(({ kind, isFound }) => [kind, isFound])).toEqual([
    ['false_alarm', false],
    ['known_cause', true],
  ]);
  expect(answer.alarms[1]).toMatchObject({ foundMs: START + 63 * 60_000, soonerMs: 12 * 60_000, soonerPoints: 12 });
  expect(answer.summary).toMatchObject({ caught: 1, missed: 0, sooner: 1, later: 0, falseAvoided: 1, falseKept: 0 });

  // 3 of 3 beyond 3 sigma: from 75 on, the third is 77, two minutes later.
  const later = await ask(closed, plan, { rules: { S: '3 of 3 above 3 sigma' } });
  expect(later.alarms[1]).toMatchObject({ soonerMs: -2 * 60_000, soonerPoints: -2 });
  expect(later.summary).toMatchObject({ caught: 1, later: 1, falseAvoided: 1 });

  const wide = await ask(closed, plan, { limits: { centre: 10, sigma: 0.16 } });
  expect(wide.summary).toMatchObject({ caught: 0, missed: 1, falseAvoided: 0, falseKept: 1 });
  expect(await closed.history.cursor()).toBe(await before);
});
