import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { StreamNow } from '../api/plant.ts';
import { createPictures } from './pictures.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

// Only the id matters here.
const picture = (series: number) => (series < 0 ? undefined : ({ id: `s${series}` } as StreamNow));
const ids = (streams: readonly StreamNow[]) => streams.map(({ id }) => id);

test('the first round goes out at once, what changes within a quarter of a second in one round after it', () => {
  const sent: string[][] = [];
  const pictures = createPictures(picture, (streams) => sent.push(ids(streams)));
  pictures.touch([1, 2]);
  expect(ids(pictures.due(false))).toEqual(['s1', 's2']);
  for (let i = 0; i < 10; i++) {
    pictures.touch([1, 3]);
    expect(pictures.due(false)).toEqual([]);
  }
  vi.advanceTimersByTime(250);
  expect(sent).toEqual([['s1', 's3']]);
});

test('whoever asked sees everything that changed, and nothing twice', () => {
  const sent: string[][] = [];
  const pictures = createPictures(picture, (streams) => sent.push(ids(streams)));
  pictures.touch([1]);
  pictures.due(false);
  pictures.touch([2, -1]);
  expect(pictures.due(false)).toEqual([]);
  expect(ids(pictures.due(true))).toEqual(['s2']);
  vi.advanceTimersByTime(1000);
  expect(sent).toEqual([]);
});

test('after closing nothing is sent late', () => {
  const sent: string[][] = [];
  const pictures = createPictures(picture, (streams) => sent.push(ids(streams)));
  pictures.touch([1]);
  pictures.due(false);
  pictures.touch([2]);
  pictures.due(false);
  pictures.close();
  pictures.touch([3]);
  expect(ids(pictures.due(false))).toEqual(['s2', 's3']);
  vi.advanceTimersByTime(1000);
  expect(sent).toEqual([]);
});
