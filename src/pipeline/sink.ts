// The sink thread: brings the outbox to another history while everything else goes on.
import { Worker } from 'node:worker_threads';
import type { Log } from '../component.ts';
import type { HistoryPlan } from '../config/plan.ts';
import type { Seq } from '../journal/journal.ts';

export interface SinkState {
  /** How long the oldest block that waits has waited, ms; 0 when nothing waits. */
  readonly lagMs: number;
  /** Everything there is has been taken. */
  readonly isIdle: boolean;
  readonly lastError: string | null;
}

export type FromSink =
  | { readonly type: 'cursor'; readonly seq: Seq }
  | ({ readonly type: 'state' } & SinkState)
  | { readonly type: 'quarantined'; readonly line: string; readonly reason: string }
  | { readonly type: 'stopped' };

export interface SinkThread {
  state(): SinkState;
  stop(): Promise<void>;
}

export interface SinkOptions {
  readonly plan: Extract<HistoryPlan, { use: 'influxdb' }>;
  /** plant.db with the outbox. */
  readonly file: string;
  readonly log: Log;
  setCursor(seq: Seq): void;
  quarantine(line: string, reason: string): void;
}

/** Starts the thread; it tries for ever, with growing pauses. */
export function startSink(options: SinkOptions): SinkThread {
  const worker = new Worker(
    new URL(`./sink-thread${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url),
    {
      workerData: { plan: options.plan, file: options.file },
    },
  );
  let state: SinkState = { lagMs: 0, isIdle: false, lastError: null };
  let stopped: (() => void) | undefined;
  worker.on('message', (message: FromSink) => {
    switch (message.type) {
      case 'cursor':
        options.setCursor(message.seq);
        return;
      case 'state':
        if (message.lastError !== state.lastError) {
          if (message.lastError === null) options.log.info({ sink: 'influxdb' }, 'sink takes again');
          else options.log.warn({ sink: 'influxdb', cause: message.lastError }, 'sink waits');
        }
        state = { lagMs: message.lagMs, isIdle: message.isIdle, lastError: message.lastError };
        return;
      case 'quarantined':
        options.quarantine(message.line, message.reason);
        return;
      case 'stopped':
        stopped?.();
        return;
    }
  });
  worker.on('error', (error: Error) => {
    state = { ...state, lastError: error.message };
    options.log.error({ sink: 'influxdb', cause: error.message }, 'sink ended');
  });
  worker.on('exit', () => stopped?.());
  return {
    state: () => state,
    stop: () =>
      new Promise<void>((resolve) => {
        stopped = resolve;
        worker.postMessage('stop');
      }),
  };
}
