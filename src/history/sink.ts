// A sink: carries blocks from the outbox to another history, in order, at its own pace. An outage is a cursor that waits.
import { PumjilError } from '../errors.ts';
import type { Seq } from '../journal/journal.ts';
import type { History, HistoryBlock } from './history.ts';

/** How a sink stands. */
export interface SinkState {
  readonly name: string;
  readonly state: 'draining' | 'idle' | 'waiting' | 'stopped';
  /** Last seq the history has. */
  readonly cursor: Seq;
  /** Attempts that failed since the last success. */
  readonly failures: number;
  readonly lastError: { readonly code: string; readonly message: string; readonly hint: string } | null;
  /** Pause before the next attempt, ms; 0 when there is none. */
  readonly pauseMs: number;
}

export interface SinkOptions {
  readonly name: string;
  readonly history: History;
  /** Where the sink stands: kept by the caller, so that it survives a restart. */
  readonly cursor: Seq;
  /** Blocks after a seq, oldest first; may be empty. */
  readonly outbox: (after: Seq, limit: number) => readonly HistoryBlock[] | Promise<readonly HistoryBlock[]>;
  /** Keeps the new cursor. */
  readonly setCursor: (seq: Seq) => void | Promise<void>;
  readonly signal: AbortSignal;
  readonly onState?: (state: SinkState) => void;
  /** Uniform in [0, 1), for the jitter of pauses. */
  readonly random: () => number;
  /** Waits; ends early when the signal aborts. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Pause while the outbox is empty, ms; 200. */
  readonly idleMs?: number;
}

/** Blocks taken from the outbox at a time. */
const BLOCKS = 8;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Runs until the signal aborts. Errors of the history never end it: it waits and tries the same block again, so that nothing
 * is left out and nothing overtakes.
 *
 * @throws whatever `outbox` and `setCursor` throw: those are the caller's own store
 */
export async function runSink(options: SinkOptions): Promise<void> {
  const { name, history, signal } = options;
  const wait = options.wait ?? pause;
  let cursor = options.cursor;
  let failures = 0;
  let last = '';

  function tell(state: SinkState['state'], error: unknown, pauseMs: number): void {
    const lastError = error === undefined ? null : plain(error);
    // State changes once, not with every block.
    const words = JSON.stringify([state, lastError, pauseMs]);
    if (words === last && state !== 'draining') return;
    last = words;
    options.onState?.({ name, state, cursor, failures, lastError, pauseMs });
  }

  while (!signal.aborted) {
    const blocks = await options.outbox(cursor, BLOCKS);
    if (blocks.length === 0) {
      tell('idle', undefined, 0);
      await wait(options.idleMs ?? 200, signal);
      continue;
    }
    for (const block of blocks) {
      if (signal.aborted) break;
      try {
        await history.append(block);
      } catch (error) {
        failures += 1;
        const pauseMs = pauseAfter(failures, error, options.random());
        tell('waiting', error, pauseMs);
        await wait(pauseMs, signal);
        break;
      }
      failures = 0;
      cursor = block.seq;
      await options.setCursor(cursor);
      tell('draining', undefined, 0);
    }
  }
  tell('stopped', undefined, 0);
}

/**
 * Pause after the nth failure in a row, ms: doubling from 0.2 to 30 s with up to half of it as jitter; what the server asks
 * for is the least. Credentials are only mended by people: every 30 s.
 *
 * @param random uniform in [0, 1)
 * @example
 * pauseAfter(1, new Error('refused'), 0); // => 200
 */
export function pauseAfter(failures: number, error: unknown, random: number): number {
  const isForPeople = error instanceof PumjilError && (error.code === 'HISTORY_CREDENTIALS' || !error.retryable);
  const step = isForPeople ? LONGEST_PAUSE_MS : FIRST_PAUSE_MS * 2 ** Math.min(failures - 1, 30);
  const asked = error instanceof PumjilError ? error.data.retryAfterMs : undefined;
  const least = typeof asked === 'number' ? asked : 0;
  const own = Math.min(step, LONGEST_PAUSE_MS) * (1 + random / 2);
  return Math.round(Math.max(least, Math.min(own, LONGEST_PAUSE_MS)));
}

function plain(error: unknown): SinkState['lastError'] {
  if (error instanceof PumjilError) return { code: error.code, message: error.message, hint: error.hint };
  return { code: 'HISTORY_UNREACHABLE', message: error instanceof Error ? error.message : String(error), hint: '' };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
