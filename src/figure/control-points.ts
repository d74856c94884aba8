// The points of a lane: joined where nothing lies between them, signals as diamonds with their rule, everything else quieter.
import type { ChartValue, LaneFrame } from './control-data.ts';
import { envelope } from './envelope.ts';
import { patternOf, ruleMark } from './pattern.ts';
import type { Mark, Primitive } from './scene.ts';

const DIGIT_WIDTH = 7;
const LINE_HEIGHT = 12;

/** Line or envelope, then dots, rings, crosses, ticks, and every signal on top. */
export function lanePoints(frame: LaneFrame): Primitive[] {
  const isDense = frame.scale.step < 0.5;
  const runs = unbrokenRuns(frame);
  const items: Primitive[] = isDense ? envelopes(frame, runs) : [joined(frame, runs)];
  if (frame.scale.step >= 3) items.push(...dots(frame));
  if (!isDense) items.push(...rings(frame));
  return [...items, ...exceptions(frame), ...signals(frame)];
}

/** Column indices of points that may be joined: no gap, no new limits, no missing value, no excluded point between them. */
function unbrokenRuns(frame: LaneFrame): number[][] {
  const runs: number[][] = [];
  let run: number[] = [];
  let version: number | undefined;
  frame.lane.values.forEach((value, i) => {
    const isJoinable = value !== undefined && Number.isFinite(value.value) && value.status !== 'excluded';
    const breaks = frame.columns[i]?.breakBefore === true || (value !== undefined && value.limitsVersion !== version);
    if (value !== undefined) version = value.limitsVersion;
    if ((breaks || !isJoinable) && run.length > 0) {
      runs.push(run);
      run = [];
    }
    if (isJoinable) run.push(i);
  });
  if (run.length > 0) runs.push(run);
  return runs;
}

function joined(frame: LaneFrame, runs: readonly (readonly number[])[]): Primitive {
  const flat = runs.map((run) => run.flatMap((i) => [frame.scale.x(i), frame.y(valueAt(frame, i))]));
  return { kind: 'path', role: 'point', runs: flat, width: 1.25, dash: 'solid', part: 'points' };
}

function envelopes(frame: LaneFrame, runs: readonly (readonly number[])[]): Primitive[] {
  const items: Primitive[] = [];
  const medians: number[][] = [];
  for (const run of runs) {
    const columns = envelope(
      run.map((i) => frame.scale.x(i)),
      run.map((i) => valueAt(frame, i)),
    );
    const upper = columns.flatMap((c) => [c.x - 0.5, frame.y(c.max), c.x + 0.5, frame.y(c.max)]);
    const lower = columns.toReversed().flatMap((c) => [c.x + 0.5, frame.y(c.min), c.x - 0.5, frame.y(c.min)]);
    items.push({ kind: 'area', role: 'envelope', outline: [...upper, ...lower], part: 'envelope' });
    medians.push(columns.flatMap((c) => [c.x, frame.y(c.median)]));
  }
  items.push({ kind: 'path', role: 'point', runs: medians, width: 1, dash: 'solid', part: 'median' });
  return items;
}

function dots(frame: LaneFrame): Primitive[] {
  const size = frame.scale.step >= 8 ? 2.75 : 1.75;
  const items: Primitive[] = [];
  frame.lane.values.forEach((value, i) => {
    if (value === undefined || !Number.isFinite(value.value) || value.status === 'excluded') return;
    if (value.rules.length > 0) return;
    const isBaseline = value.status === 'baseline';
    items.push(
      isBaseline ? mark(frame, i, 'hollow', 'common', size, 'baseline') : mark(frame, i, 'dot', 'point', size, 'point'),
    );
  });
  return items;
}

/** The other members of a pattern, each ringed once. */
function rings(frame: LaneFrame): Primitive[] {
  const { values, sentences } = frame.lane;
  const z = values.map((value) => value?.z ?? Number.NaN);
  const ringed = new Set<number>();
  values.forEach((value, i) => {
    for (const id of value?.rules ?? []) {
      for (const member of patternOf(sentences[id] ?? '', z, i)) ringed.add(member);
    }
  });
  const items: Primitive[] = [];
  for (const i of ringed) {
    const value = values[i];
    if (value === undefined || value.rules.length > 0 || !Number.isFinite(value.value)) continue;
    items.push(mark(frame, i, 'ring', 'signal', frame.scale.step >= 8 ? 5.5 : 4, 'ring'));
  }
  return items;
}

function exceptions(frame: LaneFrame): Primitive[] {
  const items: Primitive[] = [];
  frame.lane.values.forEach((value, i) => {
    if (value === undefined) return;
    if (!Number.isFinite(value.value)) {
      items.push({
        kind: 'mark',
        role: 'muted',
        shape: 'tick',
        x: frame.scale.x(i),
        y: frame.box.bottom - 4,
        size: 4,
        index: i,
        part: 'missing',
      });
    } else if (value.status === 'excluded') items.push(mark(frame, i, 'cross', 'muted', 4, 'excluded'));
  });
  return items;
}

function signals(frame: LaneFrame): Primitive[] {
  const items: Primitive[] = [];
  let before: ChartValue | undefined;
  frame.lane.values.forEach((value, i) => {
    const previous = before;
    before = value;
    if (value === undefined || value.rules.length === 0 || !Number.isFinite(value.value)) return;
    if (value.status === 'excluded') return;
    const size = frame.scale.step >= 8 ? 6 : 4.5;
    items.push(mark(frame, i, 'diamond', 'signal', size, 'signal'));
    const isFirst = previous === undefined || value.rules.some((id) => !previous.rules.includes(id));
    if (isFirst || frame.scale.step >= DIGIT_WIDTH + 2) items.push(...ruleLabels(frame, i, value));
  });
  return items;
}

/** The numbers beside each other where they fit between neighbours, else below each other. */
function ruleLabels(frame: LaneFrame, i: number, value: ChartValue): Primitive[] {
  const joined = ruleMark(value.rules);
  const fits = frame.scale.step >= DIGIT_WIDTH * joined.length + 4;
  const lines = fits ? [joined] : value.rules.map((id) => ruleMark([id]));
  const y = frame.y(value.value);
  const height = lines.length * LINE_HEIGHT;
  const isBelow =
    value.value < value.centre ? y + height + 8 <= frame.box.bottom + 8 : y - height - 4 < frame.box.top - 6;
  const first = isBelow ? y + 19 : y - 9 - (lines.length - 1) * LINE_HEIGHT;
  return lines.map((text, line) => ({
    kind: 'text',
    role: 'signal',
    x: frame.scale.x(i),
    y: first + line * LINE_HEIGHT,
    text,
    size: 12,
    anchor: 'middle',
    bold: true,
    part: 'rule',
  }));
}

function valueAt(frame: LaneFrame, i: number): number {
  return frame.lane.values[i]?.value ?? Number.NaN;
}

function mark(
  frame: LaneFrame,
  i: number,
  shape: Mark['shape'],
  role: Mark['role'],
  size: number,
  part: string,
): Primitive {
  return { kind: 'mark', role, shape, x: frame.scale.x(i), y: frame.y(valueAt(frame, i)), size, index: i, part };
}
