// The standard kernel in WebAssembly: the same steps as plain.ts over the same bytes, with two numbers or sixteen runs an instruction.
// What costs time here is the number of instructions, so what is rare (refused values, changed signals) stands behind branches,
// and everything else has none. Over 250 lines, because it is one stream of instructions.
import {
  block,
  branch,
  branchIf,
  bytes,
  type Code,
  f64,
  f64x2,
  functionBuilder,
  get,
  i32,
  type Local,
  loop,
  moduleOf,
  sequence,
  set,
  tee,
  when,
} from './assembler.ts';
import { DIRECTION_BYTES } from './lanes.ts';
import { HEAD, RAW, RECORD, SIGNALS } from './layout.ts';
import { CONSTANTS, type ConstantName, type MemoryPlan } from './memory.ts';
import { raiseEvent, setOf, signalBits } from './wasm-events.ts';

/**
 * The module. Its function `run(from, to, group, first, events, sets)` takes rows `from` to `to` (at least one) of the input columns,
 * whose row 0 is point `first` of the call; it reads the records of `group` points before it works on them (0: does not), appends
 * behind `events` events and returns their number. `sets` is the address of the sets of tests.
 */
export function wasmModule(plan: MemoryPlan): Uint8Array<ArrayBuffer> {
  const f = functionBuilder();
  const [from, to, group, first, events, sets] = [
    f.parameter('i32'),
    f.parameter('i32'),
    f.parameter('i32'),
    f.parameter('i32'),
    f.parameter('i32'),
    f.parameter('i32'),
  ];
  // Row of the column of streams in bytes, of the columns of numbers in bytes, end of the group, end of all.
  const [row4, row8, stop4, end4] = [f.local('i32'), f.local('i32'), f.local('i32'), f.local('i32')];
  // Read from memory, so that the compiler keeps them in registers; constants in the code it would build anew at every use.
  const held = CONSTANTS.map((name) => ({ name, local: f.local('v128') }));
  // One entry a name, as CONSTANTS has them.
  const constants = Object.fromEntries(held.map(({ name, local }) => [name, get(local)])) as Constants;
  const step = pointStep(f.local, { plan, constants, row4, row8, first, events, sets });
  const body = sequence(
    ...held.map(({ local }, i) => set(local, f64x2.load(i32.constant(0), HEAD.constants + 16 * i))),
    set(row4, i32.shiftLeft(get(from), i32.constant(2))),
    set(row8, i32.shiftLeft(get(from), i32.constant(3))),
    set(end4, i32.shiftLeft(get(to), i32.constant(2))),
    set(stop4, get(end4)),
    loop(
      when(get(group), touch(f.local('i32'), f.local('i32'), f.local('i32'), { plan, group, row4, stop4, end4 })),
      loop(
        step,
        set(row8, i32.add(get(row8), i32.constant(8))),
        branchIf(i32.lessUnsigned(tee(row4, i32.add(get(row4), i32.constant(4))), get(stop4)), 0),
      ),
      branchIf(i32.lessUnsigned(get(row4), get(end4)), 0),
    ),
    get(events),
  );
  return moduleOf(f.finish(body));
}

/** Code that gives a constant of memory.ts. */
type Constants = Readonly<Record<ConstantName, Code>>;

interface Touched {
  readonly plan: MemoryPlan;
  readonly group: Local;
  readonly row4: Local;
  readonly stop4: Local;
  readonly end4: Local;
}

/** Reads both lines of every record of the next group, so that the core fetches them together; sets the end of the group. */
function touch(at: Local, record: Local, read: Local, { plan, group, row4, stop4, end4 }: Touched): Code {
  const line = (offset: number): Code => i32.load(get(record), plan.records + offset);
  const groupEnd = i32.add(get(row4), i32.shiftLeft(get(group), i32.constant(2)));
  // Streams in order, as in a frame of all of them, the core foresees by itself.
  const last = i32.subtract(get(stop4), i32.constant(4));
  const distance = i32.subtract(i32.load(last, plan.columnIx), i32.load(get(row4), plan.columnIx));
  const rows = i32.shiftRight(i32.subtract(last, get(row4)), i32.constant(2));
  return sequence(
    set(at, get(row4)),
    set(stop4, i32.select(get(stop4), get(end4), i32.lessUnsigned(tee(stop4, groupEnd), get(end4)))),
    when(
      i32.notEqual(distance, rows),
      loop(
        set(record, recordOf(get(at), plan)),
        set(read, i32.or(get(read), i32.or(line(0), line(64)))),
        branchIf(i32.lessUnsigned(tee(at, i32.add(get(at), i32.constant(4))), get(stop4)), 0),
      ),
    ),
    i32.store(i32.constant(0), HEAD.touched, get(read)),
  );
}

function recordOf(row4: Code, plan: MemoryPlan): Code {
  return i32.shiftLeft(i32.load(row4, plan.columnIx), i32.constant(7));
}

interface Step {
  readonly plan: MemoryPlan;
  readonly constants: Constants;
  readonly row4: Local;
  readonly row8: Local;
  readonly first: Local;
  readonly events: Local;
  readonly sets: Local;
}

/** One point. */
function pointStep(local: ReturnType<typeof functionBuilder>['local'], given: Step): Code {
  const { plan, constants, row8 } = given;
  const [record, count, raw, old, signals, mixed] = [
    local('i32'),
    local('i32'),
    local('i32'),
    local('i32'),
    local('i32'),
    local('i32'),
  ];
  const x = local('f64');
  const [xx, pair, deviation] = [local('v128'), local('v128'), local('v128')];
  const [z, ewma] = [local('v128'), local('v128')];
  const at = (field: number): number => plan.records + field;
  const number = (field: number): Code => f64.load(get(record), at(field));
  const raise = raiseEvent({ ...given, record, count, signals, mixed });

  const isImplausible = (bound: Code): Code => i32.isZero(bound);
  const judged = sequence(
    f64.store(get(record), at(RECORD.newestTime), f64.load(get(row8), plan.columnT)),
    set(count, i32.load(get(record), at(RECORD.count))),
    when(
      i32.notEqual(get(count), i32.constant(-1)),
      moments({ record, count, x, at, delta: local('f64'), mean: local('f64') }),
    ),
    // Centre and previous value are written together as they are read together: a wide load of narrow stores would wait for them.
    set(pair, f64x2.load(get(record), at(RECORD.centre))),
    set(deviation, f64x2.subtract(get(xx), get(pair))),
    f64x2.store(get(record), at(RECORD.centre), f64x2.lowOfBoth(get(pair), get(xx))),
    set(z, f64x2.multiply(get(deviation), f64x2.loadSplat(get(record), at(RECORD.invSigma)))),
    set(raw, laneBits(local, { record, deviation, z, plan, constants })),
    set(ewma, ewmaAndRange({ record, z, at, constants })),
    f64.store(get(record), at(RECORD.ewma), f64x2.low(get(ewma))),
    set(
      raw,
      i32.or(
        get(raw),
        i32.shiftLeft(limitBits(local, { record, count, xx, z, ewma, plan, constants }), i32.constant(16)),
      ),
    ),
  );
  const changed = sequence(
    i32.store(get(record), at(RECORD.raw), get(raw)),
    set(
      signals,
      i32.and(
        i32.loadUnsigned16(setOf(record, given.sets), 2),
        i32.and(signalBits(raw), i32.xor(signalBits(old), i32.constant(-1))),
      ),
    ),
    when(get(signals), raise),
  );
  const refused = (flag: number, signal: number, total: number): Code =>
    sequence(
      f64.store(i32.constant(0), total, f64.add(f64.load(i32.constant(0), total), f64.constant(1))),
      set(raw, i32.load(get(record), at(RECORD.raw))),
      when(
        i32.isZero(i32.and(get(raw), i32.constant(flag))),
        i32.store(get(record), at(RECORD.raw), i32.or(get(raw), i32.constant(flag))),
        set(count, i32.load(get(record), at(RECORD.count))),
        set(signals, i32.constant(signal)),
        raise,
      ),
    );

  return sequence(
    set(record, recordOf(get(given.row4), plan)),
    set(xx, f64x2.loadSplat(get(row8), plan.columnX)),
    set(x, f64x2.low(get(xx))),
    block(
      block(
        block(
          branchIf(isImplausible(f64.atLeast(get(x), number(RECORD.plausibleLower))), 0),
          branchIf(isImplausible(f64.atMost(get(x), number(RECORD.plausibleUpper))), 0),
          branchIf(i32.isZero(f64.atLeast(f64.load(get(row8), plan.columnT), number(RECORD.newestTime))), 1),
          judged,
          branchIf(i32.equal(get(raw), tee(old, i32.load(get(record), at(RECORD.raw)))), 2),
          changed,
          branch(2),
        ),
        refused(RAW.bad, SIGNALS.bad, HEAD.bad),
        branch(1),
      ),
      refused(RAW.late, SIGNALS.late, HEAD.late),
    ),
  );
}

interface Moments {
  readonly record: Local;
  readonly count: Local;
  readonly x: Local;
  readonly delta: Local;
  readonly mean: Local;
  at(field: number): number;
}

/** Welford's recurrence. */
function moments({ record, count, x, delta, mean, at }: Moments): Code {
  return sequence(
    i32.store(get(record), at(RECORD.count), tee(count, i32.add(get(count), i32.constant(1)))),
    set(mean, f64.load(get(record), at(RECORD.mean))),
    set(delta, f64.subtract(get(x), get(mean))),
    f64.store(
      get(record),
      at(RECORD.mean),
      tee(mean, f64.add(get(mean), f64.divide(get(delta), f64.ofUnsigned(get(count))))),
    ),
    f64.store(
      get(record),
      at(RECORD.squares),
      f64.add(f64.load(get(record), at(RECORD.squares)), f64.multiply(get(delta), f64.subtract(get(x), get(mean)))),
    ),
  );
}

interface Lanes {
  readonly record: Local;
  /** x − centre, x − previous. */
  readonly deviation: Local;
  /** Both in sigma. */
  readonly z: Local;
  readonly plan: MemoryPlan;
  readonly constants: Constants;
}

const ZERO = f64x2.constant(0, 0);

/** Steps the runs; gives a bit a lane. The number of the row is its byte offset, see memory.ts; directions lie a power of two apart. */
function laneBits(
  local: ReturnType<typeof functionBuilder>['local'],
  { record, deviation, z, plan, constants }: Lanes,
): Code {
  const [cut, runs, row] = [local('v128'), local('v128'), local('i32')];
  const steps = f64x2.greater(bytes.xor(f64x2.highTwice(get(deviation)), constants.otherSide), ZERO);
  const offset = f64x2.add(f64x2.add(f64x2.ceil(get(cut)), f64x2.floor(get(cut))), constants.row);
  const column = (which: number): Code => bytes.load(get(row), plan.lanes + 16 * which);
  const stepped = bytes.addSaturating(
    bytes.lookUp(bytes.load(get(record), plan.records + RECORD.lanes), column(0)),
    column(1),
  );
  return sequence(
    set(cut, f64x2.pseudoMin(f64x2.pseudoMax(get(z), constants.least), constants.most)),
    set(
      row,
      i32.add(bytes.lowWord(offset), i32.shiftLeft(f64x2.signs(steps), i32.constant(Math.log2(DIRECTION_BYTES)))),
    ),
    bytes.store(get(record), plan.records + RECORD.lanes, tee(runs, stepped)),
    bytes.signs(bytes.greater(get(runs), column(2))),
  );
}

interface Average {
  readonly record: Local;
  readonly z: Local;
  readonly constants: Constants;
  at(field: number): number;
}

/** The next EWMA in the low lane; the moving range in sigma, with its sign, in the high lane. */
function ewmaAndRange({ record, z, constants, at }: Average): Code {
  return f64x2.add(
    f64x2.multiply(get(z), constants.weights),
    f64x2.multiply(f64x2.loadLow(get(record), at(RECORD.ewma)), constants.rest),
  );
}

interface Limits {
  readonly record: Local;
  readonly count: Local;
  readonly xx: Local;
  readonly z: Local;
  readonly ewma: Local;
  readonly plan: MemoryPlan;
  readonly constants: Constants;
}

/** Steps the CUSUM; gives the bits of CUSUM, specification, EWMA and moving range. */
function limitBits(local: ReturnType<typeof functionBuilder>['local'], given: Limits): Code {
  const { record, count, xx, z, ewma, plan, constants } = given;
  const cusum = local('v128');
  const cusumAt = plan.records + RECORD.cusumUp;
  const entry =
    plan.lastLimit === 1
      ? i32.constant(16)
      : i32.shiftLeft(
          i32.select(
            get(count),
            i32.constant(plan.lastLimit),
            i32.lessUnsigned(get(count), i32.constant(plan.lastLimit)),
          ),
          i32.constant(4),
        );
  const bothSides = bytes.xor(f64x2.lowTwice(get(z)), constants.otherSide);
  const sum = f64x2.add(f64x2.load(get(record), cusumAt), f64x2.subtract(bothSides, constants.k));
  return sequence(
    f64x2.store(get(record), cusumAt, tee(cusum, f64x2.pseudoMax(ZERO, sum))),
    bytes.signs(
      bytes.narrow16(
        bytes.narrow32(
          bytes.narrow32(
            f64x2.greater(get(cusum), constants.h),
            f64x2.greater(
              bytes.xor(get(xx), constants.otherSide),
              f64x2.load(get(record), plan.records + RECORD.specUpper),
            ),
          ),
          f64x2.greater(f64x2.abs(get(ewma)), f64x2.load(entry, plan.limits)),
        ),
        ZERO,
      ),
    ),
  );
}
