// Blocks kept for other sinks: packed as they were written, ties included, until every sink has taken them or the operator's
// limit lets the oldest go. What waits is counted as it changes, so that asking costs nothing.
import type { DatabaseSync } from 'node:sqlite';
import { byteReader, byteWriter } from '../../journal/bytes.ts';
import type { Seq } from '../../journal/journal.ts';
import { fromJson, toJson } from '../../journal/json.ts';
import type { AlarmRow, EventRow, HistoryBlock, Revision, SeriesRow } from '../history.ts';
import { asBytes } from './chunks.ts';
import {
  damagedHistory,
  packMeasurements,
  packPoints,
  type StoredMeasurement,
  type StoredPoint,
  squeeze,
  unpackMeasurements,
  unpackPoints,
  unsqueeze,
} from './rows.ts';

/** What waits in the outbox. */
export interface OutboxSize {
  readonly bytes: number;
  /** Accepted values. */
  readonly values: number;
}

/** Writes the outbox; every function belongs into a transaction of its caller. */
export interface OutboxWriter {
  keep(seq: Seq, body: Uint8Array, values: number): void;
  /** Forgets blocks up to and with `upto`: every sink has them. */
  forget(upto: Seq): void;
  /**
   * Drops the oldest blocks until at most `downToBytes` wait; what they held counts as lost from then on.
   *
   * @param spared oldest blocks that stay: a sink may have them in hand
   */
  drop(downToBytes: number, spared: number): OutboxSize;
  /** Counts anew where an earlier version of the tables did not. */
  recount(): void;
}

/** The outbox of an open database. */
export function outboxWriter(db: DatabaseSync): OutboxWriter {
  const insert = db.prepare('INSERT OR REPLACE INTO outbox (seq, body, n) VALUES (?, ?, ?)');
  const one = db.prepare('SELECT length(body) AS bytes, n FROM outbox WHERE seq = ?');
  const upTo = db.prepare('SELECT sum(length(body)) AS bytes, sum(n) AS n FROM outbox WHERE seq <= ?');
  const deleteUpTo = db.prepare('DELETE FROM outbox WHERE seq <= ?');
  const deleteOne = db.prepare('DELETE FROM outbox WHERE seq = ?');
  const oldest = db.prepare('SELECT seq, length(body) AS bytes, n FROM outbox ORDER BY seq LIMIT -1 OFFSET ?');
  const count = db.prepare(
    'INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = value + ?2',
  );

  const size = outboxSize(db);

  function add(bytes: number, values: number): void {
    count.run('outbox_bytes', bytes);
    count.run('outbox_values', values);
  }

  return {
    keep(seq, body, values) {
      const before = one.get(seq);
      insert.run(seq, body, values);
      add(body.length - Number(before?.bytes ?? 0), values - Number(before?.n ?? 0));
    },
    forget(upto) {
      const gone = upTo.get(upto);
      if (deleteUpTo.run(upto).changes > 0) add(-Number(gone?.bytes ?? 0), -Number(gone?.n ?? 0));
    },
    drop(downToBytes, spared) {
      const excess = size().bytes - downToBytes;
      const gone: number[] = [];
      let bytes = 0;
      let values = 0;
      for (const row of excess > 0 ? oldest.iterate(spared) : []) {
        gone.push(Number(row.seq));
        bytes += Number(row.bytes);
        values += Number(row.n ?? 0);
        if (bytes >= excess) break;
      }
      for (const seq of gone) deleteOne.run(seq);
      if (gone.length > 0) {
        add(-bytes, -values);
        count.run('lost', values);
      }
      return { bytes, values };
    },
    recount() {
      if (db.prepare("SELECT 1 FROM meta WHERE key = 'outbox_bytes'").get() !== undefined) return;
      const body = db.prepare('SELECT body FROM outbox WHERE seq = ?');
      const set = db.prepare('UPDATE outbox SET n = ? WHERE seq = ?');
      for (const { seq } of db.prepare('SELECT seq FROM outbox WHERE n IS NULL').all())
        set.run(valuesIn(asBytes(body.get(Number(seq))?.body)), Number(seq));
      const all = db.prepare('SELECT sum(length(body)) AS bytes, sum(n) AS n FROM outbox').get();
      add(Number(all?.bytes ?? 0), Number(all?.n ?? 0));
    },
  };
}

/** Asks what waits in the outbox; answered by the counters kept beside it. */
export function outboxSize(db: DatabaseSync): () => OutboxSize {
  const meta = db.prepare('SELECT value FROM meta WHERE key = ?');
  return () => ({
    bytes: Number(meta.get('outbox_bytes')?.value ?? 0),
    values: Number(meta.get('outbox_values')?.value ?? 0),
  });
}

/** Values in a packed block: one that stands in several measurements counts once. A block that cannot be read holds none. */
function valuesIn(body: Uint8Array): number {
  try {
    const { length, seq, ordinal } = unpackBlock(body).measurements;
    return new Set(Array.from({ length }, (_, i) => `${seq[i]}.${ordinal[i]}`)).size;
  } catch {
    return 0;
  }
}

/** Packs a block from its rows as they are stored. */
export function packBlock(
  block: HistoryBlock,
  measurements: readonly StoredMeasurement[],
  points: readonly StoredPoint[],
  events: readonly EventRow[],
): Uint8Array {
  const parts = [
    packMeasurements(measurements),
    packPoints(points),
    squeeze(
      Buffer.from(
        toJson({ seq: block.seq, series: block.series, events, alarms: block.alarms, revisions: block.revisions }),
      ),
    ),
  ];
  const writer = byteWriter(64 + parts.reduce((sum, part) => sum + part.length, 0));
  for (const part of parts) {
    writer.varint(part.length);
    writer.column(part);
  }
  return writer.bytes();
}

/**
 * Blocks after `after`, at most `limit`, oldest first.
 *
 * @throws PumjilError HISTORY_DAMAGED
 */
export function readOutbox(db: DatabaseSync, after: Seq, limit: number): HistoryBlock[] {
  const rows = db.prepare('SELECT body FROM outbox WHERE seq > ? ORDER BY seq LIMIT ?').all(after, limit);
  const seriesRow = db.prepare('SELECT body FROM series WHERE ix = ?');
  return rows.map((row) => {
    const block = unpackBlock(asBytes(row.body));
    // A sink that starts today does not know the series of yesterday's blocks.
    const known = new Map(block.series.map((one) => [one.ix, one]));
    const named = new Set([...block.measurements.series, ...block.points.map((point) => point.series)]);
    for (const revision of block.revisions ?? []) named.add(revision.series);
    for (const event of block.events) if (event.series >= 0) named.add(event.series);
    for (const ix of [...named].sort((a, b) => a - b)) {
      const body = known.has(ix) ? undefined : seriesRow.get(ix)?.body;
      if (body !== undefined) known.set(ix, fromJson(String(body)) as SeriesRow);
    }
    return { ...block, series: [...known.values()] };
  });
}

function unpackBlock(body: Uint8Array): HistoryBlock {
  const reader = byteReader(body, (what) => damagedHistory(`an outbox block is cut, ${what}`));
  const rows = unpackMeasurements(reader.raw(reader.varint()));
  const points = unpackPoints(reader.raw(reader.varint()));
  const rest = fromJson(Buffer.from(unsqueeze(reader.raw(reader.varint()))).toString()) as {
    readonly seq: Seq;
    readonly series: readonly SeriesRow[];
    readonly events: readonly EventRow[];
    readonly alarms: readonly AlarmRow[];
    readonly revisions?: readonly Revision[];
  };
  return {
    seq: rest.seq,
    series: rest.series,
    measurements: {
      length: rows.length,
      series: rows.map((row) => row.series),
      seq: rows.map((row) => row.seq),
      ordinal: rows.map((row) => row.ordinal),
      timeNs: rows.map((row) => row.timeNs),
      value: rows.map((row) => row.value),
      size: rows.map((row) => row.size),
      quality: rows.map((row) => row.quality),
      reason: rows.map((row) => row.reason),
      text: rows.map((row) => row.text),
      context: rows.map((row) => row.context),
      tie: rows.map((row) => row.tie),
    },
    points,
    events: rest.events,
    alarms: rest.alarms,
    ...(rest.revisions === undefined ? {} : { revisions: rest.revisions }),
  };
}
