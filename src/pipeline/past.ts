// How far back a stream can be taken up again: checkpoints of its state, the gaps and limits between them, the signals raised.
import type { CharacteristicPlan } from '../config/plan.ts';
import type { Machinery, Rerun } from './machinery.ts';
import type { Checkpoint, Mark, Signalled, StreamPast, StreamState } from './state.ts';

/** Subgroups between two checkpoints, at least. */
const EVERY_POINTS = 32;
/** Checkpoints kept; the older, the farther apart, so that twelve reach back tens of thousands of subgroups. */
const CHECKPOINTS = 12;
const MARKS = 256;
const SIGNALS = 1000;

/** Begins the past of a stream whose values may come late: it can be taken up again from here on, not before. */
export function beginPast(m: Machinery, characteristic: CharacteristicPlan, stream: StreamState): void {
  const pending = m.state.revisions.get(stream.series);
  if (pending !== undefined) stream.late += pending.late;
  m.state.revisions.delete(stream.series);
  stream.past = null;
  if (!('tag' in characteristic.from)) return;
  const { tag } = characteristic.from;
  if (!m.routing.isRecord(tag.slice(0, tag.indexOf('/')))) return;
  stream.past = { trail: [], marks: [], marksGone: 0, marked: 0, signals: [], frozen: null };
  stream.past.trail.push(checkpoint(m, stream, stream.past));
}

/** Called before the first value later than all that were charted: marks in between take effect, now and then a checkpoint is taken. */
export function passTime(m: Machinery, stream: StreamState, past: StreamPast, nextMs: number): void {
  passMarks(m, stream, past, nextMs);
  const newest = past.trail[past.trail.length - 1];
  if (newest !== undefined && stream.points - newest.points < EVERY_POINTS) return;
  past.trail.push(checkpoint(m, stream, past));
  if (past.trail.length > CHECKPOINTS) past.trail.splice(leastMissed(past.trail), 1);
}

/** In a re-run: gaps and limits that lie before `nextMs` take effect again. */
export function passMarks(m: Machinery, stream: StreamState, past: StreamPast, nextMs: number): void {
  for (;;) {
    const mark = past.marks[past.marked - past.marksGone];
    if (mark === undefined || mark.afterMs >= nextMs) return;
    past.marked += 1;
    if (mark.limits === null) m.engine.gap(stream.engine);
    else {
      m.engine.setLimits(stream.engine, mark.limits.centre, mark.limits.sigma);
      m.engine.adopt(stream.engine, mark.limits);
    }
  }
}

/** Remembers a gap or limits that took effect just now. */
export function addMark(past: StreamPast, mark: Mark): void {
  past.marks.push(mark);
  past.marked = past.marksGone + past.marks.length;
  if (past.marks.length <= MARKS) return;
  // Too many to be kept from the very beginning: the past grows shorter.
  past.trail.shift();
  const kept = Math.max(past.marksGone + 1, past.trail[0]?.marked ?? past.marked);
  past.marks.splice(0, kept - past.marksGone);
  past.marksGone = kept;
  const firstMs = past.trail[0]?.timeMs ?? mark.afterMs;
  past.signals = past.signals.filter((signal) => signal.timeMs > firstMs);
}

/** Takes a stream back to a checkpoint. */
export function takeBack(m: Machinery, stream: StreamState, past: StreamPast, to: Checkpoint): void {
  m.engine.load(stream.engine, to.engine);
  m.subgroups.load(stream.subgroup, to.subgroup);
  stream.seen = to.seen;
  stream.points = to.points;
  stream.lastPointMs = to.lastPointMs;
  stream.pauseMs = to.pauseMs;
  stream.shared = to.shared;
  stream.lastMs = to.timeMs;
  stream.waiting = [];
  past.marked = to.marked;
}

/** Whether a signal is to be raised; remembers it. In a re-run one that was raised before is counted only. */
export function isNews(rerun: Rerun | null, past: StreamPast, signal: Omit<Signalled, 'stands'>): boolean {
  const known = rerun === null ? undefined : past.signals.find((each) => signalKey(each) === signalKey(signal));
  if (rerun !== null) {
    rerun.found.add(signalKey(signal));
    if (known?.stands !== true) rerun.gained += 1;
  }
  if (known !== undefined) {
    known.stands = true;
    return false;
  }
  past.signals.push({ ...signal, stands: true });
  if (past.signals.length > SIGNALS) past.signals.shift();
  return true;
}

/** What makes a signal the same one: its rule, its lane and the time of its point. */
export function signalKey(signal: Pick<Signalled, 'timeMs' | 'lane' | 'rule'>): string {
  return `${signal.timeMs} ${signal.lane} ${signal.rule}`;
}

function checkpoint(m: Machinery, stream: StreamState, past: StreamPast): Checkpoint {
  return {
    timeMs: stream.lastMs,
    engine: m.engine.save(stream.engine),
    subgroup: m.subgroups.save(stream.subgroup),
    seen: stream.seen,
    points: stream.points,
    lastPointMs: stream.lastPointMs,
    pauseMs: stream.pauseMs,
    shared: stream.shared,
    marked: past.marked,
  };
}

/** The checkpoint whose loss costs least: the hole it leaves, against how long ago it was. The first and the newest stay. */
function leastMissed(trail: readonly Checkpoint[]): number {
  const now = trail[trail.length - 1]?.points ?? 0;
  let least = 1;
  let cost = Number.POSITIVE_INFINITY;
  for (let i = 1; i < trail.length - 1; i++) {
    const hole = (trail[i + 1]?.points ?? 0) - (trail[i - 1]?.points ?? 0);
    const relative = hole / Math.max(1, now - (trail[i]?.points ?? 0));
    if (relative >= cost) continue;
    least = i;
    cost = relative;
  }
  return least;
}
