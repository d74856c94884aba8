// Several tags judged together, from journal entries to points and signals.
import { deserialize } from 'node:v8';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Cell, characteristic, config, gap, START, values } from '../../test/fixtures/entries.ts';
import type { CharacteristicPlan } from '../config/plan.ts';
import type { ConfigEntry, Entry } from '../journal/journal.ts';
import { seededRandom } from '../spc/math/random.ts';
import { blockBuilder } from './block.ts';
import { createMachine } from './machine.ts';

const TAGS = ['cell7/a', 'cell7/b', 'cell7/c'] as const;

function several(patch: Partial<CharacteristicPlan> = {}): CharacteristicPlan {
  return characteristic({
    id: 'shot',
    name: { ko: '사출', en: 'Shot' },
    unit: '',
    from: { all: TAGS },
    spec: {},
    chart: { use: 't2', alpha: 0.0027, covariance: 'sample' },
    limits: { baseline: 20 },
    ...patch,
  });
}

function plan(latenessMs: number, ...characteristics: CharacteristicPlan[]): ConfigEntry {
  const entry = config(...characteristics);
  return { ...entry, plan: { ...entry.plan, lateness_ms: latenessMs } };
}

/** Values of shot i: a and b go together, c by itself. */
function shots(count: number): number[][] {
  const random = seededRandom(3);
  return Array.from({ length: count }, () => {
    const a = random.normal();
    return [10 + a, 200 + 5 * a + random.normal(), 40 + 2 * random.normal()];
  });
}

function record(i: number, row: readonly number[]): Cell[] {
  return row.map((value, j) => ['abc'[j] ?? '', value, i * 1000]);
}

function run(entries: readonly Entry[]) {
  const machine = createMachine();
  const out = blockBuilder();
  for (const [i, entry] of entries.entries()) machine.apply(i + 1, entry, out);
  return { machine, out };
}

test('values of one time become one point, and a broken relation is a signal that names the tag', () => {
  const rows = shots(25);
  // Each by itself inside three sigma of its own; b does not go along with a.
  const odd = [10 + 1.5, 200 - 7.5, 40];
  const { machine, out } = run([plan(0, several()), ...[...rows, odd].map((row, i) => values(...record(i, row)))]);
  expect(out.points).toHaveLength(26);
  expect(out.points.slice(0, 20).every(({ status }) => status === 'baseline')).toBe(true);
  expect(out.points.slice(20, 25).map(({ rules }) => rules)).toEqual([[], [], [], [], []]);
  const frozen = out.events.find(({ kind }) => kind === 'limits');
  expect(frozen?.data).toMatchObject({ version: 1, subgroups: 20 });
  const signal = out.events.find(({ kind }) => kind === 'signal');
  expect(signal).toMatchObject({ timeMs: START + 25_000 });
  const told = signal?.data.contributions as { variable: string; part: number; z: number }[];
  expect(told.map(({ variable }) => variable)).toEqual(TAGS);
  expect(Math.max(...told.map(({ z }) => Math.abs(z)))).toBeLessThan(3);
  expect(told[1]?.part).toBeGreaterThan(10);
  expect(told[2]?.part).toBeLessThan(3);
  expect(signal?.text.en).toMatch(/^Shot t2: .*, most of it from cell7\/[ab] \([+−]1\.\d sigma by itself\)$/);
  expect(signal?.text.ko).toMatch(/가장 큰 기여: cell7\/[ab]/);
  // The numbers themselves are stored once, by tag.
  expect(out.measurements.length).toBe(26 * 3);
  expect(out.series.map(({ id }) => id).sort()).toEqual(['cell7/a', 'cell7/b', 'cell7/c', 'shot']);
  expect([...machine.state.streams.values()][0]).toMatchObject({ points: 26, late: 0 });
});

test('tags may come one by one, in any order, within the lateness that is allowed', () => {
  const rows = shots(40);
  const together = run([
    plan(2000, several()),
    ...rows.map((row, i) => values(...record(i, row))),
    { kind: 'tick', atMs: START + 60_000 },
  ]);
  // b comes a second after a and c.
  const cells = rows.flatMap((row, i) => record(i, row).map((cell, j) => ({ cell, at: i + (j === 1 ? 1.5 : 0) })));
  const apart = run([
    plan(2000, several()),
    ...cells.sort((x, y) => x.at - y.at).map(({ cell }) => values(cell)),
    { kind: 'tick', atMs: START + 60_000 },
  ]);
  const shown = ({ out }: ReturnType<typeof run>) =>
    out.points.map(({ timeMs, value, status }) => [timeMs, value, status]);
  expect(together.out.points).toHaveLength(40);
  expect(shown(apart)).toEqual(shown(together));
});

test('whatever the order within the lateness, and whatever is absent, the chart is that of the records in order', () => {
  const count = 30;
  const rows = shots(count);
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 2900 }), { minLength: 3 * count, maxLength: 3 * count }),
      fc.array(fc.integer({ min: 0, max: 3 * count - 1 }), { maxLength: 12 }),
      (delays, absent) => {
        const cells = rows
          .flatMap((row, i) => record(i, row))
          .map((cell, k) => ({ cell, k, at: cell[2] + (delays[k] ?? 0) }));
        const sent = cells.filter(({ k }) => !absent.includes(k));
        const inOrder = run([
          plan(0, several()),
          ...rows.map((_, i) => values(...sent.filter(({ k }) => Math.floor(k / 3) === i).map(({ cell }) => cell))),
          gap(),
        ]);
        const mixed = run([
          plan(3000, several()),
          ...[...sent].sort((a, b) => a.at - b.at).map(({ cell }) => values(cell)),
          gap(),
        ]);
        const shown = ({ out }: ReturnType<typeof run>) =>
          out.points.map(({ timeMs, value, upper, status, n }) => [timeMs, value, upper, status, n]);
        expect(shown(mixed)).toEqual(shown(inOrder));
        expect([...mixed.machine.state.streams.values()][0]?.late).toBe(0);
      },
    ),
    { numRuns: 40 },
  );
});

test('a source whose clock runs backwards does not fill the memory', () => {
  const { machine } = run([
    plan(3_600_000, several()),
    ...Array.from({ length: 30 }, (_, block) =>
      values(...Array.from({ length: 50 }, (_, i): Cell => ['a', 1, 3_000_000 - (50 * block + i) * 1000])),
    ),
  ]);
  const [stream] = machine.state.streams.values();
  expect(stream?.vectors?.open).toHaveLength(1000);
});

test('a vector without one of its tags is missing once a newer one has come, and told of once', () => {
  const rows = shots(30);
  const { machine, out } = run([
    plan(0, several()),
    ...rows.map((row, i) => values(...record(i, row).filter((_, j) => j !== 1 || ![10, 11, 25].includes(i)))),
  ]);
  expect(out.points.filter(({ status }) => status === 'no_value').map(({ timeMs }) => (timeMs - START) / 1000)).toEqual(
    [10, 11, 25],
  );
  const quality = out.events.filter(({ kind }) => kind === 'quality');
  expect(quality.map(({ data }) => data)).toEqual([
    { reason: 'incomplete', missing: ['cell7/b'] },
    { reason: 'incomplete', missing: ['cell7/b'] },
  ]);
  expect([...machine.state.streams.values()][0]?.vectors).toMatchObject({ incomplete: 3 });
  // The baseline wants twenty whole ones.
  expect(out.points.filter(({ status }) => status === 'baseline')).toHaveLength(20);
});

test('a bad or implausible value makes its vector missing; bad stays bad', () => {
  const own = characteristic({ id: 'c', from: { tag: 'cell7/c' }, spec: {}, plausible: { lower: 0, upper: 100 } });
  const { out } = run([
    plan(0, several({ limits: { baseline: 4 } }), own),
    values(['a', 1, 0], ['b', 2, 0, { quality: 2 }], ['c', 40, 0]),
    values(['a', 1, 1000], ['b', 2, 1000], ['c', 4000, 1000]),
    values(['a', 1, 2000], ['b', 2, 2000], ['c', 40, 2000]),
  ]);
  const shot = out.series.find(({ id }) => id === 'shot')?.ix;
  expect(out.points.filter(({ series }) => series === shot).map(({ status }) => status)).toEqual([
    'no_value',
    'no_value',
    'baseline',
  ]);
});

test('a late vector is kept out of the chart and counted once; its values are stored', () => {
  const rows = shots(5);
  const { machine, out } = run([
    plan(0, several()),
    ...rows.map((row, i) => values(...record(i, row))),
    values(...record(2.5, [1, 2, 3])),
  ]);
  expect(out.points).toHaveLength(5);
  expect([...machine.state.streams.values()][0]?.late).toBe(1);
  expect(out.measurements.length).toBe(18);
});

test('vectors form by part and cavity, and by subgroup', () => {
  const rows = shots(12);
  const { out } = run([
    plan(0, several({ split_by: ['cavity'], subgroup: { size: 3, close_on: [], partial: 'judge' } })),
    ...rows.map((row, i) =>
      values(
        ...record(i, row).map(
          ([tag, value, atMs]): Cell => [tag, value, atMs, { context: { part: 'P', cavity: String(i % 2) } }],
        ),
      ),
    ),
  ]);
  expect(out.series.filter(({ isStream }) => isStream).map(({ part, split }) => [part, split])).toEqual([
    ['P', '0'],
    ['P', '1'],
  ]);
  expect(out.points.map(({ n }) => n)).toEqual([3, 3, 3, 3]);
});

test('tags that follow from one another give no limits: an event names the one to leave out, and the baseline goes on', () => {
  const { machine, out } = run([
    plan(0, several()),
    ...shots(40).map(([a = 0, b = 0], i) => values(...record(i, [a, b, 2 * a - b]))),
  ]);
  const events = out.events.filter(({ kind }) => kind === 'limits');
  expect(events.map(({ data }) => data)).toEqual([
    { author: 'system', refused: { why: 'singular', variable: 'cell7/c' } },
    { author: 'system', refused: { why: 'singular', variable: 'cell7/c' } },
  ]);
  expect(events[0]?.text.ko).toContain('cell7/c');
  expect(machine.engine.limits(0).version).toBe(0);
});

test('other tags under the same name are other limits; a new baseline begins', () => {
  const rows = shots(30);
  const { machine, out } = run([
    plan(0, several()),
    ...rows.map((row, i) => values(...record(i, row))),
    plan(0, several({ from: { all: [TAGS[1], TAGS[0], TAGS[2]] } })),
    values(...record(30, rows[0] ?? [])),
  ]);
  expect(out.points.at(-1)).toMatchObject({ status: 'baseline', breakBefore: true });
  expect(machine.engine.limits(0).version).toBe(0);
});

test('limits typed by a person cannot apply to several tags and change nothing', () => {
  const { machine } = run([
    plan(0, several()),
    ...shots(25).map((row, i) => values(...record(i, row))),
    { kind: 'limits', atMs: START, author: 'kim', reason: 'r', stream: 'shot', centre: 5, sigma: 2 },
  ]);
  expect(machine.engine.limits(0)).toMatchObject({ version: 1, centre: 0, sigma: 1 });
});

test('replayed from a snapshot taken anywhere, bit for bit, through gaps, new plans, missing and late tags', () => {
  const charts = [
    { use: 't2', alpha: 0.01, covariance: 'successive' },
    { use: 'mewma', lambda: 0.2, h: 9, arl0: 370, limits: 'exact' },
    { use: 'pca', share: 0.8, alpha: 0.01, spe_limit: 'box' },
  ];
  const step = fc.oneof(
    { weight: 12, arbitrary: fc.integer({ min: 1, max: 7 }) },
    { weight: 1, arbitrary: fc.constantFrom('gap', 'tick', 'config', 'late') },
  );
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 20, maxLength: 90 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.constantFrom(0, 2000),
      fc.constantFrom(...charts),
      fc.integer({ min: 1, max: 3 }),
      (steps, at, latenessMs, chart, size) => {
        const rows = shots(steps.length);
        let isOther = false;
        const own = () =>
          several({
            chart,
            limits: { baseline: isOther ? 8 : 7 },
            subgroup: { size, close_on: [], partial: 'judge' },
          });
        const all: Entry[] = [plan(latenessMs, own())];
        steps.forEach((what, i) => {
          if (what === 'gap') all.push(gap());
          else if (what === 'tick') all.push({ kind: 'tick', atMs: START + i * 1000 });
          else if (what === 'late') all.push(values(...record(i - 5.5, rows[i] ?? [])));
          else if (what === 'config') {
            isOther = !isOther;
            all.push(plan(latenessMs, own()));
          } else {
            // Bits say which tags of the shot come; most come whole.
            const mask = Number(what) > 3 ? 7 : Number(what);
            const cells = record(
              i,
              (rows[i] ?? []).map((x) => x + (i > 60 ? 30 : 0)),
            );
            all.push(values(...cells.filter((_, j) => (mask >>> j) & 1)));
          }
        });
        const cut = Math.floor(at * all.length);
        const whole = run(all);
        const first = run(all.slice(0, cut));
        const second = createMachine();
        if (cut > 0) second.restore(first.machine.snapshot());
        const out = blockBuilder();
        for (const [i, entry] of all.slice(cut).entries()) second.apply(cut + i + 1, entry, out);
        expect([...first.out.points, ...out.points]).toEqual(whole.out.points);
        expect([...first.out.events, ...out.events]).toEqual(whole.out.events);
        expect(second.state.eventHash).toBe(whole.machine.state.eventHash);
        expect(deserialize(second.snapshot())).toStrictEqual(deserialize(whole.machine.snapshot()));
      },
    ),
    { numRuns: 60 },
  );
});
