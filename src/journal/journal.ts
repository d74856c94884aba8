// The journal: every input of engine and alarms, durable before anything else happens to it.
import type { EnginePlan } from '../config/plan.ts';
import type { Batch, Gap, MeasurementContext } from '../measurement.ts';

/** Position of an entry: 1, 2, 3 … without holes. */
export type Seq = number;

/** Counts that belong to the G3 equation: received = rows of the batch + duplicate + refused. */
export interface ValuesEntry {
  readonly kind: 'values';
  readonly adapter: string;
  /** Accepted rows only; `ack`, `refuse` are not kept. May be empty when everything was a repeat. */
  readonly batch: Batch;
  readonly received: number;
  readonly duplicate: number;
  readonly refused: number;
}

export interface GapEntry {
  readonly kind: 'gap';
  readonly adapter: string;
  readonly gap: Gap;
  readonly atMs: number;
}

/** Time went on to `atMs`: written when a deadline falls due. */
export interface TickEntry {
  readonly kind: 'tick';
  readonly atMs: number;
}

export interface ConfigEntry {
  readonly kind: 'config';
  readonly atMs: number;
  readonly author: string;
  /** sha256 of the plan's canonical JSON. */
  readonly hash: string;
  readonly plan: EnginePlan;
}

export interface LimitsEntry {
  readonly kind: 'limits';
  readonly atMs: number;
  readonly author: string;
  readonly reason: string;
  readonly stream: string;
  /** Centre and sigma of the individual values. */
  readonly centre: number;
  readonly sigma: number;
}

export interface ExcludeEntry {
  readonly kind: 'exclude';
  readonly atMs: number;
  readonly author: string;
  readonly reason: string;
  readonly stream: string;
  /** Point id, see PointRow. */
  readonly point: string;
}

/** Values of one stream in production order, as columns. */
export interface ReviseRows {
  readonly timeMs: readonly number[];
  /** NaN = missing. */
  readonly value: readonly number[];
  readonly size: readonly number[];
  /** Index into `contexts`. */
  readonly context: readonly number[];
  readonly contexts: readonly MeasurementContext[];
}

/**
 * One stream is judged again, in production order. The entry carries the values itself: to apply it needs nothing but the state.
 * Without `rows` the values that came late lie too far back to be judged.
 */
export interface ReviseEntry {
  readonly kind: 'revise';
  readonly atMs: number;
  readonly author: string;
  readonly reason: string;
  readonly stream: string;
  /** Source time of the oldest value that came late or was corrected. */
  readonly fromMs: number;
  /** The checkpoint to start from: its state contains all values up to this source time. */
  readonly afterMs?: number | undefined;
  /** `rows` holds every value later than `afterMs` of the entries up to this one. */
  readonly uptoSeq?: Seq | undefined;
  readonly rows?: ReviseRows | undefined;
  /** Ids of measurements that a correction replaces: not among the rows. */
  readonly leftOut?: readonly string[] | undefined;
  /** Points excluded by people: the point of the same time that takes their place is excluded too. */
  readonly excluded?:
    | readonly { readonly timeMs: number; readonly point: string; readonly author: string; readonly reason: string }[]
    | undefined;
}

/** What a command names in place of an alarm to acknowledge that the disk has failed, see Health.warnings. */
export const DISK_FAILED = 'disk_failed';

export type CommandVerb = 'acknowledge' | 'cause' | 'shelve' | 'unshelve' | 'close' | 'comment';

export interface CommandEntry {
  readonly kind: 'command';
  readonly atMs: number;
  readonly author: string;
  /** Id of the command, given by its sender; a repeat changes nothing. */
  readonly id: string;
  readonly verb: CommandVerb;
  readonly alarm: string;
  readonly cause?: string | undefined;
  readonly text?: string | undefined;
  readonly untilMs?: number | undefined;
}

export type Entry =
  | ValuesEntry
  | GapEntry
  | TickEntry
  | ConfigEntry
  | LimitsEntry
  | ExcludeEntry
  | ReviseEntry
  | CommandEntry;

export interface Journaled {
  readonly seq: Seq;
  readonly entry: Entry;
}

export interface JournalStats {
  readonly first: Seq;
  readonly last: Seq;
  readonly bytes: number;
  readonly segments: number;
  /** Damage found when it was opened: sentences for people, and the sequence ranges that are missing. */
  readonly damage: readonly {
    readonly segment: string;
    readonly what: string;
    readonly from?: Seq;
    readonly to?: Seq;
  }[];
}

export interface Journal {
  /** Resolves when the entry is durable (fdatasync returned). Calls in one turn of the event loop share one flush; order of calls = order of seqs. */
  append(entry: Entry): Promise<Seq>;
  /** Durable entries from `from` (inclusive) in order, to the end of what is durable at the time of each step. */
  read(from: Seq, signal?: AbortSignal): AsyncIterable<Journaled>;
  /** Removes whole sealed segments that hold only entries before `before`, oldest first, while the journal has more than `downToBytes` (0). */
  trim(before: Seq, downToBytes?: number): Promise<void>;
  stats(): JournalStats;
  close(): Promise<void>;
}
