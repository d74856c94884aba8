// The door for components: what an adapter is given and what it must give.
import type { ZodType } from 'zod';
import type { Batch, Gap, OpenBatch } from './measurement.ts';

export { ERROR_CATALOGUE, type ErrorCode, PumjilError } from './errors.ts';
export { type Inbox, openInbox } from './inbox.ts';
export * from './measurement.ts';
export { parseSourceJson } from './source-json.ts';
export * from './source-value.ts';

export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What arrives over HTTP for an adapter that takes it (see `Context.receive`). */
export interface Delivery {
  /** Bearer token without the word Bearer, or undefined. */
  readonly token: string | undefined;
  readonly idempotencyKey: string | undefined;
  readonly contentType: string;
  readonly body: Uint8Array;
}

/** The answer to a delivery: HTTP status and JSON body. */
export interface DeliveryReply {
  readonly status: number;
  readonly body: unknown;
  readonly retryAfterS?: number;
}

/** What a component gets from its supervisor, one per instance. */
export interface Context {
  /** The instance's id in pumjil.yaml. */
  readonly id: string;
  /** Aborted when the instance must end; `collect` then ends within 1 s. */
  readonly signal: AbortSignal;
  readonly log: Log;
  /** A folder of its own, for certificates and positions; exists. */
  readonly folder: string;
  /** ms since 1970. */
  now(): number;
  /** Index of a tag name in this instance, new or known. */
  tag(name: string): number;
  /** An empty batch over this instance's tags. */
  batch(capacity?: number): OpenBatch;
  /** Source time (ms) of the last durable value of a tag, or of any tag of this instance: where a gap after a restart begins. */
  lastDurableMs(tag?: string): number | undefined;
  /** Tells that the device is there: the supervisor resets its back-off and shows it. Loss is told by a gap with an open end, or by throwing. */
  connected(detail?: string): void;
  /** Counts rows refused at the door (malformed, unknown); they show in the metrics and in the health page. */
  refused(count: number, reason: string, sample?: string): void;
  /** Takes what is posted to /api/measurements/<id> until `signal` aborts. */
  receive(handler: (delivery: Delivery) => Promise<DeliveryReply>): void;
}

/** A tag that a device offers. */
export interface TagInfo {
  readonly name: string;
  readonly address: string;
  readonly type: string;
  readonly unit?: string;
  readonly sample?: number | string | null;
}

/**
 * A source of measurements. It only reads.
 * `collect` runs until the signal aborts or it throws; a retryable PumjilError means "start me again after a pause".
 * Values and gaps come in the order in which the source made them. A batch is acknowledged through `batch.ack` once it is durable;
 * the consumer may take its time: an adapter bounds its own buffers and declares what it drops as a gap with `missing`.
 */
export interface Adapter<S = unknown> {
  /** Settings below `adapters.<id>` without `use`. */
  readonly settings: ZodType<S>;
  /** Connects once and goes away again. Throws a PumjilError with code and hint. */
  probe(settings: S, context: Context): Promise<void>;
  collect(settings: S, context: Context): AsyncIterable<Batch | Gap>;
  browse?(settings: S, context: Context): AsyncIterable<TagInfo>;
  /** Tags known from the settings alone; undefined when they are only known at run time. */
  tags?(settings: S): readonly string[] | undefined;
  /** Contract lines this adapter cannot have, each with the reason. */
  readonly exempt?: Readonly<Record<string, string>>;
}

/** Keeps the settings type of an adapter while exporting it. */
export function defineAdapter<S>(adapter: Adapter<S>): Adapter<S> {
  return adapter;
}

/** One value a testbed has made visible, as the adapter must deliver it. */
export interface ExpectedRow {
  readonly tag: string;
  /** NaN for a bad value or a text. */
  readonly value: number;
  readonly quality: 0 | 1 | 2;
  /** Device time, where the protocol carries one. */
  readonly timeMs?: number;
  readonly text?: string;
  readonly context?: Readonly<Record<string, string>>;
}

/** A simulator of an adapter's device on a free loopback port; `adapters/<name>/testbed.ts` exports `startTestbed(folder): Promise<Testbed>`. */
export interface Testbed {
  /** Settings that reach the simulator, short periods and timeouts. */
  readonly settings: unknown;
  /** Settings of a device that is not there. */
  readonly absent: unknown;
  /** Makes the next scripted record visible and returns the rows it must give. Values differ from call to call. */
  emit(): Promise<readonly ExpectedRow[]>;
  /** Makes the device report a fault for some values (exception, bad status, null) and returns the bad rows expected; undefined if the protocol has no such thing. */
  fault?(): Promise<readonly ExpectedRow[]>;
  /** Cuts the link so that the adapter must notice; `restore` brings it back with the device's state kept. */
  cut(): Promise<void>;
  restore(): Promise<void>;
  /** Sends these bytes to the adapter where it expects an answer or a message; later emits must still arrive. */
  garbage?(bytes: Uint8Array): Promise<void>;
  /** Sends the last emitted record again, as a source does that saw no acknowledgement; undefined where there is no acknowledgement. */
  redeliver?(): Promise<void>;
  /** True once the source regards the last record as acknowledged. */
  acknowledged?(): boolean;
  /** Number of write operations that reached the device. Must stay 0. */
  writes(): number;
  /** Connects the testbed with the adapter's context (for adapters that receive over HTTP). */
  attach?(context: Context): void;
  stop(): Promise<void>;
}
