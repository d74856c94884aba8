// The history: what came out, kept for years. Rows are upserted by id, so writing a block twice changes nothing.
import type { Seq } from '../journal/journal.ts';
import type { MeasurementContext } from '../measurement.ts';

/** A series: a stream (characteristic, part, split) or a bare tag (`adapter/tag`, no chart). `ix` counts from 0 in order of first appearance. */
export interface SeriesRow {
  readonly ix: number;
  /** `characteristic`, `characteristic~part`, `characteristic~part~split` or `adapter/tag`; see streamId(). */
  readonly id: string;
  readonly characteristic: string;
  readonly part: string;
  readonly split: string;
  readonly line: string;
  readonly station: string;
  /** False for a bare tag. */
  readonly isStream: boolean;
  /** Folder name of the stream's chart; a tag of its points in InfluxDB. */
  readonly chart?: string | undefined;
}

/** Measurements as columns; the id of row i is (seq[i], ordinal[i], series[i]). Rows of one series are in acceptance order. */
export interface MeasurementColumns {
  length: number;
  readonly series: number[];
  readonly seq: number[];
  readonly ordinal: number[];
  readonly timeNs: bigint[];
  readonly value: number[];
  readonly size: number[];
  readonly quality: number[];
  readonly reason: (string | undefined)[];
  readonly text: (string | undefined)[];
  readonly context: MeasurementContext[];
  /**
   * Added to `timeNs` by stores that know rows by their time only, so that rows of one source time stay apart. Given by the
   * embedded history when it first writes the block for another sink, the same for ever; absent: the ordinal within the block.
   */
  readonly tie?: readonly number[];
}

/** Why a point is not judged as usual. */
export type PointStatus = 'judged' | 'baseline' | 'no_value' | 'excluded';

/** One plotted value of one statistic of one subgroup. `id` = `<seq>.<ordinal>` of the entry that closed the subgroup. */
export interface PointRow {
  readonly id: string;
  readonly seq: Seq;
  readonly ordinal: number;
  readonly series: number;
  /** Lane of the chart: 0 = location, 1 = spread … */
  readonly lane: number;
  /** Name of the lane's statistic: x, mr, mean, range, s, p, u, ewma. */
  readonly statistic: string;
  /** Source time of the last member, ms. */
  readonly timeMs: number;
  readonly value: number;
  readonly centre: number;
  readonly lower: number;
  readonly upper: number;
  readonly z: number;
  /** Members that counted (variables) or units inspected (attributes). */
  readonly n: number;
  /** Ids of the rules that hold at this point, not only those that rose. */
  readonly rules: readonly string[];
  readonly limitsVersion: number;
  readonly status: PointStatus;
  /** True: a gap or new limits lie between this point and the one before; the line breaks. */
  readonly breakBefore: boolean;
  /** Context that all members share. */
  readonly context: MeasurementContext;
  /** See MeasurementColumns.tie. */
  readonly tie?: number | undefined;
}

export type EventKind =
  | 'signal'
  | 'quality'
  | 'gap'
  | 'link'
  | 'command'
  | 'limits'
  | 'config'
  | 'exclude'
  | 'revision'
  | 'prediction'
  | 'finding'
  | 'restart';

/** A fact with a time. `id` = `<seq>.<ordinal>`. */
export interface EventRow {
  readonly id: string;
  readonly seq: Seq;
  readonly ordinal: number;
  readonly kind: EventKind;
  readonly timeMs: number;
  /** Series concerned, or -1. */
  readonly series: number;
  readonly adapter: string;
  /** In words, both languages. */
  readonly text: { readonly ko: string; readonly en: string };
  readonly data: Readonly<Record<string, unknown>>;
  /** See MeasurementColumns.tie. */
  readonly tie?: number | undefined;
}

/** ISA-18.2 states. */
export type AlarmState = 'unacknowledged' | 'acknowledged' | 'returned_unacknowledged' | 'shelved' | 'closed';

/** What a person must act on. Upserted by `id` (the id of the event that raised it). */
export interface AlarmRow {
  readonly id: string;
  readonly seq: Seq;
  readonly kind: 'signal' | 'missing_sample' | 'link' | 'collection';
  readonly series: number;
  readonly adapter: string;
  readonly class: 'critical' | 'significant' | 'standard';
  readonly state: AlarmState;
  /** Source time of the point (or fact) that raised it. */
  readonly raisedMs: number;
  /** When Pumjil came to know it: later than `raisedMs` where data arrive late. */
  readonly detectedMs?: number;
  readonly lastMs: number;
  readonly acknowledgedMs: number | null;
  readonly acknowledgedBy: string;
  readonly closedMs: number | null;
  readonly cause: string;
  readonly comment: string;
  /** Rules that hold or held, in order of appearance, e.g. ['N1', 'N2']. */
  readonly rules: readonly string[];
  readonly lane: number;
  /** Number of events folded into this alarm. */
  readonly events: number;
  readonly text: { readonly ko: string; readonly en: string };
}

/** From `fromMs` on the points of a series are superseded by those that entry `seq` brought forth: earlier ones are gone from every answer. */
export interface Revision {
  readonly series: number;
  readonly fromMs: number;
  readonly seq: Seq;
}

/** Everything that a run of journal entries brought forth. Written in one transaction together with the cursor `seq`. */
export interface HistoryBlock {
  /** Last entry contained. */
  readonly seq: Seq;
  readonly series: readonly SeriesRow[];
  readonly measurements: MeasurementColumns;
  readonly points: readonly PointRow[];
  readonly events: readonly EventRow[];
  readonly alarms: readonly AlarmRow[];
  /** In order of seq; `points` may hold some that are superseded within the block. */
  readonly revisions?: readonly Revision[] | undefined;
  /** Values accepted by the entries contained; a value may stand in several measurements, or in none. Absent: as many as measurements. */
  readonly accepted?: number | undefined;
}

/**
 * Whether a point is superseded by one of these revisions.
 *
 * @example
 * isSuperseded({ series: 0, timeMs: 2000, seq: 4 }, [{ series: 0, fromMs: 1500, seq: 9 }]); // => true
 */
export function isSuperseded(
  point: Pick<PointRow, 'series' | 'timeMs' | 'seq'>,
  revisions: readonly Revision[],
): boolean {
  return revisions.some((each) => each.series === point.series && point.timeMs >= each.fromMs && point.seq < each.seq);
}

/** Half-open [fromMs, toMs); at most `limit` rows; `last` takes the newest instead of the oldest. Answers are in time order (then id). */
export interface RangeQuery {
  readonly series: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly limit: number;
  readonly last?: boolean;
}

export interface MeasurementRow {
  readonly id: string;
  readonly timeNs: bigint;
  readonly value: number;
  readonly size: number;
  readonly quality: number;
  readonly reason: string | undefined;
  readonly text: string | undefined;
  readonly context: MeasurementContext;
}

export interface History {
  /** Durable when it resolves. A block at or below the cursor changes nothing. Retryable PumjilError when unreachable. */
  append(block: HistoryBlock): Promise<void>;
  /** Last seq written, 0 when empty. */
  cursor(): Promise<Seq>;
  measurements(query: RangeQuery): Promise<readonly MeasurementRow[]>;
  points(query: RangeQuery & { readonly lane?: number }): Promise<readonly PointRow[]>;
  close(): Promise<void>;
}

/** An empty set of measurement columns. */
export function measurementColumns(): MeasurementColumns {
  return {
    length: 0,
    series: [],
    seq: [],
    ordinal: [],
    timeNs: [],
    value: [],
    size: [],
    quality: [],
    reason: [],
    text: [],
    context: [],
  };
}

/**
 * The id of a stream.
 *
 * @example
 * streamId('L1.weight', 'CV-2100', ['3']); // => 'L1.weight~CV-2100~3'
 */
export function streamId(characteristic: string, part: string, split: readonly string[]): string {
  const key = split.map((s) => s.replaceAll('~', '_').replaceAll('/', '_')).join('/');
  const cleanPart = part.replaceAll('~', '_');
  if (key !== '') return `${characteristic}~${cleanPart}~${key}`;
  return cleanPart === '' ? characteristic : `${characteristic}~${cleanPart}`;
}
