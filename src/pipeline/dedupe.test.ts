import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BAD, GOOD, openBatch } from '../measurement.ts';
import { createDedupe, DEDUPE_KEPT_MS, identities, pick } from './dedupe.ts';

const DAY = DEDUPE_KEPT_MS;
const START = 1_700_000_000_000;

test('agrees with a plain set on any sequence of keys', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 4 }), { maxLength: 300 }), (keys) => {
      const dedupe = createDedupe();
      const plain = new Set<string>();
      for (const key of keys) {
        expect(dedupe.has(key, START)).toBe(plain.has(key));
        dedupe.remember(key, START);
        plain.add(key);
      }
      expect(dedupe.size).toBe(plain.size);
    }),
  );
});

test('remembers a hundred thousand keys without mistaking one for another', () => {
  const dedupe = createDedupe();
  for (let i = 0; i < 100_000; i++) dedupe.remember(`l1/cushion\u0000i${i}`, START);
  let wrong = 0;
  for (let i = 0; i < 100_000; i++) if (!dedupe.has(`l1/cushion\u0000i${i}`, START)) wrong += 1;
  for (let i = 100_000; i < 200_000; i++) if (dedupe.has(`l1/cushion\u0000i${i}`, START)) wrong += 1;
  expect(wrong).toBe(0);
});

test('forgets after a day and gives the room back', () => {
  const dedupe = createDedupe();
  for (let i = 0; i < 5000; i++) dedupe.remember(`old ${i}`, START);
  expect(dedupe.has('old 7', START + DAY - 3_600_000)).toBe(true);
  expect(dedupe.has('old 7', START + DAY + 3_600_000)).toBe(false);
  for (let i = 0; i < 5000; i++) dedupe.remember(`new ${i}`, START + 2 * DAY);
  expect(dedupe.size).toBeLessThan(6000);
});

test('what was drained and loaded is known to another one', () => {
  const a = createDedupe();
  for (let i = 0; i < 3000; i++) a.remember(`k${i}`, START);
  const b = createDedupe();
  b.load(a.drain(), START);
  expect(a.drain()).toHaveLength(0);
  for (let i = 0; i < 3000; i++) expect(b.has(`k${i}`, START)).toBe(true);
  expect(b.has('k3000', START)).toBe(false);
});

test('identity tells apart what differs in tag, id, time, value, sign of zero, text or context, and nothing else', () => {
  const batch = openBatch(['a', 'b'], START);
  batch.add(0, 1, GOOD, 5n);
  batch.add(1, 1, GOOD, 5n);
  batch.add(0, 2, GOOD, 5n);
  batch.add(0, 1, GOOD, 6n);
  batch.add(0, 0, GOOD, 5n);
  batch.add(0, -0, GOOD, 5n);
  batch.add(0, Number.NaN, BAD, 5n);
  batch.add(0, 1, GOOD, 5n, { context: { cavity: '1' } });
  batch.add(0, 1, GOOD, 5n, { context: { cavity: '2' } });
  batch.add(0, 0, GOOD, 5n, { text: 'A' });
  batch.add(0, 1, GOOD, 5n, { sourceId: '7' });
  const keys = identities('l1', batch);
  expect(new Set(keys).size).toBe(keys.length);
  const again = openBatch(['a'], START + 9);
  again.add(0, 1, GOOD, 5n);
  again.add(0, 3, GOOD, 9n, { sourceId: '7' });
  expect(identities('l1', again)).toEqual([keys[0], keys[10]]);
});

test('picked rows keep everything of theirs', () => {
  const batch = openBatch(['a'], START);
  for (let i = 0; i < 40; i++)
    batch.add(0, i, GOOD, BigInt(i), {
      size: i,
      context: { n: String(i) },
      sourceId: `s${i}`,
      text: i === 7 ? 'seven' : undefined,
      reason: `r${i}`,
    });
  const picked = pick(batch, [7, 39]);
  expect(picked.length).toBe(2);
  expect([...picked.sourceTimeNs]).toEqual([7n, 39n]);
  expect([...picked.size]).toEqual([7, 39]);
  expect(picked.value[1]).toBe(39);
  expect([picked.text[0], picked.text[1]]).toEqual(['seven', undefined]);
  expect(picked.sourceId).toEqual(['s7', 's39']);
  expect(picked.reason).toEqual(['r7', 'r39']);
  expect(picked.contexts[picked.context[1] ?? 0]).toEqual({ n: '39' });
});

test('a picked batch names only the tags of its rows', () => {
  const names = Array.from({ length: 1000 }, (_, i) => `tag${i}`);
  const batch = openBatch(names, START);
  for (const tag of [7, 999, 7]) batch.add(tag, tag, GOOD, 1n);
  const picked = pick(batch, [0, 1, 2]);
  expect(picked.tagNames).toEqual(['tag7', 'tag999']);
  expect([...picked.tag].map((tag) => picked.tagNames[tag])).toEqual(['tag7', 'tag999', 'tag7']);
  expect(identities('l1', picked)).toEqual(identities('l1', batch));
});
