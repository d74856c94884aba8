// One block into plant.db: rows into their lanes, events and alarms upserted, ties given, the cursor moved. No transaction of its own.
import type { DatabaseSync } from 'node:sqlite';
import { toJson } from '../../journal/json.ts';
import { type EventRow, type HistoryBlock, isSuperseded, type MeasurementColumns, type SeriesRow } from '../history.ts';
import { type ChunkKind, fullKey, measurementKind, nsOfMs, pointKind } from './kinds.ts';
import { openLane } from './lane.ts';
import { outboxWriter, packBlock } from './outbox.ts';
import type { StoredMeasurement, StoredPoint } from './rows.ts';
import { tieGiver } from './ties.ts';

export interface BlockWriter {
  write(block: HistoryBlock, cursor: number): void;
  /** After the transaction: what was given is stored. */
  committed(): void;
}

/** Writes blocks; with `outbox` also a copy for other sinks. After a transaction that was taken back a new one is needed. */
export function blockWriter(db: DatabaseSync, outbox: boolean): BlockWriter {
  const upsertSeries = db.prepare(
    'INSERT INTO series (ix, id, body) VALUES (?1, ?2, ?3) ON CONFLICT (ix) DO UPDATE SET id = ?2, body = ?3',
  );
  const upsertEvent = db.prepare(
    `INSERT INTO event (seq, ordinal, kind, time, series, final, body) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (seq, ordinal) DO UPDATE SET kind = excluded.kind, time = excluded.time, series = excluded.series, body = excluded.body`,
  );
  const upsertAlarm = db.prepare(
    'INSERT OR REPLACE INTO alarm (id, series, is_open, raised, body) VALUES (?, ?, ?, ?, ?)',
  );
  const setCursor = db.prepare("INSERT OR REPLACE INTO meta (key, value) VALUES ('cursor', ?)");
  const kept = outboxWriter(db);
  const setMaxTie = db.prepare('UPDATE series SET max_tie = ?2 WHERE ix = ?1 AND max_tie < ?2');
  const spaces = seriesSpaces(db);
  const measurements = lane(measurementKind(), (row) => `${spaces.of(row.series)} `);
  const points = lane(pointKind(), (row) => `${row.series} ${row.statistic}`);
  const eventTies = tieGiver({
    newestNs(kind) {
      const row = db.prepare('SELECT CAST(max(final) AS TEXT) AS ns FROM event WHERE kind = ?').get(kind);
      return typeof row?.ns === 'string' ? BigInt(row.ns) : undefined;
    },
    finals(kind, fromNs, toNs) {
      const sql = 'SELECT CAST(final AS TEXT) AS ns FROM event WHERE kind = ? AND final BETWEEN ? AND ?';
      return db
        .prepare(sql)
        .all(kind, fromNs, toNs)
        .map((row) => BigInt(String(row.ns)));
    },
  });
  const eventFinal = db.prepare('SELECT CAST(final AS TEXT) AS ns FROM event WHERE seq = ? AND ordinal = ?');

  function lane<Row extends StoredMeasurement | StoredPoint>(kind: ChunkKind<Row>, spaceOf: (row: Row) => string) {
    const rows = openLane(db, kind);
    const maxTie = db.prepare('SELECT max_tie FROM series WHERE ix = ?');
    const ties = tieGiver({
      newestNs(space) {
        let newest: bigint | undefined;
        for (const series of seriesIn(kind, space)) {
          const ms = rows.newestMs(series);
          if (ms === -Infinity) continue;
          const end = BigInt(ms + 1) * 1_000_000n + BigInt(Number(maxTie.get(series)?.max_tie ?? 0));
          if (newest === undefined || end > newest) newest = end;
        }
        return newest;
      },
      *finals(space, fromNs, toNs) {
        for (const series of seriesIn(kind, space)) {
          const reach = BigInt(Number(maxTie.get(series)?.max_tie ?? 0));
          const from = Number((fromNs - reach) / 1_000_000n) - 1;
          for (const row of rows.around(series, from, Number(toNs / 1_000_000n) + 1)) {
            if (spaceOf(row) === space) yield kind.ns(row) + BigInt(row.tie);
          }
        }
      },
    });

    /** Writes rows; returns them with their ties. */
    function write(all: readonly Row[], cursor: number): readonly Row[] {
      const unique = latestById(kind, all, cursor);
      const before = rows.take(unique.filter((row) => row.seq <= cursor));
      const tied = outbox ? unique.map((row) => tie(row, before.get(fullKey(kind, row)))) : unique;
      rows.add(tied);
      return tied;
    }

    function tie(row: Row, before: Row | undefined): Row {
      const given = before?.tie ?? ties.give(spaceOf(row), kind.ns(row));
      if (given > 0) setMaxTie.run(row.series, given);
      return kind.tied(row, given);
    }

    return { write, drop: rows.drop, ties };
  }

  function seriesIn(kind: { readonly number: number }, space: string): readonly number[] {
    return kind.number === 0 ? spaces.members(space.slice(0, -1)) : [Number(space.slice(0, space.indexOf(' ')))];
  }

  function writeEvent(event: EventRow, cursor: number): EventRow {
    const { tie: _, ...body } = event;
    let final: bigint | null = null;
    let tied: EventRow = body;
    if (outbox) {
      const time = nsOfMs(event.timeMs);
      const before = event.seq <= cursor ? eventFinal.get(event.seq, event.ordinal)?.ns : undefined;
      const tie = typeof before === 'string' ? Number(BigInt(before) - time) : eventTies.give(event.kind, time);
      final = time + BigInt(tie);
      tied = { ...body, tie };
    }
    upsertEvent.run(event.seq, event.ordinal, event.kind, event.timeMs, event.series, final, toJson(body));
    return tied;
  }

  return {
    write(block, cursor) {
      for (const series of block.series) {
        upsertSeries.run(series.ix, series.id, toJson(series));
        spaces.add(series);
      }
      const rows = measurements.write(storedMeasurements(block.measurements), cursor);
      const { revisions = [] } = block;
      for (const { series, fromMs, seq } of revisions) points.drop(series, fromMs, seq);
      const standing = block.points.filter((point) => !isSuperseded(point, revisions));
      const written = points.write(
        standing.map((point) => ({ ...point, tie: 0 })),
        cursor,
      );
      const events = block.events.map((event) => writeEvent(event, cursor));
      for (const alarm of block.alarms) {
        const isOpen = alarm.state === 'closed' ? 0 : 1;
        upsertAlarm.run(alarm.id, alarm.series, isOpen, alarm.raisedMs, toJson(alarm));
      }
      if (outbox)
        kept.keep(block.seq, packBlock(block, rows, written, events), block.accepted ?? block.measurements.length);
      setCursor.run(block.seq);
    },
    committed() {
      for (const each of [measurements.ties, points.ties, eventTies]) each.stored();
    },
  };
}

// Of rows with one id the last counts. Only a row that could stand twice is looked at: one of an earlier entry, or a point.
function latestById<Row extends StoredMeasurement | StoredPoint>(
  kind: ChunkKind<Row>,
  rows: readonly Row[],
  cursor: number,
): readonly Row[] {
  if (kind.number === 0 && rows.every((row) => row.seq > cursor)) return rows;
  return [...new Map(rows.map((row) => [fullKey(kind, row), row])).values()];
}

function storedMeasurements(columns: MeasurementColumns): StoredMeasurement[] {
  const rows: StoredMeasurement[] = [];
  for (let i = 0; i < columns.length; i += 1) {
    rows.push({
      series: columns.series[i] ?? -1,
      seq: columns.seq[i] ?? 0,
      ordinal: columns.ordinal[i] ?? 0,
      timeNs: columns.timeNs[i] ?? 0n,
      tie: 0,
      value: columns.value[i] ?? Number.NaN,
      size: columns.size[i] ?? 1,
      quality: columns.quality[i] ?? 0,
      reason: columns.reason[i],
      text: columns.text[i],
      context: columns.context[i] ?? {},
    });
  }
  return rows;
}

/** Series that share their InfluxDB tags: all splits of one characteristic and part. */
function seriesSpaces(db: DatabaseSync) {
  const names = new Map<number, string>();
  const members = new Map<string, Set<number>>();
  function add(series: Pick<SeriesRow, 'ix' | 'characteristic' | 'part'>): void {
    const name = JSON.stringify([series.characteristic, series.part]);
    names.set(series.ix, name);
    members.set(name, (members.get(name) ?? new Set()).add(series.ix));
  }
  const columns = "ix, json_extract(body, '$.characteristic') AS characteristic, json_extract(body, '$.part') AS part";
  for (const row of db.prepare(`SELECT ${columns} FROM series`).all()) {
    add({ ix: Number(row.ix), characteristic: String(row.characteristic), part: String(row.part) });
  }
  return {
    add,
    of: (ix: number) => names.get(ix) ?? String(ix),
    members: (name: string) => [...(members.get(name) ?? [])],
  };
}
