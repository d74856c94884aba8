// Huge offsets, both ends of the number range, ties, constants, single and missing values: figures or null, never a wrong number.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runStudy } from '../run-study.ts';

type Json = Readonly<Record<string, unknown>>;

/** One input of every chart, made from a column of values. */
function inputs(x: readonly (number | null)[]): Json[] {
  const rows = x.map((value, i) => [value, i % 3, value === null ? null : value * (i % 2)]);
  const groups = Array.from({ length: Math.ceil(x.length / 3) }, (_, i) => x.slice(3 * i, 3 * i + 3));
  const counts = x.map((value) => (value === null ? null : Math.abs(value)));
  const sizes = x.map(() => 1.75e308);
  const values = [...x];
  return [
    ...['i-mr', 'ewma', 'cusum', 'ma', 'run'].map((chart) => ({ chart, values })),
    ...['median_mr', 'mr_screened', 'sd', 'sd_c4'].map((estimator) => ({ chart: 'i-mr', values, estimator })),
    ...['g', 't'].map((chart) => ({ chart, values: counts })),
    ...['xbar-r', 'xbar-s', 'three-way'].map((chart) => ({ chart, subgroups: groups })),
    ...['p', 'np', 'c', 'u', 'laney-p', 'laney-u'].map((chart) => ({ chart, counts, sizes })),
    { chart: 'short-run', values, part: x.map((_, i) => `P${i % 2}`), nominal: { P0: 0, P1: 1 } },
    ...['mcusum', 'mewma', 't2-individuals'].map((chart) => ({ chart, rows })),
    {
      chart: 't2-subgroups',
      variables: [groups, groups.map((g) => g.map((value, j) => (value === null ? null : value + j)))],
    },
  ].filter((input) => !('variables' in input) || new Set(groups.map((g) => g.length)).size === 1);
}

const HOSTILE: Readonly<Record<string, readonly (number | null)[]>> = {
  'one value': [5],
  'one missing value': [null],
  'all missing': [null, null, null, null, null, null],
  'all equal': [3, 3, 3, 3, 3, 3],
  'all zero': [0, -0, 0, 0, -0, 0],
  'two values': [1, 2],
  'near the largest number': [1e300, 1.5e300, 1.1e300, 1.4e300, 1.2e300, 1.3e300],
  'at both ends of the range': [-1.7e308, 1.7e308, -1.7e308, 1.7e308, 0, 1],
  'near the smallest number': [1e-300, 1.5e-300, 1.1e-300, 1.4e-300, 1.2e-300, 1.3e-300],
  subnormal: [5e-324, 1e-323, 5e-324, 1.5e-323, 5e-324, 1e-323],
  'huge with tiny noise': [1e12, 1e12 + 1e-3, 1e12 - 1e-3, 1e12, 1e12 + 2e-3, 1e12],
};

for (const [what, x] of Object.entries(HOSTILE))
  test(`${what}: every chart answers with figures or null, and says which`, () => {
    for (const input of inputs(x)) {
      const text = JSON.stringify(runStudy('control-chart', input));
      expect(text, String(input.chart)).not.toMatch(/NaN|Infinity/);
      const { verdict } = JSON.parse(text) as { verdict: { ok: boolean | null; en: string } };
      if (what.endsWith('missing') || what === 'one missing value')
        expect([input.chart, verdict.ok, verdict.en]).toEqual([
          input.chart,
          null,
          expect.stringMatching(/^No |^Cannot/),
        ]);
    }
  });

test('a constant series has its centre and limits on it, and no signal', () => {
  for (const chart of ['i-mr', 'ewma', 'cusum', 'ma']) {
    const result = runStudy('control-chart', { chart, values: Array(30).fill(7.3) });
    expect([chart, result.verdict]).toEqual([chart, expect.objectContaining({ ok: true })]);
  }
  expect(runStudy('control-chart', { chart: 'i-mr', values: Array(30).fill(7.3) })).toMatchObject({
    center: 7.3,
    lcl: 7.3,
    ucl: 7.3,
  });
});

/** Mean, mean moving range of two and squared deviations of integers, exact in fractions of n. */
function exact(x: readonly number[]) {
  const total = x.reduce((a, b) => a + b, 0);
  const moving = x.slice(1).reduce((all, value, i) => all + Math.abs(value - x[i]!), 0);
  const squares = x.reduce((all, value) => all + value * value, 0);
  const n = x.length;
  return { mean: total / n, bar: moving / (n - 1), sd: Math.sqrt((n * squares - total * total) / (n * (n - 1))) };
}

test('integers with any offset and any power-of-two scale give what exact arithmetic gives', () => {
  const column = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 3, maxLength: 60 });
  const scales = fc.constantFrom(1, 2 ** -900, 2 ** 900, 2 ** -10);
  fc.assert(
    fc.property(column, scales, fc.constantFrom(0, 1e12, -1e9), (x, scale, offset) => {
      const e = exact(x);
      const found = runStudy('control-chart', { chart: 'i-mr', values: x.map((value) => (offset + value) * scale) });
      const tiny = 1e-13 * Math.max(1, e.sd);
      expect(Math.abs((found.center as number) / scale - (offset + e.mean))).toBeLessThanOrEqual(
        2e-16 * Math.abs(offset) + tiny,
      );
      expect(Math.abs((found.mr_bar as number) / scale - e.bar)).toBeLessThanOrEqual(tiny);
      expect(Math.abs((found.sigma_overall_sd as number) / scale - e.sd)).toBeLessThanOrEqual(1e-9 * e.sd + tiny);
    }),
  );
});

test('a missing value is as if it had never been, but for its place', () => {
  const values = [10, 12, 9, 11, 13, 8, 10, 12];
  for (const chart of ['i-mr', 'ewma', 'cusum', 'ma'] as const) {
    const whole = runStudy('control-chart', { chart, values, target: 10, sigma: 1 });
    const holed = runStudy('control-chart', {
      chart,
      values: [null, ...values.slice(0, 3), null, ...values.slice(3)],
      target: 10,
      sigma: 1,
    });
    const key = { 'i-mr': 'mr', ewma: 'ewma', cusum: 'c_plus', ma: 'ma' }[chart];
    const kept = (holed[key] as (number | null)[]).filter((x) => x !== null);
    expect(kept).toEqual((whole[key] as number[]).filter((x) => x !== null));
    expect(holed.ucl).toEqual(Array.isArray(holed.ucl) ? expect.anything() : whole.ucl);
  }
});

test('a million values are answered, more are refused', () => {
  const values = Array.from({ length: 1_000_000 }, (_, i) => (i * 7919) % 1009);
  expect(runStudy('control-chart', { chart: 'i-mr', values }).verdict).toBeDefined();
  values.push(1);
  expect(() => runStudy('control-chart', { chart: 'i-mr', values })).toThrow(/values/);
});
