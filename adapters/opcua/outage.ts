// What is known about the time that was not observed, and how it is told.
import { type Context, type Gap, PumjilError } from '../../src/component.ts';
import { type Memory, remember } from './memory.ts';
import type { Settings } from './settings.ts';

/** What one run of `collect` knows. */
export interface Run {
  readonly settings: Settings;
  readonly context: Context;
  memory: Memory;
  /** What the file holds. */
  saved: Memory;
  /** Last sign of life of the server, ms since 1970. */
  heardMs: number | undefined;
}

/** Closes what was declared open, or declares what passed between the last durable value and the first read of this run. */
export function closingGap(run: Run, toMs: number, isBridged: boolean): Gap | undefined {
  const { downSinceMs } = run.memory;
  const fromMs = downSinceMs ?? (run.heardMs === undefined ? run.context.lastDurableMs() : undefined);
  if (fromMs === undefined || fromMs >= toMs) return undefined;
  const reason = downSinceMs === undefined ? 'restart' : 'link_down';
  return { kind: 'gap', tags: [], fromMs, toMs, reason, ...(isBridged ? { missing: 0 } : {}) };
}

/** Remembers, in the run and in its file. */
export async function keep(run: Run, memory: Memory): Promise<void> {
  run.memory = memory;
  run.saved = memory;
  await remember(run.context.folder, memory);
}

/** The session ended although nobody asked for it. */
export function gone(context: Context, settings: Settings, cause: unknown): PumjilError {
  const what = cause instanceof Error ? cause.message.split('\n')[0] : 'no reason given';
  return new PumjilError('ADAPTER_UNREACHABLE', {
    message: `${context.id}: the session with ${settings.endpoint} ended (${what})`,
    hint: `Look whether the server was restarted or has too many sessions, then run: pumjil check --probe ${context.id}`,
    retryable: true,
    cause,
  });
}

/** The server holds the line and says nothing. */
export function silent(context: Context, settings: Settings, limitMs: number): PumjilError {
  return new PumjilError('ADAPTER_TIMEOUT', {
    message: `${context.id}: ${settings.endpoint} sent neither values nor signs of life for ${Math.round(limitMs)} ms`,
    hint: 'The connection is built anew; if this repeats, look at the load and the licence of the server.',
    retryable: true,
  });
}
