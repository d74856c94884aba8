// A histogram with its specification and two normal curves: within (solid) and overall (dashed).
import { scaleLinear } from 'd3-scale';
import { formatNumber } from './number-format.ts';
import type { Primitive, Scene } from './scene.ts';

export interface HistogramBin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

export interface HistogramData {
  readonly title: string;
  readonly desc: string;
  readonly width: number;
  readonly height: number;
  readonly bins: readonly HistogramBin[];
  readonly spec: {
    readonly lower?: number | undefined;
    readonly target?: number | undefined;
    readonly upper?: number | undefined;
  };
  /** Normal curves to draw; NaN sigma = none. */
  readonly mean: number;
  readonly sigmaWithin: number;
  readonly sigmaOverall: number;
  readonly decimals: number;
  /** What stands at the lines. */
  readonly words: { readonly lower: string; readonly target: string; readonly upper: string };
}

const TOP = 30;
const BOTTOM = 24;
const SIDE = 14;

/** Lays out a histogram; the specification is always inside the picture. */
export function histogram(data: HistogramData): Scene {
  const { bins, spec, width, height } = data;
  const total = bins.reduce((sum, bin) => sum + bin.count, 0);
  const edges = [bins[0]?.from, bins.at(-1)?.to, spec.lower, spec.target, spec.upper].filter(
    (v): v is number => v !== undefined && Number.isFinite(v),
  );
  const low = edges.length > 0 ? Math.min(...edges) : 0;
  const high = edges.length > 0 ? Math.max(...edges) : 1;
  const pad = (high - low) * 0.06 || 1;
  const x = scaleLinear()
    .domain([low - pad, high + pad])
    .range([SIDE, width - SIDE]);
  const curves = [curve(data, data.sigmaOverall, total, x.domain()), curve(data, data.sigmaWithin, total, x.domain())];
  const tallest = Math.max(1, ...bins.map((bin) => bin.count), ...curves.flatMap((c) => c.map((p) => p.count)));
  const y = scaleLinear()
    .domain([0, tallest])
    .range([height - BOTTOM, TOP]);
  const items: Primitive[] = [];
  for (const bin of bins) {
    if (bin.count === 0) continue;
    const left = x(bin.from) + 0.5;
    const top = y(bin.count);
    items.push({
      kind: 'band',
      role: 'bar',
      x: left,
      y: top,
      width: Math.max(1, x(bin.to) - left - 0.5),
      height: height - BOTTOM - top,
      part: 'bin',
    });
  }
  items.push({
    kind: 'line',
    role: 'muted',
    x1: SIDE,
    y1: height - BOTTOM,
    x2: width - SIDE,
    y2: height - BOTTOM,
    width: 1,
    dash: 'solid',
    part: 'axis',
  });
  const ticks = x.ticks(Math.max(2, Math.floor(width / 80)));
  for (const tick of ticks) {
    items.push({
      kind: 'text',
      role: 'muted',
      x: x(tick),
      y: height - 8,
      text: formatNumber(tick, tickDecimals(ticks)),
      size: 12,
      anchor: 'middle',
      bold: false,
      part: 'tick',
    });
  }
  const place = (points: readonly { at: number; count: number }[]): number[] =>
    points.flatMap((point) => [x(point.at), y(point.count)]);
  const [overall, within] = curves;
  if (overall !== undefined && overall.length > 0) {
    items.push({ kind: 'path', role: 'point', runs: [place(overall)], width: 1.25, dash: 'dashed', part: 'overall' });
  }
  if (within !== undefined && within.length > 0) {
    items.push({ kind: 'path', role: 'point', runs: [place(within)], width: 1.25, dash: 'solid', part: 'within' });
  }
  items.push(...specMarks(data, (value) => x(value)));
  return { width, height, title: data.title, desc: data.desc, items };
}

function specMarks(data: HistogramData, x: (value: number) => number): Primitive[] {
  const items: Primitive[] = [];
  const lines = [
    { value: data.spec.lower, word: data.words.lower, dash: 'dotted' as const, anchor: 'start' as const },
    { value: data.spec.target, word: data.words.target, dash: 'solid' as const, anchor: 'middle' as const },
    { value: data.spec.upper, word: data.words.upper, dash: 'dotted' as const, anchor: 'end' as const },
  ];
  for (const { value, word, dash, anchor } of lines) {
    if (value === undefined || !Number.isFinite(value)) continue;
    const at = x(value);
    const isTarget = anchor === 'middle';
    items.push(
      {
        kind: 'line',
        role: isTarget ? 'centre' : 'spec',
        x1: at,
        y1: TOP - 8,
        x2: at,
        y2: data.height - BOTTOM,
        width: isTarget ? 1 : 1.5,
        dash,
        part: 'spec',
      },
      {
        kind: 'text',
        role: isTarget ? 'centre' : 'spec',
        x: labelX(at, anchor, data.width),
        y: TOP - 12,
        text: word,
        size: 12,
        anchor: 'middle',
        bold: false,
        part: 'spec label',
      },
    );
  }
  return items;
}

function labelX(at: number, anchor: 'start' | 'middle' | 'end', width: number): number {
  if (anchor === 'middle') return at;
  return Math.min(width - 18, Math.max(18, at));
}

/** Expected count per bin of a normal curve; the bins' width makes it comparable with the bars. */
function curve(
  data: HistogramData,
  sigma: number,
  total: number,
  domain: readonly number[],
): { at: number; count: number }[] {
  const first = data.bins[0];
  if (first === undefined || !(sigma > 0) || !Number.isFinite(data.mean)) return [];
  const low = Math.max(domain[0] ?? 0, data.mean - 4 * sigma);
  const high = Math.min(domain[1] ?? 1, data.mean + 4 * sigma);
  const scale = (total * (first.to - first.from)) / (sigma * Math.sqrt(2 * Math.PI));
  const points: { at: number; count: number }[] = [];
  for (let i = 0; i <= 60; i += 1) {
    const at = low + ((high - low) * i) / 60;
    const z = (at - data.mean) / sigma;
    points.push({ at, count: scale * Math.exp((-z * z) / 2) });
  }
  return points;
}

function tickDecimals(ticks: readonly number[]): number {
  const step = Math.abs((ticks[1] ?? 1) - (ticks[0] ?? 0)) || 1;
  return Math.min(6, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
}
