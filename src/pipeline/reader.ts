// Questions to plant.db from the main thread, answered by a thread of its own: the I/O thread never waits for a disk.
import { Worker } from 'node:worker_threads';
import type { AlarmQuery, EventQuery } from '../api/plant.ts';
import { PumjilError } from '../errors.ts';
import type { Tally } from '../history/embedded/reader.ts';
import type { AlarmRow, EventRow, MeasurementRow, PointRow, RangeQuery } from '../history/history.ts';

export type ReaderQuestion =
  | { readonly ask: 'measurements'; readonly query: RangeQuery }
  | { readonly ask: 'points'; readonly query: RangeQuery & { readonly lane?: number } }
  | { readonly ask: 'alarms'; readonly query: AlarmQuery }
  | { readonly ask: 'events'; readonly query: EventQuery }
  | { readonly ask: 'tallies'; readonly fromMs: number; readonly toMs: number };

export interface Reader {
  measurements(query: RangeQuery): Promise<readonly MeasurementRow[]>;
  points(query: RangeQuery & { readonly lane?: number }): Promise<readonly PointRow[]>;
  alarms(query: AlarmQuery): Promise<readonly AlarmRow[]>;
  events(query: EventQuery): Promise<readonly EventRow[]>;
  tallies(fromMs: number, toMs: number): Promise<readonly Tally[]>;
  stop(): Promise<void>;
}

/** Starts the reader thread over a plant.db that a writer has made. */
export function openReaderThread(file: string): Reader {
  const worker = new Worker(
    new URL(`./reader-thread${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url),
    {
      workerData: { file },
    },
  );
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  let nextId = 1;
  const failAll = (error: Error): void => {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  worker.on('message', (message: { id: number; value?: unknown; error?: string }) => {
    const promise = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.error !== undefined)
      promise?.reject(
        new PumjilError('HISTORY_DAMAGED', {
          message: `a question to the history failed: ${message.error}`,
          hint: 'Run: pumjil journal verify',
        }),
      );
    // Each question resolves to the type its method names.
    else promise?.resolve(message.value as never);
  });
  worker.on('error', failAll);
  worker.on('exit', () => failAll(new Error('the reader thread ended')));

  function ask<T>(question: ReaderQuestion): Promise<T> {
    const id = nextId++;
    return new Promise<T>((resolve, reject) => {
      waiting.set(id, { resolve: resolve as (value: never) => void, reject });
      worker.postMessage({ id, question });
    });
  }

  return {
    measurements: (query) => ask({ ask: 'measurements', query }),
    points: (query) => ask({ ask: 'points', query }),
    alarms: (query) => ask({ ask: 'alarms', query }),
    events: (query) => ask({ ask: 'events', query }),
    tallies: (fromMs, toMs) => ask({ ask: 'tallies', fromMs, toMs }),
    async stop() {
      await worker.terminate();
    },
  };
}
