// What rules cost, as the API tells it: against published run lengths and closed forms.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ReplayAnswer } from '../../src/api/contract/replay.ts';
import { BudgetAnswer, RuleSetsAnswer, StreamPriceAnswer } from '../../src/api/contract/rules.ts';
import { startTestApi, type TestApi } from './client.ts';

let api: TestApi;
let viewer: string;
let engineer: string;

beforeAll(async () => {
  api = await startTestApi();
  viewer = await api.signIn('viewer');
  engineer = await api.signIn('engineer');
});
afterAll(() => api.close());

async function price(query: string) {
  const answer = await api.ask(`/api/rules/price?${query}`, { cookie: viewer });
  expect([answer.status, answer.status === 200 ? '' : answer.text]).toEqual([200, '']);
  return StreamPriceAnswer.parse(answer.json).price;
}

test('the price of one rule beyond three sigma is that of the textbooks', async () => {
  // Montgomery, 7th ed. (2013), table 9.1 and 6.4: in control 370.4, half of them by the 257th (ln 0.5 / ln(1 - 0.0027) = 256.4); after one sigma 43.9, two 6.3, three 2.0.
  const shown = await price(`rules=${encodeURIComponent('1 of 1 beyond 3 sigma')}`);
  expect(shown).toMatchObject({
    chart: null,
    method: 'exact',
    median: 257,
    pointsPerDay: null,
    falseAlarmsPerDay: null,
  });
  expect(shown?.arl0).toBeCloseTo(370.4, 1);
  expect(shown?.arlBySigma['1']).toBeCloseTo(43.9, 1);
  expect(shown?.arlBySigma['2']).toBeCloseTo(6.3, 1);
  expect(shown?.arlBySigma['3']).toBeCloseTo(2.0, 1);
});

test('the price of a stream is at its own pace, with the range of its baseline, and counts the spread lane', async () => {
  const stream = api.plant.streams().find((each) => each.characteristic === 'L2.bore_dia' && each.limits.subgroups > 0);
  const shown = await price(`stream=${encodeURIComponent(stream?.id ?? '')}`);
  expect(shown?.chart).toBe('xbar-s');
  expect(shown?.range?.subgroups).toBe(stream?.limits.subgroups);
  expect(shown?.range?.lower ?? 0).toBeLessThan(shown?.arl0 ?? 0);
  expect(shown?.range?.upper ?? 0).toBeGreaterThan(shown?.arl0 ?? 0);
  const size = api.plant.plan.characteristics.find(({ id }) => id === 'L2.bore_dia')?.subgroup.size;
  expect(size).toBe(5);
  // s of five beyond its limits: chi-square with 4 degrees of freedom (scipy 1.17), p (1 - p).
  expect(shown?.otherLanesPerPoint).toBeCloseTo(0.00388391138468181, 12);
  const perPoint = (shown?.newEventsPerPoint ?? 0) + (shown?.otherLanesPerPoint ?? 0);
  expect(shown?.falseAlarmsPerDay).toBeCloseTo(perPoint * (shown?.pointsPerDay ?? 0), 10);
  expect((shown?.daysBetween ?? 0) * (shown?.falseAlarmsPerDay ?? 0)).toBeCloseTo(1, 10);
});

test('the sets come with their sentences in words and with their prices', async () => {
  const answer = await api.ask('/api/rules', { cookie: viewer });
  const { sets } = RuleSetsAnswer.parse(answer.json);
  expect(sets.map(({ id }) => id)).toEqual(['standard', 'limits']);
  // DESIGN 6: standard 216.
  expect(Math.floor(sets[0]?.price.arl0 ?? 0)).toBe(216);
  expect(sets[0]?.rules[1]?.words).toEqual({
    ko: '최근 9점이 모두 중심선의 같은 쪽',
    en: 'the last 9 points are all on the same side of the centre line',
  });
});

test('what is no set, no rule and no stream is told so', async () => {
  const failed = async (query: string) => (await api.ask(`/api/rules/price?${query}`, { cookie: viewer })).json;
  expect(await failed('')).toMatchObject({ code: 'API_BAD_REQUEST' });
  expect(await failed('rules=nelsen')).toMatchObject({
    code: 'RULE_INVALID',
    message: 'there is no rule set "nelsen"',
  });
  expect(await failed('stream=x')).toMatchObject({ code: 'API_NOT_FOUND' });
});

test('the budget is beside what the plan costs, the sum over its streams', async () => {
  const { json } = await api.ask('/api/rules/budget', { cookie: viewer });
  const budget = BudgetAnswer.parse(json);
  expect(budget.budget).toBe(5);
  let sum = 0;
  for (const { id } of api.plant.streams())
    sum += (await price(`stream=${encodeURIComponent(id)}`))?.falseAlarmsPerDay ?? 0;
  expect(budget.perDay).toBeCloseTo(sum, 9);
  expect(budget.byClass.critical + budget.byClass.significant + budget.byClass.standard).toBeCloseTo(budget.perDay, 9);
  for (const proposal of budget.proposals) if (proposal.fits) expect(proposal.perDay).toBeLessThanOrEqual(5);
});

test('a replay answers an engineer and changes nothing', async () => {
  const path = `/api/streams/${encodeURIComponent('L3.torque')}/replay`;
  const before = api.plant.submitted.length;
  const answer = await api.ask(path, { method: 'POST', body: { rules: 'limits' }, cookie: engineer });
  const replay = ReplayAnswer.parse(answer.json);
  expect(replay.rules).toEqual([{ id: 'N1', sentence: '1 of 1 beyond 3 sigma' }]);
  expect(replay.points).toBeGreaterThan(100);
  expect(replay.kept + replay.lost.count).toBe(replay.recorded.signals);
  expect(api.plant.submitted.length).toBe(before);
  const refused = await api.ask(path, { method: 'POST', body: { chart: 'p' }, cookie: engineer });
  expect([refused.status, refused.json]).toMatchObject([400, { code: 'CONFIG_INVALID' }]);
  const unknown = await api.ask('/api/streams/x/replay', { method: 'POST', body: {}, cookie: engineer });
  expect(unknown.status).toBe(404);
});
