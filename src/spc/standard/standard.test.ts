// What the standard kernel judges: against the plain definitions, a published series, and itself in other orders and units.
import { expect, test } from 'vitest';
import { adversary } from '../../../test/bench/core/adversary.ts';
import { type PlainDesign, StandardChart } from '../../../test/bench/idiomatic/standard.ts';
import { readRuleSet } from '../../../test/contract/rule-set-file.ts';
import { example as ewmaExample } from '../charts/ewma/example.ts';
import { parseRule } from '../rule.ts';
import { compileRules } from '../rule-kernel.ts';
import { REFUSED, type StandardKernel, type StandardStream } from './kernel.ts';
import { SIGNALS } from './layout.ts';
import { createStandard } from './standard.ts';

const FORMS = ['typescript', 'wasm'] as const;
const nelson = readRuleSet(new URL('../../../rules/run-rules/nelson.yaml', import.meta.url).pathname).rules;

/** Feeds one stream point by point; returns what each raised. */
function feed(kernel: StandardKernel, ix: number, values: readonly number[], from = 0): number[] {
  return values.map((x, i) => {
    const events = kernel.process(Uint32Array.of(ix), Float64Array.of(x), Float64Array.of(from + i), 0, 1);
    return events === 0 ? 0 : kernel.events.bits[0]!;
  });
}

function randomStream(from: ReturnType<typeof adversary>): StandardStream {
  const centre = from.below(41) - 20;
  const sigma = 2 ** (from.below(9) - 4);
  const isBounded = from.below(2) === 0;
  return {
    ...(from.below(8) === 0 ? {} : { limits: { centre, sigma } }),
    spec: isBounded ? { lower: centre - 2 * sigma, upper: centre + 2.5 * sigma } : {},
    plausible: isBounded ? { lower: centre - 40 * sigma, upper: centre + 40 * sigma } : {},
    ...(from.below(3) === 0 ? { signals: from.below(0x10000) } : {}),
  };
}

/** Values around the limits of a stream, or around 0. */
function valueFor(from: ReturnType<typeof adversary>, plans: readonly StandardStream[], s: number): number {
  const { centre, sigma } = plans[s]!.limits ?? { centre: 0, sigma: 1 };
  return from.value(centre, sigma, s);
}

for (const implementation of FORMS) {
  test(`${implementation}: the eight rules are those of the rule kernel on 10,000 adversarial sequences`, () => {
    const rules = compileRules(nelson.map(({ sentence }) => parseRule(sentence)));
    const from = adversary(1);
    const streams = 10_000;
    const kernel = createStandard({ implementation });
    const ix = Uint32Array.from({ length: streams }, (_, s) => s);
    for (let s = 0; s < streams; s++) kernel.open({ limits: { centre: 0, sigma: 2 } });
    const state = new Int32Array(rules.width * streams);
    const previous = new Float64Array(streams).fill(Number.NaN);
    const x = new Float64Array(streams);
    const seen = new Set<number>();
    for (let round = 0; round < 40; round++) {
      for (let s = 0; s < streams; s++) x[s] = from.value(0, 2, s);
      kernel.process(ix, x, new Float64Array(streams).fill(round), 0, streams);
      let differing = 0;
      for (let s = 0; s < streams; s++) {
        const value = x[s]!;
        if (!(Math.abs(value) <= Number.MAX_VALUE / 4)) continue;
        const change = value > previous[s]! ? 1 : value < previous[s]! ? -1 : 0;
        const holds = rules.step(state, s * rules.width, Float64Array.of(value / 2), 0, change);
        previous[s] = value;
        seen.add(holds);
        if ((kernel.active(s) & 0xff) !== holds) differing += 1;
      }
      expect(differing).toBe(0);
      // A gap in some of the streams.
      for (let s = round; s < streams; s += 37) {
        kernel.gap(s);
        rules.reset(state, s * rules.width);
        previous[s] = Number.NaN;
      }
    }
    // Every rule held somewhere.
    expect([...seen].reduce((all, holds) => all | holds, 0)).toBe(0xff);
  }, 60_000);

  test(`${implementation}: events and moments are those of the plain definitions`, () => {
    const from = adversary(2);
    const designs: PlainDesign[] = [
      { lambda: 0.2, width: 2.962, isExact: true, k: 0.5, h: 5 },
      { lambda: 0.05, width: 2.5, isExact: true, k: 0.25, h: 8 },
      { lambda: 1, width: 3, isExact: false, k: 1, h: 2.5 },
    ];
    let raised = 0;
    for (const design of designs) {
      const kernel = createStandard({ ...design, limits: design.isExact ? 'exact' : 'asymptotic', implementation });
      const plans = Array.from({ length: 400 }, () => randomStream(from));
      const charts = plans.map((plan) => new StandardChart(plan, design));
      for (const plan of plans) kernel.open(plan);
      for (let i = 0; i < 40_000; i++) {
        const s = from.below(plans.length);
        const x = valueFor(from, plans, s);
        const t = from.time(i);
        const events = kernel.process(Uint32Array.of(s), Float64Array.of(x), Float64Array.of(t), 0, 1);
        const bits = events === 0 ? 0 : kernel.events.bits[0]!;
        const expected = charts[s]!.add(x, t);
        if (bits !== expected) expect([i, s, bits]).toEqual([i, s, expected]);
        raised |= bits;
        if (from.below(300) === 0) {
          kernel.gap(s);
          charts[s]!.gap();
        }
      }
      for (const [s, chart] of charts.entries()) {
        const { count, mean, squares } = chart;
        expect(kernel.moments(s)).toEqual({ count, mean: count === 0 ? Number.NaN : mean, squares });
        const { ewma, cusumUp, cusumDown } = chart;
        if (plans[s]!.limits !== undefined) expect(kernel.averages(s)).toEqual({ ewma, cusumUp, cusumDown });
      }
    }
    expect(raised).toBe(0xffff);
  }, 60_000);

  test(`${implementation}: Montgomery's series gives the published EWMA and CUSUM`, () => {
    const values = ewmaExample.subgroups.map(([x]) => x!);
    const kernel = createStandard({ lambda: 0.1, width: 2.7, k: 0.5, h: 5, implementation });
    kernel.open({ limits: { centre: 10, sigma: 1 } });
    const raised = feed(kernel, 0, values.slice(0, 3));
    expect(10 + kernel.averages(0).ewma).toBeCloseTo(9.70355, 10);
    raised.push(...feed(kernel, 0, values.slice(3), 3));
    // The EWMA as in the example of the chart; the CUSUM of Table 9.3, recomputed: 4.47 at observation 28, 5.28 at 29.
    expect(raised.findIndex((bits) => (bits & SIGNALS.ewma) !== 0) + 1).toBe(ewmaExample.lanes.ewma!.beyond![0]);
    expect(raised.findIndex((bits) => (bits & SIGNALS.cusumUp) !== 0) + 1).toBe(29);
  });

  test(`${implementation}: an index or a range that does not exist is refused, and nothing is done`, () => {
    const kernel = createStandard({ block: 8, implementation });
    kernel.open({ limits: { centre: 0, sigma: 1 } });
    const before = kernel.snapshot();
    const x = new Float64Array(16).fill(9);
    expect(kernel.process(Uint32Array.of(0, 1), x, x, 0, 2)).toBe(REFUSED);
    expect(kernel.process(new Uint32Array(16), x, x, 0, 9)).toBe(REFUSED);
    expect(kernel.process(new Uint32Array(4), x, x, 0, 5)).toBe(REFUSED);
    expect(kernel.process(new Uint32Array(4), x, x, -1, 2)).toBe(REFUSED);
    expect(kernel.process(new Uint32Array(4), x, x, 3, 2)).toBe(REFUSED);
    expect(kernel.process(new Uint32Array(4), x, x, 0.5, 2)).toBe(REFUSED);
    expect(kernel.process(new Uint32Array(4), x, x, 0, Number.NaN)).toBe(REFUSED);
    expect(kernel.process(new Uint32Array(4), x, x, 2, 2)).toBe(0);
    expect(kernel.snapshot()).toEqual(before);
    expect(kernel.process(new Uint32Array(16), x, x, 7, 15)).toBeGreaterThan(1);
    expect(kernel.events.point[0]).toBe(7);
  });

  test(`${implementation}: a bad or a late value is told once, counted, and leaves the rest of the record`, () => {
    const kernel = createStandard({ implementation });
    kernel.open({ limits: { centre: 5, sigma: 1 }, plausible: { lower: 0, upper: 10 } });
    const send = (x: number, t: number): number => {
      const events = kernel.process(Uint32Array.of(0), Float64Array.of(x), Float64Array.of(t), 0, 1);
      return events === 0 ? 0 : kernel.events.bits[0]!;
    };
    expect(send(5.5, 100)).toBe(0);
    const { ewma } = kernel.averages(0);
    expect([send(Number.NaN, 101), send(10.5, 102), send(-1e9, 103)]).toEqual([SIGNALS.bad, 0, 0]);
    expect([send(9, 99), send(9, Number.NaN)]).toEqual([SIGNALS.late, 0]);
    expect(kernel.active(0)).toBe(SIGNALS.bad | SIGNALS.late);
    expect(kernel.totals()).toEqual({ bad: 3, late: 2 });
    expect([kernel.moments(0).count, kernel.averages(0).ewma]).toEqual([1, ewma]);
    // The time of a bad value is not the newest time; the same time is not late.
    expect([send(5.25, 100), kernel.active(0), send(11, 104)]).toEqual([0, 0, SIGNALS.bad]);
  });

  test(`${implementation}: without limits only specification, plausibility and order signal, and moments go on`, () => {
    const kernel = createStandard({ implementation });
    kernel.open({ spec: { lower: -1, upper: 1 } });
    const rising = Array.from({ length: 30 }, (_, i) => i / 20);
    expect(new Set(feed(kernel, 0, rising))).toEqual(new Set([0, SIGNALS.specUpper]));
    expect(kernel.moments(0).count).toBe(30);
    kernel.setLimits(0, 0, 1);
    expect(kernel.moments(0).count).toBe(0);
    expect(feed(kernel, 0, [4], 30)).toEqual([SIGNALS.n1 | SIGNALS.specUpper | SIGNALS.ewma]);
    kernel.setLimits(0, Number.NaN, Number.NaN);
    expect(feed(kernel, 0, [4, -4], 31)).toEqual([SIGNALS.specUpper, SIGNALS.specLower]);
  });

  test(`${implementation}: a value whose z would be no number is bad`, () => {
    const kernel = createStandard({ implementation });
    kernel.open({ limits: { centre: 0, sigma: 1e-300 } });
    expect(feed(kernel, 0, [1e300, 1e-300, Number.MAX_VALUE])).toEqual([SIGNALS.bad, 0, SIGNALS.bad]);
    kernel.setLimits(0, 0, 1);
    expect(feed(kernel, 0, [1e300], 3)[0]! & SIGNALS.n1).toBe(SIGNALS.n1);
    expect(Number.isFinite(kernel.averages(0).ewma)).toBe(true);
  });

  test(`${implementation}: one by one is the same as all at once, in blocks of any size, from any columns`, () => {
    const from = adversary(3);
    const plans = Array.from({ length: 50 }, () => randomStream(from));
    const n = 5000;
    const ix = Uint32Array.from({ length: n }, () => from.below(plans.length));
    const x = Float64Array.from(ix, (s) => valueFor(from, plans, s));
    const t = Float64Array.from(ix, (_, i) => from.time(i));
    const run = (block: number, isHere: boolean): [number[][], Uint8Array] => {
      const kernel = createStandard({ block: 5000, implementation });
      for (const plan of plans) kernel.open(plan);
      const { columns } = kernel;
      if (isHere) {
        columns.ix.set(ix);
        columns.x.set(x);
        columns.t.set(t);
      }
      const [a, b, c] = isHere ? [columns.ix, columns.x, columns.t] : [ix, x, t];
      const raised: number[][] = [];
      for (let at = 0; at < n; at += block) {
        const events = kernel.process(a, b, c, at, Math.min(n, at + block));
        const { point, stream, bits } = kernel.events;
        for (let e = 0; e < events; e++) raised.push([point[e]!, stream[e]!, bits[e]!]);
      }
      return [raised, kernel.snapshot()];
    };
    const once = run(n, false);
    expect(once[0].length).toBeGreaterThan(500);
    for (const [block, isHere] of [
      [1, false],
      [7, true],
      [1023, false],
      [1025, false],
      [n, true],
    ] as const)
      expect(run(block, isHere)).toEqual(once);
  });

  test(`${implementation}: interleaving changes neither a stream's record nor the event hash`, () => {
    const from = adversary(4);
    const plans = Array.from({ length: 40 }, () => randomStream(from));
    const rows = Array.from({ length: 6000 }, (_, i) => {
      const s = from.below(plans.length);
      return { s, x: valueFor(from, plans, s), t: from.time(i) };
    });
    const run = (ordered: typeof rows): [string, Uint8Array] => {
      const kernel = createStandard({ implementation });
      for (const plan of plans) kernel.open(plan);
      const column = (key: 'x' | 't'): Float64Array => Float64Array.from(ordered, (row) => row[key]);
      kernel.process(
        Uint32Array.from(ordered, ({ s }) => s),
        column('x'),
        column('t'),
        0,
        ordered.length,
      );
      return [kernel.eventHash(), kernel.snapshot()];
    };
    const [hash, state] = run(rows);
    // Sorting is stable: the order within a stream stays.
    expect(run(rows.toSorted((a, b) => a.s - b.s))).toEqual([hash, state]);
    expect(run(rows.toSorted((a, b) => (a.s % 7) - (b.s % 7)))).toEqual([hash, state]);
    const other = rows.map((row, i) => (i === 100 ? { ...row, x: row.x + 100 } : row));
    expect(run(other)[0]).not.toBe(hash);
  });

  test(`${implementation}: another unit, a power of two, changes no signal`, () => {
    const from = adversary(5);
    const values = Array.from({ length: 20_000 }, () => from.value(0, 1)).filter(
      (x) => Math.abs(x) < 1e200 && Math.abs(x) > 1e-200,
    );
    const run = (unit: number): number[] => {
      const kernel = createStandard({ implementation });
      kernel.open({ limits: { centre: 0, sigma: unit }, spec: { lower: -3 * unit, upper: 2 * unit } });
      return feed(
        kernel,
        0,
        values.map((x) => x * unit),
      );
    };
    const own = run(1);
    expect(own.some((bits) => bits !== 0)).toBe(true);
    for (const unit of [2 ** -40, 0.5, 4, 2 ** 60]) expect(run(unit)).toEqual(own);
  });

  test(`${implementation}: streams opened later change nothing of the earlier ones`, () => {
    const kernel = createStandard({ implementation });
    const alone = createStandard({ implementation });
    const from = adversary(6);
    const plan: StandardStream = { limits: { centre: 1, sigma: 2 }, signals: 0x3fff, plausible: { upper: 50 } };
    for (const each of [kernel, alone]) each.open(plan);
    for (let i = 0; i < 3000; i++) {
      const x = from.value(1, 2);
      expect(feed(kernel, 0, [x], i)).toEqual(feed(alone, 0, [x], i));
      kernel.open({ limits: { centre: i, sigma: 1 }, signals: 1 });
    }
    expect(kernel.count).toBe(3001);
    expect(kernel.moments(0)).toEqual(alone.moments(0));
    expect(kernel.moments(3000).count).toBe(0);
    expect(feed(kernel, 3000, [2999 - 4], 0)).toEqual([SIGNALS.n1]);
  });

  test(`${implementation}: a million points allocate nothing`, () => {
    const kernel = createStandard({ implementation });
    const from = adversary(7);
    for (let s = 0; s < 100; s++) kernel.open({ limits: { centre: 0, sigma: 1 } });
    const n = 50_000;
    const ix = Uint32Array.from({ length: n }, () => from.below(100));
    const x = Float64Array.from(ix, () => from.value(0, 1));
    const t = Float64Array.from(ix, (_, i) => i);
    const growth: number[] = [];
    for (let slice = 0; slice < 20; slice++) {
      const before = process.memoryUsage().heapUsed;
      kernel.process(ix, x, t, 0, n);
      growth.push(process.memoryUsage().heapUsed - before);
    }
    // A collection makes one slice shrink, the compiler makes another grow; the look itself takes a few kilobytes.
    expect(growth.sort((a, b) => a - b)[10]! / n).toBeLessThan(0.1);
  });
}

test('impossible limits, bounds and settings are refused with the value', () => {
  const kernel = createStandard();
  const invalid = expect.objectContaining({ code: 'CONFIG_INVALID' });
  for (const [centre, sigma] of [
    [0, 0],
    [0, -1],
    [0, Number.NaN],
    [Number.NaN, 1],
    [Infinity, 1],
    [1e308, 1],
    [0, Infinity],
    [0, 1e-309],
  ] as const)
    expect(() => kernel.open({ limits: { centre, sigma } })).toThrow(invalid);
  expect(() => kernel.open({ spec: { lower: Number.NaN } })).toThrow(invalid);
  expect(() => kernel.gap(0)).toThrow(invalid);
  expect(kernel.count).toBe(0);
  for (const settings of [
    { lambda: 0 },
    { lambda: 1.5 },
    { width: 0 },
    { k: -1 },
    { h: 0 },
    { block: 0 },
    { block: 1.5 },
  ])
    expect(() => createStandard(settings)).toThrow(invalid);
});
