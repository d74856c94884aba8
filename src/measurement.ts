// The record: what one device said, at what time, how good it is and to what it belongs.

/** 0 good, 1 uncertain, 2 bad. */
export type Quality = 0 | 1 | 2;
export const GOOD: Quality = 0;
export const UNCERTAIN: Quality = 1;
export const BAD: Quality = 2;

/** What a measurement belongs to: part, lot, cavity, tool, gauge, operator, order, defect, shift, or any key a source sends. */
export type MeasurementContext = Readonly<Record<string, string>>;

/** Told to the source once its batch is durable. */
export interface Receipt {
  readonly seq: number;
  readonly accepted: number;
  readonly duplicates: number;
}

/**
 * Measurements as columns; row i of every column is one measurement. Only rows 0 .. length-1 count, columns may be longer.
 * Invariant: `value[i]` is NaN if and only if quality is bad or the row carries a text.
 */
export interface Batch {
  readonly kind: 'values';
  /** Names of the adapter's tags by index; grows during a run, entries never change. */
  readonly tagNames: readonly string[];
  readonly length: number;
  readonly tag: Uint32Array;
  readonly value: Float64Array;
  /** Number of units inspected for a count, else 1. */
  readonly size: Float64Array;
  readonly quality: Uint8Array;
  readonly sourceTimeNs: BigInt64Array;
  /** Index into `contexts`; `contexts[0]` is always the empty context. */
  readonly context: Uint32Array;
  readonly contexts: readonly MeasurementContext[];
  /** The source's own identity of the row (payload id or sequence number); sparse. */
  readonly sourceId: readonly (string | undefined)[];
  /** Text of a text tag (part number, lot label); sparse. */
  readonly text: readonly (string | undefined)[];
  /** Why a value is not plainly good, as a stable snake_case word such as `modbus_exception_2` or `no_source_time`; sparse. */
  readonly reason: readonly (string | undefined)[];
  readonly receivedMs: number;
  /** Called once, after the batch is durable. */
  ack?(receipt: Receipt): void;
  /** Called once instead of `ack` when the journal takes nothing (full, failed): the source keeps its values. */
  refuse?(error: Error): void;
}

/** Time that was not observed. `toMs: null` = still open (the link is down); the same adapter closes it by a gap with both ends. */
export interface Gap {
  readonly kind: 'gap';
  /** Tags concerned; empty = all tags of the adapter. */
  readonly tags: readonly string[];
  readonly fromMs: number;
  readonly toMs: number | null;
  /** A stable snake_case word: link_down, restart, queue_overflow, slow_consumer, sensor_stuck … */
  readonly reason: string;
  /** Number of values known to be missing, where it is known. */
  readonly missing?: number;
}

export interface RowExtras {
  readonly size?: number | undefined;
  readonly context?: MeasurementContext | undefined;
  readonly sourceId?: string | undefined;
  readonly text?: string | undefined;
  readonly reason?: string | undefined;
}

/** A batch that can still be filled. */
export interface OpenBatch extends Batch {
  /** Adds one row. A value that is not finite, or bad quality, becomes NaN and bad. */
  add(tag: number, value: number, quality: Quality, timeNs: bigint, extras?: RowExtras): void;
}

/**
 * An empty batch over the tag names of one adapter.
 *
 * @param tagNames the adapter's growing list of tag names; rows refer to it by index
 * @param receivedMs time of receipt, ms since 1970
 * @param capacity rows expected; the batch grows beyond it
 * @example
 * const batch = openBatch(['cushion'], 1700000000000);
 * batch.add(0, 5.02, GOOD, 1700000000000000000n);
 * batch.length; // => 1
 */
export function openBatch(tagNames: readonly string[], receivedMs: number, capacity = 16): OpenBatch {
  const contexts: MeasurementContext[] = [{}];
  const contextIndex = new Map<MeasurementContext, number>();
  const sourceId: (string | undefined)[] = [];
  const text: (string | undefined)[] = [];
  const reason: (string | undefined)[] = [];
  let room = capacity;
  const batch = {
    kind: 'values' as const,
    tagNames,
    length: 0,
    tag: new Uint32Array(room),
    value: new Float64Array(room),
    size: new Float64Array(room),
    quality: new Uint8Array(room),
    sourceTimeNs: new BigInt64Array(room),
    context: new Uint32Array(room),
    contexts,
    sourceId,
    text,
    reason,
    receivedMs,
    add(tag: number, value: number, quality: Quality, timeNs: bigint, extras?: RowExtras): void {
      if (batch.length === room) grow();
      const i = batch.length;
      batch.length += 1;
      const isText = extras?.text !== undefined;
      const isBad = quality === BAD || (!isText && !Number.isFinite(value));
      batch.tag[i] = tag;
      batch.value[i] = isBad || isText ? Number.NaN : value;
      batch.size[i] = extras?.size ?? 1;
      batch.quality[i] = isBad ? BAD : quality;
      batch.sourceTimeNs[i] = timeNs;
      if (extras === undefined) {
        if (isBad && quality !== BAD) reason[i] = 'not_finite';
        return;
      }
      batch.context[i] = internContext(extras.context);
      if (extras.sourceId !== undefined) sourceId[i] = extras.sourceId;
      if (extras.text !== undefined) text[i] = extras.text;
      const why = extras.reason ?? (isBad && quality !== BAD ? 'not_finite' : undefined);
      if (why !== undefined) reason[i] = why;
    },
  };
  function internContext(context: MeasurementContext | undefined): number {
    if (context === undefined) return 0;
    const known = contextIndex.get(context);
    if (known !== undefined) return known;
    contexts.push(context);
    contextIndex.set(context, contexts.length - 1);
    return contexts.length - 1;
  }
  function grow(): void {
    room = Math.max(16, room * 2);
    batch.tag = widen(batch.tag, new Uint32Array(room));
    batch.value = widen(batch.value, new Float64Array(room));
    batch.size = widen(batch.size, new Float64Array(room));
    batch.quality = widen(batch.quality, new Uint8Array(room));
    batch.sourceTimeNs = widen(batch.sourceTimeNs, new BigInt64Array(room));
    batch.context = widen(batch.context, new Uint32Array(room));
  }
  return batch;
}

function widen<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}
