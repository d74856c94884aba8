// Where everything lies in the one buffer of a standard kernel: head, tables, input columns, events, then the records.
import { laneTable, MOST_ZONE, ROW_BYTES, TABLE_BYTES } from './lanes.ts';
import { HEAD, RECORD_BYTES, STAGE } from './layout.ts';
import type { Numbering, StandardDesign } from './settings.ts';

/** Byte offsets. */
export interface MemoryPlan {
  readonly lanes: number;
  /** Pairs of EWMA limit and moving range limit, 16 bytes each. */
  readonly limits: number;
  /** Last entry of that table. */
  readonly lastLimit: number;
  /** Input columns: streams (4 bytes), values, times (8 bytes); a block of rows for the caller, then STAGE rows for copies. */
  readonly columnIx: number;
  readonly columnX: number;
  readonly columnT: number;
  /** Columns of the events, 4 bytes each. */
  readonly eventPoint: number;
  readonly eventStream: number;
  readonly eventBits: number;
  readonly records: number;
  /** What events call the stream of a record. */
  readonly numbering: Numbering;
}

/** Room for as many points as a call may have, and as many events. */
export function planMemory(design: StandardDesign): MemoryPlan {
  const lanes = HEAD.lanes;
  const limits = lanes + TABLE_BYTES;
  const columnIx = limits + design.ewmaLimits.length * 16;
  const rows = design.block + STAGE;
  // x begins at an address divisible by eight.
  const columnX = columnIx + Math.ceil(rows / 2) * 8;
  const columnT = columnX + rows * 8;
  const eventPoint = columnT + rows * 8;
  const eventStream = eventPoint + design.block * 4;
  const eventBits = eventStream + design.block * 4;
  const end = eventBits + design.block * 4;
  return {
    lanes,
    limits,
    lastLimit: design.ewmaLimits.length - 1,
    columnIx,
    columnX,
    columnT,
    eventPoint,
    eventStream,
    eventBits,
    records: Math.ceil(end / RECORD_BYTES) * RECORD_BYTES,
    numbering: design.numbering,
  };
}

/** Behind the records, a stream: its set of tests (4 bytes: the low half as asked for, the high half what may signal now), its plausible range. */
const BESIDE_BYTES = 4 + 16;

/** Bytes of a kernel with room for so many streams. */
export function bytesFor(plan: MemoryPlan, streams: number): number {
  return plan.records + streams * (RECORD_BYTES + BESIDE_BYTES);
}

/** Where the sets of tests begin. */
export function setsAt(plan: MemoryPlan, capacity: number): number {
  return plan.records + capacity * RECORD_BYTES;
}

/** Where the plausible ranges begin: lower and upper bound, as configured. */
export function rangesAt(plan: MemoryPlan, capacity: number): number {
  return setsAt(plan, capacity) + capacity * 4;
}

/** Moves what lies behind the records to where a larger capacity wants it; the buffer is large enough already. */
export function spread(buffer: ArrayBuffer, plan: MemoryPlan, from: number, to: number): void {
  const all = new Uint8Array(buffer);
  all.copyWithin(rangesAt(plan, to), rangesAt(plan, from), rangesAt(plan, from) + from * 16);
  all.copyWithin(setsAt(plan, to), setsAt(plan, from), setsAt(plan, from) + from * 4);
}

/**
 * The constants of the vector form. Adding `row` to a zone leaves the byte offset of its row in the low bits of the number: one unit in the
 * last place is then 1 / ROW_BYTES. `otherSide` negates the high lane.
 */
export const CONSTANTS = ['least', 'most', 'row', 'otherSide', 'weights', 'rest', 'k', 'h'] as const;

export type ConstantName = (typeof CONSTANTS)[number];

function constantsOf({
  lambda,
  rest,
  k,
  h,
}: StandardDesign): Readonly<Record<ConstantName, readonly [number, number]>> {
  const row = (1.5 * 2 ** 52) / ROW_BYTES + MOST_ZONE;
  return {
    least: [-4, -4],
    most: [4, 4],
    row: [row, 0],
    otherSide: [0, -0],
    weights: [lambda, 1],
    rest: [rest, 0],
    k: [k, k],
    h: [h, h],
  };
}

/** Writes the tables. */
export function writeTables(buffer: ArrayBuffer, plan: MemoryPlan, design: StandardDesign): void {
  new Uint8Array(buffer, plan.lanes, TABLE_BYTES).set(laneTable());
  const constants = constantsOf(design);
  new Float64Array(buffer, HEAD.constants, 2 * CONSTANTS.length).set(CONSTANTS.flatMap((name) => constants[name]));
  const limits = new Float64Array(buffer, plan.limits, design.ewmaLimits.length * 2);
  for (const [n, limit] of design.ewmaLimits.entries()) {
    limits[2 * n] = limit;
    limits[2 * n + 1] = design.rangeLimit;
  }
}
