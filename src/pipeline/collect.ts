// Runs one adapter: start, hand its batches to the journal, start again after a pause when it fails, declare what was not observed.
import { mkdirSync } from 'node:fs';
import type { Adapter, Context, Delivery, DeliveryReply, Log } from '../component.ts';
import type { AdapterPlan } from '../config/plan.ts';
import { PumjilError } from '../errors.ts';
import type { Entry } from '../journal/journal.ts';
import { type Batch, type Gap, openBatch, type Receipt } from '../measurement.ts';
import { createGapQueue } from './gap-queue.ts';
import { createRefusals } from './refusals.ts';
import { checkClock } from './source-clock.ts';

/** Batches on their way to the disk per adapter; beyond it the adapter is not asked for more. */
const IN_FLIGHT = 32;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;
/** What was refused is recorded after this time although nothing else came, ms. */
const RECORD_REFUSED_MS = 1000;

export interface RunnerState {
  state: 'starting' | 'connected' | 'waiting' | 'failed' | 'stopped';
  detail: string;
  sinceMs: number;
  restarts: number;
  lastError: { readonly code: string; readonly message: string; readonly hint: string } | null;
}

export interface Runner {
  readonly id: string;
  readonly use: string;
  readonly status: Readonly<RunnerState>;
  /** Hands a delivery to the adapter, or undefined when it takes none. */
  deliver(delivery: Delivery): Promise<DeliveryReply> | undefined;
  stop(): Promise<void>;
  /** Resolves when every batch taken so far is settled. */
  idle(): Promise<void>;
}

export interface RunnerOptions {
  readonly plan: AdapterPlan;
  readonly adapter: Adapter;
  readonly folder: string;
  readonly log: Log;
  append(entry: Entry): Promise<Receipt>;
  /** Source time (ms) of the last durable value of a tag, or of any tag. */
  lastDurableMs(tag?: string): number | undefined;
  /** A gap that an earlier life of this adapter left open: closed as soon as the device is there again. */
  readonly openGap?: { readonly fromMs: number; readonly reason: string } | undefined;
  now(): number;
  /** 0 … 1, for the jitter of the pauses. */
  random(): number;
}

/** Starts an adapter and keeps it running until `stop`. */
export function runAdapter(options: RunnerOptions): Runner {
  const { plan, adapter, log, now } = options;
  const ending = new AbortController();
  const status: RunnerState = { state: 'starting', detail: '', sinceMs: now(), restarts: 0, lastError: null };
  const tagNames: string[] = [];
  const tagIndex = new Map<string, number>();
  let handler: ((delivery: Delivery) => Promise<DeliveryReply>) | undefined;
  let openGap: Gap | undefined =
    options.openGap === undefined ? undefined : { kind: 'gap', tags: [], toMs: null, ...options.openGap };
  // Whoever declared an open gap closes it: adapters know best when it really began and ended.
  let isOurGap = openGap !== undefined;
  let lastValueMs: number | undefined;
  let pauseMs = FIRST_PAUSE_MS;
  const refusals = createRefusals(plan.id, log, now);
  let refusalTimer: NodeJS.Timeout | undefined;
  const gaps = createGapQueue((gap) =>
    track(options.append({ kind: 'gap', adapter: plan.id, gap, atMs: now() })).then(journalTook, (error: unknown) => {
      journalRefused(error);
      throw error;
    }),
  );
  let lastDetail = '';
  /** The adapter has told that its device is away, and goes on. */
  let isOnlySilent = false;
  /** The journal took the last entry. */
  let isTaking = true;
  let isClockAhead = false;
  const inFlight = new Set<Promise<unknown>>();

  function enter(state: RunnerState['state'], detail: string): void {
    if (status.state !== state) status.sinceMs = now();
    status.state = state;
    status.detail = detail;
  }

  const context: Context = {
    id: plan.id,
    signal: ending.signal,
    log,
    folder: options.folder,
    now,
    tag(name) {
      const known = tagIndex.get(name);
      if (known !== undefined) return known;
      tagNames.push(name);
      tagIndex.set(name, tagNames.length - 1);
      return tagNames.length - 1;
    },
    batch: (capacity) => openBatch(tagNames, now(), capacity),
    lastDurableMs: options.lastDurableMs,
    connected(detail) {
      if (status.state !== 'connected') log.info({ adapter: plan.id, detail }, 'connected');
      enter('connected', detail ?? '');
      lastDetail = detail ?? '';
      isOnlySilent = false;
      pauseMs = FIRST_PAUSE_MS;
      status.lastError = null;
      if (openGap !== undefined && isOurGap) void declare({ ...openGap, toMs: now() });
    },
    refused(count, reason, sample) {
      refusals.add(count, reason, sample);
      refusalTimer ??= setTimeout(recordRefused, RECORD_REFUSED_MS);
    },
    receive(take) {
      handler = take;
    },
  };

  function track<T>(work: Promise<T>): Promise<T> {
    inFlight.add(work);
    const forget = () => inFlight.delete(work);
    work.then(forget, forget);
    return work;
  }

  async function declare(gap: Gap): Promise<void> {
    openGap =
      gap.toMs === null && gap.tags.length === 0 ? (openGap ?? gap) : gap.tags.length === 0 ? undefined : openGap;
    await gaps.declare(gap);
  }

  function journalRefused(error: unknown): void {
    if (isTaking) log.error({ adapter: plan.id, error: String(error) }, 'the journal takes nothing');
    isTaking = false;
  }

  function journalTook(): void {
    if (!isTaking) log.info({ adapter: plan.id }, 'the journal takes again');
    isTaking = true;
  }

  /** Refused rows count although nothing good comes from that source. */
  function recordRefused(): void {
    refusalTimer = undefined;
    if (refusals.count > 0) take(openBatch(tagNames, now(), 0));
  }

  function take(given: Batch): void {
    const { batch, ahead } = checkClock(given);
    if (ahead > 0 && !isClockAhead)
      log.warn({ adapter: plan.id, rows: ahead }, 'the clock of the source is more than a day ahead');
    if (batch.length > 0) isClockAhead = ahead > 0;
    const refused = refusals.take();
    const beforeMs = lastValueMs;
    for (let i = 0; i < batch.length; i++) {
      const ms = Number((batch.sourceTimeNs[i] ?? 0n) / 1_000_000n);
      if (lastValueMs === undefined || ms > lastValueMs) lastValueMs = ms;
    }
    const work = options.append({
      kind: 'values',
      adapter: plan.id,
      batch,
      received: batch.length + refused,
      duplicate: 0,
      refused,
    });
    track(
      work.then(
        (receipt) => {
          journalTook();
          batch.ack?.(receipt);
        },
        (error: unknown) => {
          journalRefused(error);
          refusals.giveBack(refused);
          if (batch.refuse !== undefined) batch.refuse(error instanceof Error ? error : new Error(String(error)));
          else if (batch.length > 0) gaps.lose(beforeMs ?? now(), now(), batch.length);
        },
      ),
    );
  }

  /** An adapter that looks for its device by itself tells of the loss, and of its end, by a gap over all tags. */
  function showLink(gap: Gap): void {
    if (gap.tags.length > 0) return;
    if (gap.toMs === null) {
      if (status.state !== 'connected') return;
      isOnlySilent = true;
      enter('waiting', gap.reason);
    } else if (isOnlySilent && status.state === 'waiting') enter('connected', lastDetail);
  }

  /** One life of the adapter: from start to its end or its error. */
  async function live(): Promise<void> {
    makeFolder(plan.id, options.folder);
    for await (const item of adapter.collect(plan.settings, context)) {
      if (item.kind === 'gap') {
        isOurGap = false;
        showLink(item);
        await declare(item);
      } else take(item);
      while (inFlight.size >= IN_FLIGHT) await Promise.race(inFlight).catch(() => undefined);
      if (ending.signal.aborted) break;
    }
  }

  async function keepRunning(): Promise<void> {
    while (!ending.signal.aborted) {
      enter('starting', '');
      try {
        await live();
        if (!ending.signal.aborted) enter('waiting', 'ended');
      } catch (error) {
        if (ending.signal.aborted) break;
        await failed(error);
        if (!(error instanceof PumjilError) || !error.retryable) {
          enter('failed', status.lastError?.message ?? '');
        }
      }
      if (ending.signal.aborted) break;
      await pause();
    }
    enter('stopped', '');
  }

  async function failed(error: unknown): Promise<void> {
    const plainError =
      error instanceof PumjilError
        ? { code: error.code, message: error.message, hint: error.hint }
        : { code: 'ADAPTER_PROTOCOL', message: String(error), hint: 'Look into the log; it is started again.' };
    const isNews = status.lastError?.message !== plainError.message;
    status.lastError = plainError;
    status.restarts += 1;
    isOnlySilent = false;
    enter('waiting', plainError.message);
    if (isNews)
      log.warn({ adapter: plan.id, code: plainError.code, cause: plainError.message, hint: plainError.hint }, 'lost');
    if (openGap === undefined) {
      const fromMs = lastValueMs ?? options.lastDurableMs() ?? now();
      isOurGap = true;
      await declare({ kind: 'gap', tags: [], fromMs, toMs: null, reason: 'link_down' });
    }
  }

  async function pause(): Promise<void> {
    const ms = pauseMs * (0.5 + options.random());
    pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, ms);
      function done(): void {
        clearTimeout(timer);
        ending.signal.removeEventListener('abort', done);
        resolve();
      }
      ending.signal.addEventListener('abort', done, { once: true });
    });
  }

  const running = keepRunning();

  return {
    id: plan.id,
    use: plan.use,
    status,
    deliver: (delivery) => handler?.(delivery),
    async stop() {
      ending.abort();
      await running;
      clearTimeout(refusalTimer);
      recordRefused();
      gaps.close();
      await Promise.allSettled([...inFlight]);
    },
    async idle() {
      while (inFlight.size > 0) await Promise.allSettled([...inFlight]);
    },
  };
}

function makeFolder(id: string, folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw new PumjilError('DATA_DIR_UNWRITABLE', {
      message: `${id}: the folder ${folder} cannot be made (${cause instanceof Error ? cause.message : String(cause)})`,
      hint: 'Free space on this disk, or give this user the right to write there; it is tried again.',
      retryable: true,
      cause,
    });
  }
}
