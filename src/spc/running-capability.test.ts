import { expect, test } from 'vitest';
import { capabilityIndices } from './capability.ts';
import { createEngine } from './engine.ts';
import { chiSquareQuantile } from './math/gamma.ts';
import { expectedPpm, freedomWithin } from './running-capability.ts';
import type { StreamSpec } from './stream.ts';

const SPEC: StreamSpec = {
  chart: { use: 'i-mr' },
  rules: [],
  limits: { centre: 10, sigma: 1 },
  spec: { lower: 4, upper: 16 },
  size: 1,
};

function judged(spec: StreamSpec, values: readonly number[]) {
  const engine = createEngine();
  const ix = engine.open(spec);
  for (const value of values) engine.observe(ix, value);
  return { engine, ix, found: engine.capability(ix) };
}

/** Values whose mean is 10 and whose standard deviation is just above 1. */
function alternating(n: number): number[] {
  return Array.from({ length: n }, (_, i) => 10 + (i % 2 === 0 ? 1 : -1));
}

test('expected ppm of the piston rings agree with R (pnorm): Montgomery, Table 6.3, specification 74 ± 0.05', () => {
  const spec = { lower: 73.95, upper: 74.05 };
  expect(expectedPpm(spec, 74.001176, 0.00978533760741318, 'none')).toBeCloseTo(0.387486, 5);
  expect(expectedPpm({ upper: 3 }, 0, 1, 'none')).toBeCloseTo(1349.898, 3);
  expect(expectedPpm({ lower: Math.exp(-3) }, 0, 1, 'ln')).toBeCloseTo(1349.898, 3);
  expect(expectedPpm({}, 0, 1, 'none')).toBeNaN();
  expect(expectedPpm(spec, 74, 0, 'none')).toBeNaN();
});

test('degrees of freedom of sigma within agree with published tables and limits', () => {
  // AIAG, MSA 4th ed. (2010), appendix C: each further subgroup of 5 adds 3.62 degrees of freedom, of 2 adds 0.88.
  expect(freedomWithin('range', 2, 5) - freedomWithin('range', 1, 5)).toBeCloseTo(3.62, 2);
  expect(freedomWithin('range', 2, 2) - freedomWithin('range', 1, 2)).toBeCloseTo(0.876, 3);
  // A standard deviation of m subgroups has nearly m (n − 1).
  expect(freedomWithin('deviation', 25, 20) / (25 * 19)).toBeCloseTo(1, 1);
  // Cryer & Ryan (1990), J. Quality Technology 22, 187: the variance of MR̄/d2 tends to 0.8264 σ²/n.
  const n = 1e6;
  expect((0.8264 / n) * 2 * freedomWithin('moving_range', n, 1)).toBeCloseTo(1, 3);
});

test('the interval of Cp within has the degrees of freedom of the baseline, that of Pp n − 1', () => {
  const engine = createEngine();
  const ix = engine.open({ ...SPEC, limits: { baseline: 30 } });
  for (const x of alternating(30))
    engine.step(ix, { x: Float64Array.of(x), size: Float64Array.of(1), length: 1, timeMs: 0 });
  for (const x of alternating(200)) engine.observe(ix, x);
  const found = engine.capability(ix);
  const df = freedomWithin('moving_range', 30, 1);
  expect(found.withinFreedom).toBe(df);
  expect(found.cpLower! / found.cp).toBeCloseTo(Math.sqrt(chiSquareQuantile(0.025, df) / df), 12);
  expect(found.ppLower! / found.pp).toBeCloseTo(Math.sqrt(chiSquareQuantile(0.025, 199) / 199), 12);
  expect(found.cpkLower).toBeCloseTo(
    found.cpk - 1.959963984540054 * Math.sqrt(1 / 1800 + found.cpk ** 2 / (2 * df)),
    12,
  );
});

test('ppm observed are counted against the specification in force', () => {
  const { engine, ix, found } = judged(SPEC, [...alternating(96), 3, 3.9, 16.5, 4]);
  expect(found.observedPpm).toBe(30_000);
  engine.reconfigure(ix, { ...SPEC, spec: { upper: 16.2 } });
  expect(engine.capability(ix).observedPpm).toBeNaN();
  for (const x of [10, 20]) engine.observe(ix, x);
  expect(engine.capability(ix)).toMatchObject({ n: 102, observedPpm: 500_000 });
});

test('the verdict compares the lower end of the interval of Ppk with the target of the class, or of the customer', () => {
  const values = alternating(400);
  const { ppk, ppkLower, ppkUpper } = judged(SPEC, values).found;
  expect(ppk).toBeCloseTo(2, 1);
  const verdict = (more: Partial<StreamSpec>) => judged({ ...SPEC, ...more }, values).found;
  expect(verdict({ class: 'critical' })).toMatchObject({ target: 1.67, verdict: 'capable', withheld: null });
  expect(verdict({ class: 'significant' }).target).toBe(1.33);
  expect(verdict({}).target).toBe(1.33);
  expect(verdict({ capabilityTarget: (ppkLower + ppk) / 2 }).verdict).toBe('unproven');
  expect(verdict({ capabilityTarget: ppkUpper + 0.01 }).verdict).toBe('not_capable');
});

test('nobody is entitled to a figure from a gauge that is unfit or unknown', () => {
  const values = alternating(400);
  expect(judged({ ...SPEC, gauge: 'unfit' }, values).found).toMatchObject({
    withheld: 'gauge_unfit',
    verdict: 'not_entitled',
  });
  expect(judged({ ...SPEC, gauge: 'unknown' }, values).found.withheld).toBe('gauge_unknown');
  expect(judged({ ...SPEC, gauge: 'fit' }, values).found.withheld).toBeNull();
  expect(judged(SPEC, values.slice(0, 20)).found).toMatchObject({ withheld: 'too_few', verdict: 'not_entitled' });
});

test('percentiles are those of the values, at any offset and on either scale', () => {
  const values = Array.from({ length: 1001 }, (_, i) => ((i * 379) % 1001) / 1000);
  for (const offset of [0, 1e12]) {
    const { percentiles } = judged(
      { ...SPEC, limits: { centre: offset, sigma: 1 } },
      values.map((x) => offset + x),
    ).found;
    expect(Math.abs(percentiles!.p50 - offset - 0.5)).toBeLessThan(0.02);
    expect(percentiles!.p0135 - offset).toBeLessThan(0.01);
    expect(percentiles!.p99865 - offset).toBeGreaterThan(0.99);
  }
  const ln = { ...SPEC, chart: { use: 'i-mr', transform: 'ln' }, limits: { centre: 1, sigma: 0.3 } };
  const { percentiles } = judged(
    ln,
    values.map((x) => Math.exp(x)),
  ).found;
  expect(Math.abs(Math.log(percentiles!.p50) - 0.5)).toBeLessThan(0.02);
});

test('a snapshot keeps percentiles and counts bit for bit', () => {
  const { engine, ix } = judged(SPEC, alternating(333));
  const other = createEngine();
  other.restore(engine.snapshot());
  for (const x of [3, 12, 10.5]) for (const each of [engine, other]) each.observe(ix, x);
  expect(other.capability(ix)).toEqual(engine.capability(ix));
  expect(other.snapshot()).toEqual(engine.snapshot());
});

test('degrees of freedom beside n − 1 widen or narrow the interval only', () => {
  const spec = { lower: 0, upper: 6 };
  const few = capabilityIndices(spec, 3, 1, 100, 'none', 20);
  const many = capabilityIndices(spec, 3, 1, 100, 'none', 200);
  expect([few.actual, few.potential]).toEqual([many.actual, many.potential]);
  expect(few.actualLower).toBeLessThan(many.actualLower);
});
