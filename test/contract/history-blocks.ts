// Blocks for the contract of histories: made from numbers, so that a test knows what must come back.
import type {
  AlarmRow,
  EventRow,
  HistoryBlock,
  MeasurementRow,
  PointRow,
  SeriesRow,
} from '../../src/history/history.ts';
import { measurementColumns, streamId } from '../../src/history/history.ts';

/** One measurement of a block under construction. */
export interface Given {
  readonly series: number;
  readonly timeNs: bigint;
  readonly value: number;
  readonly size?: number;
  readonly quality?: number;
  readonly reason?: string | undefined;
  readonly text?: string | undefined;
  readonly context?: Readonly<Record<string, string>>;
}

/** Four series: two cavities of one part, another part, a bare tag. */
export function someSeries(): readonly SeriesRow[] {
  const stream = (ix: number, part: string, split: string): SeriesRow => ({
    ix,
    id: streamId('L1.weight', part, [split]),
    characteristic: 'L1.weight',
    part,
    split,
    line: 'L1',
    station: 'press 3, east=1',
    isStream: true,
    chart: 'i-mr',
  });
  return [
    stream(0, 'CV-2100', '1'),
    stream(1, 'CV-2100', '2'),
    stream(2, '품번 "7"\\', '1'),
    { ...stream(3, '', ''), id: 'bench/leak', characteristic: 'bench/leak', isStream: false },
  ];
}

/** A block of one entry whose rows are `given`; ordinals count from 0. */
export function blockOf(seq: number, given: readonly Given[], more: Partial<HistoryBlock> = {}): HistoryBlock {
  const columns = measurementColumns();
  for (const [i, row] of given.entries()) {
    columns.series.push(row.series);
    columns.seq.push(seq);
    columns.ordinal.push(i);
    columns.timeNs.push(row.timeNs);
    columns.value.push(row.value);
    columns.size.push(row.size ?? 1);
    columns.quality.push(row.quality ?? (Number.isNaN(row.value) ? 2 : 0));
    columns.reason.push(row.reason);
    columns.text.push(row.text);
    columns.context.push(row.context ?? {});
    columns.length += 1;
  }
  return { seq, series: someSeries(), measurements: columns, points: [], events: [], alarms: [], ...more };
}

/** What a history must answer for row `i` of a block made by {@link blockOf}. */
export function expectedRow(seq: number, i: number, row: Given): MeasurementRow {
  return {
    id: `${seq}.${i}`,
    timeNs: row.timeNs,
    value: row.value,
    size: row.size ?? 1,
    quality: row.quality ?? (Number.isNaN(row.value) ? 2 : 0),
    reason: row.reason,
    text: row.text,
    context: row.context ?? {},
  };
}

/** A point with every field filled. */
export function pointOf(seq: number, ordinal: number, more: Partial<PointRow> = {}): PointRow {
  return {
    id: `${seq}.${ordinal}`,
    seq,
    ordinal,
    series: 0,
    lane: 0,
    statistic: 'mean',
    timeMs: seq * 1000,
    value: 5.25,
    centre: 5,
    lower: Number.NaN,
    upper: 6.5,
    z: -0,
    n: 5,
    rules: ['N1', 'N5'],
    limitsVersion: 2,
    status: 'judged',
    breakBefore: false,
    context: { lot: 'A 1' },
    ...more,
  };
}

/** An event of a series. */
export function eventOf(seq: number, ordinal: number, more: Partial<EventRow> = {}): EventRow {
  return {
    id: `${seq}.${ordinal}`,
    seq,
    ordinal,
    kind: 'signal',
    timeMs: seq * 1000,
    series: 0,
    adapter: '',
    text: { ko: '규칙 N1', en: 'rule N1' },
    data: { rule: 'N1', z: Number.NaN },
    ...more,
  };
}

/** An open alarm. */
export function alarmOf(id: string, raisedMs: number, more: Partial<AlarmRow> = {}): AlarmRow {
  return {
    id,
    seq: Number(id.split('.')[0]),
    kind: 'signal',
    series: 0,
    adapter: '',
    class: 'critical',
    state: 'unacknowledged',
    raisedMs,
    lastMs: raisedMs,
    acknowledgedMs: null,
    acknowledgedBy: '',
    closedMs: null,
    cause: '',
    comment: '',
    rules: ['N1'],
    lane: 0,
    events: 1,
    text: { ko: '경보', en: 'alarm' },
    ...more,
  };
}
