// Several tags judged together: values of one source time become one vector, whichever order they come in.
import type { CharacteristicPlan } from '../config/plan.ts';
import type { Machinery } from './machinery.ts';
import { inOrder } from './reorder.ts';
import type { Member } from './routing.ts';
import type { OpenVector, StreamState, VectorState } from './state.ts';
import { contextOf, partOf, type Row, splitOf } from './stream-step.ts';
import { incompleteWords, streamWords } from './words.ts';

/** Vectors kept open in one stream; a source whose clock jumps must not fill the memory. */
const OPEN_LIMIT = 1000;
const NEVER = -(2n ** 63n);

/**
 * Takes one value of a vector. The first value of a tag at a time stands. A vector goes on when it is whole, or is given up as missing when
 * newer values have come by more than `lateness_ms`; what is older than that is late: counted, and kept out of the chart.
 *
 * @param isFault the value is implausible: it is here, but not good
 */
export function applyMember(m: Machinery, { characteristic, place }: Member, row: Row, isFault: boolean): void {
  if (!('all' in characteristic.from)) return;
  const context = contextOf(m, characteristic, row);
  const stream = m.streamOf(characteristic, partOf(m, characteristic, row), splitOf(characteristic, context));
  m.out.touched.add(stream.series);
  stream.vectors ??= { open: [], floorNs: NEVER, lateNs: NEVER, incomplete: 0, wasWhole: true };
  const { vectors } = stream;
  if (row.timeNs < vectors.floorNs) {
    if (row.timeNs !== vectors.lateNs) stream.late += 1;
    vectors.lateNs = row.timeNs;
    return;
  }
  const vector = vectorAt(vectors, row.timeNs, characteristic.from.all.length, context);
  const bit = 1 << place;
  if ((vector.seen & bit) !== 0) return;
  vector.seen |= bit;
  if (row.quality === 0 && !isFault) vector.x[place] = row.value;
  const newestNs = vectors.open[vectors.open.length - 1]?.timeNs ?? row.timeNs;
  closeBefore(m, characteristic, stream, vectors, newestNs - BigInt(m.state.plan?.lateness_ms ?? 0) * 1_000_000n);
  if (isWhole(vector)) arrive(m, characteristic, stream, vector);
}

/** Gives up what is not whole: before a gap, and before another plan. */
export function giveUpVectors(m: Machinery, characteristic: CharacteristicPlan, stream: StreamState): void {
  const { vectors } = stream;
  const newest = vectors?.open[vectors.open.length - 1];
  if (vectors === undefined || newest === undefined) return;
  closeBefore(m, characteristic, stream, vectors, newest.timeNs + 1n);
}

function vectorAt(vectors: VectorState, timeNs: bigint, length: number, context: OpenVector['context']): OpenVector {
  const { open } = vectors;
  let at = open.length;
  while (at > 0 && (open[at - 1]?.timeNs ?? NEVER) > timeNs) at -= 1;
  const known = open[at - 1];
  if (known?.timeNs === timeNs) return known;
  const fresh = { timeNs, x: new Float64Array(length).fill(Number.NaN), seen: 0, context };
  open.splice(at, 0, fresh);
  return fresh;
}

function closeBefore(
  m: Machinery,
  characteristic: CharacteristicPlan,
  stream: StreamState,
  vectors: VectorState,
  beforeNs: bigint,
): void {
  const { open } = vectors;
  if (beforeNs > vectors.floorNs) vectors.floorNs = beforeNs;
  for (;;) {
    const oldest = open[0];
    if (oldest === undefined || (oldest.timeNs >= beforeNs && open.length <= OPEN_LIMIT)) return;
    open.shift();
    if (oldest.timeNs >= vectors.floorNs) vectors.floorNs = oldest.timeNs + 1n;
    if (isWhole(oldest)) continue;
    giveUp(m, characteristic, stream, vectors, oldest);
  }
}

function giveUp(
  m: Machinery,
  characteristic: CharacteristicPlan,
  stream: StreamState,
  vectors: VectorState,
  vector: OpenVector,
): void {
  vectors.incomplete += 1;
  const tags = 'all' in characteristic.from ? characteristic.from.all : [];
  const series = m.state.series[stream.series];
  if (vectors.wasWhole && series !== undefined) {
    const missing = tags.filter((_, i) => ((vector.seen >>> i) & 1) === 0);
    const words = incompleteWords(streamWords(characteristic, series), missing);
    m.event('quality', msOf(vector), stream.series, '', words, { reason: 'incomplete', missing });
  }
  vectors.wasWhole = false;
  vector.x.fill(Number.NaN);
  goOn(m, characteristic, stream, vector);
}

function arrive(m: Machinery, characteristic: CharacteristicPlan, stream: StreamState, vector: OpenVector): void {
  if (stream.vectors !== undefined) stream.vectors.wasWhole = true;
  goOn(m, characteristic, stream, vector);
}

function goOn(m: Machinery, characteristic: CharacteristicPlan, stream: StreamState, vector: OpenVector): void {
  const timeMs = msOf(vector);
  if (timeMs >= stream.lastTimeMs) {
    stream.lastTimeMs = timeMs;
    stream.lastQuality = vector.x.every((value) => !Number.isNaN(value)) ? 0 : 2;
  }
  // Its own copy: the one that stays open only tells which values have come.
  const x = vector.x.slice();
  inOrder(m, characteristic, stream, { timeMs, value: Number.NaN, size: 1, context: vector.context, vector: x });
}

function isWhole({ seen, x }: OpenVector): boolean {
  return seen === 2 ** x.length - 1;
}

function msOf({ timeNs }: OpenVector): number {
  return Number(timeNs / 1000n) / 1000;
}
