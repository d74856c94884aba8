// What the main thread and the writer thread say to each other. Plain data only: it is copied between threads.
import type { AdapterHealth, Health, HealthWarning, LiveMessage, StreamNow } from '../api/plant.ts';
import type { Entry, Seq } from '../journal/journal.ts';

/** What the operator allows, see the section `journal` of the configuration. */
export interface WriterLimits {
  /** Most bytes of the journal, and again of what waits in the outbox. */
  readonly maxBytes: number;
  readonly keepMs: number;
  /** `stop`. */
  readonly whenFull?: 'stop' | 'drop_oldest';
}

export interface WriterOptions extends WriterLimits {
  readonly dataDir: string;
  /** True when another sink (InfluxDB) needs the blocks too. */
  readonly outbox: boolean;
}

export type ToWriter =
  | { readonly type: 'append'; readonly id: number; readonly entry: Entry }
  | {
      readonly type: 'record';
      readonly id: number;
      readonly op: 'get' | 'put' | 'delete' | 'list';
      readonly kind: string;
      readonly key: string;
      readonly json: string;
    }
  | { readonly type: 'limits'; readonly limits: WriterLimits }
  | { readonly type: 'sink_cursor'; readonly name: string; readonly seq: Seq }
  | { readonly type: 'quarantine'; readonly sink: string; readonly line: string; readonly reason: string }
  | { readonly type: 'stop'; readonly id: number };

export interface PlainError {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly retryable: boolean;
}

/** Counters and stores as they stand; sent after each block, at most a few times a second. */
export interface WriterState {
  readonly ready: boolean;
  readonly notReadyBecause: string | null;
  readonly adapters: Readonly<
    Record<string, Omit<AdapterHealth, 'id' | 'use' | 'state' | 'detail' | 'sinceMs' | 'restarts' | 'lastError'>>
  >;
  readonly journal: Health['journal'];
  /** Adapters whose link was down when the journal was last written. */
  readonly openGaps: Readonly<Record<string, { readonly fromMs: number; readonly reason: string }>>;
  readonly cursor: Seq;
  readonly sinkCursors: Readonly<Record<string, Seq>>;
  readonly balance: Health['balance'];
  readonly warnings: readonly HealthWarning[];
  readonly eventsByKind: Readonly<Record<string, number>>;
  readonly pointsTotal: number;
  readonly eventHash: string;
  readonly planHash: string;
}

export type FromWriter =
  | {
      readonly type: 'ready';
      readonly state: WriterState;
      readonly streams: readonly StreamNow[];
      readonly series: readonly string[];
      readonly lastSourceMs: Readonly<Record<string, Readonly<Record<string, number>>>>;
      /** The time at which the plant goes on, ms. */
      readonly nowMs: number;
    }
  | { readonly type: 'failed'; readonly error: PlainError }
  | {
      readonly type: 'receipt';
      readonly id: number;
      readonly seq: Seq;
      readonly accepted: number;
      readonly duplicates: number;
    }
  | { readonly type: 'refusal'; readonly id: number; readonly error: PlainError }
  | { readonly type: 'value'; readonly id: number; readonly value: unknown }
  | {
      readonly type: 'outputs';
      readonly seq: Seq;
      readonly live: readonly LiveMessage[];
      readonly streams: readonly StreamNow[];
      /** Ids of series made since the last message, in order. */
      readonly newSeries: readonly string[];
      readonly state: WriterState;
    }
  | { readonly type: 'stopped' };
