import { expect, test } from 'vitest';
import type { PointJson, StreamJson } from '../../../src/api/contract.ts';
import { chartLanes, decimalsOfStream, stripMarks, subgroupRows } from './chart-data.ts';
import { shiftAt } from './shift.ts';
import { newestSubgroups } from './subgroups.ts';

function point(seq: number, lane: number, over: Partial<PointJson> = {}): PointJson {
  return {
    id: `${seq}.0`,
    seq,
    lane,
    statistic: lane === 0 ? 'mean' : 'range',
    timeMs: seq * 1000,
    value: 1,
    centre: 1,
    lower: null,
    upper: 2,
    z: 0,
    n: 5,
    rules: [],
    limitsVersion: 1,
    status: 'judged',
    breakBefore: false,
    context: {},
    ...over,
  };
}

test('the lanes of one subgroup share a row, rows are in order of time', () => {
  const rows = subgroupRows([point(2, 0), point(1, 0), point(1, 1), point(2, 1, { breakBefore: true })]);
  expect(rows.map((row) => [row.id, row.lanes.length, row.breakBefore])).toEqual([
    ['1.0', 2, false],
    ['2.0', 2, true],
  ]);
});

test('lanes belong together by entry and time, whatever their ids', () => {
  const own = (seq: number, ordinal: number, lane: number) => point(seq, lane, { id: `${seq}.${ordinal}` });
  const rows = subgroupRows([own(7, 0, 0), own(7, 2, 1), own(7, 3, 0), own(7, 5, 1), own(8, 1, 0)]);
  expect(rows.map((row) => row.lanes.map((lane) => lane?.id))).toEqual([['7.0', '7.2'], ['7.3', '7.5'], ['8.1']]);
  expect(newestSubgroups([own(7, 0, 0), own(7, 2, 1), own(8, 1, 0)], 1).map((p) => p.id)).toEqual(['8.1']);
});

test('a missing number is NaN for the chart, never 0', () => {
  const [lane] = chartLanes(subgroupRows([point(1, 0, { value: null })]), [], 2);
  expect(lane?.values[0]?.value).toBeNaN();
  expect(lane?.values[0]?.lower).toBeNaN();
});

test('a lower limit of 0 of something that cannot be negative is no limit, of a measured value it is one', () => {
  const lower = (statistic: string) =>
    chartLanes(subgroupRows([point(1, 0, { statistic, lower: 0 })]), [], 2)[0]?.values[0]?.lower;
  expect([lower('range'), lower('mr'), lower('x')]).toEqual([Number.NaN, Number.NaN, 0]);
});

test('a chart of shares shows the inspected numbers below', () => {
  const lanes = chartLanes(subgroupRows([point(1, 0, { statistic: 'p', n: 200 })]), [], 2);
  expect(lanes.map((lane) => [lane.statistic, lane.values[0]?.value])).toEqual([
    ['p', 1],
    ['n', 200],
  ]);
});

test('a changed lot or tool leaves a mark, the first value known does not', () => {
  const rows = subgroupRows([
    point(1, 0, { context: { lot: 'A' } }),
    point(2, 0, { context: { lot: 'A', tool: 'T1' } }),
    point(3, 0, { context: { lot: 'B', tool: 'T1' } }),
  ]);
  expect(stripMarks(rows, []).map((mark) => [mark.column, mark.label])).toEqual([[2, 'lot B']]);
});

test('the newest subgroups keep all their lanes', () => {
  const points = [1, 2, 3].flatMap((seq) => [point(seq, 0), point(seq, 1)]);
  expect(newestSubgroups(points, 2).map((p) => p.seq)).toEqual([2, 2, 3, 3]);
});

test('a night shift goes on after midnight and belongs to the day it began on', () => {
  const night = { id: 'N', name: null, from: '20:00', to: '08:00', breaks: [], days: [5] };
  expect(shiftAt([night], '23:00', 5)?.id).toBe('N');
  expect(shiftAt([night], '02:00', 6)?.id).toBe('N');
  expect(shiftAt([night], '02:00', 5)).toBeUndefined();
  expect(shiftAt([night], '08:00', 6)).toBeUndefined();
});

test('decimals are those of the gauge, also where the device sends single precision', () => {
  const row = {
    kind: 'variable',
    lastValue: Math.fround(286.1),
    spec: { lower: 270, target: 285, upper: 300 },
    limits: { sigma: 1.2 },
    capability: { sigmaOverall: 1.2 },
  } as StreamJson; // Only what decimals are read from.
  expect(decimalsOfStream(row, null)).toBe(1);
  expect(decimalsOfStream(row, 0.05)).toBe(2);
  expect(decimalsOfStream(row, 0.0123456)).toBe(2);
});

test('a share of many inspected parts has the decimals that tell it from the next, before there are limits and after', () => {
  const share = (value: number, n: number, sigma: number | null) =>
    ({
      kind: 'attribute',
      limits: { sigma },
      lastPoints: [point(1, 0, { statistic: 'p', value, n })],
    }) as unknown as StreamJson;
  // The page writes one decimal more: 3 of 1800 as 0.0017, where one more or less is 0.0006.
  expect(decimalsOfStream(share(3 / 1800, 1800, null), null)).toBe(3);
  expect(decimalsOfStream(share(0, 1800, null), null)).toBe(3);
  expect(decimalsOfStream(share(3 / 1800, 1800, Math.sqrt(3 / 1800)), null)).toBe(3);
  expect(decimalsOfStream(share(0.3, 20, null), null)).toBe(2);
});
