import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AlarmRow, EventRow, PointRow } from '../../history/history.ts';
import type { LiveMessage } from '../plant.ts';
import { newestPoints } from './newest.ts';

// Only what the thinning looks at.
const point = (seq: number, stream: string, lane = 0): LiveMessage => ({
  type: 'point',
  seq,
  stream,
  point: { id: `${seq}.0`, seq, lane } as PointRow,
});
const event = (seq: number): LiveMessage => ({ type: 'event', seq, event: { seq } as EventRow });
const alarm = (seq: number): LiveMessage => ({ type: 'alarm', seq, alarm: { seq } as AlarmRow });

/** Messages of entries 1, 2, 3 …: a subgroup of two lanes, an event or an alarm each. */
const someMessages = fc
  .array(fc.oneof(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('event', 'alarm')), { maxLength: 120 })
  .map((kinds) =>
    kinds.flatMap((kind, i): LiveMessage[] => {
      const seq = i + 1;
      if (kind === 'event') return [event(seq)];
      if (kind === 'alarm') return [alarm(seq)];
      return [point(seq, kind, 0), point(seq, kind, 1)];
    }),
  );

test('few messages all pass, in order, nothing left out', () => {
  const messages = [point(1, 'a'), event(1), alarm(1), point(2, 'b'), point(3, 'a')];
  expect(newestPoints(messages)).toEqual(messages.map((message) => ({ message, skipped: 0 })));
});

test('of many points of a stream the newest ten subgroups stay, and the first of them tells how many points went before', () => {
  const messages = Array.from({ length: 15 }, (_, i) => [point(i + 1, 'a', 0), point(i + 1, 'a', 1)]).flat();
  const kept = newestPoints(messages);
  expect(kept.map(({ message }) => message.seq)).toEqual(messages.slice(10).map((message) => message.seq));
  expect(kept.map(({ skipped }) => skipped)).toEqual([10, ...Array<number>(19).fill(0)]);
});

test('events and alarms all stay, the newest subgroup of each stream stays, order stays, and what is left out is told', () => {
  fc.assert(
    fc.property(someMessages, (messages) => {
      const kept = newestPoints(messages);
      const others = (all: readonly LiveMessage[]) => all.filter((message) => message.type !== 'point');
      expect(others(kept.map(({ message }) => message))).toEqual(others(messages));
      const places = kept.map(({ message }) => messages.indexOf(message));
      expect(places).toEqual([...places].sort((a, b) => a - b));
      for (const stream of ['a', 'b', 'c']) {
        const own = messages.filter((message) => message.type === 'point' && message.stream === stream);
        const left = kept.filter(({ message }) => message.type === 'point' && message.stream === stream);
        expect(left.map(({ message }) => message)).toEqual(own.slice(-20));
        expect(left.length + left.reduce((sum, { skipped }) => sum + skipped, 0)).toBe(own.length);
      }
    }),
  );
});

test('where very many streams move, each still has its newest subgroup and no more', () => {
  const messages = Array.from({ length: 4000 }, (_, i) => point(i + 1, `s${i % 2000}`));
  const kept = newestPoints(messages);
  expect(kept).toHaveLength(2000);
  expect(kept.every(({ message, skipped }) => message.seq > 2000 && skipped === 1)).toBe(true);
});
