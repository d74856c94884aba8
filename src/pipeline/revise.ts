// Late and corrected values: put aside when they come, put in their place when a `revise` entry judges their stream again.
import type { ReviseEntry, ReviseRows } from '../journal/journal.ts';
import type { Machinery, Rerun } from './machinery.ts';
import { passMarks, signalKey, takeBack } from './past.ts';
import { take } from './reorder.ts';
import type { PendingRevision, StreamPast, StreamState, WaitingValue } from './state.ts';
import { closeSubgroups } from './stream-step.ts';
import { revisionWords, streamWords, tooLateWords } from './words.ts';

/** Values remembered while a stream waits for its re-run. */
const SINCE_LIMIT = 20_000;

/**
 * Whether a value waits for a re-run of its stream: it is older than the newest charted one, or it corrects an earlier row.
 * While one waits, every value of the stream is remembered, for those that the entry to come does not know yet.
 */
export function putAside(m: Machinery, stream: StreamState, past: StreamPast, next: WaitingValue): boolean {
  const { corrects } = next.context;
  const isLate = corrects !== undefined || next.timeMs < stream.lastMs;
  // Older than all checkpoints: such a value is kept and counted, as it always was.
  const first = past.trail[0];
  if (isLate && (first === undefined || next.timeMs <= first.timeMs)) return false;
  let pending = m.state.revisions.get(stream.series);
  if (pending === undefined) {
    if (!isLate) return false;
    pending = { fromMs: next.timeMs, corrects: [], late: 0, since: [], sinceSeq: m.state.seq };
    m.state.revisions.set(stream.series, pending);
  }
  remember(pending, m.state.seq, next, isLate);
  return isLate;
}

function remember(pending: PendingRevision, seq: number, next: WaitingValue, isLate: boolean): void {
  pending.since.push({ ...next, seq, isLate });
  if (pending.since.length > SINCE_LIMIT)
    pending.sinceSeq = Math.max(pending.sinceSeq, pending.since.shift()?.seq ?? 0);
  if (!isLate) return;
  pending.late += 1;
  pending.fromMs = Math.min(pending.fromMs, next.timeMs);
  const { corrects } = next.context;
  if (corrects !== undefined) pending.corrects.push({ id: corrects, seq });
}

/**
 * Judges a stream again from a checkpoint on. An entry that does not fit what the stream has become since it was prepared changes
 * nothing: the stream goes on waiting, and another entry will come.
 */
export function applyRevise(m: Machinery, entry: ReviseEntry): void {
  const series = m.state.seriesIx.get(entry.stream);
  const stream = series === undefined ? undefined : m.state.streams.get(series);
  const pending = series === undefined ? undefined : m.state.revisions.get(series);
  if (stream === undefined || pending === undefined || stream.past === null) return;
  const { rows, uptoSeq = 0 } = entry;
  if (uptoSeq < pending.sinceSeq) return;
  if (rows === undefined) giveUp(m, stream, pending, uptoSeq, entry);
  else if (stream.past.trail.some((each) => each.timeMs === entry.afterMs))
    judgeAgain(m, stream, stream.past, pending, uptoSeq, rows, entry);
}

interface Settled {
  /** Values done with: those that came late, and those that correct an earlier row. */
  readonly late: number;
  readonly corrected: number;
}

/** Takes out of the pending what the entry knows; what came after `uptoSeq` waits for the next one. */
function settle(m: Machinery, stream: StreamState, pending: PendingRevision, uptoSeq: number): Settled {
  const since = pending.since.filter((each) => each.seq > uptoSeq);
  const late = since.filter((each) => each.isLate);
  const corrects = pending.corrects.filter((each) => each.seq > uptoSeq);
  if (late.length === 0) m.state.revisions.delete(stream.series);
  else
    m.state.revisions.set(stream.series, {
      fromMs: late.reduce((least, each) => Math.min(least, each.timeMs), Number.POSITIVE_INFINITY),
      corrects,
      late: late.length,
      since,
      sinceSeq: uptoSeq,
    });
  const corrected = pending.corrects.length - corrects.length;
  return { late: pending.late - late.length - corrected, corrected };
}

function giveUp(
  m: Machinery,
  stream: StreamState,
  pending: PendingRevision,
  uptoSeq: number,
  entry: ReviseEntry,
): void {
  const settled = settle(m, stream, pending, uptoSeq);
  const late = settled.late + settled.corrected;
  stream.late += late;
  const words = tooLateWords(wordsOf(m, stream), late);
  m.event('revision', entry.atMs, stream.series, '', words, { late, fromMs: entry.fromMs, points: 0, ...told(entry) });
}

function judgeAgain(
  m: Machinery,
  stream: StreamState,
  past: StreamPast,
  pending: PendingRevision,
  uptoSeq: number,
  rows: ReviseRows,
  entry: ReviseEntry,
): void {
  const characteristic = m.routing.characteristic(stream.characteristic);
  const at = past.trail.findIndex((each) => each.timeMs === entry.afterMs);
  const from = past.trail[at];
  if (characteristic === undefined || from === undefined) return;
  const values = inProductionOrder(rows, pending, uptoSeq, from.timeMs);
  const { late, corrected } = settle(m, stream, pending, uptoSeq);
  const chartedMs = Math.max(stream.lastMs, (values.at(-1)?.timeMs ?? 0) - (m.state.plan?.lateness_ms ?? 0));
  // A subgroup that a key or its time has closed before it was full may gain members: the points to be issued anew then begin
  // before the first change, and all from the checkpoint on are.
  const { every_s, close_on } = characteristic.subgroup;
  const mayGrow = every_s !== undefined || close_on.length > 0;
  const fromMs = mayGrow ? Math.min(values[0]?.timeMs ?? entry.fromMs, entry.fromMs) : entry.fromMs;
  const excluded = entry.excluded ?? [];
  const rerun: Rerun = { fromMs, excluded, found: new Set(), points: 0, gained: 0, hasRaised: false };
  past.trail.length = at + 1;
  takeBack(m, stream, past, from);
  m.rerun = rerun;
  for (const value of values) {
    if (value.timeMs <= chartedMs) take(m, characteristic, stream, value);
    else stream.waiting.push(value);
  }
  passMarks(m, stream, past, Number.POSITIVE_INFINITY);
  closeSubgroups(m, stream, m.subgroups.tick(stream.subgroup, m.state.nowMs));
  m.rerun = null;
  // Limits in force stay, even where the values in their order would make fewer subgroups than the baseline has.
  if (past.frozen !== null && m.engine.limits(stream.engine).version === 0) m.engine.adopt(stream.engine, past.frozen);
  if (rerun.points === 0 && (stream.lastPoints[0]?.timeMs ?? 0) >= fromMs) stream.lastPoints = [];
  let lost = 0;
  for (const signal of past.signals) {
    if (!signal.stands || signal.timeMs < fromMs || rerun.found.has(signalKey(signal))) continue;
    signal.stands = false;
    lost += 1;
  }
  m.out.revisions.push({ series: stream.series, fromMs, seq: m.state.seq });
  m.out.touched.add(stream.series);
  const { points, gained } = rerun;
  const words = revisionWords(wordsOf(m, stream), { late, corrected, points, gained, lost });
  m.event('revision', entry.atMs, stream.series, '', words, {
    late,
    corrected,
    fromMs,
    points,
    gained,
    lost,
    leftOut: entry.leftOut ?? [],
    ...told(entry),
  });
}

/** The entry's rows and what was accepted after it was prepared; of equal times in order of acceptance. */
function inProductionOrder(
  rows: ReviseRows,
  pending: PendingRevision,
  uptoSeq: number,
  afterMs: number,
): WaitingValue[] {
  const values: WaitingValue[] = rows.timeMs.map((timeMs, i) => ({
    timeMs,
    value: rows.value[i] ?? Number.NaN,
    size: rows.size[i] ?? 1,
    context: rows.contexts[rows.context[i] ?? 0] ?? {},
  }));
  for (const { timeMs, value, size, context, seq, isLate } of pending.since)
    if (seq > uptoSeq && !isLate && timeMs > afterMs) values.push({ timeMs, value, size, context });
  return values.sort((a, b) => a.timeMs - b.timeMs);
}

function told(entry: ReviseEntry) {
  return { author: entry.author, reason: entry.reason };
}

function wordsOf(m: Machinery, stream: StreamState) {
  const characteristic = m.routing.characteristic(stream.characteristic);
  const series = m.state.series[stream.series];
  const id = series?.id ?? stream.characteristic;
  return characteristic === undefined || series === undefined
    ? { ko: id, en: id }
    : streamWords(characteristic, series);
}
