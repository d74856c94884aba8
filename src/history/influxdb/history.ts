// A history in InfluxDB 1.x: measurements `pumjil_measurement`, `pumjil_point`, `pumjil_event`, and `pumjil_cursor` for the last seq.
import { type History, isSuperseded, type Revision, type SeriesRow } from '../history.ts';
import { type ClientOptions, openClient } from './client.ts';
import { blockLines } from './lines.ts';
import { ask, deletePoints, readMeasurements, readPoints } from './read.ts';
import { createDatabase, lineWriter } from './writer.ts';

export interface InfluxOptions extends ClientOptions {
  readonly database: string;
  /** Told of every line that InfluxDB refuses for good, with its reason. */
  readonly onQuarantine?: (line: string, reason: string) => void;
}

/**
 * Opens a history in InfluxDB; connects with the first question. Blocks come from the embedded history's outbox, which gives
 * rows of equal source time their ties; a block without ties keeps its own rows apart, but not from those of other blocks.
 * Points that a revision supersedes are deleted. Alarms are not written: they change, and InfluxDB keeps what does not.
 */
export function openInfluxHistory(options: InfluxOptions): History {
  const client = openClient(options);
  const { database } = options;
  let refused: { line: string; reason: string }[] = [];
  const writer = lineWriter(client, database, (line, reason) => refused.push({ line, reason }));
  const series = new Map<number, SeriesRow>();
  let cursor: number | undefined;
  let isCreated = false;

  async function readCursor(): Promise<number> {
    if (!isCreated) {
      await createDatabase(client, database);
      isCreated = true;
    }
    const rows = await ask(client, database, 'SELECT last("seq") AS "seq" FROM "pumjil_cursor"');
    const seq = rows[0]?.seq;
    return typeof seq === 'number' ? seq : 0;
  }

  /**
   * Deletes the points that a block supersedes before its own are written. InfluxDB deletes by time and tags only, so points of
   * later blocks go too: blocks come in order, and one that is sent again is followed by those after it.
   */
  async function forget(revisions: readonly Revision[]): Promise<void> {
    for (const { series: ix, fromMs } of revisions) {
      const of = series.get(ix);
      if (of !== undefined) await deletePoints(client, database, of, fromMs);
    }
  }

  return {
    async append(block) {
      for (const each of block.series) series.set(each.ix, each);
      cursor ??= await readCursor();
      // Also below the cursor: the lines are the same again, while after a new start with an empty data directory they are not.
      refused = [];
      await forget(block.revisions ?? []);
      const { revisions = [] } = block;
      const points = block.points.filter((point) => !isSuperseded(point, revisions));
      await writer.write(blockLines({ ...block, points }, (ix) => series.get(ix)));
      // Told only now: a block of which a part failed comes again, with the same lines in it.
      for (const { line, reason } of refused) options.onQuarantine?.(line, reason);
      if (block.seq <= cursor) return;
      await writer.write([`pumjil_cursor seq=${block.seq} 0`]);
      cursor = block.seq;
    },
    async cursor() {
      cursor ??= await readCursor();
      return cursor;
    },
    measurements: (query) => readMeasurements(client, database, query),
    points: (query) => readPoints(client, database, query),
    close: () => client.close(),
  };
}
