import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { falseAlarmPrice } from './price.ts';

const setOf = (name: string): { id: string; sentence: string }[] => {
  const file = new URL(`../../../rules/run-rules/${name}.yaml`, import.meta.url);
  const { rules } = parse(readFileSync(file, 'utf8')) as { rules: Record<string, string> };
  return Object.entries(rules).map(([id, sentence]) => ({ id, sentence }));
};
const standard = setOf('standard');
const nelson = setOf('nelson');

test('a price is named for the sets it was computed for, in any order', () => {
  // DESIGN: standard 216, all eight 73.8; one rule beyond 3 sigma 1/0.0027 = 370.
  expect(falseAlarmPrice('xbar-r', standard.toReversed())).toBe('216');
  expect(falseAlarmPrice('i-mr', nelson)).toBe('74');
  expect(falseAlarmPrice('xbar-s', standard.slice(0, 1))).toBe('370');
});

test('a set with rules added, left out or changed under the same id has no price', () => {
  const added = { id: 'X1', sentence: '3 of 4 beyond 1 sigma on one side' };
  expect(falseAlarmPrice('xbar-r', [...standard, added])).toBeUndefined();
  expect(
    falseAlarmPrice(
      'xbar-r',
      nelson.filter((rule) => rule.id !== 'N7'),
    ),
  ).toBeUndefined();
  const narrower = standard.map((rule) => (rule.id === 'N1' ? { ...rule, sentence: '1 of 1 beyond 2 sigma' } : rule));
  expect(falseAlarmPrice('xbar-r', narrower)).toBeUndefined();
  expect(falseAlarmPrice('xbar-r', [])).toBeUndefined();
});

test('the same sentences under other ids have the same price', () => {
  expect(
    falseAlarmPrice(
      'xbar-r',
      standard.map(({ sentence }) => ({ sentence })),
    ),
  ).toBe('216');
});

test('charts of counts and of weighted averages have no price of normal points', () => {
  for (const chart of ['p', 'u', 'ewma', 'cusum']) expect(falseAlarmPrice(chart, standard)).toBeUndefined();
});
