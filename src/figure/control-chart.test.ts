import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { columnAt, controlChart } from './control-chart.ts';
import type { ChartColumn, ChartLane, ChartValue, ControlChartData } from './control-data.ts';
import type { Label, Mark, Path, Primitive } from './scene.ts';

const SENTENCES = {
  N1: '1 of 1 beyond 3 sigma',
  N2: '9 of 9 beyond 0 sigma on one side',
  N5: '2 of 3 beyond 2 sigma on one side',
};

function point(over: Partial<ChartValue> = {}): ChartValue {
  const value = over.value ?? 12;
  return {
    value,
    centre: 12,
    lower: 11.9,
    upper: 12.1,
    z: (value - 12) / (0.1 / 3),
    n: 5,
    rules: [],
    limitsVersion: 1,
    status: 'judged',
    ...over,
  };
}

function chart(
  values: readonly ChartValue[],
  over: Partial<ControlChartData> & { zones?: boolean; breaks?: readonly number[] } = {},
) {
  const columns: ChartColumn[] = values.map((_, i) => ({
    timeMs: i * 3_600_000,
    breakBefore: over.breaks?.includes(i) ?? false,
  }));
  const lane: ChartLane = { statistic: 'mean', values, sentences: SENTENCES, zones: over.zones ?? false, decimals: 3 };
  return controlChart({
    title: 't',
    desc: 'd',
    width: 800,
    height: 400,
    columns,
    lanes: [lane],
    strip: [],
    utcOffsetMinutes: 540,
    limitsNote: 'L1',
    ...over,
  });
}

function marks(items: readonly Primitive[], part: string): Mark[] {
  return items.filter((item): item is Mark => item.kind === 'mark' && item.part === part);
}

function texts(items: readonly Primitive[], part: string): string[] {
  return items.filter((item): item is Label => item.kind === 'text' && item.part === part).map((item) => item.text);
}

function path(items: readonly Primitive[], part: string): Path {
  const found = items.find((item): item is Path => item.kind === 'path' && item.part === part);
  if (found === undefined) throw new Error(`no path ${part}`);
  return found;
}

describe('the line', () => {
  test('points are joined in one run while nothing lies between them', () => {
    const scene = chart([point(), point({ value: 12.01 }), point({ value: 11.99 })]);
    expect(path(scene.items, 'points').runs.map((run) => run.length / 2)).toEqual([3]);
  });

  test('it breaks at a gap, at new limits and at a missing value, and never spans any of them', () => {
    const values = [
      point(),
      point(),
      point(),
      point({ limitsVersion: 2 }),
      point({ limitsVersion: 2 }),
      point({ limitsVersion: 2, value: Number.NaN, status: 'no_value' }),
      point({ limitsVersion: 2 }),
    ];
    const scene = chart(values, { breaks: [2] });
    expect(path(scene.items, 'points').runs.map((run) => run.length / 2)).toEqual([2, 1, 2, 1]);
  });

  test('an excluded point stays visible as a hollow cross and is not joined', () => {
    const scene = chart([point(), point({ status: 'excluded', value: 12.3 }), point()]);
    expect(marks(scene.items, 'excluded').map((mark) => [mark.index, mark.shape])).toEqual([[1, 'cross']]);
    expect(path(scene.items, 'points').runs.map((run) => run.length / 2)).toEqual([1, 1]);
  });

  test('a missing value is a tick on the axis, at no height of its own', () => {
    const scene = chart([point(), point({ value: Number.NaN, status: 'no_value' })]);
    const [tick] = marks(scene.items, 'missing');
    expect([tick?.shape, tick?.index]).toEqual(['tick', 1]);
    expect(tick?.y).toBeGreaterThan((scene.lanes[0]?.bottom ?? 0) - 10);
  });

  test('a gap widens the axis and is marked on it', () => {
    const even = chart([point(), point(), point()]);
    const broken = chart([point(), point(), point()], { breaks: [2] });
    const gap = (x: readonly number[]): number => (x[2] ?? 0) - (x[1] ?? 0) - ((x[1] ?? 0) - (x[0] ?? 0));
    expect(gap(even.columnX)).toBeCloseTo(0, 9);
    expect(gap(broken.columnX)).toBeCloseTo(12, 9);
    expect(broken.items.filter((item) => item.part === 'axis break')).not.toEqual([]);
  });
});

describe('signals', () => {
  test('a signal is a diamond with the number of its rule', () => {
    const scene = chart([point(), point({ value: 12.2, rules: ['N1', 'N5'] })]);
    expect(marks(scene.items, 'signal').map((mark) => [mark.shape, mark.index])).toEqual([['diamond', 1]]);
    expect(texts(scene.items, 'rule')).toEqual(['1·5']);
  });

  test('where neighbours are close the numbers of several rules stand below each other, none is left out', () => {
    const values = Array.from({ length: 40 }, () => point({ value: 11.5, rules: ['N1', 'N2'] }));
    const shown = texts(chart(values).items, 'rule');
    expect(shown).toEqual(values.flatMap(() => ['1', '2']));
  });

  test('the other points of the pattern are ringed, points outside it are not', () => {
    const values = [12.08, 12.07, 12.0, 12.08].map((value) => point({ value }));
    values[3] = point({ value: 12.08, rules: ['N5'] });
    expect(marks(chart(values).items, 'ring').map((mark) => mark.index)).toEqual([1]);
  });

  test('no signal is dropped, however many points share a pixel', () => {
    const at = fc.array(fc.record({ value: fc.double({ min: 11, max: 13, noNaN: true }), isSignal: fc.boolean() }), {
      minLength: 2500,
      maxLength: 4000,
    });
    fc.assert(
      fc.property(at, (rows) => {
        const values = rows.map((row) => point({ value: row.value, rules: row.isSignal ? ['N1'] : [] }));
        const shown = marks(chart(values).items, 'signal').map((mark) => mark.index);
        expect(shown).toEqual(rows.flatMap((row, i) => (row.isSignal ? [i] : [])));
      }),
      { numRuns: 8 },
    );
  });

  test('beyond two points a pixel an envelope reaches the lowest and the highest value of each stretch', () => {
    const values = Array.from({ length: 3000 }, (_, i) => point({ value: i === 1234 ? 10 : 12 }));
    const scene = chart(values);
    const area = scene.items.find((item) => item.kind === 'area' && item.part === 'envelope');
    const ys = area?.kind === 'area' ? area.outline.filter((_, i) => i % 2 === 1) : [];
    expect(new Set(ys.map((y) => Math.round(y))).size).toBe(2);
    expect(scene.items.some((item) => item.part === 'points')).toBe(false);
  });
});

describe('limits', () => {
  test('labels stand at the right margin with the asked decimals; a missing lower limit is a dash, not 0', () => {
    const scene = chart([point({ centre: 12.0012, upper: 12.0434, lower: Number.NaN })]);
    expect(texts(scene.items, 'ucl label')).toEqual(['UCL 12.043']);
    expect(texts(scene.items, 'cl label')).toEqual(['x̿ 12.001']);
    expect(texts(scene.items, 'lcl label')).toEqual(['LCL –']);
    expect(texts(scene.items, 'version label')).toEqual(['L1']);
  });

  test('labels never overlap, however close the limits are', () => {
    const scene = chart([point({ value: 20 }), point({ centre: 12, upper: 12.0001, lower: 11.9999 })]);
    const ys = scene.items
      .filter((item): item is Label => item.kind === 'text' && item.part.endsWith(' label'))
      .map((label) => label.y)
      .sort((a, b) => a - b);
    for (let i = 1; i < ys.length; i += 1) expect((ys[i] ?? 0) - (ys[i - 1] ?? 0)).toBeGreaterThanOrEqual(13.99);
  });

  test('centre line solid, limits dashed; varying sizes step', () => {
    const scene = chart([point(), point({ upper: 12.15 }), point({ upper: 12.15 })]);
    expect(path(scene.items, 'cl').dash).toBe('solid');
    expect(path(scene.items, 'ucl').dash).toBe('dashed');
    expect(path(scene.items, 'cl').runs[0]).toHaveLength(4);
    expect(path(scene.items, 'ucl').runs[0]).toHaveLength(8);
  });

  test('new limits start a new stage with its version, not joined to the old', () => {
    const scene = chart([point(), point({ limitsVersion: 2, centre: 13 })]);
    expect(path(scene.items, 'cl').runs).toHaveLength(2);
    expect(texts(scene.items, 'stage')).toEqual(['L2']);
  });

  test('zone bands appear only when asked for', () => {
    expect(chart([point()]).items.some((item) => item.role === 'zone-a')).toBe(false);
    expect(chart([point()], { zones: true }).items.filter((item) => item.role === 'zone-a')).toHaveLength(2);
  });

  test('no limit line is drawn where there is no limit', () => {
    const none = { centre: Number.NaN, lower: Number.NaN, upper: Number.NaN, status: 'baseline' as const };
    const scene = chart([point(none), point(none)]);
    expect(path(scene.items, 'ucl').runs).toEqual([]);
    expect(texts(scene.items, 'ucl label')).toEqual([]);
    expect(marks(scene.items, 'baseline')).toHaveLength(2);
  });
});

describe('the pair', () => {
  test('location and spread share the x scale at heights 62 to 38', () => {
    const columns = [
      { timeMs: 0, breakBefore: false },
      { timeMs: 1, breakBefore: false },
    ];
    const lane = (statistic: string): ChartLane => ({
      statistic,
      values: [point(), point()],
      sentences: {},
      zones: false,
      decimals: 3,
    });
    const scene = controlChart({
      title: 't',
      desc: 'd',
      width: 800,
      height: 400,
      columns,
      lanes: [lane('mean'), lane('range')],
      strip: [],
      utcOffsetMinutes: 0,
      limitsNote: '',
    });
    const [upper, lower] = scene.lanes.map((box) => box.bottom - box.top);
    expect((upper ?? 0) / ((upper ?? 0) + (lower ?? 1))).toBeCloseTo(0.62, 6);
    const xs = marks(scene.items, 'point').map((mark) => mark.x);
    expect(xs.slice(0, 2)).toEqual(xs.slice(2));
  });

  test('time labels are plant time, the date stands under the first of a day', () => {
    const scene = chart([point()], { columns: [{ timeMs: Date.UTC(2026, 10, 23, 15, 30), breakBefore: false }] });
    expect(texts(scene.items, 'time')).toEqual(['00:30', '11-24']);
  });

  test('marks of different shape under one column stand side by side, around it', () => {
    const scene = chart([point(), point(), point()], {
      strip: [
        { column: 1, shape: 'down', label: 'tool T2' },
        { column: 1, shape: 'up', label: 'lot B' },
        { column: 2, shape: 'up', label: 'lot C' },
      ],
    });
    const at = (part: string): number => marks(scene.items, part)[0]?.x ?? Number.NaN;
    expect(at('strip lot B') - at('strip tool T2')).toBeGreaterThanOrEqual(7);
    const middle = scene.columnX[1] ?? Number.NaN;
    expect((at('strip lot B') + at('strip tool T2')) / 2).toBeCloseTo(middle, 9);
    expect(at('strip lot C')).toBe(scene.columnX[2]);
  });

  test('the value axis never has one tick alone, and its ticks differ as they are written', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 1e5, noNaN: true }),
        fc.double({ min: 0.01, max: 10, noNaN: true }),
        (lower, width) => {
          const upper = lower * (1 + width);
          const scene = chart([point({ value: lower, lower, centre: (lower + upper) / 2, upper })]);
          const ticks = texts(scene.items, 'value tick');
          expect(ticks.length).toBeGreaterThanOrEqual(2);
          expect(new Set(ticks).size).toBe(ticks.length);
        },
      ),
    );
  });

  test('an empty chart is an empty chart, not an error', () => {
    expect(() => chart([])).not.toThrow();
    expect(columnAt([], 5)).toBe(-1);
  });

  test('every coordinate is a number', () => {
    const anyValue = fc.record({
      value: fc.double(),
      centre: fc.double(),
      lower: fc.double(),
      upper: fc.double(),
      z: fc.double(),
      limitsVersion: fc.integer({ min: 0, max: 2 }),
      rules: fc.subarray(['N1', 'N2']),
      status: fc.constantFrom('judged' as const, 'baseline' as const, 'no_value' as const, 'excluded' as const),
    });
    const usual = fc.array(
      anyValue.filter((row) => [row.value, row.centre, row.lower, row.upper].every((v) => !(Math.abs(v) > 1e100))),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(usual, (rows) => {
        const scene = chart(
          rows.map((row) => point(row)),
          { zones: true },
        );
        expect(JSON.stringify(scene.items)).not.toContain('null');
      }),
      { numRuns: 60 },
    );
  });
});

test('columnAt finds the nearest column', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 0, max: 1000 }),
      (raw, x) => {
        const columnX = raw.sort((a, b) => a - b);
        const nearest = Math.min(...columnX.map((c) => Math.abs(c - x)));
        expect(Math.abs((columnX[columnAt(columnX, x)] ?? 1e9) - x)).toBe(nearest);
      },
    ),
  );
});
