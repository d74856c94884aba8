// A sparkline: the last points of a stream in the space of a word. Same rules as the chart: breaks stay breaks, signals stay visible.
import type { Primitive, Scene } from './scene.ts';

export interface SparkPoint {
  /** NaN = no value. */
  readonly value: number;
  readonly breakBefore: boolean;
  readonly isSignal: boolean;
}

export interface SparklineData {
  readonly title: string;
  readonly desc: string;
  readonly width: number;
  readonly height: number;
  readonly points: readonly SparkPoint[];
  readonly centre: number;
  readonly lower: number;
  readonly upper: number;
  /** Vertical scale shared with other sparklines; default: that of its own values. */
  readonly range?: { readonly low: number; readonly high: number };
}

const PAD = 4;

/**
 * Lays out a sparkline: limits as two thin dashed lines, signals as diamonds, the newest point as a dot.
 *
 * @example
 * sparkline({ title: '', desc: '', width: 80, height: 20, points: [], centre: 0, lower: -1, upper: 1 }).items.length; // => 3
 */
export function sparkline(data: SparklineData): Scene {
  const { points, width, height } = data;
  const finite = [...points.map((p) => p.value), data.centre, data.lower, data.upper].filter(Number.isFinite);
  const low = data.range?.low ?? Math.min(...finite);
  const high = data.range?.high ?? Math.max(...finite);
  const step = (width - 2 * PAD) / Math.max(1, points.length - 1);
  const x = (i: number): number => PAD + i * step;
  const y = (value: number): number =>
    high > low ? height - PAD - ((value - low) / (high - low)) * (height - 2 * PAD) : height / 2;
  const items: Primitive[] = [];
  for (const [value, role] of [
    [data.lower, 'limit'],
    [data.upper, 'limit'],
    [data.centre, 'grid'],
  ] as const) {
    if (!Number.isFinite(value)) continue;
    items.push({
      kind: 'line',
      role,
      x1: PAD,
      y1: y(value),
      x2: width - PAD,
      y2: y(value),
      width: 1,
      dash: role === 'limit' ? 'dashed' : 'solid',
      part: role,
    });
  }
  const runs: number[][] = [];
  for (const [i, point] of points.entries()) {
    const isJoined = i > 0 && !point.breakBefore && Number.isFinite(points[i - 1]?.value);
    if (!Number.isFinite(point.value)) continue;
    if (!isJoined) runs.push([]);
    runs.at(-1)?.push(x(i), y(point.value));
  }
  if (runs.length > 0) items.push({ kind: 'path', role: 'point', runs, width: 1.25, dash: 'solid', part: 'points' });
  const newest = points.findLastIndex((point) => Number.isFinite(point.value));
  for (const [i, point] of points.entries()) {
    if (!Number.isFinite(point.value) || (!point.isSignal && i !== newest)) continue;
    items.push({
      kind: 'mark',
      role: point.isSignal ? 'signal' : 'point',
      shape: point.isSignal ? 'diamond' : 'dot',
      x: x(i),
      y: y(point.value),
      size: point.isSignal ? 3.5 : 2,
      index: i,
      part: point.isSignal ? 'signal' : 'newest',
    });
  }
  return { width, height, title: data.title, desc: data.desc, items };
}
