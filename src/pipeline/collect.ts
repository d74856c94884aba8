// Runs one adapter: start, hand its batches to the journal, start again after a pause when it fails, declare what was not observed.
import { mkdirSync } from 'node:fs';
import type { Adapter, Context, Delivery, DeliveryReply, Log } from '../component.ts';
import type { AdapterPlan } from '../config/plan.ts';
import { PumjilError } from '../errors.ts';
import type { Entry } from '../journal/journal.ts';
import { type Batch, type Gap, openBatch, type Receipt } from '../measurement.ts';

/** Batches on their way to the disk per adapter; beyond it the adapter is not asked for more. */
const IN_FLIGHT = 32;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

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
  let refusedRows = 0;
  const inFlight = new Set<Promise<unknown>>();

  mkdirSync(options.folder, { recursive: true });

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
      pauseMs = FIRST_PAUSE_MS;
      status.lastError = null;
      if (openGap !== undefined && isOurGap) void declare({ ...openGap, toMs: now() });
    },
    refused(count, reason, sample) {
      refusedRows += count;
      log.warn({ adapter: plan.id, count, reason, sample: sample?.slice(0, 200) }, 'refused');
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
    await track(options.append({ kind: 'gap', adapter: plan.id, gap, atMs: now() })).catch((error: unknown) =>
      log.error({ adapter: plan.id, error: String(error) }, 'a gap could not be journaled'),
    );
  }

  function take(batch: Batch): void {
    const refused = refusedRows;
    refusedRows = 0;
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
        (receipt) => batch.ack?.(receipt),
        (error: unknown) => {
          refusedRows += refused;
          log.error({ adapter: plan.id, rows: batch.length, error: String(error) }, 'a batch was not journaled');
          if (batch.refuse !== undefined) batch.refuse(error instanceof Error ? error : new Error(String(error)));
          else
            void declare({
              kind: 'gap',
              tags: [],
              fromMs: lastValueMs ?? now(),
              toMs: now(),
              reason: 'journal_refused',
              missing: batch.length,
            });
        },
      ),
    );
  }

  /** One life of the adapter: from start to its end or its error. */
  async function live(): Promise<void> {
    for await (const item of adapter.collect(plan.settings, context)) {
      if (item.kind === 'gap') {
        isOurGap = false;
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
      await Promise.allSettled([...inFlight]);
    },
    async idle() {
      while (inFlight.size > 0) await Promise.allSettled([...inFlight]);
    },
  };
}
