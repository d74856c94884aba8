import { afterEach, beforeEach, expect, test } from 'vitest';
import { PumjilError } from '../../src/component.ts';
import { type TestContext, testContext } from '../../test/contract/context.ts';
import { type Supervised, supervise } from '../../test/contract/supervise.ts';
import http from './index.ts';

const TOKEN = 'a-token-of-more-than-16';
let context: TestContext;
let running: Supervised;

beforeEach(() => {
  context = testContext('mes');
  running = supervise(http, http.settings.parse({ token: TOKEN, max_body_kb: 4, timeout_ms: 5000 }), context);
});

afterEach(async () => {
  await running.stop();
  context.dispose();
});

async function post(
  body: unknown,
  { token = TOKEN as string | null, key = undefined as string | undefined, type = 'application/json' } = {},
) {
  await running.until('the adapter to listen', () => context.isReceiving());
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return context.deliver({
    token: token ?? undefined,
    idempotencyKey: key,
    contentType: type,
    body: new TextEncoder().encode(text),
  });
}

test('rows are answered after they are durable, bad ones by index and code while the others are stored', async () => {
  const reply = await post([
    { tag: 'torque', value: 2.8, t: 1700000000000, context: { lot: 'A', cavity: 3 }, size: 2, id: 'x1' },
    { value: 1, t: 1700000000000 },
    { tag: 'torque', value: [1], t: 1700000000000 },
    { tag: 'torque', value: 1, t: 'yesterday' },
    { tag: 'torque', value: null, t: '2023-11-14T22:13:20Z' },
    { tag: 'ok', value: true, t: 1700000000000 },
    { tag: 'part_no', value: 'CV-2100', t: 1700000000000 },
    { tag: 'torque', value: 1, t: 1700000000000, quality: 'perfect' },
    { tag: 'torque', value: 1, t: 1700000000000, size: 0 },
    { tag: 'torque', value: 1, t: 1700000000000, context: { lot: {} } },
    { tag: 'a\nb', value: 1 },
    { tag: 'torque', t: 1700000000000 },
    7,
  ]);
  expect(reply).toEqual({
    status: 200,
    body: {
      accepted: 4,
      duplicates: 0,
      rejected: [
        { index: 1, code: 'tag_missing' },
        { index: 2, code: 'value_invalid' },
        { index: 3, code: 'time_invalid' },
        { index: 7, code: 'quality_invalid' },
        { index: 8, code: 'size_invalid' },
        { index: 9, code: 'context_invalid' },
        { index: 10, code: 'tag_invalid' },
        { index: 11, code: 'value_missing' },
        { index: 12, code: 'not_an_object' },
      ],
    },
  });
  expect(running.rows).toMatchObject([
    {
      tag: 'torque',
      value: 2.8,
      quality: 0,
      timeMs: 1700000000000,
      sourceId: 'x1',
      context: { lot: 'A', cavity: '3' },
    },
    { tag: 'torque', value: Number.NaN, quality: 2, timeMs: 1700000000000, reason: 'null' },
    { tag: 'ok', value: 1, quality: 0 },
    { tag: 'part_no', value: Number.NaN, quality: 0, text: 'CV-2100' },
  ]);
  expect(context.refusals.reduce((sum, refusal) => sum + refusal.count, 0)).toBe(9);
});

test('a wrong token is refused whatever its length', async () => {
  for (const token of [null, '', 'x', TOKEN.slice(0, -1), `${TOKEN}x`]) {
    expect((await post([{ tag: 'a', value: 1 }], { token })).status).toBe(401);
  }
  expect(running.rows).toEqual([]);
});

test('a malformed body is answered 400 and stores nothing', async () => {
  for (const body of ['', '[{"tag":"a","value":1},', '"text"', '7', 'null'])
    expect((await post(body)).status).toBe(400);
  const lines = '{"tag":"a","value":1,"t":1}\n{"tag":';
  expect((await post(lines, { type: 'application/x-ndjson' })).status).toBe(400);
  expect((await post('a=1', { type: 'application/x-www-form-urlencoded' })).status).toBe(400);
  expect(running.rows).toEqual([]);
});

test('one object and lines of objects are taken too', async () => {
  expect((await post({ tag: 'a', value: 1, t: 1 })).body).toMatchObject({ accepted: 1 });
  const lines = '{"tag":"a","value":2,"t":2}\r\n\n{"tag":"a","value":3,"t":3}\n';
  expect((await post(lines, { type: 'application/x-ndjson; charset=utf-8' })).body).toMatchObject({ accepted: 2 });
});

test('rows without an id are named by Idempotency-Key and their place in the body', async () => {
  await post([{ tag: 'a', value: 1, t: 1 }, 'bad', { tag: 'a', value: 1, t: 1 }, { tag: 'a', value: 1, t: 1, id: 9 }], {
    key: 'k',
  });
  expect(running.rows.map((row) => row.sourceId)).toEqual(['k:0', 'k:2', '9']);
});

test('a row without a time carries the time of receipt and says so', async () => {
  const before = Date.now();
  await post([{ tag: 'a', value: 1 }]);
  expect(running.rows[0]?.timeMs).toBeGreaterThanOrEqual(before);
  expect(running.rows[0]?.reason).toBe('no_source_time');
});

test('keys that reach for the prototype change nothing', async () => {
  const body =
    '[{"tag":"a","value":1,"t":1,"context":{"__proto__":{"polluted":1}}},{"tag":"__proto__","value":1,"t":1},{"__proto__":{"tag":"b"},"value":1}]';
  expect((await post(body)).body).toMatchObject({
    accepted: 0,
    rejected: [{ code: 'context_invalid' }, { code: 'tag_invalid' }, { code: 'tag_missing' }],
  });
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
});

test('a body above the limit is answered 413', async () => {
  expect((await post([{ tag: 'a', text: 'x'.repeat(5000) }])).status).toBe(413);
});

test('a full journal is answered 429 with Retry-After, a failed one 503', async () => {
  await running.stop();
  context.dispose();
  context = testContext('mes');
  running = supervise(http, http.settings.parse({ token: TOKEN }), context, { acknowledge: false });
  const full = post([{ tag: 'a', value: 1, t: 1 }]);
  const first = await running.until('the batch', () => running.batches[0]);
  first.refuse?.(new PumjilError('JOURNAL_FULL', { message: 'the journal is full', hint: 'Wait.' }));
  expect(await full).toMatchObject({ status: 429, retryAfterS: 5 });
  const failed = post([{ tag: 'a', value: 1, t: 1 }]);
  const second = await running.until('the batch', () => running.batches[1]);
  second.refuse?.(new PumjilError('JOURNAL_FAILED', { message: 'the disk failed', hint: 'Look.' }));
  expect(await failed).toMatchObject({ status: 503 });
});

test('what waits when the source is stopped is answered 503', async () => {
  await running.stop();
  context.dispose();
  context = testContext('mes');
  running = supervise(http, http.settings.parse({ token: TOKEN }), context, { acknowledge: false });
  const pending = post([{ tag: 'a', value: 1, t: 1 }]);
  await running.until('the batch', () => running.batches[0]);
  expect(await running.stop()).toBeLessThan(1000);
  expect(await pending).toMatchObject({ status: 503 });
});

test('more bodies than may wait are answered 429 at once', async () => {
  await running.stop();
  context.dispose();
  context = testContext('mes');
  running = supervise(http, http.settings.parse({ token: TOKEN, max_waiting: 2 }), context, { acknowledge: false });
  const waiting = [post([{ tag: 'a', value: 1, t: 1 }]), post([{ tag: 'a', value: 2, t: 2 }])];
  await running.until('both batches', () => running.batches.length === 2);
  expect(await post([{ tag: 'a', value: 3, t: 3 }])).toMatchObject({ status: 429 });
  running.acknowledge();
  for (const reply of await Promise.all(waiting)) expect(reply.status).toBe(200);
});
