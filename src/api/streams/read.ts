// Reading of points, measurements and histograms for one answer.
import type { CharacteristicPlan } from '../../config/plan.ts';
import type { PointRow, RangeQuery } from '../../history/history.ts';
import type { ApiContext } from '../context.ts';
import type { HistogramJson, MeasurementsJson, PointsJson } from '../contract.ts';
import { histogram } from '../histogram.ts';
import { figure, measurementJson, pointJson, specificationFor, specificationJson } from '../json.ts';
import type { StreamNow } from '../plant.ts';
import { thin } from '../thin.ts';

/** Rows that one answer reads at most; a longer range gives its newest rows and says `truncated`. */
const MAX_ROWS = 200_000;
/** Exclusions of one stream that are looked at, the newest. */
const MAX_EXCLUDED = 10_000;

/** Location and spread. */
const USUAL_LANES = 2;

interface Range {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly max: number;
}

/** Without `from`, only as many rows as are wanted are read, the newest. */
function rangeQuery(series: string, range: Range, rowsPerItem: number): RangeQuery {
  const limit = range.from === undefined ? Math.min(MAX_ROWS, range.max * rowsPerItem) : MAX_ROWS;
  return {
    series,
    fromMs: range.from ?? Number.MIN_SAFE_INTEGER,
    toMs: range.to ?? Number.MAX_SAFE_INTEGER,
    limit,
    last: true,
  };
}

export async function readPoints(stream: string, range: Range, context: ApiContext): Promise<PointsJson> {
  const query = rangeQuery(stream, range, USUAL_LANES);
  const excluded = await excludedIds(stream, context);
  const stored = await context.plant.points(query);
  const rows = excluded.size === 0 ? stored : stored.map((row) => (excluded.has(row.id) ? shownExcluded(row) : row));
  const read = bySubgroup(rows);
  // Charts of one lane were read twice as far back as wanted.
  const subgroups = range.from === undefined ? read.slice(-range.max) : read;
  const kept = envelope(subgroups, range.max);
  return {
    stream,
    total: subgroups.reduce((sum, lanes) => sum + lanes.length, 0),
    thinned: kept.length < subgroups.length,
    truncated: range.from !== undefined && rows.length >= query.limit,
    points: kept.flatMap((i) => (subgroups[i] ?? []).map(pointJson)),
  };
}

/** Points that people have excluded: said by events, the points themselves are never changed. */
async function excludedIds(stream: string, context: ApiContext): Promise<ReadonlySet<string>> {
  const events = await context.plant.events({ kind: 'exclude', series: stream, limit: MAX_EXCLUDED });
  return new Set(events.map((event) => String(event.data.point)));
}

function shownExcluded(row: PointRow): PointRow {
  return { ...row, status: 'excluded' };
}

/** Subgroups to show: the envelope of each lane, a subgroup always with all its lanes. */
function envelope(subgroups: readonly PointRow[][], max: number): number[] {
  const telling = subgroups.map(isTelling);
  const lanes = subgroups.reduce((most, rows) => Math.max(most, rows.length), 1);
  if (subgroups.length <= max) return subgroups.map((_, i) => i);
  const kept = new Set<number>();
  for (let lane = 0; lane < lanes; lane++) {
    const values = subgroups.map((rows) => rows[lane]?.value ?? Number.NaN);
    for (const i of thin(values, telling, Math.max(4, Math.floor(max / lanes)))) kept.add(i);
  }
  return [...kept].sort((a, b) => a - b);
}

/** Rows of one subgroup follow each other: one entry, one time, lanes ascending. */
function bySubgroup(rows: readonly PointRow[]): PointRow[][] {
  const subgroups: PointRow[][] = [];
  let last: PointRow | undefined;
  for (const row of rows) {
    const goesOn = last !== undefined && row.seq === last.seq && row.timeMs === last.timeMs && row.lane > last.lane;
    if (goesOn) subgroups.at(-1)?.push(row);
    else subgroups.push([row]);
    last = row;
  }
  return subgroups;
}

function isTelling(lanes: readonly PointRow[]): boolean {
  return lanes.some((p) => p.rules.length > 0 || p.breakBefore || p.status === 'no_value' || p.status === 'excluded');
}

export async function readMeasurements(stream: string, range: Range, context: ApiContext): Promise<MeasurementsJson> {
  const query = rangeQuery(stream, range, 1);
  const rows = await context.plant.measurements(query);
  const kept = thin(
    rows.map((row) => row.value),
    rows.map((row) => row.quality !== 0),
    range.max,
  );
  return {
    stream,
    total: rows.length,
    thinned: kept.length < rows.length,
    truncated: range.from !== undefined && rows.length >= query.limit,
    measurements: kept.flatMap((i) => {
      const row = rows[i];
      return row === undefined ? [] : [measurementJson(row)];
    }),
  };
}

export async function readHistogram(
  stream: StreamNow,
  plan: CharacteristicPlan,
  range: Range,
  context: ApiContext,
): Promise<HistogramJson> {
  const rows = await context.plant.measurements({ ...rangeQuery(stream.id, range, 1), limit: range.max });
  const good = rows.filter((row) => row.quality === 0 && Number.isFinite(row.value));
  const values = good.map((row) => row.value);
  const bins = histogram(values);
  const { mean, sigma } = moments(values);
  const within = stream.limits.version > 0 ? stream.capability.sigmaWithin : Number.NaN;
  const spec = specificationFor(plan, stream.part);
  const fits: HistogramJson['fits'] = [];
  if (within > 0 && Number.isFinite(mean)) fits.push({ name: 'within', mean, sigma: within });
  if (sigma > 0) fits.push({ name: 'overall', mean, sigma });
  const first = good[0];
  const last = good[good.length - 1];
  return {
    stream: stream.id,
    unit: plan.unit,
    n: values.length,
    fromMs: first === undefined ? null : Number(first.timeNs / 1_000_000n),
    toMs: last === undefined ? null : Number(last.timeNs / 1_000_000n),
    mean: figure(mean),
    sigmaWithin: figure(within),
    sigmaOverall: figure(sigma),
    resolution: figure(bins.resolution),
    width: figure(bins.width),
    bins: bins.bins.map((bin) => ({ ...bin })),
    fits,
    spec: specificationJson(spec),
    belowSpec: values.filter((x) => x < (spec.lower ?? Number.NEGATIVE_INFINITY)).length,
    aboveSpec: values.filter((x) => x > (spec.upper ?? Number.POSITIVE_INFINITY)).length,
  };
}

/** Mean and sample standard deviation, in two passes around the first value so that nothing cancels. */
function moments(values: readonly number[]): { readonly mean: number; readonly sigma: number } {
  const n = values.length;
  const origin = values[0] ?? Number.NaN;
  let shift = 0;
  for (const x of values) shift += x - origin;
  const mean = origin + shift / n;
  let squares = 0;
  for (const x of values) squares += (x - mean) ** 2;
  return { mean, sigma: n < 2 ? Number.NaN : Math.sqrt(squares / (n - 1)) };
}
