import { expect, test } from 'vitest';
import { seeded } from '../../../test/contract/random.ts';
import { runStudy } from '../run-study.ts';

const random = seeded(77);
const normal = (n: number): number[] => Array.from({ length: n }, () => random.normal());

function chosen(input: Readonly<Record<string, unknown>>): { chart: unknown; settings: unknown; split: unknown } {
  const { chart, settings, split, verdict } = runStudy('chart-choice', input);
  expect((verdict as { ko: string }).ko).toMatch(/[가-힣]/);
  return { chart, settings, split };
}

test('independent normal values take an individuals chart', () => {
  expect(chosen({ values: normal(200) })).toMatchObject({ chart: 'i-mr', settings: {} });
});

test('values that remember the one before take a residual chart', () => {
  const values: number[] = [];
  for (const shock of normal(200)) values.push(0.8 * (values.at(-1) ?? 0) + shock);
  expect(chosen({ values }).chart).toBe('residual');
});

test('a steady drift takes a tool-wear chart, not a residual one', () => {
  expect(chosen({ values: normal(100).map((x, i) => x + i / 4) }).chart).toBe('tool-wear');
});

test('right-skewed values take the scale ln where that makes them normal, else percentile limits', () => {
  expect(chosen({ values: normal(300).map(Math.exp) })).toMatchObject({ chart: 'i-mr', settings: { transform: 'ln' } });
  expect(chosen({ values: normal(300).map((x) => x ** 3) }).chart).toBe('percentile');
});

test('subgroups take means with ranges, with standard deviations from eleven members on or where sizes vary', () => {
  const of = (size: number) => Array.from({ length: 30 }, () => normal(size));
  expect(chosen({ subgroups: of(5) })).toMatchObject({ chart: 'xbar-r', split: false });
  expect(chosen({ subgroups: of(12) }).chart).toBe('xbar-s');
  expect(chosen({ subgroups: [...of(5), normal(4)] }).chart).toBe('xbar-s');
  expect(chosen({ subgroups: of(1) }).chart).toBe('i-mr');
});

test('means that scatter more than their members explain take a chart between and within', () => {
  const subgroups = Array.from({ length: 40 }, () => {
    const batch = 3 * random.normal();
    return normal(5).map((x) => x + batch);
  });
  expect(chosen({ subgroups }).chart).toBe('three-way');
});

test('cavities mixed in one subgroup are found, and the characteristic is to be split first', () => {
  const cavity = [0, 3, -2, 1];
  const subgroups = Array.from({ length: 30 }, () => normal(4).map((x, j) => x + cavity[j]!));
  const input = { subgroups, positions: ['1', '2', '3', '4'] };
  expect(chosen(input)).toMatchObject({ chart: 'i-mr', split: true });
  const [reason] = runStudy('chart-choice', input).reasons as { test: string; en: string; speaks: boolean }[];
  expect(reason).toMatchObject({
    test: 'positions',
    speaks: true,
    en: expect.stringContaining('mixed in one subgroup'),
  });
});

test('counts: rare ones take g with Bernoulli CUSUM beside it, overdispersed ones Laney, others the plain charts', () => {
  const sizes = Array(30).fill(200);
  expect(chosen({ counts: sizes.map((_, i) => (i % 4 === 0 ? 1 : 0)), sizes }).chart).toBe('g');
  const even = sizes.map((_, i) => 20 + [0, 4, -5, 3, -2, 6, -4][i % 7]!);
  expect(chosen({ counts: even, sizes }).chart).toBe('np');
  expect(chosen({ counts: even, sizes: sizes.map((n, i) => n + (i % 2)) }).chart).toBe('p');
  expect(chosen({ counts: even, type: 'defects' }).chart).toBe('c');
  expect(chosen({ counts: even, sizes, type: 'defects' }).chart).toBe('u');
  expect(chosen({ counts: even.map((x, i) => (i % 2 === 0 ? 3 * x : x)), sizes }).chart).toBe('laney-p');
});

test('exactly one kind of data is asked', () => {
  expect(() => runStudy('chart-choice', {})).toThrow(/values: missing/);
  expect(() => runStudy('chart-choice', { values: [1], counts: [1] })).toThrow(/counts: given beside values/);
  expect(() => runStudy('chart-choice', { counts: [1] })).toThrow(/sizes: missing/);
});
