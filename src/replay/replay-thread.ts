// One replay on a read-only connection to plant.db.
import { parentPort, workerData } from 'node:worker_threads';
import { PumjilError } from '../errors.ts';
import { openReader } from '../history/embedded/reader.ts';
import { type ReplayOf, replayFrom } from './load.ts';
import type { ReplayReply } from './thread.ts';

async function answer(file: string, of: ReplayOf): Promise<ReplayReply> {
  try {
    const reader = openReader(file);
    try {
      return { replay: await replayFrom(reader, of) };
    } finally {
      reader.close();
    }
  } catch (error) {
    if (error instanceof PumjilError) {
      const { code, message, hint, data } = error;
      return { error: { code, message, hint, data } };
    }
    const message = `the replay failed: ${error instanceof Error ? error.message : String(error)}`;
    return { error: { code: 'HISTORY_DAMAGED', message, hint: 'Run: pumjil journal verify', data: {} } };
  }
}

// Set by createReplays, which starts this file.
const { file, of } = workerData as { readonly file: string; readonly of: ReplayOf };
parentPort?.postMessage(await answer(file, of));
