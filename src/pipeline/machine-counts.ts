// Attribute data: a count and the number inspected arrive as two tags of one record and are paired by their time.
import type { CharacteristicPlan } from '../config/plan.ts';
import type { MeasurementContext } from '../measurement.ts';
import type { Machinery } from './machinery.ts';
import type { PairState, StreamState } from './state.ts';
import { chart, contextOf, partOf, type Row, splitOf, store } from './stream-step.ts';

/** Counts waiting for their inspected number; a source that never sends one must not fill the memory. */
const PENDING_LIMIT = 64;

function pairOf(m: Machinery, characteristic: CharacteristicPlan, part: string): PairState {
  const key = `${characteristic.id}~${part}`;
  const known = m.state.pairs.get(key);
  if (known !== undefined) return known;
  const fresh: PairState = { inspectedNs: -1n, inspected: Number.NaN, inspectedBad: false, pending: [] };
  m.state.pairs.set(key, fresh);
  return fresh;
}

/** A count row: judged at once when the inspected number of the same record is known, else it waits for it. */
export function applyCount(m: Machinery, characteristic: CharacteristicPlan, row: Row): void {
  const part = partOf(m, characteristic, row);
  const context = contextOf(m, characteristic, row);
  const stream = m.streamOf(characteristic, part, splitOf(characteristic, context));
  store(m, stream.series, row, context);
  m.out.touched.add(stream.series);
  if (row.size > 1) {
    countArrived(m, characteristic, stream, row.timeMs, row.quality === 0 ? row.value : Number.NaN, row.size, context);
    return;
  }
  const pair = pairOf(m, characteristic, part);
  if (pair.inspectedNs === row.timeNs) {
    const isGood = row.quality === 0 && !pair.inspectedBad;
    countArrived(m, characteristic, stream, row.timeMs, isGood ? row.value : Number.NaN, pair.inspected, context);
    return;
  }
  pair.pending.push({ timeNs: row.timeNs, value: row.value, quality: row.quality, context });
  if (pair.pending.length > PENDING_LIMIT) pair.pending.shift();
}

/** An inspected row: releases the counts of the same record. */
export function applyInspected(m: Machinery, characteristic: CharacteristicPlan, row: Row): void {
  const part = partOf(m, characteristic, row);
  const pair = pairOf(m, characteristic, part);
  pair.inspectedNs = row.timeNs;
  pair.inspected = row.value;
  pair.inspectedBad = row.quality !== 0;
  const waiting = pair.pending;
  pair.pending = [];
  for (const count of waiting) {
    if (count.timeNs > row.timeNs) pair.pending.push(count);
    if (count.timeNs !== row.timeNs) continue;
    const stream = m.streamOf(characteristic, part, splitOf(characteristic, count.context));
    const isGood = count.quality === 0 && !pair.inspectedBad;
    countArrived(m, characteristic, stream, row.timeMs, isGood ? count.value : Number.NaN, row.value, count.context);
  }
}

function countArrived(
  m: Machinery,
  characteristic: CharacteristicPlan,
  stream: StreamState,
  timeMs: number,
  count: number,
  inspected: number,
  context: MeasurementContext,
): void {
  if (timeMs < stream.lastMs) {
    stream.late += 1;
    return;
  }
  stream.lastMs = timeMs;
  stream.lastTimeMs = timeMs;
  stream.lastValue = count;
  stream.lastQuality = Number.isNaN(count) ? 2 : 0;
  if (!('count' in characteristic.from)) return;
  if (characteristic.from.counter === 'per_record') {
    chart(m, characteristic, stream, count, inspected, timeMs, context);
    return;
  }
  if (Number.isNaN(count) || Number.isNaN(inspected)) return;
  const isFirst = Number.isNaN(stream.lastCount);
  const byCount = increase(stream.lastCount, count);
  const byInspected = increase(stream.lastInspected, inspected);
  stream.lastCount = count;
  stream.lastInspected = inspected;
  // The first reading of a running counter says nothing about what happened before it.
  if (isFirst || byInspected === 0) return;
  chart(m, characteristic, stream, byCount, byInspected, timeMs, context);
}

/** A falling counter was reset: what it shows now is what it counted since. */
function increase(before: number, now: number): number {
  return now >= before ? now - before : now;
}
