// Questions to plant.db that writer and readers answer alike.
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { Seq } from '../../journal/journal.ts';
import { fromJson } from '../../journal/json.ts';
import type { AlarmRow, EventRow, HistoryBlock, MeasurementRow, PointRow, RangeQuery, SeriesRow } from '../history.ts';
import { type Bucket, summarise } from './aggregate.ts';
import { chunkReader } from './chunks.ts';
import { measurementKind, pointKind } from './kinds.ts';
import { type OutboxSize, outboxSize, readOutbox } from './outbox.ts';
import { tailReader } from './tail.ts';

export interface EventFilter {
  readonly kind?: string;
  /** Series id. */
  readonly series?: string;
  readonly fromMs?: number;
  readonly toMs?: number;
  /** Only events of later entries, oldest first; without it the newest `limit` are taken. */
  readonly afterSeq?: Seq;
  readonly limit: number;
}

export interface AlarmFilter {
  /** Only the alarm of this id. */
  readonly id?: string;
  /** True: not closed yet; false: closed. */
  readonly open?: boolean;
  /** Series id. */
  readonly series?: string;
  /** Half-open, by the time the alarm was raised. */
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly limit: number;
}

/** Measurements of one series in a period, counted by quality. */
export interface Tally {
  readonly series: string;
  readonly good: number;
  readonly uncertain: number;
  readonly bad: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

/** Everything that can be asked; each answer is of one moment. */
export interface HistoryQueries {
  cursor(): Seq;
  measurements(query: RangeQuery): readonly MeasurementRow[];
  points(query: RangeQuery & { readonly lane?: number }): readonly PointRow[];
  /** In time order, then id. */
  events(filter: EventFilter): readonly EventRow[];
  /** The newest `limit`, in the order they were raised. */
  alarms(filter: AlarmFilter): readonly AlarmRow[];
  seriesRows(): readonly SeriesRow[];
  /** Good finite values of a series by period of `bucketMs`, counted from 1970; periods without any are left out. */
  aggregate(series: string, fromMs: number, toMs: number, bucketMs: number): readonly Bucket[];
  /** Counts by quality of every series with measurements in [fromMs, toMs). */
  tallies(fromMs: number, toMs: number): readonly Tally[];
  /** Blocks after `after`, oldest first, each with the rows of all series it names. */
  outbox(after: Seq, limit: number): readonly HistoryBlock[];
  sinkCursor(name: string): Seq;
  sinkCursors(): Readonly<Record<string, Seq>>;
  /** What waits in the outbox. */
  outboxSize(): OutboxSize;
  /** Accepted values in outbox blocks that were dropped before every sink had them. */
  lost(): number;
  /** Measurements that a sink refused for good. */
  quarantined(): number;
  quarantine(limit: number): readonly { sink: string; atMs: number; line: string; reason: string }[];
  record(kind: string, key: string): string | undefined;
  records(kind: string): readonly { readonly key: string; readonly json: string }[];
}

/** The questions over an open database. */
export function historyQueries(db: DatabaseSync): HistoryQueries {
  const measurementChunks = chunkReader(db, measurementKind());
  const measurementTail = tailReader(db, measurementKind());
  const pointChunks = chunkReader(db, pointKind());
  const pointTail = tailReader(db, pointKind());
  const meta = db.prepare('SELECT value FROM meta WHERE key = ?');
  const ixOf = db.prepare('SELECT ix FROM series WHERE id = ?');
  const sinks = db.prepare('SELECT name, seq FROM sink ORDER BY name');
  const oneRecord = db.prepare('SELECT json FROM record WHERE kind = ? AND key = ?');
  const allRecords = db.prepare('SELECT key, json FROM record WHERE kind = ? ORDER BY key');
  const refused = db.prepare('SELECT sink, at, line, reason FROM quarantine ORDER BY id DESC LIMIT ?');

  function indexOf(series: string): number | undefined {
    const row = ixOf.get(series);
    return row === undefined ? undefined : Number(row.ix);
  }

  function sinkCursors(): Record<string, Seq> {
    return Object.fromEntries(sinks.all().map((row) => [String(row.name), Number(row.seq)]));
  }

  // Tail and chunks must be of one moment: the writer may move rows from one to the other in between.
  function atOnce<T>(ask: () => T): T {
    if (db.isTransaction) return ask();
    db.exec('BEGIN');
    try {
      return ask();
    } finally {
      db.exec('COMMIT');
    }
  }

  const questions: HistoryQueries = {
    cursor: () => Number(meta.get('cursor')?.value ?? 0),
    measurements(query) {
      const series = indexOf(query.series);
      if (series === undefined) return [];
      return measurementChunks.range(query, series, measurementTail.of(series)).map(({ seq, ordinal, ...row }) => ({
        id: `${seq}.${ordinal}`,
        timeNs: row.timeNs,
        value: row.value,
        size: row.size,
        quality: row.quality,
        reason: row.reason,
        text: row.text,
        context: row.context,
      }));
    },
    points(query) {
      const series = indexOf(query.series);
      if (series === undefined) return [];
      const { lane } = query;
      const isWanted = lane === undefined ? undefined : (row: PointRow) => row.lane === lane;
      return pointChunks.range(query, series, pointTail.of(series), isWanted).map(({ tie: _, ...point }) => point);
    },
    events(filter) {
      const series = filter.series === undefined ? undefined : (indexOf(filter.series) ?? -2);
      const isResuming = filter.afterSeq !== undefined;
      const { where, values } = conditions([
        ['kind = ?', filter.kind],
        ['series = ?', series],
        ['time >= ?', filter.fromMs],
        ['time < ?', filter.toMs],
        ['seq > ?', filter.afterSeq],
      ]);
      const order = isResuming ? 'seq, ordinal' : 'time DESC, seq DESC, ordinal DESC';
      const rows = db.prepare(`SELECT body FROM event ${where} ORDER BY ${order} LIMIT ?`).all(...values, filter.limit);
      const events = rows.map((row) => fromJson(String(row.body)) as EventRow);
      return isResuming ? events : events.reverse();
    },
    alarms(filter) {
      const series = filter.series === undefined ? undefined : (indexOf(filter.series) ?? -2);
      const { where, values } = conditions([
        ['id = ?', filter.id],
        ['is_open = ?', filter.open === undefined ? undefined : Number(filter.open)],
        ['series = ?', series],
        ['raised >= ?', filter.fromMs],
        ['raised < ?', filter.toMs],
      ]);
      const rows = db
        .prepare(`SELECT body FROM alarm ${where} ORDER BY raised DESC, id DESC LIMIT ?`)
        .all(...values, filter.limit);
      return rows.map((row) => fromJson(String(row.body)) as AlarmRow).reverse();
    },
    seriesRows() {
      const rows = db.prepare('SELECT body FROM series ORDER BY ix').all();
      return rows.map((row) => fromJson(String(row.body)) as SeriesRow);
    },
    aggregate(id, fromMs, toMs, bucketMs) {
      const series = indexOf(id);
      return series === undefined
        ? []
        : summarise(db, series, measurementTail.of(series), { fromMs, toMs, bucketMs }).buckets;
    },
    tallies(fromMs, toMs) {
      const tallies: Tally[] = [];
      for (const row of db.prepare('SELECT ix, id FROM series ORDER BY ix').all()) {
        const series = Number(row.ix);
        const newer = measurementTail.of(series);
        const { tally } = summarise(db, series, newer, { fromMs, toMs, bucketMs: Infinity });
        if (tally !== undefined) tallies.push({ series: String(row.id), ...tally });
      }
      return tallies;
    },
    outbox: (after, limit) => readOutbox(db, after, limit),
    sinkCursor: (name) => sinkCursors()[name] ?? 0,
    sinkCursors,
    outboxSize: outboxSize(db),
    lost: () => Number(meta.get('lost')?.value ?? 0),
    quarantined: () => Number(meta.get('quarantined')?.value ?? 0),
    quarantine(limit) {
      return refused.all(limit).map((row) => ({
        sink: String(row.sink),
        atMs: Number(row.at),
        line: String(row.line),
        reason: String(row.reason),
      }));
    },
    record(kind, key) {
      const row = oneRecord.get(kind, key);
      return row === undefined ? undefined : String(row.json);
    },
    records: (kind) => allRecords.all(kind).map((row) => ({ key: String(row.key), json: String(row.json) })),
  };
  return {
    ...questions,
    measurements: (query) => atOnce(() => questions.measurements(query)),
    points: (query) => atOnce(() => questions.points(query)),
    aggregate: (...period) => atOnce(() => questions.aggregate(...period)),
    tallies: (fromMs, toMs) => atOnce(() => questions.tallies(fromMs, toMs)),
    outbox: (after, limit) => atOnce(() => questions.outbox(after, limit)),
  };
}

function conditions(each: readonly (readonly [string, SQLInputValue | undefined])[]) {
  const used = each.filter((one): one is readonly [string, SQLInputValue] => one[1] !== undefined);
  const where = used.length === 0 ? '' : `WHERE ${used.map(([sql]) => sql).join(' AND ')}`;
  return { where, values: used.map(([, value]) => value) };
}
