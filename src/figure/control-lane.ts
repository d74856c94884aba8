// One lane of a control chart: bands, limits, line, marks, labels.
import { scaleLinear } from 'd3-scale';
import type { ChartColumn, ChartLane, ChartValue, ColumnScale, LaneBox, LaneFrame } from './control-data.ts';
import { limitLabels, limitPaths, zoneBands } from './control-limits.ts';
import { lanePoints } from './control-points.ts';
import { formatNumber } from './number-format.ts';
import type { Primitive } from './scene.ts';

export interface LaneExtras {
  readonly note: string;
  readonly spec:
    | { readonly lower?: number | undefined; readonly upper?: number | undefined; readonly label: string }
    | undefined;
}

/** All primitives of one lane, back to front. */
export function lanePrimitives(
  lane: ChartLane,
  columns: readonly ChartColumn[],
  scale: ColumnScale,
  box: LaneBox,
  extras: LaneExtras,
): Primitive[] {
  const domain = valueDomain(lane, extras);
  const y = scaleLinear().domain(domain).range([box.bottom, box.top]);
  const frame: LaneFrame = { lane, columns, scale, box, y: (value) => y(value) };
  const items: Primitive[] = [...valueAxis(ticksOf(y, (box.bottom - box.top) / 42), frame)];
  if (lane.statistic === 'n') return [...items, ...sizeBars(frame)];
  if (lane.zones) items.push(...zoneBands(frame));
  items.push(
    ...specLines(frame, extras),
    ...limitPaths(frame),
    ...lanePoints(frame),
    ...limitLabels(frame, extras.note),
  );
  return items;
}

function valueDomain(lane: ChartLane, extras: LaneExtras): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  const take = (v: number | undefined): void => {
    if (v === undefined || !Number.isFinite(v)) return;
    if (v < low) low = v;
    if (v > high) high = v;
  };
  for (const value of lane.values) {
    if (value === undefined) continue;
    take(value.value);
    take(value.centre);
    take(value.lower);
    take(value.upper);
  }
  take(extras.spec?.lower);
  take(extras.spec?.upper);
  if (lane.statistic === 'n') take(0);
  if (low > high) return [0, 1];
  const pad = high > low ? (high - low) * 0.09 : Math.abs(high) * 0.05 || 1;
  const floor = lane.statistic === 'n' ? 0 : low - pad;
  return [floor, high + pad];
}

/** About so many ticks, but never one alone: it says neither where the scale goes nor how fine it is. */
function ticksOf(y: { ticks(count: number): number[] }, about: number): number[] {
  let count = Math.max(2, Math.floor(about));
  let ticks = y.ticks(count);
  while (ticks.length < 2 && count < 10) {
    count += 1;
    ticks = y.ticks(count);
  }
  return ticks;
}

function valueAxis(ticks: readonly number[], frame: LaneFrame): Primitive[] {
  const step = (ticks[1] ?? 1) - (ticks[0] ?? 0);
  const decimals = Math.min(6, Math.max(0, -Math.floor(Math.log10(Math.abs(step) || 1) + 1e-9)));
  const { left, right, top, bottom } = frame.box;
  const items: Primitive[] = [];
  for (const tick of ticks) {
    const y = frame.y(tick);
    items.push(
      { kind: 'line', role: 'grid', x1: left, y1: y, x2: right, y2: y, width: 1, dash: 'solid', part: 'grid' },
      {
        kind: 'text',
        role: 'muted',
        x: left - 6,
        y: y + 4,
        text: formatNumber(tick, decimals),
        size: 12,
        anchor: 'end',
        bold: false,
        part: 'value tick',
      },
    );
  }
  items.push({
    kind: 'line',
    role: 'muted',
    x1: left,
    y1: top,
    x2: left,
    y2: bottom,
    width: 1,
    dash: 'solid',
    part: 'axis',
  });
  return items;
}

function specLines(frame: LaneFrame, extras: LaneExtras): Primitive[] {
  const items: Primitive[] = [];
  for (const value of [extras.spec?.lower, extras.spec?.upper]) {
    if (value === undefined || !Number.isFinite(value)) continue;
    const y = frame.y(value);
    const { left, right } = frame.box;
    items.push(
      { kind: 'line', role: 'spec', x1: left, y1: y, x2: right, y2: y, width: 1.5, dash: 'dotted', part: 'spec' },
      {
        kind: 'text',
        role: 'spec',
        x: left + 4,
        y: y - 4,
        text: `${extras.spec?.label ?? ''} ${formatNumber(value, Math.max(0, frame.lane.decimals - 1))}`,
        size: 12,
        anchor: 'start',
        bold: false,
        part: 'spec',
      },
    );
  }
  return items;
}

function sizeBars(frame: LaneFrame): Primitive[] {
  const width = Math.max(1, frame.scale.step * 0.7);
  const base = frame.y(0);
  const items: Primitive[] = [];
  frame.lane.values.forEach((value: ChartValue | undefined, i) => {
    if (value === undefined || !Number.isFinite(value.value)) return;
    const top = frame.y(value.value);
    items.push({
      kind: 'band',
      role: 'bar',
      x: frame.scale.x(i) - width / 2,
      y: top,
      width,
      height: base - top,
      part: 'size',
    });
  });
  items.push({
    kind: 'text',
    role: 'muted',
    x: frame.box.right + 6,
    y: frame.box.top + 12,
    text: 'n',
    size: 12,
    anchor: 'start',
    bold: false,
    part: 'size',
  });
  return items;
}
