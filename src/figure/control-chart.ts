// The control chart pair: location above, spread below, one x scale. What is drawn where is decided here, in numbers a test can read.
import { columnScale, timeAxis } from './control-columns.ts';
import type { ChartColumn, ColumnScale, ControlChartData, LaneBox } from './control-data.ts';
import { lanePrimitives } from './control-lane.ts';
import type { Primitive, Scene } from './scene.ts';

/** The scene, and where its columns and lanes are, for cursors and tips. */
export interface ControlChart extends Scene {
  /** x of each column, px, ascending. */
  readonly columnX: readonly number[];
  readonly lanes: readonly LaneBox[];
}

const AXIS_HEIGHT = 32;
const STRIP_HEIGHT = 18;
const LANE_GAP = 16;
const LABEL_SIZE = 12;

/**
 * Lays out a control chart.
 *
 * Never joins points across a gap, a missing value or new limits; never drops a signal, however many points share a pixel.
 *
 * @example
 * const scene = controlChart({ title: 't', desc: 'd', width: 400, height: 300, columns: [], lanes: [], strip: [], utcOffsetMinutes: 0, limitsNote: '' });
 * scene.columnX.length; // => 0
 */
export function controlChart(data: ControlChartData): ControlChart {
  const margin = margins(data);
  const scale = columnScale(data.columns, margin.left, data.width - margin.right);
  const boxes = laneBoxes(data, margin.left, data.width - margin.right);
  const items: Primitive[] = [];
  for (const [i, lane] of data.lanes.entries()) {
    const box = boxes[i];
    if (box === undefined) continue;
    const note = i === 0 ? data.limitsNote : '';
    items.push(...lanePrimitives(lane, data.columns, scale, box, { note, spec: i === 0 ? data.spec : undefined }));
  }
  const top = boxes[0]?.top ?? 0;
  const bottom = boxes.at(-1)?.bottom ?? data.height - AXIS_HEIGHT;
  items.push(...gapMarks(data.columns, scale, bottom), ...stripMarks(data, scale, bottom));
  items.push(...timeAxis(data.columns, scale, bottom + stripHeight(data), data.utcOffsetMinutes));
  items.push(...stageLines(data, scale, top, bottom));
  return {
    width: data.width,
    height: data.height,
    title: data.title,
    desc: data.desc,
    items,
    columnX: data.columns.map((_, i) => scale.x(i)),
    lanes: boxes,
  };
}

/**
 * Index of the column nearest to x, or -1 when there is none.
 *
 * @example
 * columnAt([10, 20, 30], 24); // => 1
 */
export function columnAt(columnX: readonly number[], x: number): number {
  let low = 0;
  let high = columnX.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (((columnX[middle] ?? 0) + (columnX[middle + 1] ?? 0)) / 2 < x) low = middle + 1;
    else high = middle;
  }
  return high < 0 ? -1 : low;
}

function margins(data: ControlChartData): { left: number; right: number } {
  let longest = 4;
  for (const lane of data.lanes) {
    const newest = lane.values.findLast((value) => value !== undefined && Number.isFinite(value.value));
    const shown = newest === undefined ? 0 : Math.max(Math.abs(newest.value), Math.abs(newest.upper) || 0);
    longest = Math.max(longest, shown.toFixed(lane.decimals).length + 1);
  }
  return { left: 12 + 7 * longest, right: 16 + 7 * (longest + 4) };
}

function laneBoxes(data: ControlChartData, left: number, right: number): LaneBox[] {
  const room = data.height - AXIS_HEIGHT - stripHeight(data) - 8;
  if (data.lanes.length < 2) return [{ left, right, top: 8, bottom: 8 + room }];
  const upper = (room - LANE_GAP) * 0.62;
  return [
    { left, right, top: 8, bottom: 8 + upper },
    { left, right, top: 8 + upper + LANE_GAP, bottom: 8 + room },
  ];
}

function stripHeight(data: ControlChartData): number {
  return data.strip.length > 0 ? STRIP_HEIGHT : 0;
}

function stripMarks(data: ControlChartData, scale: ColumnScale, bottom: number): Primitive[] {
  const y = bottom + STRIP_HEIGHT / 2 + 1;
  const size = 3.5;
  const shapes = new Map<number, Set<string>>();
  for (const { column, shape } of data.strip) shapes.set(column, (shapes.get(column) ?? new Set()).add(shape));
  return data.strip.map((mark) => {
    // Marks of different shape under one column stand side by side: a new lot on a new tool is not an hourglass.
    const beside = [...(shapes.get(mark.column) ?? [])];
    const shift = (beside.indexOf(mark.shape) - (beside.length - 1) / 2) * (2 * size + 2);
    return {
      kind: 'mark',
      role: 'muted',
      shape: mark.shape,
      x: scale.x(mark.column) + shift,
      y,
      size,
      index: mark.column,
      part: `strip ${mark.label}`,
    };
  });
}

function gapMarks(columns: readonly ChartColumn[], scale: ColumnScale, bottom: number): Primitive[] {
  const items: Primitive[] = [];
  for (const [i, column] of columns.entries()) {
    if (i === 0 || !column.breakBefore) continue;
    const x = (scale.x(i - 1) + scale.x(i)) / 2;
    items.push({ kind: 'band', role: 'paper', x: x - 2, y: bottom - 3, width: 4, height: 6, part: 'axis break' });
    for (const shift of [-3, 1]) {
      items.push({
        kind: 'line',
        role: 'muted',
        x1: x + shift,
        y1: bottom + 4,
        x2: x + shift + 2,
        y2: bottom - 4,
        width: 1,
        dash: 'solid',
        part: 'axis break',
      });
    }
  }
  return items;
}

/** New limits: a thin line through both lanes with the version that starts there. */
function stageLines(data: ControlChartData, scale: ColumnScale, top: number, bottom: number): Primitive[] {
  const items: Primitive[] = [];
  const values = data.lanes[0]?.values ?? [];
  let previous: number | undefined;
  for (const [i, value] of values.entries()) {
    if (value === undefined) continue;
    if (previous !== undefined && value.limitsVersion !== previous) {
      const x = (scale.x(i - 1) + scale.x(i)) / 2;
      const text = `L${value.limitsVersion}`;
      items.push(
        { kind: 'line', role: 'muted', x1: x, y1: top, x2: x, y2: bottom, width: 1, dash: 'dotted', part: 'stage' },
        {
          kind: 'text',
          role: 'muted',
          x: x + 4,
          y: top + LABEL_SIZE,
          text,
          size: LABEL_SIZE,
          anchor: 'start',
          bold: false,
          part: 'stage',
        },
      );
    }
    previous = value.limitsVersion;
  }
  return items;
}
