// Centre line, control limits and zones of a lane, stage by stage, and their labels at the right margin.
import type { ChartValue, LaneFrame } from './control-data.ts';
import { formatNumber } from './number-format.ts';
import type { Label, Primitive, Role } from './scene.ts';

type Which = 'centre' | 'lower' | 'upper';

const SYMBOL: Readonly<Record<string, string>> = {
  x: 'x̄',
  mean: 'x̿',
  ewma: 'x̄',
  mr: 'MR̄',
  range: 'R̄',
  s: 's̄',
  p: 'p̄',
  np: 'np',
  c: 'c̄',
  u: 'ū',
};
const LABEL_HEIGHT = 14;

/** Limits as stepped lines that hold half a step to either side of their points; broken where the points are. */
export function limitPaths(frame: LaneFrame): Primitive[] {
  return [
    limitPath(frame, 'centre', 'centre', 'cl'),
    limitPath(frame, 'upper', 'limit', 'ucl'),
    limitPath(frame, 'lower', 'limit', 'lcl'),
  ];
}

/** Bands between 1 and 2 sigma (B) and between 2 and 3 (A) on both sides, one rectangle for each run of equal limits. */
export function zoneBands(frame: LaneFrame): Primitive[] {
  const items: Primitive[] = [];
  for (const { from, to, value } of equalRuns(frame)) {
    const x = frame.scale.x(from) - frame.scale.step / 2;
    const width = frame.scale.x(to) + frame.scale.step / 2 - x;
    for (const limit of [value.upper, value.lower]) {
      if (!Number.isFinite(limit) || !Number.isFinite(value.centre)) continue;
      const third = (limit - value.centre) / 3;
      items.push(band(frame, x, width, value.centre + third, value.centre + 2 * third, 'zone-b'));
      items.push(band(frame, x, width, value.centre + 2 * third, limit, 'zone-a'));
    }
  }
  return items;
}

/** `UCL 12.043`, `x̿ 12.001`, `LCL –` and the limits version, kept apart from each other. */
export function limitLabels(frame: LaneFrame, note: string): Primitive[] {
  const newest = frame.lane.values.findLast((value) => value !== undefined && Number.isFinite(value.centre));
  if (newest === undefined) return [];
  const decimals = frame.lane.decimals;
  const { top, bottom } = frame.box;
  const at = (value: number, fallback: number): number => (Number.isFinite(value) ? frame.y(value) : fallback);
  const wanted: { text: string; y: number; role: Role; part: string }[] = [
    { text: `UCL ${formatNumber(newest.upper, decimals)}`, y: at(newest.upper, top), role: 'limit', part: 'ucl label' },
    {
      text: `${SYMBOL[frame.lane.statistic] ?? 'CL'} ${formatNumber(newest.centre, decimals)}`,
      y: at(newest.centre, (top + bottom) / 2),
      role: 'centre',
      part: 'cl label',
    },
    {
      text: `LCL ${formatNumber(newest.lower, decimals)}`,
      y: at(newest.lower, bottom),
      role: 'limit',
      part: 'lcl label',
    },
  ];
  const between = (at(newest.upper, top) + at(newest.centre, (top + bottom) / 2)) / 2;
  if (note !== '') wanted.push({ text: note, y: between, role: 'muted', part: 'version label' });
  return spread(wanted, top, bottom).map(
    ({ text, y, role, part }): Label => ({
      kind: 'text',
      role,
      x: frame.box.right + 6,
      y: y + 4,
      text,
      size: 12,
      anchor: 'start',
      bold: false,
      part,
    }),
  );
}

function limitPath(frame: LaneFrame, which: Which, role: Role, part: string): Primitive {
  const runs: number[][] = [];
  let run: number[] = [];
  let lastVersion: number | undefined;
  const half = frame.scale.step / 2;
  frame.lane.values.forEach((value, i) => {
    const isNew = frame.columns[i]?.breakBefore === true || value?.limitsVersion !== lastVersion;
    lastVersion = value?.limitsVersion;
    const limit = value?.[which] ?? Number.NaN;
    if ((isNew || !Number.isFinite(limit)) && run.length > 0) {
      runs.push(run);
      run = [];
    }
    if (!Number.isFinite(limit)) return;
    const x = frame.scale.x(i);
    const y = frame.y(limit);
    if (run.at(-1) === y) run.splice(-2, 2, x + half, y);
    else run.push(x - half, y, x + half, y);
  });
  if (run.length > 0) runs.push(run);
  return {
    kind: 'path',
    role,
    runs,
    width: which === 'centre' ? 1 : 1.25,
    dash: which === 'centre' ? 'solid' : 'dashed',
    part,
  };
}

function* equalRuns(frame: LaneFrame): Generator<{ from: number; to: number; value: ChartValue }> {
  let from = 0;
  let current: ChartValue | undefined;
  const values = frame.lane.values;
  for (let i = 0; i <= values.length; i += 1) {
    const value = values[i];
    const goesOn =
      current !== undefined &&
      value !== undefined &&
      frame.columns[i]?.breakBefore !== true &&
      value.upper === current.upper &&
      value.lower === current.lower &&
      value.centre === current.centre;
    if (goesOn) continue;
    if (current !== undefined) yield { from, to: i - 1, value: current };
    current = value;
    from = i;
  }
}

function band(frame: LaneFrame, x: number, width: number, a: number, b: number, role: 'zone-a' | 'zone-b'): Primitive {
  const y = Math.min(frame.y(a), frame.y(b));
  return { kind: 'band', role, x, y, width, height: Math.abs(frame.y(a) - frame.y(b)), part: role };
}

/** Moves labels apart downwards, then back up when they would leave the lane. */
function spread<T extends { y: number }>(labels: readonly T[], top: number, bottom: number): T[] {
  const sorted = labels.map((label) => ({ ...label })).sort((a, b) => a.y - b.y);
  let floor = top - LABEL_HEIGHT / 2;
  for (const label of sorted) {
    label.y = Math.max(label.y, floor);
    floor = label.y + LABEL_HEIGHT;
  }
  let ceiling = bottom;
  for (const label of sorted.toReversed()) {
    label.y = Math.min(label.y, ceiling);
    ceiling = label.y - LABEL_HEIGHT;
  }
  return sorted;
}
