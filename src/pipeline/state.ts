// The state of the plant machine: plain data, so that a snapshot is one serialisation.
import type { EnginePlan } from '../config/plan.ts';
import type { PointRow, SeriesRow } from '../history/history.ts';
import type { MeasurementContext } from '../measurement.ts';
import type { LimitsInForce } from '../spc/stream.ts';
import type { OpenSubgroup } from '../spc/subgroup.ts';

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
  /** Vectors being put together, where the stream judges several tags. */
  vectors?: VectorState;
  /** What a re-run needs; null for sources that do not deliver late. */
  past: StreamPast | null;
}

/** Vectors of one stream whose values arrive tag by tag. */
export interface VectorState {
  /** By time; whole ones stay until none of their time is expected any more. */
  open: OpenVector[];
  /** Values before this source time come too late for any vector, ns. */
  floorNs: bigint;
  /** Source time of the newest late value: a late vector counts once, ns. */
  lateNs: bigint;
  /** Vectors given up because a value was missing. */
  incomplete: number;
  /** The vector before was whole: from then on a missing value is news. */
  wasWhole: boolean;
}

export interface OpenVector {
  readonly timeNs: bigint;
  /** One number a tag; NaN = not here yet, or not good. */
  readonly x: Float64Array;
  /** Bit i set: the value of tag i has come. */
  seen: number;
  readonly context: MeasurementContext;
}

/** How far back a stream can be taken up again, and what happened to it since. */
export interface StreamPast {
  /** In order of time; more of the newer ones. */
  trail: Checkpoint[];
  /** Gaps and limits since the first checkpoint, in order. */
  marks: Mark[];
  /** Marks dropped before `marks[0]`, and marks that the chart has passed, both counted from the stream's beginning. */
  marksGone: number;
  marked: number;
  /** Signals raised since the first checkpoint, the newest thousand. */
  signals: Signalled[];
  /** Limits learnt from the baseline: a re-run does not change them. */
  frozen: LimitsInForce | null;
}

/** A stream as it stood when all values up to `timeMs`, and no later ones, were charted. */
export interface Checkpoint {
  /** -Infinity: before the first value. */
  readonly timeMs: number;
  readonly engine: Float64Array;
  readonly subgroup: OpenSubgroup;
  readonly seen: number;
  readonly points: number;
  readonly lastPointMs: number;
  readonly pauseMs: number;
  readonly shared: MeasurementContext | null;
  readonly marked: number;
}

/** A gap, or limits set by a person, between the values up to `afterMs` and those after. */
export interface Mark {
  readonly afterMs: number;
  /** null = a gap. */
  readonly limits: LimitsInForce | null;
}

export interface Signalled {
  readonly timeMs: number;
  readonly lane: number;
  readonly rule: string;
  /** False when a re-run no longer found it. */
  stands: boolean;
}

/** A stream with values that came late or were corrected, until a `revise` entry has put them in their place. */
export interface PendingRevision {
  fromMs: number;
  /** Source ids of rows that are corrected, each with the entry of its correction. */
  corrects: { readonly id: string; readonly seq: number }[];
  /** Values that wait for their place. */
  late: number;
  /** Values of the stream accepted since, late ones included; all of those in entries after `sinceSeq`. */
  since: (WaitingValue & { readonly seq: number; readonly isLate: boolean })[];
  sinceSeq: number;
}

/** A value on its way into the chart. */
export interface WaitingValue {
  readonly timeMs: number;
  /** NaN = missing member. */
  readonly value: number;
  readonly size: number;
  readonly context: MeasurementContext;
  /** One number a tag, where the stream judges several; `value` then is NaN. */
  readonly vector?: Float64Array;
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
  /** Streams to be judged again, by series. */
  revisions: Map<number, PendingRevision>;
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
    revisions: new Map(),
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
