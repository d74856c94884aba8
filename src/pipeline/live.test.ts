import { expect, test } from 'vitest';
import type { LiveMessage } from '../api/plant.ts';
import type { EventRow } from '../history/history.ts';
import { createLive } from './live.ts';

const event = (seq: number): LiveMessage => ({ type: 'event', seq, event: { seq } as EventRow }); // Only what is looked at.
const events = (from: number, to: number): LiveMessage[] =>
  Array.from({ length: to - from + 1 }, (_, i) => event(from + i));

test('a browser that comes back gets what came after its last message, as long as that is complete', () => {
  const live = createLive(7);
  live.publish(events(8, 20));
  expect(live.after(17)?.map((message) => message.seq)).toEqual([18, 19, 20]);
  expect(live.after(7)).toHaveLength(13);
  expect(live.after(20)).toEqual([]);
  expect(live.after(6)).toBeUndefined();
});

test('what is kept is bounded, and what is gone is said to be gone', () => {
  const live = createLive(0);
  for (let seq = 1; seq <= 30_000; seq += 100) live.publish(events(seq, seq + 99));
  expect(live.after(1000)).toBeUndefined();
  const at = 30_000 - 4000;
  expect(live.after(at)?.map((message) => message.seq)).toEqual(events(at + 1, 30_000).map((message) => message.seq));
});

test('a block with very many messages is taken like any other', () => {
  const live = createLive(0);
  const heard: number[] = [];
  live.subscribe((messages) => heard.push(messages.length));
  live.publish(events(1, 300_000));
  expect(heard).toEqual([300_000]);
  expect(live.after(299_998)?.map((message) => message.seq)).toEqual([299_999, 300_000]);
  expect(live.after(0)).toBeUndefined();
});

test('who stops listening hears nothing more', () => {
  const live = createLive(0);
  const heard: number[] = [];
  const stop = live.subscribe((messages) => heard.push(messages.length));
  live.publish(events(1, 2));
  stop();
  live.publish(events(3, 5));
  live.publish([]);
  expect(heard).toEqual([2]);
});
