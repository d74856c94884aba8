// Stored values in the order in which the chart takes them: as they were charted when they came, or as revisions have put them.
import type { EventRow } from '../history/history.ts';
import { byAcceptance, type ReplaySource, type StoredRow } from './source.ts';

/** Counts that wait for their inspected number, as many as the plant keeps. */
const PENDING_LIMIT = 64;

/** The values that a chart of this stream takes, in order. */
export function productionOrder(source: ReplaySource): StoredRow[] {
  const { characteristic, rows } = source;
  if ('count' in characteristic.from) return pairedCounts(source, characteristic.from.counter);
  return source.isRecord ? revised(rows, source.events) : asTheyCame(source);
}

/** Late values stand in their place; those that a correction has replaced are left out. */
function revised(rows: readonly StoredRow[], events: readonly EventRow[]): StoredRow[] {
  const gone = new Set<string>();
  for (const { kind, data } of events)
    if (kind === 'revision' && Array.isArray(data.leftOut)) for (const id of data.leftOut) gone.add(String(id));
  return rows.filter((row) => !gone.has(row.id)).sort((a, b) => a.timeMs - b.timeMs || byAcceptance(a, b));
}

/**
 * Within `latenessMs` values wait for older ones; what comes later than that was never charted. Waiting ends with a newer value, or when
 * time goes on: then a point stands in the records that none of the values at hand brought forth.
 */
function asTheyCame({ rows, recorded, latenessMs }: ReplaySource): StoredRow[] {
  const accepted = [...rows].sort(byAcceptance);
  const charted: StoredRow[] = [];
  const waiting: StoredRow[] = [];
  let lastMs = Number.NEGATIVE_INFINITY;
  const release = (untilMs: number): void => {
    while (waiting[0] !== undefined && waiting[0].timeMs <= untilMs) {
      lastMs = waiting[0].timeMs;
      charted.push(waiting[0]);
      waiting.shift();
    }
  };
  const passed = latenessMs === 0 ? [] : byTime(rows, recorded);
  let at = 0;
  for (const row of accepted) {
    for (; (passed[at]?.seq ?? Number.POSITIVE_INFINITY) < row.seq; at++)
      release(passed[at]?.timeMs ?? Number.NEGATIVE_INFINITY);
    if (row.timeMs < lastMs) continue;
    let place = waiting.length;
    while (place > 0 && (waiting[place - 1]?.timeMs ?? 0) > row.timeMs) place -= 1;
    waiting.splice(place, 0, row);
    release((waiting.at(-1)?.timeMs ?? 0) - latenessMs);
  }
  release(Number.POSITIVE_INFINITY);
  return charted;
}

/** Points that came when time went on, not by a value of the stream, in order of their entries. */
function byTime(
  rows: readonly StoredRow[],
  recorded: ReplaySource['recorded'],
): readonly { readonly seq: number; readonly timeMs: number }[] {
  const entries = new Set(rows.map(({ seq }) => seq));
  return recorded
    .flatMap(({ timeMs, lanes }) => (lanes[0] === undefined ? [] : [{ seq: lanes[0].seq, timeMs }]))
    .filter(({ seq }) => !entries.has(seq))
    .sort((a, b) => a.seq - b.seq || a.timeMs - b.timeMs);
}

type Arrival = { readonly row: StoredRow; readonly isInspected: boolean };

/** A count and its inspected number belong together by their source time; what one running counter shows is turned into what it counted. */
function pairedCounts(source: ReplaySource, counter: 'per_record' | 'cumulative'): StoredRow[] {
  const arrivals: Arrival[] = [
    ...source.rows.map((row) => ({ row, isInspected: false })),
    ...source.inspected.map((row) => ({ row, isInspected: true })),
  ].sort((a, b) => byAcceptance(a.row, b.row));
  const paired: StoredRow[] = [];
  let inspected: StoredRow | undefined;
  let pending: StoredRow[] = [];
  let lastMs = Number.NEGATIVE_INFINITY;
  const arrive = (count: StoredRow, size: number, isGood: boolean): void => {
    if (count.timeMs < lastMs) return;
    lastMs = count.timeMs;
    paired.push({ ...count, value: isGood ? count.value : Number.NaN, size });
  };
  for (const { row, isInspected } of arrivals) {
    if (!isInspected) {
      if (row.size > 1) arrive(row, row.size, true);
      else if (inspected?.timeMs === row.timeMs) arrive(row, inspected.value, !Number.isNaN(inspected.value));
      else {
        pending.push(row);
        if (pending.length > PENDING_LIMIT) pending.shift();
      }
      continue;
    }
    inspected = row;
    for (const count of pending) if (count.timeMs === row.timeMs) arrive(count, row.value, !Number.isNaN(row.value));
    pending = pending.filter((count) => count.timeMs > row.timeMs);
  }
  return counter === 'per_record' ? paired : increases(paired);
}

/** What was counted between two readings; a falling counter was reset. */
function increases(readings: readonly StoredRow[]): StoredRow[] {
  const counted: StoredRow[] = [];
  let before: StoredRow | undefined;
  const risen = (from: number, to: number): number => (to >= from ? to - from : to);
  for (const reading of readings) {
    if (Number.isNaN(reading.value) || Number.isNaN(reading.size)) continue;
    if (before !== undefined) {
      const size = risen(before.size, reading.size);
      if (size !== 0) counted.push({ ...reading, value: risen(before.value, reading.value), size });
    }
    before = reading;
  }
  return counted;
}
