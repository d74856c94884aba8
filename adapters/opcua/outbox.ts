// Between the server, which sends when it likes, and the pipeline, which takes when it can: bounded, in order, honest about drops.
import type { Batch, Context, Gap, MeasurementContext, OpenBatch } from '../../src/component.ts';
import type { Reading } from './value.ts';

export interface Outbox {
  add(tag: number, reading: Reading, context: MeasurementContext | undefined): void;
  gap(gap: Gap): void;
  /** Everything waiting, in order; ends with a gap for what was dropped. */
  take(): readonly (Batch | Gap)[];
  /** Resolves when something waits or `wake` is called, at the latest after `ms`. */
  wait(ms: number): Promise<void>;
  wake(): void;
}

/** Values that wait for the pipeline at most; about 4 MB. */
export const OUTBOX_ROWS = 65_536;

/** An empty outbox. When it is full the newest values are dropped and counted. */
export function openOutbox(context: Context, capacity: number = OUTBOX_ROWS): Outbox {
  let sealed: (Batch | Gap)[] = [];
  let current: OpenBatch | undefined;
  let rows = 0;
  let dropped: { count: number; fromMs: number; toMs: number } | undefined;
  let resume: (() => void) | undefined;

  function seal(): void {
    if (current !== undefined) sealed.push(current);
    current = undefined;
  }
  function wake(): void {
    resume?.();
    resume = undefined;
  }

  return {
    wake,
    add(tag, reading, values) {
      if (rows >= capacity) {
        const fromMs = dropped?.fromMs ?? reading.timeMs;
        dropped = { count: (dropped?.count ?? 0) + 1, fromMs, toMs: Math.max(reading.timeMs, fromMs) };
        return;
      }
      current ??= context.batch(64);
      rows += 1;
      current.add(tag, reading.value, reading.quality, BigInt(reading.timeMs) * 1_000_000n, {
        context: values,
        text: reading.text,
        reason: reading.reason,
      });
      wake();
    },
    gap(gap) {
      seal();
      sealed.push(gap);
      wake();
    },
    take() {
      seal();
      const taken = sealed;
      if (dropped !== undefined) {
        const { count, fromMs, toMs } = dropped;
        taken.push({ kind: 'gap', tags: [], fromMs, toMs, reason: 'slow_consumer', missing: count });
      }
      sealed = [];
      rows = 0;
      dropped = undefined;
      return taken;
    },
    wait(ms) {
      if (sealed.length > 0 || current !== undefined || dropped !== undefined) return Promise.resolve();
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(wake, ms);
      resume = () => {
        clearTimeout(timer);
        resolve();
      };
      return promise;
    },
  };
}
