// What the API may know of the running plant. The composition root gives it an implementation; nothing here touches a disk or a device.
import type { Delivery, DeliveryReply } from '../component.ts';
import type { CharacteristicPlan, PlantPlan, ShiftPlan } from '../config/plan.ts';
import type { AlarmRow, EventRow, MeasurementRow, PointRow, RangeQuery } from '../history/history.ts';
import type { CommandEntry, ExcludeEntry, LimitsEntry, Seq } from '../journal/journal.ts';
import type { Replay } from '../replay/compare.ts';
import type { WhatIf } from '../replay/what-if.ts';
import type { Capability, LimitsInForce } from '../spc/stream.ts';

/** One stream as it stands now: what the overview shows. */
export interface StreamNow {
  readonly id: string;
  readonly characteristic: string;
  readonly part: string;
  readonly split: string;
  readonly limits: LimitsInForce;
  readonly capability: Capability;
  /** Newest value and its source time, or null. */
  readonly lastValue: number | null;
  readonly lastQuality: number;
  readonly lastTimeMs: number | null;
  /** Newest points, one per lane. */
  readonly lastPoints: readonly PointRow[];
  /** Points so far in the baseline, of how many; null once limits are in force. */
  readonly baseline: { readonly done: number; readonly of: number } | null;
  readonly openAlarms: readonly string[];
  /** Longest pause to expect between two points, ms, learnt from the stream; null while unknown. Older than twice this = stale. */
  readonly expectedMs: number | null;
}

export interface AdapterHealth {
  readonly id: string;
  readonly use: string;
  readonly state: 'starting' | 'connected' | 'waiting' | 'failed' | 'stopped';
  readonly detail: string;
  readonly sinceMs: number;
  readonly lastValueMs: number | null;
  readonly received: number;
  readonly accepted: number;
  readonly duplicate: number;
  readonly refused: number;
  /** Where the implementation counts them per adapter; shown in the metrics. */
  readonly stored?: number;
  readonly quarantined?: number;
  readonly lost?: number;
  readonly gapSeconds: number;
  readonly restarts: number;
  readonly lastError: { readonly code: string; readonly message: string; readonly hint: string } | null;
}

/** What a person must act on, or know, although collection goes on. */
export interface HealthWarning {
  /** `disk_failed` stays, and the plant is not ready, until it is acknowledged or the program starts anew. */
  readonly code: 'disk_failed' | 'values_dropped';
  readonly text: string;
  /** When it was noticed; null when that was before this start. */
  readonly sinceMs: number | null;
}

export interface Health {
  readonly nowMs: number;
  readonly startedMs: number;
  /** Journal writable, replay done, engine caught up. */
  readonly ready: boolean;
  readonly notReadyBecause: string | null;
  readonly adapters: readonly AdapterHealth[];
  readonly journal: {
    readonly firstSeq: Seq;
    readonly lastSeq: Seq;
    readonly bytes: number;
    readonly damage: readonly string[];
  };
  readonly history: {
    readonly use: string;
    readonly cursor: Seq;
    readonly lagMs: number;
    readonly backlog: number;
    readonly lastError: string | null;
  };
  readonly warnings?: readonly HealthWarning[];
  /**
   * The two equations of G3, over all adapters. Stored: where `history.use` says; waiting: on its way there, an outbox included;
   * lost: dropped from the outbox because the operator chose drop_oldest.
   */
  readonly balance: {
    readonly received: number;
    readonly accepted: number;
    readonly duplicate: number;
    readonly refused: number;
    readonly stored: number;
    readonly waiting: number;
    readonly quarantined: number;
    readonly lost: number;
  };
  readonly eventsByKind: Readonly<Record<string, number>>;
  readonly pointsTotal: number;
  /** Hash over all events since the journal began, hex. */
  readonly eventHash: string;
}

export type LiveMessage =
  | { readonly type: 'point'; readonly seq: Seq; readonly stream: string; readonly point: PointRow }
  | { readonly type: 'event'; readonly seq: Seq; readonly event: EventRow }
  | { readonly type: 'alarm'; readonly seq: Seq; readonly alarm: AlarmRow };

export interface AlarmQuery {
  /** Only the alarm of this id. */
  readonly id?: string;
  readonly open?: boolean;
  readonly series?: string;
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly limit: number;
}

export interface EventQuery {
  readonly kind?: string;
  readonly series?: string;
  readonly fromMs?: number;
  readonly toMs?: number;
  /** Only events after this id's seq (for resuming). */
  readonly afterSeq?: Seq;
  readonly limit: number;
}

export type Role = 'viewer' | 'operator' | 'engineer' | 'manager' | 'admin';

export interface User {
  readonly name: string;
  readonly role: Role;
}

/** Users and sessions; kept in plant.db. */
export interface Users {
  /** The user, or undefined; takes the same time whether the name exists or not. */
  verify(name: string, password: string): Promise<User | undefined>;
  /** A new opaque session token. */
  open(user: User, nowMs: number): Promise<string>;
  find(token: string, nowMs: number): User | undefined;
  close(token: string): Promise<void>;
  /** Takes a one-time login token (demo link); undefined when unknown or used. */
  redeem(loginToken: string): User | undefined;
}

export interface Plant {
  readonly plan: {
    readonly plant: PlantPlan;
    readonly shifts: readonly ShiftPlan[];
    readonly characteristics: readonly CharacteristicPlan[];
    /** Budget of false alarms, where the configuration names one. */
    readonly falseAlarmsPerDay?: number | undefined;
  };
  /** Rule sets of this installation: set → rule id → sentence. */
  readonly ruleSets?: ReadonlyMap<string, Readonly<Record<string, string>>>;
  readonly users: Users;
  streams(): readonly StreamNow[];
  stream(id: string): StreamNow | undefined;
  measurements(query: RangeQuery): Promise<readonly MeasurementRow[]>;
  points(query: RangeQuery & { readonly lane?: number }): Promise<readonly PointRow[]>;
  alarms(query: AlarmQuery): Promise<readonly AlarmRow[]>;
  events(query: EventQuery): Promise<readonly EventRow[]>;
  /** Series id by `ix` of rows. */
  seriesId(ix: number): string;
  /** Journals a command, limits or exclusion; resolves when durable and applied. */
  submit(entry: CommandEntry | LimitsEntry | ExcludeEntry): Promise<Seq>;
  subscribe(listener: (messages: readonly LiveMessage[]) => void): () => void;
  /** Live messages after `afterSeq` that are still at hand; undefined when too old. */
  replayLive(afterSeq: Seq): Promise<readonly LiveMessage[] | undefined>;
  health(): Health;
  /** Delivers to the adapter of that id; undefined when there is none that takes deliveries. */
  deliver(adapter: string, delivery: Delivery): Promise<DeliveryReply | undefined>;
  /** Runs the stored measurements of a stream through other rules, limits or charts; changes nothing. Undefined for an unknown stream. */
  replay?(stream: string, whatIf: WhatIf): Promise<Replay> | undefined;
  /** First diagnosis, computed from the plant's own records. */
  diagnosis(): Promise<Diagnosis>;
}

/** Four kinds of missing are told apart. */
export type IndicatorStatus = 'computed' | 'absent' | 'unassessed' | 'insufficient' | 'not_applicable';

export interface IndicatorResult {
  readonly id: string;
  readonly dimension: string;
  readonly name: { readonly ko: string; readonly en: string };
  readonly formula: { readonly ko: string; readonly en: string };
  readonly status: IndicatorStatus;
  readonly value: number | null;
  readonly unit: string;
  /** 0 … 5, null while not assessed. */
  readonly level: number | null;
  readonly n: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly thresholds: readonly number[];
  readonly levelText: { readonly ko: string; readonly en: string } | null;
  /** Evidence keys with their values and where they come from. */
  readonly evidence: readonly {
    readonly key: string;
    readonly ko: string;
    readonly en: string;
    readonly value: number | null;
    readonly source: string;
  }[];
  readonly weight: number;
  /** What would raise the level. */
  readonly next: { readonly ko: string; readonly en: string } | null;
}

export interface Diagnosis {
  readonly atMs: number;
  readonly modelId: string;
  readonly modelVersion: string;
  readonly area: {
    readonly id: string;
    readonly ko: string;
    readonly en: string;
    readonly score: number | null;
    readonly coverage: number;
    readonly dimensions: readonly {
      readonly id: string;
      readonly ko: string;
      readonly en: string;
      readonly score: number | null;
      readonly held: boolean;
      readonly stage: { readonly level: number; readonly ko: string; readonly en: string } | null;
    }[];
  };
  readonly indicators: readonly IndicatorResult[];
  /** The policy's figures, always labelled 참고 비교 / for reference. */
  readonly references: readonly {
    readonly id: string;
    readonly ko: string;
    readonly en: string;
    readonly value: number;
    readonly unit: string;
    readonly source: string;
  }[];
}
