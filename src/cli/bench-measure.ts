// What pumjil bench measures: each part of a value's way alone, then the whole way, on the disk where the plant's data will lie.
import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { ValuesEntry } from '../journal/journal.ts';
import { openJournal } from '../journal/segments.ts';
import { GOOD, type OpenBatch, openBatch } from '../measurement.ts';
import { createShardedStandard } from '../pipeline/shard/sharded.ts';
import { openWriter } from '../pipeline/writer-core.ts';
import { parseSourceJson } from '../source-json.ts';
import { seededRandom } from '../spc/math/random.ts';
import { createStandard } from '../spc/standard/standard.ts';
import { BENCH_TAGS, benchPlan, benchValue } from './bench-plant.ts';

/** One row of the table. */
export interface Measured {
  readonly what: 'kernel' | 'kernel_all_cores' | 'decode_json' | 'journal_one_by_one' | 'journal' | 'whole_way';
  /** Streams, where their number matters. */
  readonly streams?: number;
  readonly perSecond: number;
  /** Processor time of all cores by wall time: 1 is one core that never waits. */
  readonly cores: number;
  /** Share of the time in which this thread had something to do, whether or not it got a core for it; the rest it waited for a disk or for threads. */
  readonly working: number;
  /** Bytes a value in the history, which keeps it for good; the journal does not. */
  readonly bytesEach?: number;
}

const POINTS = 1 << 16;
const KERNEL_STREAMS = [100, 10_000, 100_000];
/** Streams of the kernel that is dealt out to all cores. */
const SHARDED_STREAMS = 10_000;
const MOST_THREADS = 16;
const IN_FLIGHT = 64;
/** Values of an entry in a plant that gathers well. */
const ENTRY_VALUES = 256;
/** The journal alone writes some 60 MB a second: longer than this would fill the disk that is measured. */
const MOST_JOURNAL_SECONDS = 5;

/**
 * All rows, one after the other.
 *
 * @param folder an empty folder on the disk that is meant; filled
 * @param seconds wall time in all, about
 * @param signal ends it between two rows and within them; rows then are missing
 */
export async function* measureMachine(
  folder: string,
  seconds: number,
  signal: AbortSignal,
): AsyncGenerator<Measured, void, undefined> {
  const rows: (() => Promise<Measured>)[] = [
    ...KERNEL_STREAMS.map((streams) => () => kernel(streams, seconds * 0.08, signal)),
    ...(availableParallelism() > 1 ? [() => allCores(seconds * 0.1, signal)] : []),
    () => decodeJson(seconds * 0.1, signal),
    () => journal('journal_one_by_one', join(folder, 'one'), 1, 1, seconds * 0.1, signal),
    () =>
      journal(
        'journal',
        join(folder, 'many'),
        ENTRY_VALUES,
        IN_FLIGHT,
        Math.min(seconds * 0.15, MOST_JOURNAL_SECONDS),
        signal,
      ),
    () => wholeWay(join(folder, 'plant'), seconds * 0.3, signal),
  ];
  for (const row of rows) {
    if (signal.aborted) return;
    yield await row();
  }
}

/** The judging alone, in one core: what the standard kernel would take if points came from nowhere. */
async function kernel(streams: number, seconds: number, signal: AbortSignal): Promise<Measured> {
  const one = createStandard({ block: POINTS });
  for (let s = 0; s < streams; s++) one.open({ limits: { centre: 10, sigma: 0.1 }, spec: { lower: 9, upper: 11 } });
  const { ix, x, t } = points(streams);
  return {
    what: 'kernel',
    streams,
    ...(await repeated(seconds, signal, async () => {
      one.process(ix, x, t, 0, POINTS);
      return POINTS;
    })),
  };
}

async function allCores(seconds: number, signal: AbortSignal): Promise<Measured> {
  const many = createShardedStandard({ shards: Math.min(MOST_THREADS, availableParallelism()), block: POINTS });
  many.open(
    Array.from({ length: SHARDED_STREAMS }, () => ({
      limits: { centre: 10, sigma: 0.1 },
      spec: { lower: 9, upper: 11 },
    })),
  );
  const block = { ...points(SHARDED_STREAMS), from: 0, to: POINTS };
  try {
    // Several blocks a turn, so that the threads have something to do while events are put in order.
    const blocks = Array.from({ length: 8 }, () => block);
    const rate = await repeated(seconds, signal, async () => {
      for await (const { length } of many.run(blocks)) if (length < 0) throw new RangeError('a block was refused');
      return blocks.length * POINTS;
    });
    return { what: 'kernel_all_cores', streams: SHARDED_STREAMS, ...rate };
  } finally {
    await many.close();
  }
}

/** Points in control, streams at random; all of one time, so that they may come again. In memory that all threads see. */
function points(streams: number): { readonly ix: Uint32Array; readonly x: Float64Array; readonly t: Float64Array } {
  const random = seededRandom(streams);
  const ix = new Uint32Array(new SharedArrayBuffer(4 * POINTS));
  const x = new Float64Array(new SharedArrayBuffer(8 * POINTS));
  for (let i = 0; i < POINTS; i++) {
    ix[i] = Math.floor(random.uniform() * streams);
    x[i] = benchValue(random);
  }
  return { ix, x, t: new Float64Array(new SharedArrayBuffer(8 * POINTS)) };
}

/** From the text of a message with a hundred values to columns. */
async function decodeJson(seconds: number, signal: AbortSignal): Promise<Measured> {
  const random = seededRandom(1);
  const rows = BENCH_TAGS.map((characteristic, i) => ({
    characteristic,
    value: benchValue(random),
    t: 1_700_000_000_000 + i,
  }));
  const text = JSON.stringify(rows);
  const tagOf = new Map(BENCH_TAGS.map((tag, i) => [tag, i]));
  const rate = await repeated(seconds, signal, async () => {
    for (let message = 0; message < 100; message++) {
      const batch = openBatch(BENCH_TAGS, 0, rows.length);
      // Written above.
      for (const { characteristic, value, t } of parseSourceJson(text) as typeof rows)
        batch.add(tagOf.get(characteristic) ?? 0, value, GOOD, BigInt(t) * 1_000_000n);
    }
    return 100 * rows.length;
  });
  return { what: 'decode_json', ...rate };
}

/** Entries made durable, `inFlight` at a time. */
async function journal(
  what: 'journal_one_by_one' | 'journal',
  folder: string,
  values: number,
  inFlight: number,
  seconds: number,
  signal: AbortSignal,
): Promise<Measured> {
  const log = await openJournal({ folder });
  const entry = entryOf(batchOf(values, 0));
  try {
    const rate = await repeated(seconds, signal, async () => {
      await Promise.all(Array.from({ length: inFlight }, () => log.append(entry)));
      return inFlight * values;
    });
    return { what, ...rate };
  } finally {
    await log.close();
  }
}

/** As the plant does it: made durable, checked for repeats, charted, judged, its rows and points written to the history. */
async function wholeWay(folder: string, seconds: number, signal: AbortSignal): Promise<Measured> {
  const writer = await openWriter({ dataDir: folder, maxBytes: 1e12, keepMs: 1e12, outbox: false }, () => undefined);
  let values = 0;
  let isOpen = true;
  try {
    await writer.append(benchPlan());
    let next = 0;
    const rate = await repeated(
      seconds,
      signal,
      async () => {
        await Promise.all(
          Array.from({ length: 8 }, () => writer.append(entryOf(batchOf(BENCH_TAGS.length, next++ * 1000)))),
        );
        values = next * BENCH_TAGS.length;
        return 8 * BENCH_TAGS.length;
      },
      async () => {
        // Answered when everything before it is written: what still waits belongs to the time measured.
        await writer.append({ kind: 'tick', atMs: writer.clock() });
      },
    );
    await writer.close();
    isOpen = false;
    return {
      what: 'whole_way',
      streams: BENCH_TAGS.length,
      ...rate,
      bytesEach: statSync(join(folder, 'plant.db')).size / values,
    };
  } finally {
    if (isOpen) await writer.close();
  }
}

function batchOf(values: number, atMs: number): OpenBatch {
  const random = seededRandom(atMs);
  const batch = openBatch(BENCH_TAGS, 1_700_000_000_000 + atMs, values);
  for (let i = 0; i < values; i++)
    batch.add(i % BENCH_TAGS.length, benchValue(random), GOOD, BigInt(1_700_000_000_000 + atMs) * 1_000_000n, {
      context: LOT,
    });
  return batch;
}

const LOT = { lot: 'A1', cavity: '2' };

function entryOf(batch: OpenBatch): ValuesEntry {
  return { kind: 'values', adapter: 'bench', batch, received: batch.length, duplicate: 0, refused: 0 };
}

/** Does `work` until the time is over, once to warm up; `finish` belongs to the time. `work` returns the number of values done. */
async function repeated(
  seconds: number,
  signal: AbortSignal,
  work: () => Promise<number>,
  finish: () => Promise<void> = async () => undefined,
): Promise<Pick<Measured, 'perSecond' | 'cores' | 'working'>> {
  await work();
  await finish();
  const cpu = process.cpuUsage();
  const loop = performance.eventLoopUtilization();
  const begin = performance.now();
  let done = 0;
  do done += await work();
  while (performance.now() - begin < seconds * 1000 && !signal.aborted);
  await finish();
  const tookMs = performance.now() - begin;
  const { user, system } = process.cpuUsage(cpu);
  const { utilization } = performance.eventLoopUtilization(loop);
  return { perSecond: (done * 1000) / tookMs, cores: (user + system) / 1000 / tookMs, working: utilization };
}
