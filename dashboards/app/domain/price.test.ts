import { expect, test } from 'vitest';
import { decimalsOf, paceOf } from './price.ts';

test('a rare false alarm is told in days between two, a frequent one by the day', () => {
  expect(paceOf({ falseAlarmsPerDay: 0.2, daysBetween: 5 })).toEqual({ days: 5 });
  expect(paceOf({ falseAlarmsPerDay: 8, daysBetween: 0.125 })).toEqual({ perDay: 8 });
  expect(paceOf({ falseAlarmsPerDay: 1, daysBetween: 1 })).toEqual({ days: 1 });
});

test('a stream that has plotted too few points has no pace', () => {
  expect(paceOf({ falseAlarmsPerDay: null, daysBetween: null })).toBeUndefined();
});

test('large numbers have no decimals', () => {
  expect([1.44, 99.9, 99.96, 216.7, null].map(decimalsOf)).toEqual([1, 1, 0, 0, 1]);
});
