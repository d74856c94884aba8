// Blocks kept for other sinks: packed as they were written, ties included, until every sink has taken them.
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
