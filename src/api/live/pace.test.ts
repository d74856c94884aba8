import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { EventRow } from '../../history/history.ts';
import type { LiveMessage } from '../plant.ts';
import { createPace, PACE_MS } from './pace.ts';

const event = (seq: number): LiveMessage => ({ type: 'event', seq, event: { seq } as EventRow }); // Only what is looked at.

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function started() {
  const sent: number[][] = [];
  const pace = createPace((messages) => sent.push(messages.map(({ message }) => message.seq)));
  return { sent, pace };
}

test('what comes after a pause goes out at once, what comes soon after goes out together', () => {
  const { sent, pace } = started();
  pace.take([event(1)]);
  expect(sent).toEqual([[1]]);
  pace.take([event(2)]);
  pace.take([event(3), event(4)]);
  expect(sent).toEqual([[1]]);
  vi.advanceTimersByTime(PACE_MS);
  expect(sent).toEqual([[1], [2, 3, 4]]);
  vi.advanceTimersByTime(PACE_MS);
  pace.take([event(5)]);
  expect(sent).toEqual([[1], [2, 3, 4], [5]]);
});

test('a second brings at most five sendings, however often something comes', () => {
  const { sent, pace } = started();
  for (let ms = 0; ms <= 1000; ms += 1) {
    pace.take([event(ms)]);
    vi.advanceTimersByTime(1);
  }
  expect(sent.length).toBeLessThanOrEqual(5);
  vi.advanceTimersByTime(PACE_MS);
  expect(sent.flat()).toEqual(Array.from({ length: 1001 }, (_, ms) => ms));
});

test('once closed nothing is sent and no timer is left', () => {
  const { sent, pace } = started();
  pace.take([event(1)]);
  pace.take([event(2)]);
  pace.close();
  vi.advanceTimersByTime(10 * PACE_MS);
  expect(sent).toEqual([[1]]);
  expect(vi.getTimerCount()).toBe(0);
});
