// Replays in a thread of their own, one at a time: neither the I/O thread nor the reader of the screens waits for one.
import { Worker } from 'node:worker_threads';
import { type ErrorCode, PumjilError } from '../errors.ts';
import type { Replay } from './compare.ts';
import type { ReplayOf } from './load.ts';

/** Replays that may wait for the one that runs. */
const MOST_WAITING = 8;

/** What the thread answers. */
export type ReplayReply =
  | { readonly replay: Replay }
  | {
      readonly error: {
        readonly code: ErrorCode;
        readonly message: string;
        readonly hint: string;
        readonly data: Readonly<Record<string, unknown>>;
      };
    };

export interface Replays {
  /** @throws PumjilError API_TOO_MANY when too many wait, else as replayFrom */
  replay(of: ReplayOf): Promise<Replay>;
  /** Ends the one that runs. */
  stop(): Promise<void>;
}

/**
 * Replays over a plant.db that a writer has made. A thread lives as long as its replay.
 *
 * @param file plant.db
 */
export function createReplays(file: string): Replays {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  let running: Worker | undefined;
  let isStopped = false;
  return {
    async replay(of) {
      if (waiting > MOST_WAITING)
        throw new PumjilError('API_TOO_MANY', {
          message: `${waiting} replays are waiting already`,
          hint: 'Ask again in a minute, or for a shorter period.',
        });
      waiting += 1;
      const own = last.then(() => {
        if (isStopped) throw ended();
        return inThread(file, of, (worker) => {
          running = worker;
        });
      });
      last = own.catch(() => undefined);
      try {
        return await own;
      } finally {
        waiting -= 1;
      }
    },
    async stop() {
      isStopped = true;
      await running?.terminate();
    },
  };
}

function inThread(file: string, of: ReplayOf, started: (worker: Worker | undefined) => void): Promise<Replay> {
  const name = `./replay-thread${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`;
  const worker = new Worker(new URL(name, import.meta.url), { workerData: { file, of } });
  started(worker);
  return new Promise<Replay>((resolve, reject) => {
    worker.on('message', (reply: ReplayReply) => {
      if ('replay' in reply) resolve(reply.replay);
      else reject(new PumjilError(reply.error.code, reply.error));
    });
    worker.on('error', reject);
    worker.on('exit', () => {
      started(undefined);
      reject(ended());
    });
  });
}

function ended(): PumjilError {
  return new PumjilError('HISTORY_UNREACHABLE', {
    message: 'the replay ended before it was done',
    hint: 'Ask again once the plant runs.',
    retryable: true,
  });
}
