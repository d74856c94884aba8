import fc from 'fast-check';
import { expect, test } from 'vitest';
import { thin } from './thin.ts';

const rows = fc.array(fc.record({ value: fc.oneof(fc.double(), fc.constant(Number.NaN)), keep: fc.boolean() }), {
  maxLength: 300,
});

test('what must be kept, what has no value, both ends and both extremes are always kept, in order', () => {
  fc.assert(
    fc.property(rows, fc.integer({ min: 10, max: 60 }), (list, max) => {
      const values = list.map((row) => row.value);
      const kept = thin(
        values,
        list.map((row) => row.keep),
        max,
      );
      expect(kept).toEqual([...new Set(kept)].sort((a, b) => a - b));
      const isKept = new Set(kept);
      list.forEach((row, i) => {
        if (row.keep || Number.isNaN(row.value)) expect(isKept.has(i)).toBe(true);
      });
      if (list.length === 0) return;
      expect(isKept.has(0) && isKept.has(list.length - 1)).toBe(true);
      const real = values.filter((x) => !Number.isNaN(x));
      const drawn = kept.map((i) => values[i]!).filter((x) => !Number.isNaN(x));
      if (real.length === 0) return;
      expect(Math.max(...drawn) === Math.max(...real) && Math.min(...drawn) === Math.min(...real)).toBe(true);
      const ordinary = kept.filter((i) => !list[i]!.keep && !Number.isNaN(values[i]!));
      if (list.length > max) expect(ordinary.length).toBeLessThanOrEqual(max);
    }),
  );
});

test('a short series is left as it is', () => {
  expect(thin([3, 1, 2], [false, false, false], 3)).toEqual([0, 1, 2]);
});
