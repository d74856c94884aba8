import { expect, test } from 'vitest';
import type { PointJson, StreamJson } from '../../../src/api/contract.ts';
import { assuranceOf, isLate, urgency, variationOf } from './variation.ts';

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
  expect(isLate(silent, NOW)).toBe(true);
  expect(variationOf(silent, NOW)).toBe('late');
  expect(isLate(stream({ lastTimeMs: NOW - 2000 }), NOW)).toBe(false);
  expect(isLate(stream({ staleAfterMs: null, lastTimeMs: 0 }), NOW)).toBe(false);
});

test('without limits there is no verdict on variation', () => {
  expect(variationOf(stream({ limits: { version: 0, centre: null, sigma: null, subgroups: 0 } }), NOW)).toBe('few');
});

test('assurance is judged by the interval of Ppk, not by its value', () => {
  const of = (ppkLower: number, ppkUpper: number, withheld: StreamJson['capability']['withheld'] = null) =>
    assuranceOf(
      stream({ capability: { ...stream().capability, ppk: (ppkLower + ppkUpper) / 2, ppkLower, ppkUpper, withheld } }),
    );
  expect(of(1.33, 1.6)).toBe('P');
  expect(of(1.2, 1.6)).toBe('?');
  expect(of(1.0, 1.32)).toBe('F');
  expect(of(1.5, 1.8, 'unstable')).toBe('–');
  expect(of(1.5, 1.8, 'too_few')).toBe('?');
  expect(of(1.5, 1.8, 'no_spec')).toBe('–');
});

test('a signal is more urgent than lateness, lateness than a poor capability, a critical class than a standard one', () => {
  const signal = urgency(stream({ lastPoints: [point(0, 12, ['N1'])] }), NOW);
  const late = urgency(stream({ lastTimeMs: 0 }), NOW);
  const poor = urgency(stream({ capability: { ...stream().capability, ppkLower: 0.5, ppkUpper: 0.9 } }), NOW);
  const critical = urgency(stream({ class: 'critical' }), NOW);
  expect([signal, late, poor, critical, urgency(stream(), NOW)]).toEqual(
    [signal, late, poor, critical, urgency(stream(), NOW)].sort((a, b) => b - a),
  );
});
