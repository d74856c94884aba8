// The state of the plant machine: plain data, so that a snapshot is one serialisation.
import type { EnginePlan } from '../config/plan.ts';
import type { PointRow, SeriesRow } from '../history/history.ts';
import type { MeasurementContext } from '../measurement.ts';

/** One stream: a series that is charted. */
export interface StreamState {
  readonly series: number;
  readonly characteristic: string;
  /** Index in the engine and in the subgroup store. */
  readonly engine: number;
  readonly subgroup: number;
  /** Source time of the newest value charted, ms; a value older than that is late. */
  lastMs: number;
  /** Newest value received, charted or not. */
  lastTimeMs: number;
  lastValue: number;
  lastQuality: number;
  /** Values that wait for older ones, in time order; only with `lateness_ms`. */
  waiting: WaitingValue[];
  /** Values seen, for `sample: { take, of }`. */
  seen: number;
  late: number;
  /** Newest point of each lane. */
  lastPoints: PointRow[];
  /** Points judged or baseline so far. */
  points: number;
  /** Source time of the last points and the smoothed pause between them, ms. */
  lastPointMs: number;
  pauseMs: number;
  /** Context shared by the members of the open subgroup. */
  shared: MeasurementContext | null;
  /** Last raw readings of cumulative counters. */
  lastCount: number;
  lastInspected: number;
}

/** A value on its way into the chart. */
export interface WaitingValue {
  readonly timeMs: number;
  /** NaN = missing member. */
  readonly value: number;
  readonly size: number;
  readonly context: MeasurementContext;
}

/** Counts waiting for the inspected number of the same record. */
export interface PendingCount {
  readonly timeNs: bigint;
  readonly value: number;
  readonly quality: number;
  readonly context: MeasurementContext;
}

export interface PairState {
  inspectedNs: bigint;
  inspected: number;
  inspectedBad: boolean;
  pending: PendingCount[];
}

export interface AdapterCounts {
  received: number;
  accepted: number;
  duplicate: number;
  refused: number;
  gapMs: number;
  /** End of the latest gap counted; gaps that overlap count once. */
  gapUntilMs: number;
  /** Start of an open gap, or null. */
  openGapMs: number | null;
  openGapReason: string;
  lastValueMs: number;
  /** Latest source time a tag has durably given, ms. */
  lastSourceMs: Map<string, number>;
  linkAlarm: boolean;
}

export interface MachineState {
  seq: number;
  nowMs: number;
  plan: EnginePlan | null;
  planHash: string;
  series: SeriesRow[];
  streams: Map<number, StreamState>;
  /** Series index by id. */
  seriesIx: Map<string, number>;
  /** Latest text or value of the tags that fill part numbers and context. */
  tagText: Map<string, string>;
  pairs: Map<string, PairState>;
  adapters: Map<string, AdapterCounts>;
  points: number;
  events: Map<string, number>;
  /** Chained sha256 over all events, hex. */
  eventHash: string;
}

export function emptyState(): MachineState {
  return {
    seq: 0,
    nowMs: 0,
    plan: null,
    planHash: '',
    series: [],
    streams: new Map(),
    seriesIx: new Map(),
    tagText: new Map(),
    pairs: new Map(),
    adapters: new Map(),
    points: 0,
    events: new Map(),
    eventHash: '',
  };
}

export function emptyCounts(): AdapterCounts {
  return {
    received: 0,
    accepted: 0,
    duplicate: 0,
    refused: 0,
    gapMs: 0,
    gapUntilMs: 0,
    openGapMs: null,
    openGapReason: '',
    lastValueMs: 0,
    lastSourceMs: new Map(),
    linkAlarm: false,
  };
}
