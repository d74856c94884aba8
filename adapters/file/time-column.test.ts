import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTimeReader } from './time-column.ts';

const MS = 1_000_000n;

test('milliseconds, seconds, ISO times and compact dates are told apart', () => {
  const read = createTimeReader('auto', 'UTC');
  const expected = BigInt(Date.UTC(2026, 2, 2, 8, 30, 15)) * MS;
  for (const text of [
    '1772440215000',
    '1772440215',
    '2026-03-02T08:30:15Z',
    '2026-03-02 08:30:15',
    '2026-03-02T17:30:15+09:00',
    '2026/03/02 08:30:15',
    '2026.03.02 8:30:15',
    '20260302083015',
    '2026-03-02 오전 8:30:15',
    '2026-03-02 8:30:15 AM',
  ])
    expect([text, read(text)]).toEqual([text, expected]);
  expect(read('2026-03-02T08:30:15.123456789Z')).toBe(expected + 123_456_789n);
  expect(read('1772440215000.25')).toBe(expected + 250_000n);
});

test('day first, month first and Excel days are read where they are named', () => {
  const day = BigInt(Date.UTC(2026, 2, 2)) * MS;
  expect(createTimeReader('dmy', 'UTC')('02.03.2026')).toBe(day);
  expect(createTimeReader('mdy', 'UTC')('3/2/2026')).toBe(day);
  // Microsoft: serial 46083 is 2026-03-02 in the 1900 system; half a day is noon.
  expect(createTimeReader('excel', 'UTC')('46083.5')).toBe(day + 43_200_000n * MS);
});

test('what is no time is not guessed', () => {
  const read = createTimeReader('auto', 'Asia/Seoul');
  for (const text of [
    '',
    'ERR',
    '2026-13-01',
    '2026-02-30',
    '2026-03-02 25:00',
    '2026-03-02 08:61',
    '12',
    'NaN',
    '1e12',
  ])
    expect([text, read(text)]).toEqual([text, undefined]);
});

test('local times agree with the calendar of the zone, through both changes of the clock', () => {
  for (const zone of ['Asia/Seoul', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe']) {
    const read = createTimeReader('auto', zone);
    // An independent way: ICU prints the instant in the zone, and prints what was read.
    const print = (ms: number) => new Date(ms).toLocaleString('sv-SE', { timeZone: zone });
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(2024, 0) / 1000, max: Date.UTC(2028, 0) / 1000 }), (second) => {
        const local = print(second * 1000);
        const got = read(local);
        expect(got).toBeDefined();
        expect(print(Number(got! / MS))).toBe(local);
      }),
      { numRuns: 200 },
    );
  }
  // 2026-10-25: 02:30 comes twice in Berlin, the first time in summer time.
  expect(createTimeReader('auto', 'Europe/Berlin')('2026-10-25 02:30:00')).toBe(
    BigInt(Date.UTC(2026, 9, 25, 0, 30)) * MS,
  );
});
