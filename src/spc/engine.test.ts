import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createEngine } from './engine.ts';
import type { Engine, LanePoint, StreamSpec, SubgroupData } from './stream.ts';

const RULES = [
  { id: 'N1', sentence: '1 of 1 beyond 3 sigma' },
  { id: 'N2', sentence: '9 of 9 beyond 0 sigma on one side' },
  { id: 'N3', sentence: '6 of 6 trending' },
];
const IMR: StreamSpec = {
  chart: { use: 'i-mr' },
  rules: RULES,
  limits: { baseline: 4 },
  spec: { lower: 0, upper: 20 },
  size: 1,
};
const TYPED: StreamSpec = { ...IMR, limits: { centre: 10, sigma: 1 } };

function one(...x: number[]): SubgroupData {
  return { x: Float64Array.from(x), size: new Float64Array(x.length).fill(1), length: x.length, timeMs: 0 };
}

function step(engine: Engine, ix: number, ...x: number[]): LanePoint[] {
  return engine.step(ix, one(...x)).lanes.map((lane) => ({ ...lane }));
}

test('the last baseline subgroup freezes version 1, and limits hold from the next one on', () => {
  const engine = createEngine();
  const ix = engine.open(IMR);
  for (const x of [9, 11, 9]) {
    expect(engine.step(ix, one(x)).froze).toBe(false);
    expect(engine.limits(ix)).toEqual({ version: 0, centre: Number.NaN, sigma: Number.NaN, subgroups: 0 });
  }
  const last = engine.step(ix, one(11));
  expect(last.froze).toBe(true);
  expect(last.lanes[0]).toMatchObject({
    status: 'baseline',
    limitsVersion: 0,
    holds: 0,
    centre: Number.NaN,
    upper: Number.NaN,
    z: Number.NaN,
  });
  // Mean 10, every moving range 2: sigma = 2 / (2/√π) = √π.
  expect(engine.limits(ix)).toMatchObject({ version: 1, subgroups: 4, centre: 10 });
  expect(engine.limits(ix).sigma).toBeCloseTo(Math.sqrt(Math.PI), 12);
  const [x, mr] = step(engine, ix, 16);
  expect(x).toMatchObject({
    status: 'judged',
    limitsVersion: 1,
    holds: 1,
    rises: 1,
    ruleIds: ['N1', 'N2', 'N3'],
    breakBefore: false,
  });
  expect(x!.z).toBeCloseTo(6 / Math.sqrt(Math.PI), 12);
  // The moving range reaches back to the last baseline value.
  expect(mr!.value).toBe(5);
});

test('a missing subgroup does not count towards the baseline', () => {
  const engine = createEngine();
  const ix = engine.open(IMR);
  const froze = [9, Number.NaN, 11, Number.NaN, 9, 11].map((x) => engine.step(ix, one(x)).froze);
  expect(froze).toEqual([false, false, false, false, false, true]);
});

test('a baseline that cannot tell sigma goes on until it can', () => {
  const engine = createEngine();
  const ix = engine.open({ ...IMR, chart: { use: 'xbar-s' }, limits: { baseline: 2 }, size: 2 });
  expect(engine.step(ix, one(1)).froze).toBe(false);
  expect(engine.step(ix, one(2)).froze).toBe(false);
  expect(engine.step(ix, one(1, 2)).froze).toBe(true);
  expect(engine.limits(ix).subgroups).toBe(3);
});

test('typed limits are version 1 at once; approved ones are the next version, break the line and restart the histories', () => {
  const engine = createEngine();
  const ix = engine.open(TYPED);
  expect(engine.limits(ix)).toEqual({ version: 1, centre: 10, sigma: 1, subgroups: 0 });
  for (let i = 0; i < 8; i++) expect(step(engine, ix, 10.5)[0]!.holds).toBe(0);
  engine.setLimits(ix, 10.1, 1);
  expect(engine.limits(ix)).toEqual({ version: 2, centre: 10.1, sigma: 1, subgroups: 0 });
  expect(step(engine, ix, 10.5)[0]).toMatchObject({ holds: 0, breakBefore: true, limitsVersion: 2 });
  expect(step(engine, ix, 10.5)[0]).toMatchObject({ breakBefore: false });
});

test('a signal rises once and is told again only after it has gone', () => {
  const engine = createEngine();
  const ix = engine.open(TYPED);
  const points = [10, 14, 14, 10, 14].map((x) => step(engine, ix, x)[0]!);
  expect(points.map(({ holds }) => holds)).toEqual([0, 1, 1, 0, 1]);
  expect(points.map(({ rises }) => rises)).toEqual([0, 1, 0, 0, 1]);
});

test('a point without a value neither ends a run nor raises an alarm', () => {
  const engine = createEngine();
  const ix = engine.open(TYPED);
  for (let i = 0; i < 8; i++) step(engine, ix, 10.5);
  expect(step(engine, ix, Number.NaN)[0]).toMatchObject({ status: 'no_value', holds: 0, rises: 0, value: Number.NaN });
  expect(step(engine, ix, 10.5)[0]).toMatchObject({ holds: 2, rises: 2 });
  step(engine, ix, Number.NaN);
  expect(step(engine, ix, 10.5)[0]).toMatchObject({ holds: 2, rises: 0 });
});

test('a gap ends runs, trends and the moving range, breaks the line and keeps the limits', () => {
  const engine = createEngine();
  const ix = engine.open(TYPED);
  for (let i = 0; i < 8; i++) step(engine, ix, 10.1 + 0.01 * (i % 2));
  engine.gap(ix);
  const [x, mr] = step(engine, ix, 10.5);
  expect(x).toMatchObject({ holds: 0, breakBefore: true, limitsVersion: 1 });
  expect(mr).toMatchObject({ status: 'no_value' });
  for (const value of [10.6, 10.7, 10.8, 10.9]) expect(step(engine, ix, value)[0]!.holds).toBe(0);
  expect(step(engine, ix, 11)[0]).toMatchObject({ holds: 4, downward: 0 });
});

test('other lanes take rule 1 only, under the id that the set gives it', () => {
  const engine = createEngine();
  const ix = engine.open({ ...TYPED, rules: [{ id: 'W1', sentence: '1 of 1 beyond 3 sigma' }] });
  step(engine, ix, 8);
  const [x, mr] = step(engine, ix, 12);
  expect(x!.holds).toBe(0);
  expect(mr).toMatchObject({ holds: 1, rises: 1, ruleIds: ['W1'], statistic: 'mr' });
  const bare = engine.open({ ...TYPED, rules: [] });
  step(engine, bare, 8);
  expect(step(engine, bare, 12)[1]).toMatchObject({ holds: 1, ruleIds: ['R1'] });
});

test('an EWMA takes no run rules and signals beyond its own limits', () => {
  const engine = createEngine();
  const ix = engine.open({ ...TYPED, chart: { use: 'ewma', lambda: 0.2, width: 2.7, limits: 'asymptotic' } });
  const points = Array.from({ length: 20 }, () => step(engine, ix, 10.4)[0]!);
  expect(points.every(({ holds }) => holds === 0)).toBe(true);
  // Sigma of the EWMA is √(0.2/1.8) = 1/3, the limit 10.9; from 10.395 a value of 13 leads to 0.8 · 0.395 + 0.2 · 3 = 0.916.
  expect(step(engine, ix, 13)[0]).toMatchObject({ holds: 1, ruleIds: ['N1'] });
});

test('a new plan with the same chart keeps learnt limits, restarts histories and breaks the line', () => {
  const engine = createEngine();
  const ix = engine.open(IMR);
  for (const x of [9, 11, 9, 11]) step(engine, ix, x);
  for (let i = 0; i < 8; i++) step(engine, ix, 10.5);
  const before = engine.limits(ix);
  engine.reconfigure(ix, {
    ...IMR,
    spec: { upper: 20 },
    rules: [...RULES, { id: 'X1', sentence: '3 of 4 beyond 1 sigma on one side' }],
  });
  expect(engine.limits(ix)).toEqual(before);
  expect(step(engine, ix, 10.5)[0]).toMatchObject({ holds: 0, breakBefore: true, ruleIds: ['N1', 'N2', 'N3', 'X1'] });
});

test('a new plan with another chart learns anew and never uses a version twice', () => {
  const engine = createEngine();
  const ix = engine.open(IMR);
  for (const x of [9, 11, 9, 11]) step(engine, ix, x);
  engine.reconfigure(ix, { ...IMR, chart: { use: 'i-mr', transform: 'ln' }, limits: { baseline: 3 } });
  expect(engine.limits(ix).version).toBe(0);
  for (const x of [9, 11, 9]) step(engine, ix, x);
  expect(engine.limits(ix)).toMatchObject({ version: 2, subgroups: 3 });
  engine.reconfigure(ix, { ...IMR, chart: { use: 'i-mr', transform: 'ln' }, limits: { centre: 10, sigma: 0.1 } });
  expect(engine.limits(ix)).toMatchObject({ version: 3, subgroups: 0, centre: 10 });
});

test('one stream reconfigured a hundred times leaves its neighbours and the size of the state alone', () => {
  const engine = createEngine();
  const streams = [0, 1, 2].map(() => engine.open(IMR));
  for (const ix of streams) for (const x of [9, 11, 9, 11, 12]) step(engine, ix, x);
  const rest = [0, 2].map((ix) => engine.limits(ix));
  const large = {
    ...IMR,
    rules: Array.from({ length: 32 }, (_, i) => ({
      id: `X${i}`,
      sentence: `${(i % 20) + 1} of 32 beyond 0.${i + 1} sigma`,
    })),
  };
  engine.reconfigure(1, large);
  const size = engine.snapshot().length;
  for (let i = 0; i < 101; i++) engine.reconfigure(1, i % 2 === 0 ? { ...IMR, rules: [] } : large);
  expect(engine.snapshot().length).toBeLessThanOrEqual(size);
  expect([0, 2].map((ix) => engine.limits(ix))).toEqual(rest);
  expect(engine.limits(1).version).toBe(1);
});

test('ln limits are symmetric in ratio and shown in the unit of the values', () => {
  const engine = createEngine();
  const ix = engine.open({ ...TYPED, chart: { use: 'i-mr', transform: 'ln' }, limits: { centre: 2, sigma: 0.1 } });
  const [x] = step(engine, ix, 2 * Math.exp(0.2));
  expect(x!.z).toBeCloseTo(2, 12);
  expect(x!.centre).toBe(2);
  expect(x!.upper).toBeCloseTo(2 * Math.exp(0.3), 12);
  expect(x!.lower).toBeCloseTo(2 * Math.exp(-0.3), 12);
  expect(step(engine, ix, 0)[0]).toMatchObject({ status: 'no_value' });
  expect(step(engine, ix, 2)[1]!.value).toBeCloseTo(0.2, 12);
});

test('missing members move the limits of their subgroup exactly; a single member has no spread', () => {
  const engine = createEngine();
  const ix = engine.open({ ...TYPED, chart: { use: 'xbar-r' }, size: 5 });
  const [mean, range] = step(engine, ix, 10, Number.NaN, 11, Number.NaN, Number.NaN);
  expect(mean).toMatchObject({ n: 2, value: 10.5 });
  expect(mean!.upper).toBeCloseTo(10 + 3 / Math.SQRT2, 12);
  expect(range!.centre).toBeCloseTo(2 / Math.sqrt(Math.PI), 12);
  const [alone, none] = step(engine, ix, 14, Number.NaN, Number.NaN, Number.NaN, Number.NaN);
  expect(alone).toMatchObject({ n: 1, value: 14, holds: 1 });
  expect(none).toMatchObject({ status: 'no_value', value: Number.NaN, holds: 0 });
});

test('a constant baseline has limits of no width: what differs is beyond, and no z is made up', () => {
  const engine = createEngine();
  const ix = engine.open(IMR);
  for (let i = 0; i < 4; i++) step(engine, ix, 5);
  expect(step(engine, ix, 5)[0]).toMatchObject({ holds: 0, z: 0, lower: 5, upper: 5 });
  expect(step(engine, ix, 5.1)[0]).toMatchObject({ holds: 1, z: Number.NaN, downward: 0 });
  expect(step(engine, ix, 4.9)[0]).toMatchObject({ holds: 1, z: Number.NaN, downward: 1 });
});

test('minus zero is zero: on no side, no trend', () => {
  const engine = createEngine();
  const ix = engine.open({ ...TYPED, limits: { centre: 0, sigma: 1 } });
  for (let i = 0; i < 20; i++) expect(step(engine, ix, i % 2 === 0 ? 0 : -0)[0]!.holds).toBe(0);
});

test('noise of 1e-3 on an offset of 1e12 gives the sigma of the numbers as they are stored', () => {
  const engine = createEngine();
  const ix = engine.open({ ...IMR, limits: { baseline: 50 } });
  const noise = Array.from({ length: 50 }, (_, i) => ((i * 37) % 11) * 1e-3);
  const x = noise.map((e) => 1e12 + e);
  for (const value of x) step(engine, ix, value);
  // Differences of neighbouring doubles are exact; their sum in integers of 2^-13 as well.
  const unit = 2 ** -13;
  const ranges = x.slice(1).reduce((total, value, i) => total + BigInt(Math.abs(value - x[i]!) / unit), 0n);
  const mean = x.reduce((total, value) => total + BigInt((value - 1e12) / unit), 0n);
  const sigma = ((Number(ranges) * unit) / 49) * (Math.sqrt(Math.PI) / 2);
  expect(Math.abs(engine.limits(ix).sigma / sigma - 1)).toBeLessThan(1e-9);
  expect(Math.abs(engine.limits(ix).centre - (1e12 + (Number(mean) * unit) / 50))).toBeLessThanOrEqual(unit);
});

test.each([1e-300, 1e300])('values near %s neither vanish nor overflow', (scale) => {
  for (const use of ['i-mr', 'xbar-r', 'xbar-s', 'ewma']) {
    const engine = createEngine();
    const size = use.startsWith('xbar') ? 3 : 1;
    const spec: StreamSpec = { ...IMR, chart: { use }, limits: { baseline: 20 }, size };
    const small = engine.open(spec);
    const large = engine.open(spec);
    for (let i = 0; i < 30; i++) {
      const x = Array.from({ length: size }, (_, j) => 1 + ((i * 7 + j * 5) % 13) / 13);
      const expected = step(engine, small, ...x);
      const found = step(engine, large, ...x.map((value) => value * scale));
      expected.forEach((lane, j) => {
        if (lane.status !== 'judged') return;
        expect(Math.abs(found[j]!.z - lane.z)).toBeLessThan(1e-9 * Math.max(1, Math.abs(lane.z)));
        expect(Math.abs(found[j]!.value / scale / lane.value - 1) < 1e-9 || lane.value === 0).toBe(true);
      });
    }
    for (let i = 0; i < 40; i++) engine.observe(large, scale * (1 + (i % 5)));
    expect(engine.capability(large).sigmaOverall / scale).toBeCloseTo(Math.sqrt((40 / 39) * 2), 9);
  }
});

test('a figure of capability is withheld for the first reason that applies', () => {
  const engine = createEngine();
  const withheld = (ix: number) => engine.capability(ix).withheld;
  expect(withheld(engine.open({ ...TYPED, spec: {} }))).toBe('no_spec');
  expect(withheld(engine.open(IMR))).toBe('no_limits');
  const ix = engine.open({ ...TYPED, spec: { upper: 13 } });
  for (let i = 0; i < 29; i++) engine.observe(ix, 10 + (i % 3) - 1);
  expect(withheld(ix)).toBe('too_few');
  engine.observe(ix, 10);
  expect(withheld(ix)).toBeNull();
  step(engine, ix, 15);
  expect(withheld(ix)).toBe('unstable');
  // The next one is a signal too: its moving range reaches back to 15. Two in 25 points are what chance gives.
  step(engine, ix, 10);
  expect(withheld(ix)).toBe('unstable');
  step(engine, ix, 10.5);
  expect(withheld(ix)).toBeNull();
  step(engine, ix, 15);
  step(engine, ix, 10);
  for (let i = 0; i < 21; i++) {
    step(engine, ix, 10 + 0.5 * (-1) ** i * (i % 3));
    expect(withheld(ix)).toBe('unstable');
  }
  // The first 15 and the moving range after it are no longer among the latest 25 points.
  step(engine, ix, 10.1);
  expect(withheld(ix)).toBeNull();
  // One-sided: no Cp, and Cpk is the side there is.
  expect(engine.capability(ix)).toMatchObject({ n: 30, cp: Number.NaN, pp: Number.NaN, sigmaWithin: 1 });
  expect(engine.capability(ix).cpk).toBeCloseTo((13 - engine.capability(ix).mean) / 3, 12);
});

test('capability begins anew when limits change', () => {
  const engine = createEngine();
  const ix = engine.open(IMR);
  for (const x of [9, 11, 9, 11]) {
    engine.observe(ix, x);
    step(engine, ix, x);
  }
  expect(engine.capability(ix).n).toBe(0);
  engine.observe(ix, 10);
  engine.observe(ix, Number.NaN);
  expect(engine.capability(ix).n).toBe(1);
  engine.setLimits(ix, 10, 1);
  expect(engine.capability(ix).n).toBe(0);
});

test('plans that cannot be judged are refused with what to do', () => {
  const engine = createEngine();
  const code = (spec: StreamSpec) => {
    try {
      engine.open(spec);
      return 'accepted';
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  expect(code({ ...IMR, chart: { use: 'xbar-q' } })).toBe('CONFIG_INVALID');
  expect(code({ ...IMR, chart: { use: 'ewma', lambda: 2 } })).toBe('CONFIG_INVALID');
  expect(code({ ...IMR, chart: { use: 'xbar-r' }, size: 101 })).toBe('CONFIG_INVALID');
  expect(code({ ...IMR, limits: { baseline: 0 } })).toBe('CONFIG_INVALID');
  expect(code({ ...IMR, limits: { centre: Number.NaN, sigma: 1 } })).toBe('CONFIG_INVALID');
  expect(code({ ...IMR, rules: [{ id: 'X', sentence: 'some day' }] })).toBe('RULE_INVALID');
  expect(engine.open(IMR)).toBe(0);
  expect(() => engine.step(7, one(1))).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  expect(() => engine.setLimits(0, 1, -1)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
});

test('a snapshot of another layout, or a torn one, is refused', () => {
  const engine = createEngine();
  engine.open(IMR);
  const bytes = engine.snapshot();
  const changed = bytes.slice();
  changed[8]! ^= 1;
  for (const bad of [changed, bytes.slice(0, 10), bytes.slice(0, -8), new Uint8Array(100)])
    expect(() => createEngine().restore(bad)).toThrow(expect.objectContaining({ code: 'SNAPSHOT_UNKNOWN' }));
});

test('a mixed plant cut anywhere by snapshot and restore gives the same points and the same bytes', () => {
  const specs: StreamSpec[] = [
    IMR,
    { ...IMR, chart: { use: 'xbar-s' }, size: 3 },
    { ...IMR, chart: { use: 'ewma' }, size: 2 },
    { ...IMR, chart: { use: 'i-mr', transform: 'ln' } },
    { ...TYPED, rules: [] },
  ];
  const action = fc.oneof(
    {
      weight: 30,
      arbitrary: fc.record({
        kind: fc.constant('step' as const),
        ix: fc.nat(4),
        x: fc.array(fc.oneof(fc.double({ min: 5, max: 15, noNaN: true }), fc.constant(Number.NaN)), {
          minLength: 1,
          maxLength: 3,
        }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('gap' as const), ix: fc.nat(4) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('limits' as const), ix: fc.nat(4) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('plan' as const), ix: fc.nat(4) }) },
  );
  type Action = typeof action extends fc.Arbitrary<infer A> ? A : never;
  const apply = (engine: Engine, one_: Action): unknown => {
    if (one_.kind === 'gap') return engine.gap(one_.ix);
    if (one_.kind === 'limits') return engine.setLimits(one_.ix, 10, 0.5);
    if (one_.kind === 'plan') return engine.reconfigure(one_.ix, { ...specs[one_.ix]!, rules: RULES.slice(0, 2) });
    for (const x of one_.x) engine.observe(one_.ix, x);
    return {
      lanes: step(engine, one_.ix, ...one_.x),
      limits: engine.limits(one_.ix),
      capability: engine.capability(one_.ix),
    };
  };
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60 }), fc.array(fc.nat(60), { maxLength: 4 }), (actions, cuts) => {
      const plain = createEngine();
      let cut = createEngine();
      for (const spec of specs) {
        plain.open(spec);
        cut.open(spec);
      }
      actions.forEach((one_, i) => {
        if (cuts.includes(i)) {
          const next = createEngine();
          next.restore(cut.snapshot());
          cut = next;
        }
        expect(apply(cut, one_)).toEqual(apply(plain, one_));
      });
      expect(cut.snapshot()).toEqual(plain.snapshot());
    }),
    { numRuns: 100 },
  );
});
