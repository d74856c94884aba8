import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createEngine } from '../../engine.ts';
import { medianError } from '../../math/constants.ts';

test('median and its limits are those of the members that are there, an even number included', () => {
  const member = fc.oneof(
    { arbitrary: fc.double({ min: -50, max: 50, noNaN: true }), weight: 4 },
    fc.constant(Number.NaN),
  );
  fc.assert(
    fc.property(fc.array(member, { minLength: 1, maxLength: 9 }), (x) => {
      const engine = createEngine();
      const limits = { centre: 1, sigma: 2 };
      const ix = engine.open({ chart: { use: 'median-r' }, rules: [], limits, spec: {}, size: 9 });
      const subgroup = {
        x: Float64Array.from(x),
        size: new Float64Array(x.length).fill(1),
        length: x.length,
        timeMs: 0,
      };
      const [median, range] = engine.step(ix, subgroup).lanes.map((lane) => ({ ...lane }));
      const there = x.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
      const n = there.length;
      if (n === 0) {
        expect(median!.status).toBe('no_value');
        return;
      }
      const plain = (there[Math.floor((n - 1) / 2)]! + there[Math.floor(n / 2)]!) / 2;
      expect(median!.value).toBeCloseTo(plain, 12);
      expect(median!.n).toBe(n);
      expect(median!.upper).toBeCloseTo(1 + 6 * medianError(n), 12);
      expect(median!.lower).toBeCloseTo(1 - 6 * medianError(n), 12);
      if (n === 1) expect(range!.status).toBe('no_value');
      else expect(range!.value).toBe(there[n - 1]! - there[0]!);
      expect([...subgroup.x]).toEqual(x);
    }),
  );
});

test('one wild value moves the mean but not the median', () => {
  const engine = createEngine();
  const limits = { centre: 0, sigma: 1 };
  const spec = { rules: [{ id: 'N1', sentence: '1 of 1 beyond 3 sigma' }], limits, spec: {}, size: 5 };
  const subgroup = {
    x: Float64Array.of(0.1, -0.2, 400, 0.3, 0),
    size: new Float64Array(5).fill(1),
    length: 5,
    timeMs: 0,
  };
  const holds = ['median-r', 'xbar-r'].map(
    (use) => engine.step(engine.open({ ...spec, chart: { use } }), subgroup).lanes[0]!.holds,
  );
  expect(holds).toEqual([0, 1]);
});
