// Prepares `revise` entries: reads from the history what a stream with late or corrected values needs to be judged again.
import type { EmbeddedHistory } from '../history/embedded/history.ts';
import type { MeasurementRow } from '../history/history.ts';
import type { Entry, ReviseEntry, ReviseRows, Seq } from '../journal/journal.ts';
import type { MeasurementContext } from '../measurement.ts';
import type { Machine } from './machine.ts';
import type { Checkpoint, PendingRevision } from './state.ts';
import { RECORD_ID } from './stream-step.ts';

/** A stream is judged again once nothing late came for it this long, and at the latest after the longer time. */
const QUIET_MS = 2000;
const LONGEST_MS = 30_000;
/** Values that one entry carries at most; what would need more came too late to be charted. */
const MOST_ROWS = 20_000;
const MOST_EVENTS = 10_000;

export interface Reviser {
  /** Looks which streams wait; called after every block is written. */
  look(): void;
  close(): void;
}

export interface ReviserOptions {
  readonly machine: Machine;
  readonly history: EmbeddedHistory;
  append(entry: Entry): Promise<unknown>;
  now(): number;
}

interface Waiting {
  readonly firstMs: number;
  lastMs: number;
  late: number;
}

/** Watches the machine's pending revisions and appends an entry for each when its time has come. */
export function createReviser(options: ReviserOptions): Reviser {
  const { machine, now } = options;
  const waiting = new Map<number, Waiting>();
  let timer: NodeJS.Timeout | undefined;
  let isBusy = false;
  let isClosed = false;

  function look(): void {
    const { revisions } = machine.state;
    for (const series of waiting.keys()) if (!revisions.has(series)) waiting.delete(series);
    for (const [series, pending] of revisions) {
      const known = waiting.get(series);
      if (known === undefined) waiting.set(series, { firstMs: now(), lastMs: now(), late: pending.late });
      else if (known.late !== pending.late) {
        known.late = pending.late;
        known.lastMs = now();
      }
    }
    arm();
  }

  function arm(): void {
    clearTimeout(timer);
    timer = undefined;
    if (waiting.size === 0 || isBusy || isClosed) return;
    let due = Number.POSITIVE_INFINITY;
    for (const each of waiting.values()) due = Math.min(due, dueMs(each));
    timer = setTimeout(() => void work(), Math.max(0, due - now()));
  }

  async function work(): Promise<void> {
    isBusy = true;
    for (const [series, each] of [...waiting]) {
      if (dueMs(each) > now() || isClosed) continue;
      // What fails, or no longer fits when it is applied, is tried again after another pause.
      waiting.delete(series);
      await revise(options, series).catch(() => undefined);
    }
    isBusy = false;
    look();
  }

  return {
    look,
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}

function dueMs(waiting: Waiting): number {
  return Math.min(waiting.lastMs + QUIET_MS, waiting.firstMs + LONGEST_MS);
}

async function revise(options: ReviserOptions, series: number): Promise<void> {
  const entry = await prepareRevision(options.machine, options.history, series, options.now());
  if (entry !== undefined) await options.append(entry);
}

interface Found extends MeasurementRow {
  readonly seq: number;
  readonly ordinal: number;
  readonly timeMs: number;
}

/** The entry for a series that waits for one, from what the history holds now; undefined when it does not wait. */
export async function prepareRevision(
  machine: Machine,
  history: EmbeddedHistory,
  series: number,
  nowMs: number,
): Promise<ReviseEntry | undefined> {
  const stream = machine.state.series[series]?.id;
  const pending = machine.state.revisions.get(series);
  const trail = machine.state.streams.get(series)?.past?.trail;
  if (stream === undefined || pending === undefined || trail === undefined) return undefined;
  const uptoSeq = await history.cursor();
  // A row that is corrected may lie anywhere; late values are read from the checkpoint before them on.
  const reach = pending.corrects.length > 0 ? undefined : trail.findLast((each) => each.timeMs < pending.fromMs);
  const sinceMs = Math.max(Number.MIN_SAFE_INTEGER, Math.floor(reach?.timeMs ?? Number.NEGATIVE_INFINITY));
  const range = { series: stream, fromMs: sinceMs, toMs: Number.MAX_SAFE_INTEGER, limit: MOST_ROWS + 1, last: true };
  const newest = found(await history.measurements(range), uptoSeq);
  const corrections = pending.corrects.map(({ id, seq }) => named(newest, id, seq));
  const fromMs = fromWhen(pending, corrections, trail);
  const from = trail.findLast((each) => each.timeMs < fromMs);
  const entry = {
    kind: 'revise' as const,
    atMs: nowMs,
    author: 'system',
    reason: pending.corrects.length > 0 ? 'correction' : 'late values',
    stream,
    fromMs,
    uptoSeq,
  };
  if (from === undefined) return entry;
  const rows = newest.filter((row) => row.timeMs > from.timeMs);
  if (rows.length > MOST_ROWS) return entry;
  const before = leftOutBefore(history, stream);
  const gone = new Set(before);
  for (const row of rows) {
    const { corrects } = row.context;
    const wrong = corrects === undefined ? undefined : named(newest, corrects, row.seq);
    if (wrong !== undefined) gone.add(wrong.id);
  }
  return {
    ...entry,
    afterMs: from.timeMs,
    rows: columns(rows.filter((row) => !gone.has(row.id))),
    leftOut: [...gone].filter((id) => !before.has(id)),
    excluded: await excludedPoints(history, stream, from),
  };
}

/** From the oldest late value on, and from the oldest corrected one where the past still reaches it. */
function fromWhen(
  pending: PendingRevision,
  corrections: readonly (Found | undefined)[],
  trail: readonly Checkpoint[],
): number {
  const reach = trail[0]?.timeMs ?? Number.POSITIVE_INFINITY;
  return corrections.reduce(
    (least, row) => (row !== undefined && row.timeMs > reach ? Math.min(least, row.timeMs) : least),
    pending.fromMs,
  );
}

/** Rows that the history had at `uptoSeq`, in production order; of equal times in order of acceptance. */
function found(rows: readonly MeasurementRow[], uptoSeq: Seq): Found[] {
  return rows
    .map((row) => {
      const [seq = 0, ordinal = 0] = row.id.split('.').map(Number);
      return { ...row, seq, ordinal, timeMs: Number(row.timeNs / 1000n) / 1000 };
    })
    .filter((row) => row.seq <= uptoSeq)
    .sort((a, b) => a.timeMs - b.timeMs || a.seq - b.seq || a.ordinal - b.ordinal);
}

/** The newest row accepted under this source id before entry `seq`. */
function named(rows: readonly Found[], sourceId: string, seq: number): Found | undefined {
  let newest: Found | undefined;
  for (const row of rows)
    if (row.seq < seq && row.context[RECORD_ID] === sourceId && row.seq >= (newest?.seq ?? 0)) newest = row;
  return newest;
}

/** Ids of measurements that earlier corrections have replaced. */
function leftOutBefore(history: EmbeddedHistory, series: string): Set<string> {
  const events = history.events({ kind: 'revision', series, limit: MOST_EVENTS });
  return new Set(events.flatMap(({ data }) => (Array.isArray(data.leftOut) ? data.leftOut.map(String) : [])));
}

async function excludedPoints(
  history: EmbeddedHistory,
  series: string,
  from: Checkpoint,
): Promise<NonNullable<ReviseEntry['excluded']>> {
  const events = history.events({ kind: 'exclude', series, limit: MOST_EVENTS });
  if (events.length === 0) return [];
  const fromMs = Math.max(from.timeMs, Number.MIN_SAFE_INTEGER);
  const points = await history.points({ series, fromMs, toMs: Number.MAX_SAFE_INTEGER, limit: MOST_ROWS, lane: 0 });
  const times = new Map(points.map((point) => [point.id, point.timeMs]));
  return events.flatMap(({ data }) => {
    const point = String(data.point);
    const timeMs = times.get(point);
    if (timeMs === undefined) return [];
    return [{ timeMs, point, author: String(data.author), reason: String(data.reason) }];
  });
}

function columns(rows: readonly Found[]): ReviseRows {
  const contexts: MeasurementContext[] = [];
  const places = new Map<string, number>();
  const context = rows.map((row) => {
    const { [RECORD_ID]: _, ...own } = row.context;
    const text = JSON.stringify(own);
    const known = places.get(text);
    if (known !== undefined) return known;
    places.set(text, contexts.length);
    contexts.push(own);
    return contexts.length - 1;
  });
  return {
    timeMs: rows.map((row) => row.timeMs),
    // As when they came: only plainly good values are charted.
    value: rows.map((row) => (row.quality === 0 ? row.value : Number.NaN)),
    size: rows.map((row) => row.size),
    context,
    contexts,
  };
}
