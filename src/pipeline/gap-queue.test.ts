import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Gap } from '../measurement.ts';
import { createGapQueue } from './gap-queue.ts';

let isFull = false;
let journaled: Gap[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  isFull = false;
  journaled = [];
});

afterEach(() => {
  vi.useRealTimers();
});

function queue() {
  return createGapQueue(async (gap) => {
    if (isFull) throw new Error('full');
    journaled.push(gap);
  });
}

function gap(fromMs: number, toMs: number | null): Gap {
  return { kind: 'gap', tags: [], fromMs, toMs, reason: 'link_down' };
}

test('gaps that the journal refused come once it takes again, in order', async () => {
  const gaps = queue();
  isFull = true;
  await gaps.declare(gap(1, null));
  await gaps.declare(gap(1, 5));
  await vi.advanceTimersByTimeAsync(5000);
  expect(journaled).toEqual([]);
  isFull = false;
  await vi.advanceTimersByTimeAsync(1000);
  expect(journaled).toEqual([gap(1, null), gap(1, 5)]);
});

test('values that nobody keeps are one gap with their number, however many batches they came in', async () => {
  const gaps = queue();
  isFull = true;
  for (let i = 0; i < 50; i++) gaps.lose(10 + i, 11 + i, 3);
  await vi.advanceTimersByTimeAsync(0);
  isFull = false;
  await vi.advanceTimersByTimeAsync(1000);
  expect(journaled.length).toBeLessThanOrEqual(2);
  expect(journaled.reduce((sum, each) => sum + (each.missing ?? 0), 0)).toBe(150);
  expect([journaled[0]?.fromMs, journaled.at(-1)?.toMs]).toEqual([10, 60]);
});

test('a journal that stays away costs bounded memory, and nothing is tried after the end', async () => {
  const gaps = queue();
  isFull = true;
  for (let i = 0; i < 1000; i++) void gaps.declare({ ...gap(i, i + 1), missing: 1 });
  await vi.advanceTimersByTimeAsync(0);
  isFull = false;
  await vi.advanceTimersByTimeAsync(1000);
  expect(journaled.length).toBeLessThanOrEqual(101);
  expect(journaled.reduce((sum, each) => sum + (each.missing ?? 0), 0)).toBe(1000);
  isFull = true;
  await gaps.declare(gap(1, 2));
  gaps.close();
  isFull = false;
  await vi.advanceTimersByTimeAsync(5000);
  expect(journaled.length).toBeLessThanOrEqual(101);
});
