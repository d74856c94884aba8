// The x axis of a control chart: equal steps by subgroup, a visible break where production or collection paused, times as labels.
import type { ChartColumn, ColumnScale } from './control-data.ts';
import type { Primitive } from './scene.ts';

const BREAK_WIDTH = 12;
const LABEL_ROOM = 64;

/**
 * Equal steps, plus a break of 12 px (less when there are many) before every column that says so.
 *
 * @example
 * columnScale([{ timeMs: 0, breakBefore: false }, { timeMs: 1, breakBefore: false }], 0, 100).x(1); // => 75
 */
export function columnScale(columns: readonly ChartColumn[], left: number, right: number): ColumnScale {
  const breaksBefore: number[] = [];
  let breaks = 0;
  for (const [i, column] of columns.entries()) {
    if (i > 0 && column.breakBefore) breaks += 1;
    breaksBefore.push(breaks);
  }
  const width = Math.max(1, right - left);
  const breakWidth = breaks === 0 ? 0 : Math.min(BREAK_WIDTH, (width * 0.25) / breaks);
  const step = (width - breaks * breakWidth) / Math.max(1, columns.length);
  return {
    left,
    right,
    step,
    x: (index) => left + (breaksBefore[index] ?? 0) * breakWidth + (index + 0.5) * step,
  };
}

/** Axis line, ticks and time labels; the date stands under the first label of each day. */
export function timeAxis(
  columns: readonly ChartColumn[],
  scale: ColumnScale,
  y: number,
  utcOffsetMinutes: number,
): Primitive[] {
  const items: Primitive[] = [
    {
      kind: 'line',
      role: 'grid',
      x1: scale.left,
      y1: y,
      x2: scale.right,
      y2: y,
      width: 1,
      dash: 'solid',
      part: 'time axis',
    },
  ];
  const labels = timeLabels(columns, scale, utcOffsetMinutes);
  // Several points a minute: the minute alone would stand there again and again.
  const hasSeconds = labels.some(({ local }, i) => local.slice(0, 16) === labels[i - 1]?.local.slice(0, 16));
  let lastDate = '';
  for (const { x, local } of labels) {
    const day = local.slice(5, 10);
    items.push(
      { kind: 'line', role: 'muted', x1: x, y1: y, x2: x, y2: y + 4, width: 1, dash: 'solid', part: 'time tick' },
      timeLabel(local.slice(11, hasSeconds ? 19 : 16), x, y + 16),
    );
    if (day !== lastDate) items.push(timeLabel(day, x, y + 29));
    lastDate = day;
  }
  return items;
}

/** Where a label stands and its plant time, far enough from each other to be read. */
function timeLabels(
  columns: readonly ChartColumn[],
  scale: ColumnScale,
  utcOffsetMinutes: number,
): { readonly x: number; readonly local: string }[] {
  const labels: { x: number; local: string }[] = [];
  let lastX = Number.NEGATIVE_INFINITY;
  for (const [i, column] of columns.entries()) {
    const x = scale.x(i);
    if (x - lastX < LABEL_ROOM || x > scale.right - 14 || x < scale.left + 14) continue;
    lastX = x;
    // Shifted by the offset, UTC reads as plant time: 2026-11-24T14:32:00.000Z.
    labels.push({ x, local: new Date(column.timeMs + utcOffsetMinutes * 60_000).toISOString() });
  }
  return labels;
}

function timeLabel(text: string, x: number, y: number): Primitive {
  return { kind: 'text', role: 'muted', x, y, text, size: 12, anchor: 'middle', bold: false, part: 'time' };
}
