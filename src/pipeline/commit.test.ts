import { expect, test } from 'vitest';
import { characteristic, config, START, values } from '../../test/fixtures/entries.ts';
import type { Entry, Journal } from '../journal/journal.ts';
import { createCommit } from './commit.ts';
import { createDedupe } from './dedupe.ts';

/** A journal that makes everything appended in one turn durable at once, or refuses it. */
function groupJournal() {
  let seq = 0;
  let waiting: (() => void)[] = [];
  const state = { isFull: false };
  const append = (): Promise<number> =>
    new Promise((resolve, reject) => {
      const mine = ++seq;
      waiting.push(() => (state.isFull ? reject(new Error('full')) : resolve(mine)));
    });
  const journal: Journal = {
    append,
    read: async function* () {},
    trim: async () => {},
    stats: () => ({ first: 1, last: seq, bytes: 0, segments: 1, damage: [] }),
    close: async () => {},
  };
  return {
    journal,
    state,
    flush(): void {
      const all = waiting;
      waiting = [];
      for (const settle of all) settle();
    },
  };
}

test('the machine gets entries in the order of their numbers, whatever their kind', async () => {
  const { journal, flush } = groupJournal();
  const order: number[] = [];
  const commit = createCommit(journal, createDedupe(), (seq) => order.push(seq));
  const entries: Entry[] = [];
  for (let i = 0; i < 20; i++) entries.push(i % 3 === 0 ? values(['bore', i, i]) : { kind: 'tick', atMs: START + i });
  const all = Promise.all(entries.map((entry) => commit.append(entry)));
  flush();
  await all;
  expect(order).toEqual(entries.map((_, i) => i + 1));
});

test('what the journal refused is not remembered: delivered again it is accepted', async () => {
  const { journal, state, flush } = groupJournal();
  const commit = createCommit(journal, createDedupe(), () => undefined);
  state.isFull = true;
  const refused = commit.append(values(['bore', 1, 1, { sourceId: 'm1' }]));
  const second = commit.append(values(['bore', 1, 1, { sourceId: 'm1' }]));
  flush();
  await expect(refused).rejects.toThrow('full');
  state.isFull = false;
  const settled = (async () => {
    while (commit.inFlight > 0) {
      flush();
      await Promise.resolve();
    }
  })();
  expect(await second).toMatchObject({ accepted: 1, duplicates: 0 });
  await settled;
});

test('a repeat inside one batch is found too', async () => {
  const { journal, flush } = groupJournal();
  const commit = createCommit(journal, createDedupe(), () => undefined);
  const done = commit.append(values(['bore', 1, 1, { sourceId: 'm1' }], ['bore', 1, 1, { sourceId: 'm1' }]));
  flush();
  expect(await done).toMatchObject({ accepted: 1, duplicates: 1 });
  const configured = commit.append(config(characteristic()));
  flush();
  expect(await configured).toMatchObject({ seq: 2 });
});
