// The standard kernel: individual values of many streams, judged by everything that one record of 128 bytes can hold: plausibility, order,
// the eight rules of Nelson, moving range, EWMA, CUSUM, specification, mean and variance. Both of its forms (plain.ts, wasm.ts)
// work on the same bytes and give the same bits; this file opens streams, sets limits, makes room, takes snapshots.
import { PumjilError } from '../../errors.ts';
import { type Core, plainCore, wasmCore } from './core.ts';
import {
  REFUSED,
  type StandardColumns,
  type StandardEvents,
  type StandardKernel,
  type StandardStream,
} from './kernel.ts';
import { ALL_SIGNALS, HEAD, RAW_OF_RUNS, RECORD, RECORD_BYTES, signalsOf, WITHOUT_LIMITS } from './layout.ts';
import { planMemory, rangesAt, setsAt } from './memory.ts';
import { designOf, type StandardSettings } from './settings.ts';
import { checkSnapshot, readSnapshot, snapshotBytes, writeSnapshot } from './snapshot.ts';

const DOUBLES = RECORD_BYTES / 8;
const WORDS = RECORD_BYTES / 4;
/** No value beyond this is plausible: a difference of two still is a number. */
const MOST = Number.MAX_VALUE / 4;
/** Nor one so many sigma away: sums of z still are numbers. */
const MOST_SIGMA = 1e300;

/**
 * A kernel without streams, in WebAssembly where the machine has it with vectors, else in TypeScript.
 *
 * @throws PumjilError CONFIG_INVALID for a setting out of its range
 * @example
 * const kernel = createStandard({ k: 0.5, h: 4 });
 * kernel.open({ limits: { centre: 10, sigma: 0.1 }, spec: { upper: 11 } }); // => 0
 * kernel.process(Uint32Array.of(0, 0), Float64Array.of(10.1, 11.2), Float64Array.of(1, 2), 0, 2); // => 1
 * kernel.events.bits[0] === (SIGNALS.n1 | SIGNALS.cusumUp | SIGNALS.specUpper | SIGNALS.range | SIGNALS.ewma); // => true
 */
export function createStandard(
  settings: StandardSettings & { readonly implementation?: 'typescript' | 'wasm' } = {},
): StandardKernel {
  const design = designOf(settings);
  const plan = planMemory(design);
  const wanted = settings.implementation;
  const core: Core = (wanted === 'typescript' ? undefined : wasmCore(plan, design)) ?? plainCore(plan, design);
  if (wanted !== undefined && core.implementation !== wanted)
    throw invalid('This machine runs no WebAssembly with vectors.', 'Leave the choice to the kernel.');
  let count = 0;
  let numbers = new Float64Array(0);
  let words = new Uint32Array(0);
  let sets = new Uint32Array(0);
  let ranges = new Float64Array(0);
  let events: StandardEvents;
  let columns: StandardColumns;
  view();

  /** Views of the buffer as it is now. */
  function view(): void {
    const { buffer, capacity } = core;
    numbers = new Float64Array(buffer, plan.records, capacity * DOUBLES);
    words = new Uint32Array(buffer, plan.records, capacity * WORDS);
    sets = new Uint32Array(buffer, setsAt(plan, capacity), capacity);
    ranges = new Float64Array(buffer, rangesAt(plan, capacity), capacity * 2);
    events = {
      point: new Uint32Array(buffer, plan.eventPoint, design.block),
      stream: new Uint32Array(buffer, plan.eventStream, design.block),
      bits: new Uint32Array(buffer, plan.eventBits, design.block),
    };
    columns = {
      ix: new Uint32Array(buffer, plan.columnIx, design.block),
      x: new Float64Array(buffer, plan.columnX, design.block),
      t: new Float64Array(buffer, plan.columnT, design.block),
    };
  }

  function makeRoom(streams: number): void {
    if (streams <= core.capacity) return;
    core.grow(streams);
    view();
  }

  function known(ix: number): number {
    if (ix >= 0 && ix < count && Number.isInteger(ix)) return ix;
    throw invalid(`The standard kernel has no stream ${ix}.`, 'Open the stream before using it.');
  }

  function hasLimits(ix: number): boolean {
    return numbers[ix * DOUBLES + RECORD.invSigma / 8]! > 0;
  }

  /** What follows from limits, plausible range and set of tests together. */
  function derive(ix: number): void {
    const at = ix * DOUBLES;
    const asked = sets[ix]! & ALL_SIGNALS;
    sets[ix] = asked | ((hasLimits(ix) ? asked : asked & WITHOUT_LIMITS) << 16);
    const centre = numbers[at + RECORD.centre / 8]!;
    const reach = hasLimits(ix) ? MOST_SIGMA / numbers[at + RECORD.invSigma / 8]! : MOST;
    numbers[at + RECORD.plausibleLower / 8] = Math.max(ranges[2 * ix]!, -MOST, centre - reach);
    numbers[at + RECORD.plausibleUpper / 8] = Math.min(ranges[2 * ix + 1]!, MOST, centre + reach);
  }

  function configure(ix: number, { spec = {}, plausible = {}, signals = ALL_SIGNALS }: StandardStream): void {
    for (const bound of [spec.lower, spec.upper, plausible.lower, plausible.upper])
      if (Number.isNaN(bound ?? 0)) throw invalid('A bound is NaN.', 'Leave out a bound that there is not.');
    const at = ix * DOUBLES;
    numbers[at + RECORD.specUpper / 8] = spec.upper ?? Number.POSITIVE_INFINITY;
    numbers[at + RECORD.notSpecLower / 8] = -(spec.lower ?? Number.NEGATIVE_INFINITY);
    ranges[2 * ix] = plausible.lower ?? Number.NEGATIVE_INFINITY;
    ranges[2 * ix + 1] = plausible.upper ?? Number.POSITIVE_INFINITY;
    sets[ix] = signals & ALL_SIGNALS;
    derive(ix);
  }

  function setLimits(ix: number, centre: number, sigma: number): void {
    const isNone = Number.isNaN(centre) && Number.isNaN(sigma);
    if (!isNone && !(Math.abs(centre) <= MOST && sigma > 0 && sigma <= MOST && 1 / sigma <= MOST))
      throw invalid(
        `Limits of centre ${centre} and sigma ${sigma} cannot be used.`,
        'Give a centre and a sigma above 0.',
      );
    const at = ix * DOUBLES;
    const word = ix * WORDS;
    numbers[at + RECORD.centre / 8] = isNone ? 0 : centre;
    numbers[at + RECORD.invSigma / 8] = isNone ? 0 : 1 / sigma;
    for (const field of [RECORD.cusumUp, RECORD.cusumDown, RECORD.ewma, RECORD.mean, RECORD.squares])
      numbers[at + field / 8] = 0;
    words[word + RECORD.count / 4] = 0;
    words[word + RECORD.raw / 4] = 0;
    breakRuns(ix);
    derive(ix);
  }

  function breakRuns(ix: number): void {
    const word = ix * WORDS;
    numbers[ix * DOUBLES + RECORD.previous / 8] = Number.NaN;
    for (let i = 0; i < 4; i++) words[word + RECORD.lanes / 4 + i] = 0;
    words[word + RECORD.raw / 4] = words[word + RECORD.raw / 4]! & ~RAW_OF_RUNS;
  }

  /** Whether every stream of the range exists. */
  function areKnown(ix: Uint32Array, from: number, to: number): boolean {
    const n = count;
    for (let i = from; i < to; i++) if (ix[i]! >= n) return false;
    return true;
  }

  return {
    implementation: core.implementation,
    get count() {
      return count;
    },
    get events() {
      return events;
    },
    get columns() {
      return columns;
    },

    open(stream) {
      makeRoom(count + 1);
      const ix = count;
      numbers.fill(0, ix * DOUBLES, (ix + 1) * DOUBLES);
      numbers[ix * DOUBLES + RECORD.newestTime / 8] = Number.NEGATIVE_INFINITY;
      configure(ix, stream);
      const { centre, sigma } = stream.limits ?? { centre: Number.NaN, sigma: Number.NaN };
      setLimits(ix, centre, sigma);
      count += 1;
      return ix;
    },

    configure(ix, stream) {
      configure(known(ix), stream);
    },

    setLimits(ix, centre, sigma) {
      setLimits(known(ix), centre, sigma);
    },

    gap(ix) {
      breakRuns(known(ix));
    },

    process(ix, x, t, from, to) {
      if (!(from >= 0 && Number.isInteger(from) && Number.isInteger(to))) return REFUSED;
      if (from >= to) return from === to ? 0 : REFUSED;
      if (to - from > design.block || to > ix.length || to > x.length || to > t.length) return REFUSED;
      if (!areKnown(ix, from, to)) return REFUSED;
      const isHere = ix === columns.ix && x === columns.x && t === columns.t;
      return core.process(ix, x, t, from, to, count, isHere);
    },

    active(ix) {
      return signalsOf(words[known(ix) * WORDS + RECORD.raw / 4]!) & (sets[ix]! >>> 16);
    },

    moments(ix) {
      const at = known(ix) * DOUBLES;
      const n = words[ix * WORDS + RECORD.count / 4]!;
      const mean = n > 0 ? numbers[at + RECORD.mean / 8]! : Number.NaN;
      return { count: n, mean, squares: numbers[at + RECORD.squares / 8]! };
    },

    averages(ix) {
      const at = known(ix) * DOUBLES;
      return {
        ewma: numbers[at + RECORD.ewma / 8]!,
        cusumUp: numbers[at + RECORD.cusumUp / 8]!,
        cusumDown: numbers[at + RECORD.cusumDown / 8]!,
      };
    },

    totals() {
      const [bad = 0, late = 0] = new Float64Array(core.buffer, 0, 2);
      return { bad, late };
    },

    eventHash() {
      const [first = 0, second = 0] = new Uint32Array(core.buffer, HEAD.hash, 2);
      return first.toString(16).padStart(8, '0') + second.toString(16).padStart(8, '0');
    },

    snapshot(into) {
      const length = snapshotBytes(count);
      const target = into?.length === length ? into : new Uint8Array(length);
      writeSnapshot(target, core.buffer, core.capacity, count, plan, design);
      return target;
    },

    restore(bytes) {
      const streams = checkSnapshot(bytes, design);
      makeRoom(streams);
      count = streams;
      readSnapshot(bytes, core.buffer, core.capacity, count, plan);
    },
  };
}

function invalid(message: string, hint: string): PumjilError {
  return new PumjilError('CONFIG_INVALID', { message, hint });
}
