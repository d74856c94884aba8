// Subgroup assembly: single measurements become rational subgroups, closed by size, by time or by a changed key.
import type { SubgroupPlan } from '../config/plan.ts';
import { PumjilError } from '../errors.ts';
import { openSnapshot, packSnapshot, unknown } from './snapshot.ts';
import type { SubgroupData } from './stream.ts';

/** What members are: `variables` are kept one by one, `attributes` are counts whose sums form one row. */
export type SubgroupKind = 'variables' | 'attributes';

/** How subgroups of one stream form; `variables` = numbers of one member, where members are vectors. */
export type SubgroupForm = SubgroupPlan & { readonly kind?: SubgroupKind; readonly variables?: number | undefined };

/** A subgroup that has closed. Arrays are reused: read them before the next call. */
export interface ClosedSubgroup extends SubgroupData {
  /** Source time of the first member, ms. */
  readonly firstMs: number;
  /** Members that came, missing ones included. */
  readonly members: number;
  /** Members that have a value. */
  readonly present: number;
  /** Closed before it was full. */
  readonly partial: boolean;
  /** Partial, and the plan discards such: not to be judged, only told. */
  readonly discarded: boolean;
  readonly closedBy: 'size' | 'time' | 'key' | 'flush';
  /** Its `close_on` keys are not those of the subgroup before; one that was discarded does not count as such. */
  readonly changed: boolean;
}

/** Subgroups of many streams. Every answer is valid until the next call. */
export interface Subgroups {
  /** Adds a stream, returns its index (0, 1, 2 …). Throws PumjilError CONFIG_INVALID. */
  open(plan: SubgroupForm): number;
  /**
   * Adds one member. A changed key or elapsed time closes the open subgroup before, a full one closes after.
   *
   * @param value NaN = missing; it still takes its place
   * @param size units inspected; 1 for a measured value
   * @param keys values of the plan's `close_on` keys, in order
   */
  add(ix: number, value: number, size: number, timeMs: number, keys: readonly string[]): readonly ClosedSubgroup[];
  /** The same for a member that is a vector; where it holds a NaN, it is missing whole. */
  addVector(ix: number, x: Float64Array, timeMs: number, keys: readonly string[]): readonly ClosedSubgroup[];
  /** Closes the open subgroup when its time is over. */
  tick(ix: number, nowMs: number): readonly ClosedSubgroup[];
  /** When the open subgroup falls due, ms; Infinity when nothing is due. */
  deadlineMs(ix: number): number;
  /** Closes the open subgroup now. */
  flush(ix: number): readonly ClosedSubgroup[];
  /** New plan from the next member on; flush first, else an open subgroup goes on under the new plan. */
  reconfigure(ix: number, plan: SubgroupForm): void;
  /** A copy of the open subgroup of one stream, for `load`. */
  save(ix: number): OpenSubgroup;
  load(ix: number, saved: OpenSubgroup): void;
  /** Complete state; `restore` of it continues bit for bit. */
  snapshot(): Uint8Array;
  restore(bytes: Uint8Array): void;
}

const LAYOUT = 'subgroups 1: members present firstMs lastMs count inspected x';
const SCALARS = 6;

type Plan = SubgroupForm & { readonly kind: SubgroupKind };

/** A subgroup that is still open. */
export interface OpenSubgroup {
  keys: readonly string[];
  /** Keys of the subgroup before; absent before the first. */
  before?: readonly string[];
  members: number;
  present: number;
  firstMs: number;
  lastMs: number;
  /** Sums of an attribute subgroup. */
  count: number;
  inspected: number;
  /** Members of a variables subgroup; grows to the plan's size. */
  x: Float64Array;
}

interface Open extends OpenSubgroup {
  plan: Plan;
}

type Closed = { -readonly [K in keyof ClosedSubgroup]: ClosedSubgroup[K] };

/**
 * Subgroups without any stream yet.
 *
 * @example
 * const subgroups = createSubgroups();
 * const ix = subgroups.open({ size: 2, close_on: [], partial: 'judge' });
 * subgroups.add(ix, 5.1, 1, 1000, []).length; // => 0
 * subgroups.add(ix, 5.3, 1, 2000, [])[0]?.present; // => 2
 */
export function createSubgroups(): Subgroups {
  let streams: Open[] = [];
  // One call closes at most two: the one before a changed key or elapsed time, and the new one when its size is 1.
  const room: readonly Closed[] = [emptyClosed(), emptyClosed()];
  const answers: readonly (readonly Closed[])[] = [[], [room[0]!], [room[0]!, room[1]!]];

  function at(ix: number): Open {
    const open = streams[ix];
    if (open === undefined)
      throw new PumjilError('CONFIG_INVALID', {
        message: `There are no subgroups of stream ${ix}.`,
        hint: 'Open the stream before using it.',
      });
    return open;
  }

  /** Closes a subgroup to which the next member does not belong; returns how many that are. */
  function closeBefore(open: Open, timeMs: number, keys: readonly string[]): number {
    if (open.members === 0) return 0;
    if (isChanged(open.keys, keys)) close(open, room[0]!, 'key');
    else if (timeMs >= due(open)) close(open, room[0]!, 'time');
    else return 0;
    return 1;
  }

  return {
    open(plan) {
      streams.push(emptyOpen(checked(plan)));
      return streams.length - 1;
    },
    add(ix, value, size, timeMs, keys) {
      const open = at(ix);
      let closed = closeBefore(open, timeMs, keys);
      take(open, value, size, timeMs, keys);
      if (open.members >= open.plan.size) close(open, room[closed++]!, 'size');
      return answers[closed]!;
    },
    addVector(ix, x, timeMs, keys) {
      const open = at(ix);
      let closed = closeBefore(open, timeMs, keys);
      takeVector(open, x, timeMs, keys);
      if (open.members >= open.plan.size) close(open, room[closed++]!, 'size');
      return answers[closed]!;
    },
    tick(ix, nowMs) {
      const open = at(ix);
      if (nowMs < due(open)) return answers[0]!;
      close(open, room[0]!, 'time');
      return answers[1]!;
    },
    deadlineMs: (ix) => due(at(ix)),
    flush(ix) {
      const open = at(ix);
      if (open.members === 0) return answers[0]!;
      close(open, room[0]!, 'flush');
      return answers[1]!;
    },
    reconfigure(ix, plan) {
      at(ix).plan = checked(plan);
    },
    save(ix) {
      const { plan, x, ...open } = at(ix);
      return { ...open, x: x.slice(0, keptNumbers(plan, open.members)) };
    },
    load(ix, saved) {
      const open = at(ix);
      streams[ix] = { plan: open.plan, ...saved, x: saved.x.slice() };
    },
    snapshot() {
      const lengths = streams.map((open) => keptNumbers(open.plan, open.members));
      const numbers = new Float64Array(lengths.reduce((total, length) => total + SCALARS + length, 0));
      let to = 0;
      for (let ix = 0; ix < streams.length; ix++) {
        const { members, present, firstMs, lastMs, count, inspected, x } = streams[ix]!;
        numbers.set([members, present, firstMs, lastMs, count, inspected], to);
        numbers.set(x.subarray(0, lengths[ix]), to + SCALARS);
        to += SCALARS + lengths[ix]!;
      }
      const description = streams.map(({ plan, keys, before }) => ({ plan, keys, before }));
      return packSnapshot(LAYOUT, new TextEncoder().encode(JSON.stringify(description)), numbers);
    },
    restore(bytes) {
      const { description, numbers } = openSnapshot(LAYOUT, bytes);
      let from = 0;
      // Written by snapshot() of the same layout.
      const known = description as { plan: Plan; keys: readonly string[]; before?: readonly string[] }[];
      streams = known.map(({ plan, keys, before }) => {
        const [members = 0, present = 0, firstMs = 0, lastMs = 0, count = 0, inspected = 0] = numbers.subarray(
          from,
          from + SCALARS,
        );
        const length = keptNumbers(plan, members);
        const x = numbers.slice(from + SCALARS, from + SCALARS + length);
        from += SCALARS + length;
        if (from > numbers.length) throw unknown('does not hold all of its subgroups');
        const since = before === undefined ? {} : { before };
        return { plan, keys, ...since, members, present, firstMs, lastMs, count, inspected, x };
      });
    },
  };
}

function due(open: Open): number {
  const { every_s } = open.plan;
  return open.members === 0 || every_s === undefined ? Number.POSITIVE_INFINITY : open.firstMs + every_s * 1000;
}

/** Numbers kept of so many members. */
function keptNumbers(plan: Plan, members: number): number {
  return plan.kind === 'variables' ? members * (plan.variables ?? 1) : 0;
}

function begin(open: Open, timeMs: number, keys: readonly string[]): void {
  open.lastMs = timeMs;
  if (open.members > 0) return;
  open.firstMs = timeMs;
  open.keys = keys.slice();
}

function takeVector(open: Open, x: Float64Array, timeMs: number, keys: readonly string[]): void {
  begin(open, timeMs, keys);
  const from = open.members * x.length;
  if (from + x.length > open.x.length) open.x = grown(open.x, from + x.length);
  open.x.set(x, from);
  if (x.every((value) => !Number.isNaN(value))) open.present += 1;
  open.members += 1;
}

function take(open: Open, value: number, size: number, timeMs: number, keys: readonly string[]): void {
  begin(open, timeMs, keys);
  if (open.plan.kind === 'attributes') {
    // A count without its number inspected (or the reverse) tells nothing.
    if (!Number.isNaN(value) && !Number.isNaN(size)) {
      open.present += 1;
      open.count += value;
      open.inspected += size;
    }
  } else {
    if (open.members === open.x.length) open.x = grown(open.x, open.members + 1);
    open.x[open.members] = value;
    if (!Number.isNaN(value)) open.present += 1;
  }
  open.members += 1;
}

function close(open: Open, to: Closed, closedBy: ClosedSubgroup['closedBy']): void {
  const isCounted = open.plan.kind === 'attributes';
  const length = isCounted ? 1 : keptNumbers(open.plan, open.members);
  if (to.x.length < length) {
    to.x = grown(to.x, length);
    to.size = new Float64Array(to.x.length);
  }
  if (isCounted) {
    to.x[0] = open.present === 0 ? Number.NaN : open.count;
    to.size[0] = open.present === 0 ? Number.NaN : open.inspected;
  } else {
    for (let i = 0; i < length; i++) to.x[i] = open.x[i]!;
    to.size.fill(1, 0, length);
  }
  to.length = length;
  to.timeMs = open.lastMs;
  to.firstMs = open.firstMs;
  to.members = open.members;
  to.present = open.present;
  to.partial = open.members < open.plan.size;
  to.discarded = to.partial && open.plan.partial === 'discard';
  to.closedBy = closedBy;
  const { before } = open;
  // Another list of keys is another plan, not a change on the floor.
  to.changed = before !== undefined && before.length === open.keys.length && isChanged(before, open.keys);
  if (!to.discarded) open.before = open.keys;
  open.members = 0;
  open.present = 0;
  open.count = 0;
  open.inspected = 0;
}

function isChanged(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return true;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return true;
  return false;
}

function checked(plan: SubgroupForm): Plan {
  const isOdd = !(Number.isInteger(plan.size) && plan.size >= 1) || (plan.every_s !== undefined && !(plan.every_s > 0));
  if (isOdd)
    throw new PumjilError('CONFIG_INVALID', {
      message: `A subgroup of size ${plan.size}, every ${plan.every_s ?? 'any number of'} s, is not possible.`,
      hint: 'The size is a whole number of at least 1, every_s a number above 0.',
    });
  return { ...plan, kind: plan.kind ?? 'variables' };
}

function grown(x: Float64Array, least: number): Float64Array<ArrayBuffer> {
  const wider = new Float64Array(Math.max(least, x.length * 2, 4));
  wider.set(x);
  return wider;
}

function emptyOpen(plan: Plan): Open {
  return {
    plan,
    keys: [],
    members: 0,
    present: 0,
    firstMs: 0,
    lastMs: 0,
    count: 0,
    inspected: 0,
    x: new Float64Array(0),
  };
}

function emptyClosed(): Closed {
  return {
    x: new Float64Array(4),
    size: new Float64Array(4),
    length: 0,
    timeMs: 0,
    firstMs: 0,
    members: 0,
    present: 0,
    partial: false,
    discarded: false,
    closedBy: 'size',
    changed: false,
  };
}
