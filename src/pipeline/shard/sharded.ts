// The standard kernel over several cores: streams are dealt out to threads, points lie in memory that all of them see. Blocks go in and the
// events of blocks come out in the same order, with the same event hash and the same snapshot as one kernel has.
import { PumjilError } from '../../errors.ts';
import { REFUSED, type StandardColumns, type StandardStream } from '../../spc/standard/kernel.ts';
import { designOf, type StandardSettings } from '../../spc/standard/settings.ts';
import { joinSnapshots, splitSnapshot } from '../../spc/standard/shard-snapshot.ts';
import { type EventRows, MOST_SHARDS, mergeEvents, sumOfHashes } from '../../spc/standard/shards.ts';
import { checkSnapshot } from '../../spc/standard/snapshot.ts';
import { createStandard } from '../../spc/standard/standard.ts';
import type { ShardOrder, ShardQuestion, StreamLook } from './messages.ts';
import { slotBytes, viewSlot } from './slot.ts';
import { startThreads } from './threads.ts';
import { createPlaces, inTurn } from './turns.ts';

export interface ShardSettings extends Omit<StandardSettings, 'numbering'> {
  /** Threads, 1 to 64. */
  readonly shards: number;
  /** Blocks that may be under way, 1 to 64. Default 4. */
  readonly slots?: number;
  readonly implementation?: 'typescript' | 'wasm';
  /** File of a thread. Default that of this folder. */
  readonly thread?: URL;
}

/** Points `from` to `to` of columns. Columns in shared memory are not copied, and must stay as they are until the events are there. */
export interface Points extends StandardColumns {
  readonly from: number;
  readonly to: number;
}

/** Events of a block by point; `length` is REFUSED when the block was. */
export type BlockEvents = EventRows;

/**
 * All methods throw PumjilError SHARD_FAILED once a thread has failed, and after `close`. Whatever is
 * called takes effect, or is answered, behind the blocks of the calls before, also of those that wait for a slot.
 */
export interface ShardedStandard {
  readonly shards: number;
  /** Streams opened. */
  readonly count: number;
  /** Adds streams and returns the index of the first. @throws PumjilError CONFIG_INVALID, and nothing done */
  open(streams: readonly StandardStream[]): number;
  /** As StandardKernel. @throws PumjilError CONFIG_INVALID */
  configure(ix: number, stream: Omit<StandardStream, 'limits'>): void;
  /** As StandardKernel. @throws PumjilError CONFIG_INVALID */
  setLimits(ix: number, centre: number, sigma: number): void;
  /** As StandardKernel. */
  gap(ix: number): void;
  /**
   * Takes blocks of points and gives the events of each, in order. The next block is asked for as soon as there is a free slot, and its columns
   * are copied at once, so that they may be filled again (unless they lie in shared memory, see Points). While all slots are under way, or nobody takes the events, none is asked for.
   */
  run(blocks: AsyncIterable<Points> | Iterable<Points>): AsyncGenerator<BlockEvents, void, undefined>;
  /** Takes one block; when all slots are under way it waits for one, and its columns must stay as they are until it is answered. */
  process(points: Points): Promise<BlockEvents>;
  look(ix: number): Promise<StreamLook>;
  /** Values refused so far. */
  totals(): Promise<{ readonly bad: number; readonly late: number }>;
  eventHash(): Promise<string>;
  /** The whole state, as one kernel would write it: it opens under any number of shards, and in one kernel. */
  snapshot(): Promise<Uint8Array>;
  /** Puts the state of a snapshot in place of the own one. @throws PumjilError SNAPSHOT_UNKNOWN */
  restore(bytes: Uint8Array): void;
  /** Ends the threads. */
  close(): Promise<void>;
}

const NONE = new Uint32Array(0);
const REFUSED_BLOCK: BlockEvents = { length: REFUSED, point: NONE, stream: NONE, bits: NONE };

/**
 * A kernel without streams, over `shards` threads. Worth it for large blocks (a thousand points and more): a block costs some 50 µs more.
 *
 * @throws PumjilError CONFIG_INVALID for a setting out of its range
 * @example
 * const kernel = createShardedStandard({ shards: 2 });
 * kernel.open([{ limits: { centre: 10, sigma: 0.1 } }, { spec: { upper: 5 } }]); // => 0
 * const columns = { ix: Uint32Array.of(1, 0), x: Float64Array.of(3, 10.5), t: Float64Array.of(1, 1) };
 * const { length, stream } = await kernel.process({ ...columns, from: 0, to: 2 });
 * [length, ...stream]; // => [1, 0]
 * await kernel.close();
 */
export function createShardedStandard(settings: ShardSettings): ShardedStandard {
  const { shards, slots: slotCount = 4, thread = ownThread(), ...design } = settings;
  whole('shards', shards, MOST_SHARDS);
  whole('slots', slotCount, 64);
  const checked = designOf(design);
  const { block } = checked;
  whole('block', block, (1 << 24) - 1);
  // What is wrong with a stream is said here and at once, as one kernel says it; no thread fails of it.
  const judge = createStandard({ ...design, block: 1 });
  judge.open({});
  const memories = Array.from({ length: slotCount }, () => new SharedArrayBuffer(slotBytes(block, shards)));
  const slots = memories.map((memory) => viewSlot(memory, block, shards));
  const every = Array.from({ length: shards }, (_, index) => index);
  const threads = startThreads(
    every.map((index) => ({ settings: design, index, of: shards, block, slots: memories })),
    thread,
  );
  const places = createPlaces(slotCount);
  let count = 0;
  // Streams that the threads have been told of.
  let told = 0;

  function check({ limits, ...stream }: StandardStream): void {
    judge.configure(0, stream);
    judge.setLimits(0, limits?.centre ?? Number.NaN, limits?.sigma ?? Number.NaN);
  }

  function known(ix: number): { readonly shard: number; readonly own: number } {
    if (ix >= 0 && ix < count && Number.isInteger(ix)) return { shard: ix % shards, own: Math.floor(ix / shards) };
    throw new PumjilError('CONFIG_INVALID', {
      message: `The standard kernel has no stream ${ix}.`,
      hint: 'Open the stream before using it.',
    });
  }

  /** Tells a shard, behind the blocks that wait. */
  function order(shard: number, what: ShardOrder): void {
    threads.mustWork();
    places.after(() => threads.order(shard, what));
  }

  /** Asks, behind the blocks that wait. */
  function behind<T>(ask: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      places.after(() => {
        ask().then(resolve, reject);
      });
    });
  }

  const askAll = <Q extends ShardQuestion>(question: Q) => Promise.all(every.map((k) => threads.ask(k, question)));

  /** Copies the points into a slot and sets the threads to it; always releases the slot. */
  async function judgeBlock(slot: number, { ix, x, t, from, to }: Points): Promise<BlockEvents> {
    try {
      const isRange = from >= 0 && from <= to && Number.isInteger(from) && Number.isInteger(to);
      if (!isRange || to - from > block || to > ix.length || to > x.length || to > t.length) return REFUSED_BLOCK;
      const { columns, events } = viewOf(slot);
      const given = { ix: ix.subarray(from, to), x: x.subarray(from, to), t: t.subarray(from, to) };
      const isShared = [ix, x, t].every(({ buffer }) => buffer instanceof SharedArrayBuffer);
      if (!isShared) {
        columns.ix.set(given.ix);
        columns.x.set(given.x);
        columns.t.set(given.t);
      }
      const found = await askAll({
        type: 'process',
        slot,
        points: to - from,
        streams: told,
        ...(isShared ? { columns: given } : {}),
      });
      if (found.includes(REFUSED)) return REFUSED_BLOCK;
      return mergeEvents(
        events.map((rows, shard) => ({ ...rows, length: found[shard] ?? 0 })),
        from,
      );
    } finally {
      places.release(slot);
    }
  }

  function viewOf(slot: number): (typeof slots)[number] {
    const view = slots[slot];
    if (view === undefined) throw new RangeError(`there is no slot ${slot}`);
    return view;
  }

  return {
    shards,
    get count() {
      return count;
    },
    open(streams) {
      streams.forEach(check);
      const first = count;
      const own: StandardStream[][] = every.map(() => []);
      for (const [i, stream] of streams.entries()) own[(first + i) % shards]?.push(stream);
      for (const [shard, opened] of own.entries())
        if (opened.length > 0) order(shard, { type: 'open', streams: opened });
      count += streams.length;
      places.after(() => {
        told += streams.length;
      });
      return first;
    },
    configure(ix, stream) {
      const { shard, own } = known(ix);
      check(stream);
      order(shard, { type: 'configure', ix: own, stream });
    },
    setLimits(ix, centre, sigma) {
      const { shard, own } = known(ix);
      judge.setLimits(0, centre, sigma);
      order(shard, { type: 'limits', ix: own, centre, sigma });
    },
    gap(ix) {
      const { shard, own } = known(ix);
      order(shard, { type: 'gap', ix: own });
    },
    run: (blocks) => inTurn(blocks, places, judgeBlock),
    process: (points) =>
      new Promise((resolve, reject) => {
        places.enter((slot) => {
          judgeBlock(slot, points).then(resolve, reject);
        });
      }),
    async look(ix) {
      const { shard, own } = known(ix);
      return behind(() => threads.ask(shard, { type: 'look', ix: own }));
    },
    async totals() {
      const all = await behind(() => askAll({ type: 'totals' }));
      return { bad: sum(all.map(({ bad }) => bad)), late: sum(all.map(({ late }) => late)) };
    },
    async eventHash() {
      return sumOfHashes((await behind(() => askAll({ type: 'totals' }))).map(({ hash }) => hash));
    },
    async snapshot() {
      return joinSnapshots(await behind(() => askAll({ type: 'snapshot' })));
    },
    restore(bytes) {
      const streams = checkSnapshot(bytes, checked);
      for (const [shard, part] of splitSnapshot(bytes, shards).entries())
        order(shard, { type: 'restore', bytes: part });
      count = streams;
      places.after(() => {
        told = streams;
      });
    },
    close: threads.close,
  };
}

function ownThread(): URL {
  return new URL(`./shard-thread${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);
}

function whole(name: string, value: number, most: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= most) return;
  throw new PumjilError('CONFIG_INVALID', {
    message: `The sharded kernel cannot work with ${name} = ${value}.`,
    hint: `Choose a whole number from 1 to ${most}.`,
    data: { name, value },
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
