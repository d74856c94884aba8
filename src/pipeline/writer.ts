// The main thread's handle on the writer thread.
import { Worker } from 'node:worker_threads';
import { type ErrorCode, PumjilError } from '../errors.ts';
import type { Entry, Seq } from '../journal/journal.ts';
import type { Batch, Receipt } from '../measurement.ts';
import type { RecordStore } from '../records/record-store.ts';
import { pick } from './dedupe.ts';
import type { FromWriter, PlainError, ToWriter, WriterLimits, WriterOptions } from './messages.ts';

export type Ready = Extract<FromWriter, { type: 'ready' }>;
export type OutputsMessage = Extract<FromWriter, { type: 'outputs' }>;

export interface WriterThread {
  readonly ready: Ready;
  append(entry: Entry): Promise<Receipt>;
  readonly records: RecordStore;
  /** Puts other limits in force. */
  setLimits(limits: WriterLimits): void;
  setSinkCursor(name: string, seq: Seq): void;
  /** Keeps a line that a sink refused for good. */
  quarantine(sink: string, line: string, reason: string): void;
  stop(): Promise<void>;
}

/**
 * Starts the writer thread and waits until it is ready.
 *
 * @param onOutputs called for every block written
 * @param onDeath called when the thread ends without being asked to
 */
export async function openWriterThread(
  options: WriterOptions,
  onOutputs: (message: OutputsMessage) => void,
  onDeath: (error: Error) => void,
): Promise<WriterThread> {
  const worker = new Worker(
    new URL(`./writer-thread${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url),
    {
      workerData: options,
    },
  );
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  let nextId = 1;
  let isStopping = false;
  let stopped: (() => void) | undefined;

  const ready = await new Promise<Ready>((resolve, reject) => {
    worker.on('message', (message: FromWriter) => {
      if (message.type === 'ready') resolve(message);
      else if (message.type === 'failed') {
        // Told by the rejection; the end of the thread that follows is no news.
        isStopping = true;
        reject(revive(message.error));
      } else if (message.type === 'outputs') onOutputs(message);
      else if (message.type === 'stopped') stopped?.();
      else settle(message);
    });
    worker.on('error', (error: Error) => {
      reject(error);
      if (!isStopping) onDeath(error);
    });
    worker.on('exit', (code) => {
      const error = new PumjilError('JOURNAL_FAILED', {
        message: `the writer thread ended (code ${code})`,
        hint: 'Start Pumjil again; what was confirmed is in the journal.',
      });
      for (const { reject: fail } of waiting.values()) fail(error);
      waiting.clear();
      reject(error);
      stopped?.();
      if (!isStopping) onDeath(error);
    });
  });

  function settle(message: Extract<FromWriter, { type: 'receipt' | 'refusal' | 'value' }>): void {
    const promise = waiting.get(message.id);
    waiting.delete(message.id);
    if (promise === undefined) return;
    if (message.type === 'refusal') promise.reject(revive(message.error));
    // The promise of an id has the type of its question: a receipt for an append, a value for a record.
    else promise.resolve((message.type === 'value' ? message.value : message) as never);
  }

  function ask<T>(make: (id: number) => ToWriter): Promise<T> {
    const id = nextId++;
    return new Promise<T>((resolve, reject) => {
      waiting.set(id, { resolve: resolve as (value: never) => void, reject });
      worker.postMessage(make(id));
    });
  }

  const record = <T>(op: 'get' | 'put' | 'delete' | 'list', kind: string, key: string, json: string): Promise<T> =>
    ask<T>((id) => ({ type: 'record', id, op, kind, key, json }));

  return {
    ready,
    append: (entry) => ask<Receipt>((id) => ({ type: 'append', id, entry: plain(entry) })),
    records: {
      get: (kind, key) => record('get', kind, key, ''),
      put: (kind, key, json) => record('put', kind, key, json),
      delete: (kind, key) => record('delete', kind, key, ''),
      list: (kind) => record('list', kind, '', ''),
    },
    setLimits: (limits) => worker.postMessage({ type: 'limits', limits } satisfies ToWriter),
    setSinkCursor: (name, seq) => worker.postMessage({ type: 'sink_cursor', name, seq } satisfies ToWriter),
    quarantine: (sink, line, reason) =>
      worker.postMessage({ type: 'quarantine', sink, line, reason } satisfies ToWriter),
    stop() {
      isStopping = true;
      return new Promise<void>((resolve) => {
        stopped = resolve;
        worker.postMessage({ type: 'stop', id: 0 } satisfies ToWriter);
      });
    },
  };
}

/** Without functions and spare capacity, so that it can be copied to another thread. */
function plain(entry: Entry): Entry {
  if (entry.kind !== 'values') return entry;
  return { ...entry, batch: exact(entry.batch) };
}

function exact(batch: Batch): Batch {
  return pick(
    batch,
    Array.from({ length: batch.length }, (_, i) => i),
  );
}

function revive(error: PlainError): PumjilError {
  // Codes come from the catalogue on the other side of the thread boundary.
  return new PumjilError(error.code as ErrorCode, error);
}
