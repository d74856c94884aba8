import { describe, expect, test } from 'vitest';
import type { AlarmJson, PointJson, StreamJson } from '../../../src/api/contract.ts';
import { alarmOrder, assuranceOf, idleStreams, urgency, type Variation, variationOf } from './variation.ts';

const NOW = 1_000_000;

function point(lane: number, value: number, rules: string[] = []): PointJson {
  return {
    id: '1.0',
    seq: 1,
    lane,
    statistic: lane === 0 ? 'mean' : 'range',
    timeMs: NOW,
    value,
    centre: 10,
    lower: 9,
    upper: 11,
    z: 0,
    n: 5,
    rules,
    limitsVersion: 1,
    status: 'judged',
    breakBefore: false,
    context: {},
  };
}

function stream(over: Partial<StreamJson> = {}): StreamJson {
  const capability = {
    n: 200,
    mean: 10,
    sigmaWithin: 1,
    sigmaOverall: 1,
    cp: 1.5,
    cpk: 1.5,
    cpkLower: 1.4,
    cpkUpper: 1.6,
    pp: 1.5,
    ppk: 1.5,
    ppkLower: 1.4,
    ppkUpper: 1.6,
    expectedPpmWithin: 3,
    expectedPpmOverall: 3,
    observedPpm: 0,
    percentiles: { p0135: 7, p50: 10, p99865: 13, rankError: 0.01 },
    target: 1.33,
    verdict: 'capable' as const,
    withheld: null,
  };
  return {
    id: 's',
    characteristic: 's',
    part: '',
    split: '',
    name: { ko: '내경', en: 'bore' },
    unit: 'mm',
    class: 'standard',
    line: 'L1',
    station: 'm',
    kind: 'variable',
    chart: 'xbar-r',
    spec: { lower: 8, target: 10, upper: 12 },
    limits: { version: 1, centre: 10, sigma: 1, subgroups: 25 },
    capability,
    lastValue: 10,
    lastQuality: 0,
    lastTimeMs: NOW,
    lastPoints: [point(0, 10), point(1, 10)],
    baseline: null,
    openAlarms: [],
    expectedMs: 1000,
    staleAfterMs: 2000,
    ...over,
  };
}

test('the spread is read before the location, and its direction tells worse from better', () => {
  expect(variationOf(stream({ lastPoints: [point(0, 12, ['N1']), point(1, 12, ['N1'])] }), NOW)).toBe('wider');
  expect(variationOf(stream({ lastPoints: [point(0, 12, ['N1']), point(1, 8, ['N1'])] }), NOW)).toBe('narrower');
  expect(variationOf(stream({ lastPoints: [point(0, 12, ['N1']), point(1, 10)] }), NOW)).toBe('up');
  expect(variationOf(stream({ lastPoints: [point(0, 8, ['N2'])] }), NOW)).toBe('down');
  expect(variationOf(stream(), NOW)).toBe('common');
});

test('an old state is no state: late comes before everything else', () => {
  const silent = stream({ lastTimeMs: NOW - 2001, lastPoints: [point(0, 12, ['N1'])] });
  expect(variationOf(silent, NOW)).toBe('late');
  expect(variationOf(stream({ lastTimeMs: NOW - 2000 }), NOW)).toBe('common');
  expect(variationOf(stream({ staleAfterMs: null, lastTimeMs: 0 }), NOW)).toBe('common');
});

test('without limits there is no verdict on variation', () => {
  expect(variationOf(stream({ limits: { version: 0, centre: null, sigma: null, subgroups: 0 } }), NOW)).toBe('few');
});

test('assurance is the verdict of the engine; too few values are undecided', () => {
  const of = (verdict: StreamJson['capability']['verdict'], withheld: StreamJson['capability']['withheld'] = null) =>
    assuranceOf(stream({ capability: { ...stream().capability, verdict, withheld } }));
  expect(of('capable')).toBe('P');
  expect(of('unproven')).toBe('?');
  expect(of('not_capable')).toBe('F');
  expect(of('not_entitled', 'unstable')).toBe('–');
  expect(of('not_entitled', 'too_few')).toBe('?');
  expect(of('not_entitled', 'no_spec')).toBe('–');
});

describe('a part that is not being made', () => {
  const made = stream({ id: 'made', part: 'A' });
  const other = (ageMs: number, over: Partial<StreamJson> = {}): StreamJson =>
    stream({ id: 'other', part: 'B', lastTimeMs: NOW - ageMs, ...over });

  test('is idle, not late, when another part of the same characteristic is newer', () => {
    const idle = idleStreams([made, other(500_000)], NOW);
    expect([...idle]).toEqual(['other']);
    expect(variationOf(other(500_000), NOW, idle.has('other'))).toBe('idle');
  });

  test('is idle as soon as its line has changed over, long before a rare sample would be overdue', () => {
    expect(idleStreams([made, other(61_000, { staleAfterMs: 1e9 })], NOW).has('other')).toBe(true);
    expect(idleStreams([made, other(59_000, { staleAfterMs: 1e9 })], NOW).has('other')).toBe(false);
  });

  test('a part still made on its line is not idle because its last sample is older than that of another part', () => {
    const running = stream({ id: 'fast', characteristic: 'fast', part: 'B' });
    expect(idleStreams([made, running, other(100_000, { staleAfterMs: 1e9 })], NOW).size).toBe(0);
  });

  test('another cavity or another characteristic says nothing about it', () => {
    expect(idleStreams([made, other(500_000, { split: '2' })], NOW).size).toBe(0);
    expect(idleStreams([made, other(500_000, { characteristic: 'else' })], NOW).size).toBe(0);
  });

  test('when all parts fell silent the newest is late', () => {
    const all = [stream({ id: 'made', part: 'A', lastTimeMs: NOW - 300_000 }), other(500_000)];
    const idle = idleStreams(all, NOW);
    expect(all.map((row) => variationOf(row, NOW, idle.has(row.id)))).toEqual(['late', 'idle']);
  });
});

test('a signal is more urgent than lateness, lateness than poor capability, that than class, and what is not made comes last', () => {
  const poor = stream({ capability: { ...stream().capability, verdict: 'not_capable' } });
  const order: readonly (readonly [StreamJson, Variation])[] = [
    [stream(), 'up'],
    [stream(), 'late'],
    [poor, 'common'],
    [stream({ class: 'critical' }), 'common'],
    [stream(), 'common'],
    [poor, 'idle'],
  ];
  const ranks = order.map(([row, variation]) => urgency(row, variation));
  expect(ranks).toEqual([...ranks].sort((a, b) => b - a));
});

test('alarms: unacknowledged first, then the class, then the rarer signal, then what goes on, then the newest', () => {
  const alarm = (
    id: string,
    state: AlarmJson['state'],
    of: AlarmJson['class'],
    raisedMs: number,
    falsePerPoint: number | null = 0.0027,
  ): AlarmJson => ({ id, state, class: of, raisedMs, falsePerPoint }) as AlarmJson; // Only what the order looks at.
  const wanted = [
    alarm('1', 'unacknowledged', 'critical', 1, 0.00195),
    alarm('2', 'unacknowledged', 'critical', 2),
    alarm('3', 'returned_unacknowledged', 'critical', 9),
    alarm('4', 'unacknowledged', 'critical', 9, null),
    alarm('5', 'unacknowledged', 'significant', 3, 0),
    alarm('6', 'unacknowledged', 'significant', 5),
    alarm('7', 'unacknowledged', 'significant', 4),
    alarm('8', 'acknowledged', 'critical', 9),
    alarm('9', 'shelved', 'critical', 9),
  ];
  expect(wanted.toReversed().sort(alarmOrder)).toEqual(wanted);
});
