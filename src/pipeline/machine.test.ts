import { describe, expect, test } from 'vitest';
import { characteristic, config, gap, START, values } from '../../test/fixtures/entries.ts';
import type { ConfigEntry, Entry } from '../journal/journal.ts';
import { BAD, UNCERTAIN } from '../measurement.ts';
import { type BlockBuilder, blockBuilder } from './block.ts';
import { createMachine, type Machine } from './machine.ts';
import { LINK_ALARM_MS } from './machine-time.ts';

/** Feeds entries to a machine; one block for all. */
function feed(machine: Machine, ...entries: Entry[]): BlockBuilder {
  const out = blockBuilder();
  for (const entry of entries) machine.apply(machine.state.seq + 1, entry, out);
  return out;
}

function pointsOf(out: BlockBuilder, lane = 0) {
  return out.points.filter((point) => point.lane === lane);
}

describe('a chart that pools parts', () => {
  const parts = { A: { target: 10 }, B: { target: 50 } };
  const pooled = (patch = {}) =>
    characteristic({
      chart: { use: 'short-run', by: 'part', scale: 'deviation', sigma: 'by_part', parts },
      subgroup: { size: 2, close_on: ['part'], partial: 'judge' },
      limits: { centre: 0, sigma: 1 },
      part: 'cell7/part',
      ...patch,
    });
  const cells = values(
    ['part', Number.NaN, 0, { text: 'A' }],
    ['bore', 11, 1],
    ['bore', 12, 2],
    ['bore', 13, 3],
    ['part', Number.NaN, 4, { text: 'B' }],
    ['bore', 51, 5],
    ['bore', 50, 6],
    ['part', Number.NaN, 7, { text: 'C' }],
    ['bore', 99, 8],
    ['bore', 99, 9],
  );

  test('is one stream, whose subgroups close where the part changes and know their part', () => {
    const out = feed(createMachine(), config(pooled()), cells);
    expect(out.series.filter((s) => s.isStream).map((s) => s.id)).toEqual(['bore']);
    expect(pointsOf(out).map(({ value, n, context }) => [value, n, context.part])).toEqual([
      [1.5, 2, 'A'],
      [3, 1, 'A'],
      [0.5, 2, 'B'],
      [Number.NaN, 0, 'C'],
    ]);
    expect(out.measurements.context.slice(-1)).toEqual([{ part: 'C' }]);
  });

  test('goes on over a snapshot as if there had been none', () => {
    const plain = feed(createMachine(), config(pooled()), cells, values(['bore', 12, 20], ['bore', 14, 21]));
    const first = createMachine();
    const before = feed(first, config(pooled()), cells);
    const second = createMachine();
    second.restore(first.snapshot());
    const after = feed(second, values(['bore', 12, 20], ['bore', 14, 21]));
    expect([...before.points, ...after.points]).toEqual(plain.points);
  });
});

test('a signal of a cumulative sum says since when, and to what mean', () => {
  const chart = { use: 'cusum', k: 0.5, h: 4, head_start: 0 };
  const shifted = [10, 10, 10.2, 10.2, 10.2].map((x, i) => ['bore', x, i] as const);
  const out = feed(createMachine(), config(characteristic({ chart })), values(...shifted));
  const signal = out.events.find(({ kind }) => kind === 'signal');
  expect(signal?.data).toMatchObject({ statistic: 'upper', explained: { since_points: 3 } });
  expect(signal?.text.en).toContain('shifted for the last 3 points to a mean of about 10.2');
  expect(signal?.text.ko).toContain('최근 3점부터 변화, 추정 평균 10.2');
});

test('a changed tool starts the line of tool wear anew', () => {
  const chart = { use: 'tool-wear', per: 'point', slope: 0.5, after_gap: 'same_tool' };
  const plan = characteristic({
    chart,
    limits: { centre: 10, sigma: 1 },
    subgroup: { size: 1, close_on: ['tool'], partial: 'judge' },
  });
  const on = (tool: string, x: number, atMs: number) => ['bore', x, atMs, { context: { tool } }] as const;
  const out = feed(createMachine(), config(plan), values(on('T1', 10, 1), on('T1', 10, 2), on('T2', 10, 3)));
  expect(pointsOf(out).map(({ centre }) => centre)).toEqual([10.5, 11, 10.5]);
});

describe('a measurement finds its stream', () => {
  test('by part number of a text tag, context tags and split key', () => {
    const machine = createMachine();
    const out = feed(
      machine,
      config(characteristic({ part: 'cell7/part', context: { lot: 'cell7/lot' }, split_by: ['position'] })),
      values(
        ['part', Number.NaN, 0, { text: 'CV-1' }],
        ['lot', Number.NaN, 0, { text: 'C26' }],
        ['bore', 10, 1, { context: { position: '2' } }],
      ),
    );
    expect(out.series.filter((s) => s.isStream).map((s) => s.id)).toEqual(['bore~CV-1~2']);
    const i = out.measurements.series.indexOf(machine.state.seriesIx.get('bore~CV-1~2') ?? -1);
    expect(out.measurements.context[i]).toEqual({ position: '2', lot: 'C26' });
    expect(pointsOf(out)[0]).toMatchObject({ value: 10, centre: 10, context: { position: '2', lot: 'C26' } });
  });

  test('by the part in its own context when no tag is named', () => {
    const out = feed(createMachine(), config(characteristic()), values(['bore', 10, 1, { context: { part: 'CV-2' } }]));
    expect(out.series.map((s) => s.id)).toEqual(['bore~CV-2']);
  });

  test('and a tag without a characteristic is kept under its own name, without a chart', () => {
    const out = feed(createMachine(), config(characteristic()), values(['load', 42, 1]));
    expect(out.series).toMatchObject([{ id: 'cell7/load', isStream: false }]);
    expect(out.measurements.value).toEqual([42]);
    expect(out.points).toEqual([]);
  });

  test('each part has its own specification and limits', () => {
    const machine = createMachine();
    const own = characteristic({ by_part: { B: { limits: { centre: 20, sigma: 1 } } } });
    const out = feed(
      machine,
      config(own),
      values(['bore', 10, 1, { context: { part: 'A' } }], ['bore', 20, 2, { context: { part: 'B' } }]),
    );
    expect(pointsOf(out).map((point) => point.centre)).toEqual([10, 20]);
  });
});

describe('bad stays bad', () => {
  test('a bad value is stored as no value, gives a point without a value and raises nothing', () => {
    const out = feed(
      createMachine(),
      config(characteristic()),
      values(['bore', 99, 1, { quality: BAD, reason: 'opcua_BadSensorFailure' }]),
    );
    expect(out.measurements.value[0]).toBeNaN();
    expect(out.measurements.reason[0]).toBe('opcua_BadSensorFailure');
    expect(pointsOf(out)[0]).toMatchObject({ status: 'no_value', rules: [] });
    expect(out.events.filter((event) => event.kind === 'signal')).toEqual([]);
  });

  test('an uncertain value is stored with its number and kept out of the chart', () => {
    const out = feed(createMachine(), config(characteristic()), values(['bore', 99, 1, { quality: UNCERTAIN }]));
    expect(out.measurements.value).toEqual([99]);
    expect(pointsOf(out)[0]?.value).toBeNaN();
  });

  test('an implausible value is stored, marked, reported and kept out of the chart', () => {
    const out = feed(createMachine(), config(characteristic({ plausible: { upper: 15 } })), values(['bore', 99, 1]));
    expect([out.measurements.value[0], out.measurements.quality[0], out.measurements.reason[0]]).toEqual([
      99,
      1,
      'implausible',
    ]);
    expect(out.events.map((event) => event.kind)).toEqual(['config', 'quality']);
    expect(pointsOf(out)[0]?.value).toBeNaN();
  });

  test('a value older than the newest of its stream is kept and counted, the chart does not go backwards', () => {
    const machine = createMachine();
    const out = feed(
      machine,
      config(characteristic()),
      values(['bore', 10, 100], ['bore', 10.1, 50], ['bore', 10.2, 150]),
    );
    expect(out.measurements.length).toBe(3);
    expect(pointsOf(out).map((point) => point.value)).toEqual([10, 10.2]);
    expect([...machine.state.streams.values()][0]?.late).toBe(1);
  });
});

describe('within lateness_ms values are charted in production order', () => {
  const patient = {
    ...config(characteristic()),
    plan: { ...(config(characteristic()) as ConfigEntry).plan, lateness_ms: 100 },
  } as Entry;

  test('once nothing older is expected', () => {
    const out = feed(
      createMachine(),
      patient,
      values(['bore', 10.2, 50], ['bore', 10.1, 20], ['bore', 10.3, 170], ['bore', 9, 60]),
    );
    expect(pointsOf(out).map((point) => point.value)).toEqual([10.1, 10.2, 9]);
  });

  test('or when their time is over, and before a gap', () => {
    const machine = createMachine();
    feed(machine, patient, values(['bore', 10.2, 50], ['bore', 10.1, 20]));
    expect(machine.deadlineMs()).toBe(START + 120);
    expect(pointsOf(feed(machine, { kind: 'tick', atMs: START + 120 })).map((point) => point.value)).toEqual([10.1]);
    expect(pointsOf(feed(machine, gap())).map((point) => [point.value, point.breakBefore])).toEqual([[10.2, false]]);
  });

  test('and what is later than that is kept and counted', () => {
    const machine = createMachine();
    const out = feed(machine, patient, values(['bore', 10.2, 50], ['bore', 10.3, 170], ['bore', 10.1, 20]));
    expect(pointsOf(out).map((point) => point.value)).toEqual([10.2]);
    expect([out.measurements.length, [...machine.state.streams.values()][0]?.late]).toEqual([3, 1]);
  });
});

describe('signals', () => {
  test('a point beyond the limits raises one event and one alarm with the rule in words, in both languages', () => {
    const out = feed(
      createMachine(),
      config(characteristic()),
      values(['bore', 10, 1], ['bore', 10.5, 2], ['bore', 10.6, 3]),
    );
    const signals = out.events.filter((event) => event.kind === 'signal');
    expect(signals.filter((event) => event.data.lane === 0)).toHaveLength(1);
    expect(signals[0]?.text.ko).toContain('내경');
    expect(signals[0]?.text.en).toContain('Bore');
    expect([...out.alarms.values()]).toHaveLength(1);
    expect(out.alarms.values().next().value).toMatchObject({
      id: signals[0]?.id,
      class: 'critical',
      state: 'unacknowledged',
    });
  });

  test('limits freeze after the baseline and are told as an event of the system', () => {
    const machine = createMachine();
    const learnt = characteristic({ limits: { baseline: 3 } });
    const out = feed(
      machine,
      config(learnt),
      values(['bore', 9, 1], ['bore', 10, 2], ['bore', 11, 3], ['bore', 10, 4]),
    );
    const limits = out.events.filter((event) => event.kind === 'limits');
    expect(limits).toHaveLength(1);
    expect(limits[0]?.data).toMatchObject({ author: 'system', version: 1, centre: 10 });
    expect(pointsOf(out).map((point) => point.status)).toEqual(['baseline', 'baseline', 'baseline', 'judged']);
    expect(pointsOf(out)[0]?.centre).toBeNaN();
  });

  test('limits approved by a person are a new version and break the line', () => {
    const machine = createMachine();
    feed(machine, config(characteristic()), values(['bore', 10, 1]));
    const out = feed(
      machine,
      { kind: 'limits', atMs: START, author: 'lee', reason: 'new tool', stream: 'bore', centre: 12, sigma: 0.2 },
      values(['bore', 12, 2]),
    );
    expect(pointsOf(out)[0]).toMatchObject({ centre: 12, limitsVersion: 2, breakBefore: true });
    expect(out.events.map((event) => event.kind)).toEqual(['limits']);
  });
});

describe('subgroups', () => {
  const five = characteristic({ chart: { use: 'xbar-r' }, subgroup: { size: 3, close_on: ['lot'], partial: 'judge' } });

  test('close by size and by a changed key; the point carries the context that all members share', () => {
    const lot = (id: string, n: number) => ({ context: { lot: id, n: String(n) } });
    const out = feed(
      createMachine(),
      config(five),
      values(
        ['bore', 1, 1, lot('a', 1)],
        ['bore', 2, 2, lot('a', 2)],
        ['bore', 3, 3, lot('a', 3)],
        ['bore', 4, 4, lot('a', 4)],
        ['bore', 5, 5, lot('b', 5)],
      ),
    );
    expect(pointsOf(out).map((point) => [point.value, point.n, point.context])).toEqual([
      [2, 3, { lot: 'a' }],
      [4, 1, { lot: 'a', n: '4' }],
    ]);
  });

  test('a started subgroup is closed by the tick that falls due, and by nothing else', () => {
    const machine = createMachine();
    const timed = characteristic({
      chart: { use: 'xbar-r' },
      subgroup: { size: 5, every_s: 60, close_on: [], partial: 'judge' },
    });
    feed(machine, config(timed), values(['bore', 1, 0], ['bore', 3, 10]));
    expect(machine.deadlineMs()).toBe(START + 60_000);
    const out = feed(machine, { kind: 'tick', atMs: START + 60_000 });
    expect(pointsOf(out)).toMatchObject([{ value: 2, n: 2 }]);
    expect(machine.deadlineMs()).toBe(Number.POSITIVE_INFINITY);
  });

  test('only the first of every so many values enter the chart, all are stored', () => {
    const sampled = characteristic({ sample: { take: 1, of: 3 } });
    const out = feed(
      createMachine(),
      config(sampled),
      values(['bore', 10, 1], ['bore', 10.1, 2], ['bore', 10.2, 3], ['bore', 10.3, 4]),
    );
    expect(pointsOf(out).map((point) => point.value)).toEqual([10, 10.3]);
    expect(out.measurements.length).toBe(4);
  });

  test('a changed subgroup size in the middle closes what is open and goes on with the new size', () => {
    const machine = createMachine();
    feed(machine, config(five), values(['bore', 1, 1], ['bore', 2, 2]));
    const wider = { ...five, subgroup: { ...five.subgroup, size: 2 } };
    const out = feed(machine, config(wider), values(['bore', 5, 3], ['bore', 7, 4]));
    expect(pointsOf(out).map((point) => [point.value, point.n])).toEqual([
      [1.5, 2],
      [6, 2],
    ]);
  });
});

describe('counts', () => {
  const running = characteristic({
    from: { count: 'cell7/ng', inspected: 'cell7/total', counter: 'cumulative' },
    chart: { use: 'p' },
    limits: { centre: 0.1, sigma: 0.3 },
  });

  test('of running counters become differences, a falling counter is a reset', () => {
    const machine = createMachine();
    const out = feed(
      machine,
      config(running),
      values(['ng', 5, 1], ['total', 100, 1], ['ng', 7, 2], ['total', 150, 2], ['ng', 1, 3], ['total', 20, 3]),
    );
    expect(pointsOf(out).map((point) => [point.value, point.n])).toEqual([
      [2 / 50, 50],
      [1 / 20, 20],
    ]);
  });

  test('are paired with the inspected number of the same time, whichever comes first', () => {
    const each = { ...running, from: { count: 'cell7/ng', inspected: 'cell7/total', counter: 'per_record' as const } };
    const out = feed(
      createMachine(),
      config(each),
      values(['total', 50, 1], ['ng', 2, 1], ['ng', 3, 2], ['total', 60, 2], ['ng', 9, 3]),
    );
    expect(pointsOf(out).map((point) => [point.value, point.n])).toEqual([
      [2 / 50, 50],
      [3 / 60, 60],
    ]);
  });
});

describe('links and gaps', () => {
  test('a gap restarts the run histories of its adapter’s streams and breaks the line', () => {
    const machine = createMachine();
    const runs = characteristic({ rules: [{ id: 'N2', sentence: '3 of 3 above 0 sigma' }] });
    feed(machine, config(runs), values(['bore', 10.1, 1], ['bore', 10.1, 2]));
    const out = feed(machine, gap(), values(['bore', 10.1, 6000], ['bore', 10.1, 7000]));
    expect(pointsOf(out).map((point) => [point.breakBefore, point.rules])).toEqual([
      [true, []],
      [false, []],
    ]);
    expect(out.events[0]).toMatchObject({ kind: 'gap', data: { reason: 'link_down' } });
  });

  test('a link that was bridged breaks nothing and counts no lost time', () => {
    const machine = createMachine();
    feed(machine, config(characteristic()), values(['bore', 10, 1]));
    const out = feed(machine, gap({ toMs: null }), gap({ missing: 0 }), values(['bore', 10, 6000]));
    expect(pointsOf(out)[0]?.breakBefore).toBe(false);
    expect(out.events.map((event) => event.kind)).toEqual(['gap', 'link']);
    expect(machine.state.adapters.get('cell7')?.gapMs).toBe(0);
  });

  test('a gap of another adapter leaves them alone', () => {
    const machine = createMachine();
    feed(machine, config(characteristic()), values(['bore', 10, 1]));
    const out = feed(machine, { ...gap(), adapter: 'press3' } as Entry, values(['bore', 10, 2]));
    expect(pointsOf(out)[0]?.breakBefore).toBe(false);
  });

  test('a link that stays down raises one alarm, which returns when the link does', () => {
    const machine = createMachine();
    feed(machine, config(characteristic()), gap({ toMs: null }));
    expect(machine.deadlineMs()).toBe(START + LINK_ALARM_MS);
    const down = feed(
      machine,
      { kind: 'tick', atMs: START + LINK_ALARM_MS },
      { kind: 'tick', atMs: START + 2 * LINK_ALARM_MS },
    );
    expect([...down.alarms.values()]).toMatchObject([
      { kind: 'link', adapter: 'cell7', state: 'unacknowledged', events: 1 },
    ]);
    const up = feed(machine, gap({ toMs: START + 60_000 }));
    expect([...up.alarms.values()]).toMatchObject([{ kind: 'link', state: 'returned_unacknowledged' }]);
    expect(machine.state.adapters.get('cell7')?.gapMs).toBe(60_000);
  });
});
