// Collects what a run of entries brings forth until it is written as one history block.
import { createHash } from 'node:crypto';
import {
  type AlarmRow,
  type EventRow,
  type HistoryBlock,
  type MeasurementColumns,
  measurementColumns,
  type PointRow,
  type Revision,
  type SeriesRow,
} from '../history/history.ts';
import type { MeasurementContext } from '../measurement.ts';

export interface BlockBuilder {
  readonly series: SeriesRow[];
  readonly measurements: MeasurementColumns;
  readonly points: PointRow[];
  readonly events: EventRow[];
  /** Newest row of each alarm changed, in order of first change. */
  readonly alarms: Map<string, AlarmRow>;
  readonly revisions: Revision[];
  /** Series whose live picture changed. */
  readonly touched: Set<number>;
}

export function blockBuilder(): BlockBuilder {
  return {
    series: [],
    measurements: measurementColumns(),
    points: [],
    events: [],
    alarms: new Map(),
    revisions: [],
    touched: new Set(),
  };
}

export function isEmptyBlock(block: BlockBuilder): boolean {
  return (
    block.measurements.length === 0 &&
    block.points.length === 0 &&
    block.events.length === 0 &&
    block.alarms.size === 0 &&
    block.revisions.length === 0 &&
    block.series.length === 0
  );
}

export function historyBlock(builder: BlockBuilder, seq: number): HistoryBlock {
  return {
    seq,
    series: builder.series,
    measurements: builder.measurements,
    points: builder.points,
    events: builder.events,
    alarms: [...builder.alarms.values()],
    ...(builder.revisions.length === 0 ? {} : { revisions: builder.revisions }),
  };
}

export interface MeasurementCells {
  readonly series: number;
  readonly seq: number;
  readonly ordinal: number;
  readonly timeNs: bigint;
  readonly value: number;
  readonly size: number;
  readonly quality: number;
  readonly reason: string | undefined;
  readonly text: string | undefined;
  readonly context: MeasurementContext;
}

export function pushMeasurement(columns: MeasurementColumns, cells: MeasurementCells): void {
  columns.series.push(cells.series);
  columns.seq.push(cells.seq);
  columns.ordinal.push(cells.ordinal);
  columns.timeNs.push(cells.timeNs);
  columns.value.push(cells.value);
  columns.size.push(cells.size);
  columns.quality.push(cells.quality);
  columns.reason.push(cells.reason);
  columns.text.push(cells.text);
  columns.context.push(cells.context);
  columns.length += 1;
}

/** The next link of the event hash: sha256 over the hash so far and the event's canonical text. */
export function chainEvent(hash: string, event: EventRow): string {
  return createHash('sha256')
    .update(hash)
    .update(
      JSON.stringify([event.id, event.kind, event.timeMs, event.series, event.adapter, event.text.en, event.data]),
    )
    .digest('hex');
}
