// Studies over HTTP: listed with the form of their input, run for a viewer, refused with the field and the fix.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { STUDIES } from '../../src/studies/registry.ts';
import { startTestApi, type TestApi } from './client.ts';

let api: TestApi;
let viewer: string;
beforeAll(async () => {
  api = await startTestApi();
  viewer = await api.signIn('viewer');
});
afterAll(() => api.close());

const run = (name: string, body: unknown, cookie: string | undefined = viewer) =>
  api.ask(`/api/studies/${name}`, { method: 'POST', body, cookie });

test('every study is listed with its title in both languages and the schema of its input', async () => {
  const { status, json } = await api.ask('/api/studies', { cookie: viewer });
  expect(status).toBe(200);
  const { studies } = json as { studies: { name: string; title: { ko: string; en: string }; input: object }[] };
  expect(studies.map(({ name }) => name)).toEqual(Object.keys(STUDIES));
  for (const { title, input } of studies) {
    expect(title.ko).toMatch(/[가-힣]/);
    expect(input).toHaveProperty('$schema');
  }
});

test('a viewer runs a study; the figures are those of the command line, null where there is no value', async () => {
  const { status, json } = await run('control-chart', { chart: 'i-mr', values: [10, null, 12, 11], nsigm: 2 });
  expect(status).toBe(200);
  expect(json).toMatchObject({ mr: [null, 2, 1], mr_bar: 1.5, ignored: ['nsigm'], verdict: { ok: true } });
});

test('what is wrong is a 400 that names the field and the fix, an unknown study a 404, nobody a 401', async () => {
  const wrong = await run('control-chart', { chart: 'i-mr', values: [1, 'x'] });
  expect(wrong.status).toBe(400);
  expect(wrong.json).toMatchObject({
    code: 'STUDY_INPUT',
    message: expect.stringContaining('values[1]'),
    hint: expect.stringContaining('null'),
    data: { field: 'values[1]' },
  });
  expect((await run('control-chart', [1])).status).toBe(400);
  expect(await run('nonsense', {})).toMatchObject({ status: 404, json: { code: 'STUDY_UNKNOWN' } });
  expect((await api.ask('/api/studies/chart-constants', { method: 'POST', body: {} })).status).toBe(401);
  expect((await run('control-chart', { chart: 'i-mr', values: Array(3e6).fill(1) })).status).toBe(413);
});
