// The accepted rows of a batch: texts fill context, values go into their streams, the rest is stored by tag.
import type { CharacteristicPlan } from '../config/plan.ts';
import type { ValuesEntry } from '../journal/journal.ts';
import type { MeasurementContext } from '../measurement.ts';
import { pushMeasurement } from './block.ts';
import { applyCount, applyInspected } from './machine-counts.ts';
import { applyMember } from './machine-vectors.ts';
import { countsOf, type Machinery, pooledBy } from './machinery.ts';
import { inOrder } from './reorder.ts';
import { putAside } from './revise.ts';
import type { TagUse } from './routing.ts';
import type { StreamState } from './state.ts';
import { contextOf, partOf, type Row, splitOf, store } from './stream-step.ts';
import { implausibleWords, streamWords } from './words.ts';

/** Applies the accepted rows of one batch. */
export function applyValues(m: Machinery, entry: ValuesEntry): void {
  const { batch, adapter } = entry;
  const counts = countsOf(m, adapter);
  counts.received += entry.received;
  counts.duplicate += entry.duplicate;
  counts.refused += entry.refused;
  counts.accepted += batch.length;
  const isRecord = m.routing.isRecord(adapter);
  const names: string[] = [];
  const uses: TagUse[] = [];
  let newestMs = counts.lastValueMs;
  for (let i = 0; i < batch.length; i++) {
    const tagIx = batch.tag[i] ?? 0;
    let use = uses[tagIx];
    if (use === undefined) {
      names[tagIx] = `${adapter}/${batch.tagNames[tagIx] ?? tagIx}`;
      use = m.routing.use(names[tagIx]);
      uses[tagIx] = use;
    }
    const tag = names[tagIx] ?? '';
    const timeNs = batch.sourceTimeNs[i] ?? 0n;
    const timeMs = Number(timeNs / 1000n) / 1000;
    const bareName = batch.tagNames[tagIx] ?? '';
    if (timeMs > (counts.lastSourceMs.get(bareName) ?? 0)) counts.lastSourceMs.set(bareName, timeMs);
    if (timeMs > newestMs) newestMs = timeMs;
    const text = batch.text[i];
    if (text !== undefined) {
      applyText(m, tag, use, i, timeNs, text, batch.contexts[batch.context[i] ?? 0] ?? {});
      continue;
    }
    const row: Row = {
      tag,
      ordinal: i,
      timeNs,
      timeMs,
      value: batch.value[i] ?? Number.NaN,
      size: batch.size[i] ?? 1,
      quality: batch.quality[i] ?? 2,
      reason: batch.reason[i],
      context: batch.contexts[batch.context[i] ?? 0] ?? {},
      recordId: isRecord ? batch.sourceId[i] : undefined,
    };
    if (use.fillsContext && row.quality !== 2) m.state.tagText.set(tag, String(row.value));
    for (const characteristic of use.values) applyValue(m, characteristic, row);
    if (use.members.length > 0) {
      // A value that its own characteristic calls a fault of the measurement is one here as well.
      const isFault = use.values.some((characteristic) => isImplausible(characteristic, row));
      for (const member of use.members) applyMember(m, member, row, isFault);
    }
    for (const characteristic of use.counts) applyCount(m, characteristic, row);
    for (const characteristic of use.inspected) applyInspected(m, characteristic, row);
    if (use.values.length === 0 && use.counts.length === 0) store(m, m.bareSeries(tag), row, row.context);
  }
  counts.lastValueMs = newestMs;
}

/** A text that only fills part numbers and context is stored when it changes: it stands with every measurement it belongs to. */
function applyText(
  m: Machinery,
  tag: string,
  use: TagUse,
  ordinal: number,
  timeNs: bigint,
  text: string,
  context: MeasurementContext,
): void {
  const isNews = m.state.tagText.get(tag) !== text;
  if (use.fillsContext) m.state.tagText.set(tag, text);
  if (use.fillsContext && !isNews) return;
  const series = m.bareSeries(tag);
  pushMeasurement(m.out.measurements, {
    series,
    seq: m.state.seq,
    ordinal,
    timeNs,
    value: Number.NaN,
    size: 1,
    quality: 0,
    reason: undefined,
    text,
    context,
  });
}

function applyValue(m: Machinery, characteristic: CharacteristicPlan, row: Row): void {
  const part = partOf(m, characteristic, row);
  const isPooled = pooledBy(characteristic) === 'part';
  const own = contextOf(m, characteristic, row);
  const context = isPooled ? { ...own, part } : own;
  const stream = m.streamOf(characteristic, isPooled ? '' : part, splitOf(characteristic, context));
  m.out.touched.add(stream.series);
  const isFault = isImplausible(characteristic, row);
  const quality = isFault && row.quality === 0 ? 1 : row.quality;
  store(m, stream.series, row, context, isFault ? 'implausible' : row.reason, quality);
  if (isFault) reportImplausible(m, characteristic, stream, row);
  if (row.timeMs >= stream.lastTimeMs) {
    stream.lastTimeMs = row.timeMs;
    stream.lastValue = row.value;
    stream.lastQuality = quality;
  }
  // Only plainly good values are charted; an uncertain or bad one is a missing member.
  const value = quality === 0 ? row.value : Number.NaN;
  const next = { timeMs: row.timeMs, value, size: 1, context };
  if (stream.past === null || !putAside(m, stream, stream.past, next)) inOrder(m, characteristic, stream, next);
}

function isImplausible({ plausible }: CharacteristicPlan, { value, quality }: Row): boolean {
  return quality !== 2 && (value < (plausible.lower ?? -Infinity) || value > (plausible.upper ?? Infinity));
}

function reportImplausible(m: Machinery, characteristic: CharacteristicPlan, stream: StreamState, row: Row): void {
  const series = m.state.series[stream.series];
  if (series === undefined) return;
  m.event(
    'quality',
    row.timeMs,
    stream.series,
    '',
    implausibleWords(streamWords(characteristic, series), row.value, characteristic.unit),
    {
      value: row.value,
      reason: 'implausible',
      plausible: characteristic.plausible,
    },
  );
}
