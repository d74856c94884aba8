// The sink thread: outbox of plant.db → InfluxDB.
import { parentPort, workerData } from 'node:worker_threads';
import type { HistoryPlan } from '../config/plan.ts';
import { openReader } from '../history/embedded/reader.ts';
import { openInfluxHistory } from '../history/influxdb/history.ts';
import { runSink } from '../history/sink.ts';
import type { FromSink } from './sink.ts';

function say(message: FromSink): void {
  parentPort?.postMessage(message);
}

async function main(): Promise<void> {
  // Set by startSink, which starts this file.
  const { plan, file } = workerData as {
    readonly plan: Extract<HistoryPlan, { use: 'influxdb' }>;
    readonly file: string;
  };
  const ending = new AbortController();
  parentPort?.on('message', () => ending.abort());
  const reader = openReader(file);
  const history = openInfluxHistory({
    ...plan,
    onQuarantine: (line, reason) => say({ type: 'quarantined', line, reason }),
  });
  let waitingSince: number | undefined;
  await runSink({
    name: 'influxdb',
    history,
    cursor: reader.sinkCursor('influxdb'),
    outbox: (after, limit) => reader.outbox(after, limit),
    setCursor: (seq) => say({ type: 'cursor', seq }),
    signal: ending.signal,
    random: Math.random,
    onState(state) {
      if (state.state === 'idle') waitingSince = undefined;
      else waitingSince ??= Date.now();
      say({
        type: 'state',
        lagMs: waitingSince === undefined ? 0 : Date.now() - waitingSince,
        isIdle: state.state === 'idle',
        lastError: state.lastError === null ? null : `${state.lastError.message} ${state.lastError.hint}`,
      });
    },
  });
  await history.close();
  reader.close();
  say({ type: 'stopped' });
  parentPort?.close();
}

void main();
