// What people change through the API, and what happens to bodies that are not as documented.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CommandAnswer } from '../../src/api/contract/alarms.ts';
import { ErrorBody } from '../../src/api/contract/vocabulary.ts';
import { startApi } from '../../src/api/server.ts';
import { startTestApi, type TestApi } from './client.ts';

let api: TestApi;
let operator: string;
let engineer: string;

beforeAll(async () => {
  api = await startTestApi();
  operator = await api.signIn('operator');
  engineer = await api.signIn('engineer');
});
afterAll(() => api.close());

async function openAlarm(): Promise<string> {
  return (await api.plant.alarms({ open: true, limit: 1 }))[0]!.id;
}

async function post(path: string, body: unknown, cookie = operator) {
  return api.ask(path, { method: 'POST', body, cookie });
}

test('acknowledge, cause and close are journaled with the author and answer the alarm as it stands', async () => {
  const id = await openAlarm();
  const acknowledged = await post(`/api/alarms/${id}/acknowledge`, { commandId: 'a-1' });
  expect(CommandAnswer.parse(acknowledged.json).alarm).toMatchObject({
    state: 'acknowledged',
    acknowledgedBy: 'operator',
  });
  const caused = await post(`/api/alarms/${id}/cause`, { commandId: 'a-2', cause: '공구 마모', text: '교체함' });
  expect(CommandAnswer.parse(caused.json).alarm).toMatchObject({ cause: '공구 마모', comment: '교체함' });
  const closed = await post(`/api/alarms/${id}/close`, { commandId: 'a-3' });
  expect(CommandAnswer.parse(closed.json).alarm.state).toBe('closed');
  expect(api.plant.submitted.slice(-3)).toMatchObject([
    { kind: 'command', verb: 'acknowledge', id: 'a-1', alarm: id, author: 'operator', atMs: api.plant.nowMs() },
    { verb: 'cause', cause: '공구 마모' },
    { verb: 'close' },
  ]);
});

test('a command sent twice is journaled under the same id and changes nothing more', async () => {
  const id = await openAlarm();
  const first = await post(`/api/alarms/${id}/comment`, { commandId: 'twice', text: 'seen' });
  const count = api.plant.submitted.length;
  const second = await post(`/api/alarms/${id}/comment`, { commandId: 'twice', text: 'seen' });
  expect(CommandAnswer.parse(second.json).seq).toBe(CommandAnswer.parse(first.json).seq);
  expect(api.plant.submitted.length).toBe(count);
});

test('an author in the body is refused: it is who is signed in', async () => {
  const id = await openAlarm();
  const answer = await post(`/api/alarms/${id}/acknowledge`, { commandId: 'x', author: 'someone', role: 'admin' });
  expect(answer.status).toBe(400);
});

test('new limits and an exclusion need a reason and are journaled for that stream', async () => {
  const limits = { centre: 2.81, sigma: 0.049, reason: 'after maintenance' };
  expect((await post('/api/streams/L3.torque/limits', limits, engineer)).status).toBe(200);
  expect(api.plant.submitted.at(-1)).toMatchObject({
    kind: 'limits',
    stream: 'L3.torque',
    author: 'engineer',
    ...limits,
  });
  expect(api.plant.stream('L3.torque')!.limits).toMatchObject({ version: 2, centre: 2.81 });
  const point = api.plant.stream('L3.torque')!.lastPoints[0]!.id;
  expect((await post('/api/streams/L3.torque/exclude', { point, reason: 'dropped part' }, engineer)).status).toBe(200);
  expect(api.plant.submitted.at(-1)).toMatchObject({ kind: 'exclude', point, reason: 'dropped part' });
});

test('bodies that are not as documented get 400 with the code and change nothing', async () => {
  const id = await openAlarm();
  const before = api.plant.submitted.length;
  const bad: readonly [string, unknown][] = [
    [`/api/alarms/${id}/cause`, { commandId: 'b-1' }],
    [`/api/alarms/${id}/cause`, { commandId: 'b-1', cause: '   ' }],
    [`/api/alarms/${id}/acknowledge`, {}],
    [`/api/alarms/${id}/acknowledge`, { commandId: 'has space' }],
    [`/api/alarms/${id}/acknowledge`, '{"commandId":'],
    [`/api/alarms/${id}/acknowledge`, ''],
    [`/api/alarms/${id}/acknowledge`, 'null'],
    [`/api/alarms/${id}/acknowledge`, '{"commandId":"c","__proto__":{"admin":true}}'],
    [`/api/alarms/${id}/comment`, { commandId: 'b-2', text: 'x'.repeat(3000) }],
    [`/api/alarms/${id}/shelve`, { commandId: 'b-3', untilMs: 'tomorrow' }],
    ['/api/streams/L3.torque/limits', { centre: 1, sigma: 0, reason: 'x' }],
    ['/api/streams/L3.torque/limits', { centre: 1, sigma: 1, reason: '' }],
    ['/api/streams/L3.torque/limits', '{"centre":1e999,"sigma":1,"reason":"x"}'],
    ['/api/streams/L3.torque/exclude', { point: "1.0'; drop table point", reason: 'x' }],
  ];
  for (const [path, body] of bad) {
    const headers = { 'content-type': 'application/json' };
    const answer = await api.ask(path, { method: 'POST', body, cookie: engineer, headers });
    expect([path, JSON.stringify(body), answer.status]).toEqual([path, JSON.stringify(body), 400]);
    const error = ErrorBody.parse(answer.json);
    expect(error.code).toBe('API_BAD_REQUEST');
    expect(error.message + error.hint).not.toMatch(/\bat .+:\d+|node_modules/);
  }
  expect(api.plant.submitted.length).toBe(before);
  expect(({} as { admin?: boolean }).admin).toBeUndefined();
});

test('a body of the wrong type or too large is refused by its status', async () => {
  const path = `/api/alarms/${await openAlarm()}/comment`;
  const asText = await api.ask(path, {
    method: 'POST',
    body: 'hello',
    cookie: operator,
    headers: { 'content-type': 'text/plain' },
  });
  expect([asText.status, ErrorBody.parse(asText.json).code]).toEqual([415, 'API_BAD_REQUEST']);
  const large = await post(path, { commandId: 'l', text: 'x'.repeat(300_000) });
  expect([large.status, ErrorBody.parse(large.json).code]).toEqual([413, 'API_BAD_REQUEST']);
});

test('an alarm or stream that is not there gets 404', async () => {
  expect((await post('/api/alarms/77777.9/acknowledge', { commandId: 'n' })).status).toBe(404);
  expect((await post('/api/streams/none/limits', { centre: 1, sigma: 1, reason: 'x' }, engineer)).status).toBe(404);
});

test('posted measurements reach the adapter as they are, and its answer comes back as it is', async () => {
  const body = '[{"tag":"leak","value":1.2,"t":1}] ';
  const headers = {
    authorization: 'Bearer mes-token',
    'idempotency-key': 'k-1',
    'content-type': 'application/json; charset=utf-8',
  };
  const answer = await api.ask('/api/measurements/mes', { method: 'POST', body, headers });
  expect([answer.status, answer.json]).toEqual([200, { accepted: 1, duplicates: 0, rejected: [] }]);
  const { body: bytes, ...rest } = api.plant.deliveries.at(-1)!;
  expect(rest).toEqual({ token: 'mes-token', idempotencyKey: 'k-1', contentType: 'application/json; charset=utf-8' });
  expect(Buffer.from(bytes).toString()).toBe(body);
});

test('refusals of the adapter pass through: 401, and 429 with Retry-After', async () => {
  const ask = {
    method: 'POST',
    body: '[]',
    headers: { authorization: 'Bearer mes-token', 'content-type': 'text/csv' },
  };
  expect((await api.ask('/api/measurements/mes', { ...ask, headers: { authorization: 'Bearer no' } })).status).toBe(
    401,
  );
  api.plant.replyWith({ status: 429, body: { code: 'JOURNAL_FULL' }, retryAfterS: 4.2 });
  const full = await api.ask('/api/measurements/mes', ask);
  expect([full.status, full.headers['retry-after'], full.json]).toEqual([429, '5', { code: 'JOURNAL_FULL' }]);
  expect((await api.ask('/api/measurements/none', ask)).status).toBe(404);
  const huge = await api
    .ask('/api/measurements/mes', { ...ask, body: Buffer.alloc(9 * 1024 * 1024) })
    .catch((e: Error) => e);
  // The server answers 413 and closes; the client may see the closed socket first.
  expect(huge instanceof Error || huge.status === 413).toBe(true);
});

test('a mistake in the plant is answered without its inner text, and logged', async () => {
  const broken = await startTestApi();
  const cookie = await broken.signIn('viewer');
  Object.assign(broken.plant, {
    diagnosis: async () => {
      throw new Error('secret path /srv/key');
    },
  });
  const answer = await broken.ask('/api/diagnosis', { cookie });
  expect([answer.status, ErrorBody.parse(answer.json).code]).toEqual([500, 'API_FAILED']);
  expect(answer.text).not.toContain('secret');
  expect(broken.logged.some((line) => line.includes('secret path'))).toBe(true);
  await broken.close();
});

test('a port in use is one clear sentence', async () => {
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const again = startApi({ plant: api.plant, host: '127.0.0.1', port: api.port, dashboardsFolder: 'none', log });
  await expect(again).rejects.toMatchObject({
    code: 'SERVER_PORT_TAKEN',
    message: `server: 127.0.0.1:${api.port} is used by another program`,
  });
});
