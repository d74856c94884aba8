// Points as the server sends them, made into the columns and lanes of a control chart.
import type { EventJson, PointJson, RuleJson, StreamJson } from '../../../src/api/contract.ts';
import type { ChartColumn, ChartLane, ChartValue, StripMark } from '../../../src/figure/control-data.ts';
import { decimalsForSpread, decimalsOf } from '../../../src/figure/number-format.ts';
import { hasZoneRule } from '../../../src/figure/pattern.ts';
import { bySubgroup } from './subgroups.ts';

/** One subgroup: the points of its lanes. */
export interface SubgroupRow {
  readonly id: string;
  readonly timeMs: number;
  readonly breakBefore: boolean;
  readonly context: Readonly<Record<string, string>>;
  readonly lanes: readonly (PointJson | undefined)[];
}

/** Rows of all lanes gathered by subgroup, in order. */
export function subgroupRows(points: readonly PointJson[]): SubgroupRow[] {
  return bySubgroup(points).flatMap((members) => {
    const [first] = members;
    if (first === undefined) return [];
    const lanes: (PointJson | undefined)[] = [];
    for (const point of members) lanes[point.lane] = point;
    const { id, timeMs, context } = first;
    return [{ id, timeMs, breakBefore: members.some((point) => point.breakBefore), context, lanes }];
  });
}

/** Columns of the chart. */
export function chartColumns(rows: readonly SubgroupRow[]): ChartColumn[] {
  return rows.map((row) => ({ timeMs: row.timeMs, breakBefore: row.breakBefore }));
}

/** Lanes of the chart; attribute charts with one lane get the inspected numbers below. */
export function chartLanes(rows: readonly SubgroupRow[], rules: readonly RuleJson[], decimals: number): ChartLane[] {
  const count = rows.reduce((most, row) => Math.max(most, row.lanes.length), 0);
  const sentences = Object.fromEntries(rules.map((rule) => [rule.id, rule.sentence]));
  const zones = hasZoneRule(rules.map((rule) => rule.sentence));
  const lanes: ChartLane[] = [];
  for (let lane = 0; lane < count; lane += 1) {
    const values = rows.map((row) => toValue(row.lanes[lane]));
    const statistic = rows.findLast((row) => row.lanes[lane] !== undefined)?.lanes[lane]?.statistic ?? '';
    lanes.push({ statistic, values, sentences, zones: zones && lane === 0, decimals });
  }
  const [first] = lanes;
  if (lanes.length === 1 && first !== undefined && ['p', 'u'].includes(first.statistic)) lanes.push(sizeLane(first));
  return lanes;
}

/** Marks under the chart: where lot or tool changed, and events that are not signals. */
export function stripMarks(rows: readonly SubgroupRow[], events: readonly EventJson[]): StripMark[] {
  const marks: StripMark[] = [];
  for (const [i, row] of rows.entries()) {
    const before = rows[i - 1];
    for (const key of ['tool', 'lot']) {
      const value = row.context[key];
      const old = before?.context[key];
      if (value !== undefined && old !== undefined && value !== old) {
        marks.push({ column: i, shape: key === 'tool' ? 'down' : 'up', label: `${key} ${value}` });
      }
    }
  }
  for (const event of events) {
    if (event.kind === 'signal' || event.kind === 'gap') continue;
    const column = rows.findIndex((row) => row.timeMs >= event.timeMs);
    if (column >= 0 && event.timeMs >= (rows[0]?.timeMs ?? 0)) marks.push({ column, shape: 'ring', label: event.kind });
  }
  return marks;
}

/**
 * Decimals of the individual values: of the gauge's resolution, else of newest value and specification; shares by their spread.
 * A continuous source has no resolution: three significant digits of its sigma are enough.
 */
export function decimalsOfStream(stream: StreamJson, resolution: number | null): number {
  if (stream.kind === 'attribute')
    return Math.max(0, decimalsForSpread(stream.limits.sigma ?? spreadOfShare(stream.lastPoints[0])) - 1);
  const { lower, target, upper } = stream.spec;
  const values = resolution === null ? [stream.lastValue, lower, target, upper] : [resolution];
  const sigma = stream.capability.sigmaOverall ?? 0;
  return Math.min(decimalsOf(values.map((value) => value ?? Number.NaN)), sigma > 0 ? decimalsForSpread(sigma) : 6);
}

/** Before there are limits: sigma of one inspected unit, as they have it; where nothing was found, as if one had been. */
function spreadOfShare(point: PointJson | undefined): number {
  const { value, n } = point ?? { value: null, n: 0 };
  return n > 0 ? Math.sqrt(Math.max(value ?? 0, 1 / n)) : Number.NaN;
}

/** Statistics that cannot fall below 0: a lower limit there is none, and is written `LCL –`. */
const NEVER_NEGATIVE: ReadonlySet<string> = new Set(['mr', 'range', 's', 'p', 'u']);

function toValue(point: PointJson | undefined): ChartValue | undefined {
  if (point === undefined) return undefined;
  const number = (value: number | null): number => value ?? Number.NaN;
  return {
    value: number(point.value),
    centre: number(point.centre),
    lower: point.lower === 0 && NEVER_NEGATIVE.has(point.statistic) ? Number.NaN : number(point.lower),
    upper: number(point.upper),
    z: number(point.z),
    n: point.n,
    rules: point.rules,
    limitsVersion: point.limitsVersion,
    status: point.status,
  };
}

function sizeLane(lane: ChartLane): ChartLane {
  const none = { centre: Number.NaN, lower: Number.NaN, upper: Number.NaN, z: Number.NaN, rules: [] };
  const values = lane.values.map((value) => value && { ...value, ...none, value: value.n });
  return { statistic: 'n', values, sentences: {}, zones: false, decimals: 0 };
}
