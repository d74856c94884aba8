// Reading plant.db beside its writer: from another thread or process, never blocking it.
import { type HistoryQueries, historyQueries } from './queries.ts';
import { openPlantDbToRead } from './schema.ts';

export type { AlarmFilter, EventFilter, HistoryQueries, Tally } from './queries.ts';

export interface HistoryReader extends HistoryQueries {
  close(): void;
}

/**
 * Opens a plant.db that a writer has made, read-only. Every answer shows what was committed when it was asked.
 *
 * @throws PumjilError HISTORY_DAMAGED when the file is absent, no history, or of a newer version
 */
export function openReader(file: string): HistoryReader {
  const db = openPlantDbToRead(file);
  return {
    ...historyQueries(db),
    close() {
      if (db.isOpen) db.close();
    },
  };
}
