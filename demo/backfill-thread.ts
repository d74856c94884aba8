// The past in a thread of its own, so that it is read while it is written.
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { type BackfillOptions, type BackfillProgress, writeBackfill } from './backfill.ts';

export type BackfillOrder = Pick<BackfillOptions, 'days' | 'seed' | 'folder' | 'endMs'>;

/** Writes the past in another thread; see writeBackfill. */
export function writeBackfillInThread(
  order: BackfillOrder,
  onProgress: (progress: BackfillProgress) => void,
  signal: AbortSignal,
): Promise<BackfillProgress> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: { order } });
    let last: BackfillProgress = { done: 0, rows: 0, values: 0, files: 0 };
    signal.addEventListener('abort', () => void worker.terminate(), { once: true });
    worker.on('message', (message: { progress: BackfillProgress; isDone: boolean }) => {
      last = message.progress;
      onProgress(last);
      if (message.isDone) resolve(last);
    });
    worker.on('error', reject);
    worker.on('exit', () => reject(new Error('the past was not written to its end')));
  });
}

// Started as a thread by the function above, this file does the work.
const given = workerData as { readonly order?: BackfillOrder } | null;
if (parentPort !== null && given?.order !== undefined) {
  const port = parentPort;
  const progress = await writeBackfill({
    ...given.order,
    onProgress: (p) => port.postMessage({ progress: p, isDone: false }),
  });
  port.postMessage({ progress, isDone: true });
}
