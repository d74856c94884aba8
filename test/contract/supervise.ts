// Plays the supervisor and the journal for one adapter under test: iterates collect, acknowledges, restarts after a retryable error.
import { setTimeout as pause } from 'node:timers/promises';
import { type Adapter, type Batch, type Gap, PumjilError, type Quality } from '../../src/component.ts';
import type { TestContext } from './context.ts';

/** One delivered measurement, taken out of its batch. */
export interface DeliveredRow {
  readonly tag: string;
  readonly value: number;
  readonly quality: Quality;
  readonly timeMs: number;
  readonly text: string | undefined;
  readonly reason: string | undefined;
  readonly sourceId: string | undefined;
  readonly context: Readonly<Record<string, string>>;
}

export interface Supervised {
  readonly rows: readonly DeliveredRow[];
  readonly gaps: readonly Gap[];
  readonly batches: readonly Batch[];
  /** Retryable errors after which collect was started again. */
  readonly retries: readonly PumjilError[];
  /** Resolves with the first value that is not undefined and not false; looks again after every delivery and every 20 ms. */
  until<T>(what: string, look: () => T | undefined | false, limitMs?: number): Promise<T>;
  /** Stops taking from collect until `resume`. */
  hold(): void;
  resume(): void;
  /** Acknowledges everything that was not yet acknowledged. */
  acknowledge(): void;
  /** Aborts and waits for collect to end; resolves with the ms it took. */
  stop(): Promise<number>;
}

export interface SuperviseOptions {
  /** False: batches wait for `acknowledge()`. Default true. */
  readonly acknowledge?: boolean;
  /** Pause before collect is started again, ms. */
  readonly backOffMs?: number;
}

/**
 * Runs `adapter.collect` until `stop`.
 * An error that is not a retryable PumjilError ends it and fails every `until`.
 */
export function supervise<S>(
  adapter: Adapter<S>,
  settings: S,
  context: TestContext,
  options: SuperviseOptions = {},
): Supervised {
  const rows: DeliveredRow[] = [];
  const gaps: Gap[] = [];
  const batches: Batch[] = [];
  const retries: PumjilError[] = [];
  const unacknowledged: Batch[] = [];
  let failure: unknown;
  let held: { promise: Promise<void>; release: () => void } | undefined;
  let seq = 0;

  function acknowledge(): void {
    for (const batch of unacknowledged.splice(0)) {
      seq += 1;
      for (let i = 0; i < batch.length; i++) {
        const ms = Number(batch.sourceTimeNs[i]! / 1_000_000n);
        const name = batch.tagNames[batch.tag[i]!]!;
        context.setDurableMs(Math.max(ms, context.lastDurableMs(name) ?? ms), name);
        context.setDurableMs(Math.max(ms, context.lastDurableMs() ?? ms));
      }
      batch.ack?.({ seq, accepted: batch.length, duplicates: 0 });
    }
  }

  function take(item: Batch | Gap): void {
    if (item.kind === 'gap') {
      gaps.push(item);
      return;
    }
    batches.push(item);
    rows.push(...rowsOf(item));
    unacknowledged.push(item);
    if (options.acknowledge !== false) acknowledge();
  }

  async function run(): Promise<void> {
    while (!context.signal.aborted) {
      try {
        for await (const item of adapter.collect(settings, context)) {
          take(item);
          await held?.promise;
        }
        if (!context.signal.aborted) throw new Error('collect ended although nobody aborted it');
      } catch (error) {
        if (context.signal.aborted) return;
        if (!(error instanceof PumjilError && error.retryable)) {
          failure = error;
          return;
        }
        retries.push(error);
        await pause(options.backOffMs ?? 50, undefined, { signal: context.signal }).catch(() => undefined);
      }
    }
  }
  const running = run();

  return {
    rows,
    gaps,
    batches,
    retries,
    async until(what, look, limitMs = 10_000) {
      const deadline = performance.now() + limitMs;
      for (;;) {
        const found = look();
        if (found !== undefined && found !== false) return found;
        if (failure !== undefined) throw new Error(`collect failed while waiting: ${what}`, { cause: failure });
        if (performance.now() > deadline) {
          const last = retries.at(-1);
          const seen = `${rows.length} rows, ${gaps.length} gaps, ${retries.length} restarts`;
          throw new Error(`not within ${limitMs} ms: ${what} (${seen}${last ? `, last: ${last.message}` : ''})`);
        }
        await pause(20);
      }
    },
    hold() {
      if (held !== undefined) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      held = { promise, release: resolve };
    },
    resume() {
      held?.release();
      held = undefined;
    },
    acknowledge,
    async stop() {
      const start = performance.now();
      held?.release();
      context.abort();
      await running;
      return performance.now() - start;
    },
  };
}

function rowsOf(batch: Batch): DeliveredRow[] {
  return Array.from({ length: batch.length }, (_, i) => ({
    tag: batch.tagNames[batch.tag[i]!] ?? `#${batch.tag[i]}`,
    value: batch.value[i]!,
    // Quality is a byte column; the batch only ever holds 0, 1 and 2.
    quality: batch.quality[i]! as Quality,
    timeMs: Number(batch.sourceTimeNs[i]! / 1000n) / 1000,
    text: batch.text[i],
    reason: batch.reason[i],
    sourceId: batch.sourceId[i],
    context: batch.contexts[batch.context[i]!] ?? {},
  }));
}
