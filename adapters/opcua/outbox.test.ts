import { expect, test } from 'vitest';
import { testContext } from '../../test/contract/context.ts';
import { openOutbox } from './outbox.ts';

const reading = (value: number) => ({ value, text: undefined, quality: 0 as const, timeMs: value, reason: undefined });

test('values and gaps come out in the order in which they went in', () => {
  const outbox = openOutbox(testContext('order'));
  outbox.add(0, reading(1), undefined);
  outbox.gap({ kind: 'gap', tags: [], fromMs: 1, toMs: null, reason: 'link_down' });
  outbox.add(0, reading(2), undefined);
  expect(outbox.take().map((item) => item.kind)).toEqual(['values', 'gap', 'values']);
  expect(outbox.take()).toEqual([]);
});

test('a full outbox drops the newest, counts them and says over what time', () => {
  const outbox = openOutbox(testContext('full'), 3);
  for (let i = 1; i <= 10; i++) outbox.add(0, reading(i), undefined);
  const [batch, gap] = outbox.take();
  expect(batch).toMatchObject({ kind: 'values', length: 3 });
  expect(gap).toEqual({ kind: 'gap', tags: [], fromMs: 4, toMs: 10, reason: 'slow_consumer', missing: 7 });
  outbox.add(0, reading(11), undefined);
  expect(outbox.take()).toHaveLength(1);
});

test('waiting ends with a value, and at the latest after its limit', async () => {
  const outbox = openOutbox(testContext('wait'));
  const began = performance.now();
  const waiting = outbox.wait(10_000);
  outbox.add(0, reading(1), undefined);
  await waiting;
  outbox.take();
  await outbox.wait(1);
  expect(performance.now() - began).toBeLessThan(5000);
});
