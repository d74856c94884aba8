// One value into its stream: part, context, split, sampling, subgroups, points, signals.
import type { CharacteristicPlan } from '../config/plan.ts';
import type { PointRow } from '../history/history.ts';
import type { MeasurementContext } from '../measurement.ts';
import type { LanePoint, Refused } from '../spc/stream.ts';
import type { ClosedSubgroup } from '../spc/subgroup.ts';
import { pushMeasurement } from './block.ts';
import { type Machinery, pooledBy, type Rerun } from './machinery.ts';
import { isNews } from './past.ts';
import type { StreamState } from './state.ts';
import {
  contributionWords,
  excludedWords,
  frozenWords,
  refusedWords,
  shiftWords,
  signalWords,
  streamWords,
} from './words.ts';

/** One row of a batch on its way into the streams. */
export interface Row {
  readonly tag: string;
  readonly ordinal: number;
  readonly timeNs: bigint;
  readonly timeMs: number;
  readonly value: number;
  readonly size: number;
  readonly quality: number;
  readonly reason: string | undefined;
  readonly context: MeasurementContext;
  /** The source's own id of a row that was written down elsewhere: kept with the measurement, so that a correction can name it. */
  readonly recordId: string | undefined;
}

/** Context key under which the source's own id of a record is kept. */
export const RECORD_ID = 'source_id';

/** Part number of a row: the tag named by the plan, else the context key `part`. */
export function partOf(m: Machinery, characteristic: CharacteristicPlan, row: Row): string {
  if (characteristic.part !== undefined) return m.state.tagText.get(characteristic.part) ?? row.context.part ?? '';
  return row.context.part ?? '';
}

/** The row's own context, filled up from the tags that the plan names. */
export function contextOf(m: Machinery, characteristic: CharacteristicPlan, row: Row): MeasurementContext {
  let merged: Record<string, string> | undefined;
  for (const key in characteristic.context) {
    if (row.context[key] !== undefined) continue;
    const text = m.state.tagText.get(characteristic.context[key] ?? '');
    if (text === undefined) continue;
    merged ??= { ...row.context };
    merged[key] = text;
  }
  return merged ?? row.context;
}

export function splitOf(characteristic: CharacteristicPlan, context: MeasurementContext): string[] {
  return characteristic.split_by.map((key) => context[key] ?? '');
}

export function store(
  m: Machinery,
  series: number,
  row: Row,
  context: MeasurementContext,
  reason = row.reason,
  quality = row.quality,
): void {
  pushMeasurement(m.out.measurements, {
    series,
    seq: m.state.seq,
    ordinal: row.ordinal,
    timeNs: row.timeNs,
    value: row.value,
    size: row.size,
    quality,
    reason,
    text: undefined,
    context: row.recordId === undefined ? context : { ...context, [RECORD_ID]: row.recordId },
  });
}

/** One value (or count and its inspected number, or vector) into the open subgroup of its stream. */
export function chart(
  m: Machinery,
  characteristic: CharacteristicPlan,
  stream: StreamState,
  value: number,
  size: number,
  timeMs: number,
  context: MeasurementContext,
  vector?: Float64Array,
): void {
  const isTaken = stream.seen % characteristic.sample.of < characteristic.sample.take;
  stream.seen = (stream.seen + 1) % characteristic.sample.of;
  if (!isTaken) return;
  // Values of parts with targets of their own have no mean in common.
  const isOne = 'tag' in characteristic.from && pooledBy(characteristic) === undefined;
  if (!Number.isNaN(value) && isOne) m.engine.observe(stream.engine, value);
  const keys = characteristic.subgroup.close_on.map((key) => context[key] ?? '');
  const closed =
    vector === undefined
      ? m.subgroups.add(stream.subgroup, value, size, timeMs, keys)
      : m.subgroups.addVector(stream.subgroup, vector, timeMs, keys);
  for (const subgroup of closed) {
    // One closed by a key or by time ended before this value; one closed by its size contains it.
    if (subgroup.closedBy === 'size') stream.shared = shareContext(stream.shared, context);
    closeSubgroup(m, characteristic, stream, subgroup);
    stream.shared = null;
    if (subgroup.closedBy === 'size') return;
  }
  stream.shared = shareContext(stream.shared, context);
}

function shareContext(shared: MeasurementContext | null, context: MeasurementContext): MeasurementContext {
  if (shared === null || shared === context) return context;
  const common: Record<string, string> = {};
  for (const key in shared) if (shared[key] === context[key] && shared[key] !== undefined) common[key] = shared[key];
  return common;
}

/** Judges subgroups that a deadline or a new plan has closed. */
export function closeSubgroups(m: Machinery, stream: StreamState, closed: readonly ClosedSubgroup[]): void {
  const characteristic = m.routing.characteristic(stream.characteristic);
  if (characteristic === undefined) return;
  for (const subgroup of closed) closeSubgroup(m, characteristic, stream, subgroup);
  if (closed.length > 0) stream.shared = null;
}

/** Judges one closed subgroup: points, signals, limits that freeze, alarms that calm down. */
function closeSubgroup(
  m: Machinery,
  characteristic: CharacteristicPlan,
  stream: StreamState,
  subgroup: ClosedSubgroup,
): void {
  m.out.touched.add(stream.series);
  if (subgroup.discarded) return;
  const by = pooledBy(characteristic);
  const key = by === undefined ? -1 : m.engine.keys(stream.engine).indexOf(stream.shared?.[by] ?? '');
  const { lanes, froze, refused } = m.engine.step(stream.engine, by === undefined ? subgroup : { ...subgroup, key });
  const { rerun } = m;
  if (froze && stream.past?.frozen != null) m.engine.adopt(stream.engine, stream.past.frozen);
  stream.points += 1;
  learnPause(stream, subgroup.timeMs);
  // Points before the first change stand as they were issued.
  if (rerun !== null && subgroup.timeMs < rerun.fromMs) return;
  const ordinal = m.ordinal++;
  stream.lastPoints = [];
  let isCalm = true;
  let isJudged = false;
  for (const lane of lanes) {
    const point = pointRow(m, stream, lane, subgroup, ordinal);
    m.out.points.push(point);
    m.state.points += 1;
    stream.lastPoints.push(point);
    if (lane.holds !== 0) isCalm = false;
    if (lane.status === 'judged') isJudged = true;
    if (lane.rises !== 0) raiseSignals(m, characteristic, stream, lane, point);
  }
  if (rerun !== null) issuedAgain(m, stream, rerun, subgroup.timeMs, `${m.state.seq}.${ordinal}`);
  if (froze && stream.past?.frozen == null) reportFrozen(m, characteristic, stream, subgroup.timeMs);
  if (refused !== undefined) reportRefused(m, characteristic, stream, subgroup.timeMs, refused);
  // An alarm raised long ago does not grow calm by subgroups it has already counted.
  if (isCalm && isJudged && (rerun === null || rerun.hasRaised))
    m.alarms.calm(stream.series, m.state.seq, subgroup.timeMs);
}

function reportFrozen(m: Machinery, characteristic: CharacteristicPlan, stream: StreamState, timeMs: number): void {
  const series = m.state.series[stream.series];
  if (series === undefined) return;
  const limits = m.engine.limits(stream.engine);
  if (stream.past !== null) stream.past.frozen = limits;
  const words = frozenWords(streamWords(characteristic, series), limits);
  m.event('limits', timeMs, stream.series, '', words, { author: 'system', ...limits });
}

/** A full baseline that gives no limits: it goes on, and a person may have to do something about it. */
function reportRefused(
  m: Machinery,
  characteristic: CharacteristicPlan,
  stream: StreamState,
  timeMs: number,
  refused: Refused,
): void {
  const series = m.state.series[stream.series];
  if (series === undefined) return;
  const words = refusedWords(streamWords(characteristic, series), refused);
  m.event('limits', timeMs, stream.series, '', words, { author: 'system', refused });
}

/** Smoothed pause between points: what "late" is measured by. */
function learnPause(stream: StreamState, timeMs: number): void {
  const pause = timeMs - stream.lastPointMs;
  if (pause >= 0)
    stream.pauseMs = Number.isNaN(stream.pauseMs) ? pause : stream.pauseMs + 0.2 * (pause - stream.pauseMs);
  stream.lastPointMs = timeMs;
}

function pointRow(
  m: Machinery,
  stream: StreamState,
  lane: LanePoint,
  subgroup: ClosedSubgroup,
  ordinal: number,
): PointRow {
  const rules: string[] = [];
  for (let bit = 0; bit < lane.ruleIds.length; bit++) if ((lane.holds >>> bit) & 1) rules.push(lane.ruleIds[bit] ?? '');
  return {
    id: `${m.state.seq}.${ordinal}`,
    seq: m.state.seq,
    ordinal,
    series: stream.series,
    lane: lane.lane,
    statistic: lane.statistic,
    timeMs: subgroup.timeMs,
    value: lane.value,
    centre: lane.centre,
    lower: lane.lower,
    upper: lane.upper,
    z: lane.z,
    n: lane.n,
    rules,
    limitsVersion: lane.limitsVersion,
    status: lane.status,
    breakBefore: lane.breakBefore,
    context: stream.shared ?? {},
  };
}

function raiseSignals(
  m: Machinery,
  characteristic: CharacteristicPlan,
  stream: StreamState,
  lane: LanePoint,
  point: PointRow,
): void {
  const series = m.state.series[stream.series];
  if (series === undefined) return;
  const words = streamWords(characteristic, series);
  for (let bit = 0; bit < lane.ruleIds.length; bit++) {
    if (((lane.rises >>> bit) & 1) === 0) continue;
    const id = lane.ruleIds[bit] ?? '';
    if (stream.past !== null && !isNews(m.rerun, stream.past, { timeMs: point.timeMs, lane: lane.lane, rule: id }))
      continue;
    const sentence = characteristic.rules.find((rule) => rule.id === id)?.sentence ?? '1 of 1 beyond 3 sigma';
    const side = ((lane.downward ?? 0) >>> bit) & 1 ? 'below' : 'above';
    const explained = m.engine.explain(stream.engine);
    const contributions = m.engine.contributions(stream.engine, lane.lane);
    const shifted = shiftWords(signalWords(words, lane.statistic, { id, sentence }, side), explained);
    const text = contributionWords(shifted, contributions);
    const event = m.event('signal', point.timeMs, stream.series, '', text, {
      rule: id,
      sentence,
      lane: lane.lane,
      statistic: lane.statistic,
      value: lane.value,
      centre: lane.centre,
      lower: lane.lower,
      upper: lane.upper,
      z: lane.z,
      limitsVersion: lane.limitsVersion,
      point: point.id,
      ...(explained === undefined ? {} : { explained }),
      ...(contributions === undefined ? {} : { contributions }),
    });
    m.alarms.raise({
      id: event.id,
      seq: m.state.seq,
      atMs: point.timeMs,
      detectedMs: m.state.nowMs,
      kind: 'signal',
      series: stream.series,
      adapter: '',
      class: characteristic.class,
      lane: lane.lane,
      rule: id,
      text,
    });
    if (m.rerun !== null) m.rerun.hasRaised = true;
  }
}

/** Counts a subgroup that was issued again; a point that people had excluded stays excluded under its new id. */
function issuedAgain(m: Machinery, stream: StreamState, rerun: Rerun, timeMs: number, point: string): void {
  rerun.points += 1;
  const before = rerun.excluded.find((each) => each.timeMs === timeMs);
  const series = m.state.series[stream.series];
  if (before === undefined || series === undefined) return;
  const { author, reason } = before;
  m.event('exclude', m.state.nowMs, stream.series, '', excludedWords(series.id, point, reason), {
    author,
    reason,
    point,
    before: before.point,
  });
}
