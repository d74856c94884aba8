import { expect, test } from 'vitest';
import { type Canvas2D, drawScene } from './canvas.ts';
import { type HistogramData, histogram } from './histogram.ts';
import { decimalsForSpread, decimalsOf, formatNumber } from './number-format.ts';
import { hasZoneRule, patternOf, ruleMark } from './pattern.ts';
import { LIGHT, type Scene } from './scene.ts';
import { sparkline } from './sparkline.ts';
import { svgText } from './svg.ts';

const HISTOGRAM: HistogramData = {
  title: 'h',
  desc: '',
  width: 300,
  height: 200,
  bins: [
    { from: 1, to: 2, count: 3 },
    { from: 2, to: 3, count: 5 },
  ],
  spec: { lower: 0, target: 2, upper: 9 },
  mean: 2,
  sigmaWithin: 0.4,
  sigmaOverall: 0.6,
  decimals: 2,
  words: { lower: 'LSL', target: 'T', upper: 'USL' },
};

test('the specification is inside the picture even when all values are far from it', () => {
  const scene = histogram(HISTOGRAM);
  const lines = scene.items.flatMap((item) => (item.kind === 'line' && item.part === 'spec' ? [item.x1] : []));
  expect(lines).toHaveLength(3);
  for (const x of lines) expect(x > 0 && x < 300).toBe(true);
});

test('both normal curves are drawn, within solid and overall dashed; a missing side of the specification is not', () => {
  const scene = histogram({ ...HISTOGRAM, spec: { upper: 9 } });
  const dash = (part: string) => scene.items.find((item) => item.kind === 'path' && item.part === part);
  expect(dash('within')).toMatchObject({ dash: 'solid' });
  expect(dash('overall')).toMatchObject({ dash: 'dashed' });
  expect(
    scene.items.flatMap((item) => (item.part === 'spec label' && item.kind === 'text' ? [item.text] : [])),
  ).toEqual(['USL']);
});

test('a curve encloses as many parts as the bars: its area over the bin width is n', () => {
  const bins = Array.from({ length: 20 }, (_, i) => ({ from: i, to: i + 1, count: 5 }));
  const scene = histogram({ ...HISTOGRAM, bins, spec: {}, mean: 10, sigmaWithin: 1.5, sigmaOverall: Number.NaN });
  const within = scene.items.find((item) => item.part === 'within');
  const bar = scene.items.find((item) => item.kind === 'band');
  if (within?.kind !== 'path' || bar?.kind !== 'band') throw new Error('expected a curve and bars');
  const run = within.runs[0] ?? [];
  const base = bar.y + bar.height;
  let area = 0;
  for (let i = 2; i < run.length; i += 2) {
    area += ((run[i]! - run[i - 2]!) * (2 * base - run[i + 1]! - run[i - 1]!)) / 2;
  }
  expect(area / (((bar.width + 1) * bar.height) / 5) / 100).toBeCloseTo(1, 1);
});

test('a sparkline breaks at gaps and missing values and shows its signals', () => {
  const points = [1, 2, Number.NaN, 3, 4].map((value, i) => ({ value, breakBefore: i === 4, isSignal: i === 1 }));
  const scene = sparkline({ title: '', desc: '', width: 80, height: 20, points, centre: 2, lower: 0, upper: 5 });
  const line = scene.items.find((item) => item.part === 'points');
  expect(line?.kind === 'path' && line.runs.map((run) => run.length / 2)).toEqual([2, 1, 1]);
  expect(scene.items.filter((item) => item.part === 'signal')).toHaveLength(1);
});

test('patterns follow the sentence: side, window and condition', () => {
  expect(patternOf('9 of 9 beyond 0 sigma on one side', [1, 1, 1, 1, 1, 1, 1, 1, 1, 1], 9)).toHaveLength(9);
  expect(patternOf('4 of 5 beyond 1 sigma on one side', [1.5, -2, 1.2, 1.1, 1.4], 4)).toEqual([0, 2, 3, 4]);
  expect(patternOf('6 of 6 trending', [9, 1, 2, 3, 4, 5, 6], 6)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(patternOf('2 of 2 beyond 2 sigma on both sides', [2.5, -2.5], 1)).toEqual([0, 1]);
  expect(patternOf('15 of 15 within 1 sigma', [0.5, 3, 0.2], 2)).toEqual([0, 2]);
  expect(patternOf('nonsense', [1], 0)).toEqual([]);
});

test('zones are for rules that look inside the limits', () => {
  expect(hasZoneRule(['1 of 1 beyond 3 sigma', '9 of 9 beyond 0 sigma on one side'])).toBe(false);
  expect(hasZoneRule(['15 of 15 within 1 sigma'])).toBe(true);
  expect(ruleMark(['N2'])).toBe('2');
});

test('numbers: decimals of the data, a dash for none, a real minus', () => {
  expect(decimalsOf([1, 2.5, 2.25])).toBe(2);
  expect(decimalsForSpread(0.5)).toBe(3);
  expect(formatNumber(Number.NaN, 2)).toBe('–');
  expect(formatNumber(-0.001, 2)).toBe('0.00');
  expect(formatNumber(-1.5, 1)).toBe('−1.5');
});

const SCENE: Scene = {
  width: 20,
  height: 10,
  title: 'a <b>',
  desc: '"d"',
  items: [
    { kind: 'line', role: 'limit', x1: 0, y1: 1, x2: 20, y2: 1, width: 1, dash: 'dashed', part: 'ucl' },
    { kind: 'mark', role: 'signal', shape: 'diamond', x: 5, y: 5, size: 2, index: 0, part: 'signal' },
    { kind: 'mark', role: 'muted', shape: 'cross', x: 5, y: 5, size: 2, index: 0, part: 'excluded' },
    { kind: 'text', role: 'ink', x: 1, y: 9, text: 'x & y', size: 12, anchor: 'start', bold: true, part: 'note' },
  ],
};

test('svg text is escaped, named, and carries no style attribute or handler', () => {
  const svg = svgText(SCENE, { id: 'f1' });
  expect(svg).toContain('<title id="f1-t">a &lt;b&gt;</title><desc id="f1-d">&quot;d&quot;</desc>');
  expect(svg).toContain('x &amp; y');
  expect(svg).toContain('stroke-dasharray="6 4"');
  expect(svg).not.toMatch(/style=|<style|on\w+=/);
});

test('with a palette svg stands alone, without one it names roles', () => {
  expect(svgText(SCENE, { palette: LIGHT })).toContain('fill="#C2410C"');
  expect(svgText(SCENE)).toContain('class="f-signal"');
});

test('canvas draws the same primitives in the same order', () => {
  const calls: string[] = [];
  const context = new Proxy({} as Canvas2D, {
    get:
      (_, name) =>
      (...args: unknown[]) =>
        calls.push(`${String(name)} ${args.join(' ')}`),
    set: (_, name, value) => calls.push(`${String(name)} = ${String(value)}`) > 0,
  });
  drawScene(context, SCENE, LIGHT, 'Pretendard');
  expect(calls.filter((call) => call.startsWith('stroke '))).toHaveLength(2);
  expect(calls).toContain('setLineDash 6,4');
  expect(calls).toContain('fillText x & y 1 9');
  expect(calls).toContain('font = 600 12px Pretendard');
  expect(calls.indexOf('moveTo 0 1')).toBeLessThan(calls.indexOf('fillText x & y 1 9'));
});

test('a single-precision number has the decimals of the number the device meant', () => {
  expect(decimalsOf([Math.fround(286.1), Math.fround(99.7), Math.fround(4.91)])).toBe(2);
  expect(decimalsOf([12.0405])).toBe(4);
});

test('ticks under a histogram differ from each other', () => {
  const spec = { lower: 42.3, target: 42.6, upper: 42.9 };
  const bins = [{ from: 42.5, to: 42.6, count: 3 }];
  const scene = histogram({ ...HISTOGRAM, width: 1000, bins, spec, mean: 42.55 });
  const ticks = scene.items.flatMap((item) => (item.kind === 'text' && item.part === 'tick' ? [item.text] : []));
  expect(new Set(ticks).size).toBe(ticks.length);
});
