import { expect, test } from 'vitest';
import type { PointRow, RangeQuery } from '../../history/history.ts';
import type { ApiContext } from '../context.ts';
import { readPoints } from './read.ts';

/** A stream of `count` subgroups, one entry each three of them; every lane has an id of its own. */
function rowsOf(count: number, lanes: number): PointRow[] {
  const rows: Partial<PointRow>[] = [];
  for (let i = 0; i < count; i += 1)
    for (let lane = 0; lane < lanes; lane += 1) {
      const seq = Math.floor(i / 3);
      const ordinal = (i % 3) * lanes + lane;
      rows.push({ id: `${seq}.${ordinal}`, seq, ordinal, lane, timeMs: seq * 1000, value: i, rules: [], context: {} });
    }
  return rows as PointRow[]; // Only what reading looks at.
}

function contextOf(rows: readonly PointRow[]): ApiContext {
  const points = async (query: RangeQuery): Promise<readonly PointRow[]> => rows.slice(-query.limit);
  const events = async (): Promise<readonly []> => [];
  return { plant: { points, events } } as unknown as ApiContext; // Only what reading calls.
}

test.each([1, 2])('without a start the newest subgroups come whole and unthinned, %i lanes', async (lanes) => {
  const rows = rowsOf(200, lanes);
  const answer = await readPoints('s', { max: 50 }, contextOf(rows));
  expect(answer.points.map((p) => p.id)).toEqual(rows.slice(-50 * lanes).map((row) => row.id));
  expect([answer.total, answer.thinned, answer.truncated]).toEqual([50 * lanes, false, false]);
});

test('with a start a long stretch is an envelope of whole subgroups', async () => {
  const answer = await readPoints('s', { from: 0, max: 20 }, contextOf(rowsOf(300, 2)));
  expect(answer.thinned).toBe(true);
  expect(answer.points.length).toBeLessThanOrEqual(2 * 20);
  const values = answer.points.filter((p) => p.lane === 0).map((p) => p.value);
  expect(answer.points.filter((p) => p.lane === 1).map((p) => p.value)).toEqual(values);
});
