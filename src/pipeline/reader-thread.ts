// The reader thread: questions to plant.db on a read-only connection.
import { parentPort, workerData } from 'node:worker_threads';
import { type HistoryReader, openReader } from '../history/embedded/reader.ts';
import type { ReaderQuestion } from './reader.ts';

function answer(reader: HistoryReader, question: ReaderQuestion): unknown {
  switch (question.ask) {
    case 'measurements':
      return reader.measurements(question.query);
    case 'points':
      return reader.points(question.query);
    case 'alarms':
      return reader.alarms(question.query);
    case 'events':
      return reader.events(question.query);
    case 'tallies':
      return reader.tallies(question.fromMs, question.toMs);
  }
}

// Set by openReaderThread, which starts this file.
const { file } = workerData as { readonly file: string };
const reader = openReader(file);
parentPort?.on('message', ({ id, question }: { id: number; question: ReaderQuestion }) => {
  try {
    parentPort?.postMessage({ id, value: answer(reader, question) });
  } catch (error) {
    parentPort?.postMessage({ id, error: error instanceof Error ? error.message : String(error) });
  }
});
