// What a replay is made of: the stored values of one stream, what was recorded of them, and what people found out.
import type { CharacteristicPlan } from '../config/plan.ts';
import { valueTags } from '../config/source.ts';
import type { AlarmRow, EventRow, MeasurementRow, PointRow } from '../history/history.ts';
import type { MeasurementContext } from '../measurement.ts';

/** One stored value, in the order in which it was accepted. */
export interface StoredRow {
  readonly id: string;
  readonly seq: number;
  readonly ordinal: number;
  readonly timeMs: number;
  /** NaN = a missing member: only plainly good values are charted. */
  readonly value: number;
  readonly size: number;
  readonly context: MeasurementContext;
}

/** The points of one subgroup as they stand in the history, lanes ascending. */
export interface RecordedSubgroup {
  readonly timeMs: number;
  readonly lanes: readonly PointRow[];
}

/** Everything known of one stream. */
export interface ReplaySource {
  readonly stream: string;
  readonly characteristic: CharacteristicPlan;
  readonly part: string;
  readonly rows: readonly StoredRow[];
  /** Values of the tag that counts the units inspected; empty for measured values. */
  readonly inspected: readonly StoredRow[];
  /** Whether the source delivers what was written down elsewhere: its late values were put in their place. */
  readonly isRecord: boolean;
  readonly latenessMs: number;
  readonly recorded: readonly RecordedSubgroup[];
  /** Events of the stream and of the configuration, in order of time. */
  readonly events: readonly EventRow[];
  readonly alarms: readonly AlarmRow[];
  /** Older values exist that were too many to be read. */
  readonly isCut: boolean;
}

/** A row of the history as a replay takes it. */
export function storedRow(row: MeasurementRow): StoredRow {
  const [seq = 0, ordinal = 0] = row.id.split('.').map(Number);
  return {
    id: row.id,
    seq,
    ordinal,
    timeMs: Number(row.timeNs / 1000n) / 1000,
    value: row.quality === 0 ? row.value : Number.NaN,
    size: row.size,
    context: row.context,
  };
}

/** Rows of points as subgroups: lanes of one subgroup follow each other, of one entry and one time. */
export function recordedSubgroups(rows: readonly PointRow[]): RecordedSubgroup[] {
  const subgroups: (RecordedSubgroup & { readonly lanes: PointRow[] })[] = [];
  let before: PointRow | undefined;
  for (const row of rows) {
    const goesOn = before?.seq === row.seq && before.timeMs === row.timeMs && row.lane > before.lane;
    if (goesOn) subgroups.at(-1)?.lanes.push(row);
    else subgroups.push({ timeMs: row.timeMs, lanes: [row] });
    before = row;
  }
  return subgroups;
}

/** The tag by whose adapter the values come. */
export function sourceTag({ from }: CharacteristicPlan): string {
  return valueTags(from)[0] ?? '';
}

/** Ids of the points that people have excluded; a subgroup is excluded with any of its lanes. */
export function excludedPoints(events: readonly EventRow[]): ReadonlySet<string> {
  return new Set(events.filter(({ kind }) => kind === 'exclude').map(({ data }) => String(data.point)));
}

/** Earlier than all others by the order of acceptance. */
export function byAcceptance(a: StoredRow, b: StoredRow): number {
  return a.seq - b.seq || a.ordinal - b.ordinal;
}
