import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openInbox } from './inbox.ts';
import {
  createContextPool,
  isTagName,
  parseSourceTime,
  readSourceContext,
  readSourceQuality,
  readSourceValue,
} from './source-value.ts';

test('RFC 3339 times agree with Date, to the nanosecond and in any offset', () => {
  fc.assert(
    fc.property(
      fc.date({ min: new Date(86_400_000), max: new Date('2261-12-30T00:00:00Z'), noInvalidDate: true }),
      fc.integer({ min: 0, max: 999_999 }),
      fc.integer({ min: -14 * 60, max: 14 * 60 }),
      (date, nanos, offset) => {
        const expected = BigInt(date.getTime()) * 1_000_000n + BigInt(nanos);
        const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, -1);
        const size = Math.abs(offset);
        const zone = `${offset < 0 ? '-' : '+'}${String(Math.floor(size / 60)).padStart(2, '0')}:${String(size % 60).padStart(2, '0')}`;
        expect(parseSourceTime(`${local}${String(nanos).padStart(6, '0')}${zone}`)).toBe(expected);
        expect(parseSourceTime(date.getTime())).toBe(BigInt(date.getTime()) * 1_000_000n);
      },
    ),
  );
});

test('what is no time is undefined', () => {
  for (const raw of [
    undefined,
    null,
    true,
    '',
    'now',
    '2026-02-30T00:00:00Z',
    '2026-01-01T25:00:00Z',
    '2026-01-01T00:00:00',
    Number.NaN,
    -1,
    1e13,
  ])
    expect([raw, parseSourceTime(raw)]).toEqual([raw, undefined]);
  // RFC 3339 appendix D: the leap second of 1990 is the second after it.
  expect(parseSourceTime('1990-12-31T23:59:60Z')).toBe(BigInt(Date.UTC(1991, 0)) * 1_000_000n);
  expect(parseSourceTime(1700000000000.25)).toBe(1700000000000250000n);
});

test('a value is a number, a text or bad with a reason, never a guess', () => {
  expect(readSourceValue(1.5, 0)).toEqual({ value: 1.5, quality: 0 });
  expect(readSourceValue(true, 0)).toEqual({ value: 1, quality: 0 });
  expect(readSourceValue('CV', 0)).toEqual({ value: Number.NaN, quality: 0, text: 'CV' });
  expect(readSourceValue(null, 0)).toEqual({ value: Number.NaN, quality: 2, reason: 'null' });
  expect(readSourceValue(Number.POSITIVE_INFINITY, 0)).toEqual({ value: Number.NaN, quality: 2, reason: 'not_finite' });
  expect(readSourceValue(1.5, 2)).toEqual({ value: Number.NaN, quality: 2, reason: 'source_bad' });
  expect(readSourceValue(1.5, 1)).toEqual({ value: 1.5, quality: 1, reason: 'source_uncertain' });
  for (const raw of [undefined, {}, [1], 1n]) expect(readSourceValue(raw, 0)).toBeUndefined();
  expect(['good', 'uncertain', 'bad', undefined, 'Good', 0].map(readSourceQuality)).toEqual([
    0,
    1,
    2,
    0,
    undefined,
    undefined,
  ]);
});

test('contexts are texts, and keys of the prototype are refused', () => {
  expect(readSourceContext({ lot: 'a', cavity: 3, ok: false, tool: null })).toEqual({
    lot: 'a',
    cavity: '3',
    ok: 'false',
  });
  for (const raw of ['x', [1], { a: {} }, { '': 'x' }, JSON.parse('{"__proto__":"x"}')])
    expect(readSourceContext(raw)).toBeUndefined();
  const pool = createContextPool(2);
  const first = pool({ lot: 'a' });
  expect(pool({ lot: 'a' })).toBe(first);
  expect(pool({})).toBeUndefined();
  expect(['a/b', '내경', '', 'a\u0007', 'x'.repeat(257), 'constructor', 7].map(isTagName)).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
    false,
  ]);
});

test('an inbox keeps order, refuses what is beyond its capacity, and ends after what waits', async () => {
  const inbox = openInbox<number>(3);
  expect([1, 2, 3, 4].map((item) => inbox.push(item))).toEqual([true, true, true, false]);
  expect(await inbox.take(2)).toEqual([1, 2]);
  inbox.close();
  expect(inbox.push(5)).toBe(false);
  expect(await inbox.take(2)).toEqual([3]);
  expect(await inbox.take(2)).toEqual([]);
  const failing = openInbox<number>(1);
  const waiting = failing.take(1);
  failing.close(new Error('gone'));
  await expect(waiting).rejects.toThrow('gone');
});
