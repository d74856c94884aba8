// A stream that judges several tags together, through the API.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPlantFixture } from '../fixtures/plant.ts';
import { startTestApi, type TestApi } from './client.ts';

const plant = createPlantFixture({ days: 1 });
const ID = 'L3.torque';
let api: TestApi;

beforeAll(async () => {
  const characteristics = plant.plan.characteristics.map((each) =>
    each.id === ID ? { ...each, from: { all: ['nut3/torque', 'nut3/angle'] } } : each,
  );
  api = await startTestApi({ plant: { ...plant, plan: { ...plant.plan, characteristics } } });
});
afterAll(() => api.close());

test('its limits cannot be typed: the answer says what to do instead, and nothing is journaled', async () => {
  const cookie = await api.signIn('engineer');
  const body = { centre: 1, sigma: 1, reason: 'x' };
  const answer = await api.ask(`/api/streams/${ID}/limits`, { method: 'POST', body, cookie });
  expect(answer.status).toBe(400);
  expect(answer.json).toMatchObject({ code: 'API_BAD_REQUEST', message: expect.stringContaining('several tags') });
  expect(plant.submitted).toEqual([]);
});

test('it is shown like any other', async () => {
  const cookie = await api.signIn('viewer');
  expect((await api.ask(`/api/streams/${ID}`, { cookie })).status).toBe(200);
});
