// Shards are one kernel: same events in the same order, same hash, same bytes, however many threads there are.
import { afterEach, expect, test } from 'vitest';
import { adversary } from '../../../test/bench/core/adversary.ts';
import { REFUSED, type StandardStream } from '../../spc/standard/kernel.ts';
import type { StandardSettings } from '../../spc/standard/settings.ts';
import { createStandard } from '../../spc/standard/standard.ts';
import { type BlockEvents, createShardedStandard, type Points, type ShardedStandard } from './sharded.ts';

const open: ShardedStandard[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

function sharded(...settings: Parameters<typeof createShardedStandard>): ShardedStandard {
  const made = createShardedStandard(...settings);
  open.push(made);
  return made;
}

function randomStream(from: ReturnType<typeof adversary>): StandardStream {
  const centre = from.below(41) - 20;
  const sigma = 2 ** (from.below(9) - 4);
  return {
    ...(from.below(8) === 0 ? {} : { limits: { centre, sigma } }),
    spec: from.below(2) === 0 ? { lower: centre - 2 * sigma, upper: centre + 2.5 * sigma } : {},
    plausible: from.below(2) === 0 ? { lower: centre - 40 * sigma, upper: centre + 40 * sigma } : {},
    ...(from.below(3) === 0 ? { signals: from.below(0x10000) } : {}),
  };
}

/** Blocks of unpleasant points, whose columns are longer than what they hand over. */
function randomBlocks(from: ReturnType<typeof adversary>, plans: readonly StandardStream[], blocks: number): Points[] {
  let now = 0;
  return Array.from({ length: blocks }, () => {
    const n = from.below(900);
    const begin = from.below(20);
    const ix = Uint32Array.from({ length: begin + n + 5 }, () => from.below(plans.length));
    const x = Float64Array.from(ix, (s) => {
      const { centre, sigma } = plans[s]!.limits ?? { centre: 0, sigma: 1 };
      return from.value(centre, sigma, s);
    });
    const t = Float64Array.from(ix, () => from.time(now++));
    return { ix, x, t, from: begin, to: begin + n };
  });
}

function rows({ length, point, stream, bits }: BlockEvents): number[][] {
  return Array.from({ length }, (_, e) => [point[e]!, stream[e]!, bits[e]!]);
}

/** What one kernel makes of the blocks. */
function oneKernel(settings: StandardSettings, plans: readonly StandardStream[], blocks: readonly Points[]) {
  const kernel = createStandard(settings);
  for (const plan of plans) kernel.open(plan);
  const events = blocks.map(({ ix, x, t, from, to }) =>
    rows({ length: kernel.process(ix, x, t, from, to), ...kernel.events }),
  );
  return { kernel, events };
}

async function take(from: AsyncIterable<BlockEvents>): Promise<number[][][]> {
  const taken: number[][][] = [];
  for await (const events of from) taken.push(rows(events));
  return taken;
}

for (const shards of [1, 2, 3])
  for (const implementation of ['wasm', 'typescript'] as const)
    test(`${shards} shards in ${implementation} give the events of one kernel in its order, its hash and its bytes`, async () => {
      const from = adversary(30 + shards);
      const plans = Array.from({ length: 200 }, () => randomStream(from));
      const blocks = randomBlocks(from, plans, 60);
      const settings = { lambda: 0.1, width: 2.7, block: 1000, implementation } as const;
      const { kernel, events } = oneKernel(settings, plans, blocks);
      expect(events.flat().length).toBeGreaterThan(1000);
      const many = sharded({ ...settings, shards });
      expect(many.open(plans.slice(0, 77))).toBe(0);
      expect(many.open(plans.slice(77))).toBe(77);
      expect(await take(many.run(blocks))).toEqual(events);
      expect(await many.eventHash()).toBe(kernel.eventHash());
      expect(await many.totals()).toEqual(kernel.totals());
      expect(await many.snapshot()).toEqual(kernel.snapshot());
      for (const s of [0, 1, 100, 199])
        expect(await many.look(s)).toEqual({
          active: kernel.active(s),
          moments: kernel.moments(s),
          averages: kernel.averages(s),
        });
    });

test('a snapshot opens under another number of shards, and in one kernel, and all go on alike', async () => {
  const from = adversary(40);
  const plans = Array.from({ length: 31 }, () => randomStream(from));
  const blocks = randomBlocks(from, plans, 30);
  const { kernel, events } = oneKernel({}, plans, blocks);
  const first = sharded({ shards: 3 });
  first.open(plans);
  for (const block of blocks.slice(0, 11)) await first.process(block);
  const middle = await first.snapshot();
  const [two, five] = [sharded({ shards: 2 }), sharded({ shards: 5 })];
  const one = createStandard();
  one.restore(middle);
  five.restore(middle);
  // Not at an address divisible by four, as a snapshot in a larger file may lie.
  const shifted = new Uint8Array(middle.length + 1);
  shifted.set(middle, 1);
  two.restore(shifted.subarray(1));
  expect(five.count).toBe(31);
  for (const each of [two, five]) {
    expect(await take(each.run(blocks.slice(11)))).toEqual(events.slice(11));
    expect(await each.eventHash()).toBe(kernel.eventHash());
    expect(await each.snapshot()).toEqual(kernel.snapshot());
  }
  for (const { ix, x, t, from: at, to } of blocks.slice(11)) one.process(ix, x, t, at, to);
  expect(one.snapshot()).toEqual(kernel.snapshot());
});

test('gaps, new limits, settings and streams take effect between the blocks where they were ordered, also while blocks wait', async () => {
  const from = adversary(41);
  const plans = Array.from({ length: 40 }, () => randomStream(from));
  const blocks = randomBlocks(from, plans, 40);
  const kernel = createStandard();
  const many = sharded({ shards: 2 });
  many.open(plans);
  for (const plan of plans) kernel.open(plan);
  const answers: Promise<BlockEvents>[] = [];
  const expected: number[][][] = [];
  for (const [i, block] of blocks.entries()) {
    // None of them is awaited: their order is that of the calls.
    answers.push(many.process(block));
    expected.push(rows({ length: kernel.process(block.ix, block.x, block.t, block.from, block.to), ...kernel.events }));
    // Now and then there are more than slots.
    if (answers.length % 15 === 0) await answers.at(-1);
    const s = from.below(plans.length);
    for (const each of [kernel, many]) {
      each.gap(s);
      each.setLimits((s + 7) % plans.length, i, 1);
      each.configure((s + 11) % plans.length, { spec: { upper: i } });
    }
    many.open([plans[s]!]);
    kernel.open(plans[s]!);
  }
  expect((await Promise.all(answers)).map(rows)).toEqual(expected);
  expect(many.count).toBe(kernel.count);
  expect(await many.snapshot()).toEqual(kernel.snapshot());
});

test('columns in shared memory give the same without being copied', async () => {
  const from = adversary(42);
  const plans = Array.from({ length: 50 }, () => randomStream(from));
  const blocks = randomBlocks(from, plans, 20);
  const { kernel, events } = oneKernel({}, plans, blocks);
  const many = sharded({ shards: 2, block: 1000 });
  many.open(plans);
  const shared = blocks.map((block) => {
    const n = block.ix.length;
    const ix = new Uint32Array(new SharedArrayBuffer(4 * n));
    const [x, t] = [new Float64Array(new SharedArrayBuffer(8 * n)), new Float64Array(new SharedArrayBuffer(8 * n))];
    ix.set(block.ix);
    x.set(block.x);
    t.set(block.t);
    return { ...block, ix, x, t };
  });
  expect(await take(many.run(shared))).toEqual(events);
  expect(await many.snapshot()).toEqual(kernel.snapshot());
});

test('a block with a stream that does not exist, or that is too long, is refused as a whole by every shard', async () => {
  const many = sharded({ shards: 2, block: 8 });
  many.open([{ limits: { centre: 0, sigma: 1 } }, {}, {}]);
  const before = await many.snapshot();
  const x = new Float64Array(16).fill(9);
  const block = (ix: readonly number[], from: number, to: number): Points => ({
    ix: Uint32Array.from(ix),
    x,
    t: x,
    from,
    to,
  });
  const zeros = Array.from(x, () => 0);
  for (const refused of [
    block([0, 1, 3], 0, 3),
    block(zeros, 0, 9),
    block(zeros, -1, 2),
    block(zeros, 0.5, 2),
    block([0], 0, 2),
  ])
    expect((await many.process(refused)).length).toBe(REFUSED);
  expect(await many.snapshot()).toEqual(before);
  expect((await many.process(block(zeros, 2, 2))).length).toBe(0);
  expect((await many.process(block(zeros, 3, 11))).point[0]).toBe(3);
});

test('what a kernel would not open, configure or restore is refused at once, and nothing is done', async () => {
  const many = sharded({ shards: 2 });
  const invalid = expect.objectContaining({ code: 'CONFIG_INVALID' });
  expect(() => many.open([{}, { limits: { centre: 0, sigma: -1 } }])).toThrow(invalid);
  expect(() => many.setLimits(0, 0, 1)).toThrow(invalid);
  expect(many.count).toBe(0);
  many.open([{}]);
  expect(() => many.configure(0, { spec: { upper: Number.NaN } })).toThrow(invalid);
  expect(() => many.restore(new Uint8Array(10))).toThrow(expect.objectContaining({ code: 'SNAPSHOT_UNKNOWN' }));
  expect((await many.look(0)).moments.count).toBe(0);
  for (const settings of [
    { shards: 0 },
    { shards: 1.5 },
    { shards: 65 },
    { shards: 1, slots: 0 },
    { shards: 1, k: -1 },
  ])
    expect(() => createShardedStandard(settings)).toThrow(invalid);
});

test('while nobody takes the events no more blocks are asked for than there are slots, and one that comes', async () => {
  const many = sharded({ shards: 2, slots: 3, block: 16 });
  many.open([{ limits: { centre: 0, sigma: 1 } }]);
  const columns = { ix: new Uint32Array(16), x: new Float64Array(16).fill(4), t: new Float64Array(16) };
  let asked = 0;
  function* endless(): Generator<Points> {
    // The same columns again and again: they are copied when they are taken.
    for (;;) {
      columns.t.fill(asked++);
      yield { ...columns, from: 0, to: 16 };
    }
  }
  const events = many.run(endless());
  for (let taken = 1; taken <= 50; taken++) {
    expect((await events.next()).done).toBe(false);
    expect(asked).toBeGreaterThanOrEqual(taken);
    expect(asked).toBeLessThanOrEqual(taken + 4);
  }
  await events.return();
  expect((await many.look(0)).moments.count).toBe(asked * 16);
});

test('events come as soon as they are there, also while the source waits for its next block', async () => {
  const many = sharded({ shards: 2 });
  many.open([{ limits: { centre: 0, sigma: 1 } }]);
  const block: Points = { ix: Uint32Array.of(0), x: Float64Array.of(9), t: Float64Array.of(1), from: 0, to: 1 };
  async function* hanging(): AsyncGenerator<Points> {
    yield block;
    await new Promise(() => undefined);
  }
  const events = many.run(hanging());
  expect(rows((await events.next()).value as BlockEvents)).toHaveLength(1);
  await events.return();
  expect((await many.process({ ...block, t: Float64Array.of(2) })).length).toBe(0);
});

test('an error of the source ends the run, and the kernel goes on', async () => {
  const many = sharded({ shards: 2 });
  many.open([{}]);
  function* breaking(): Generator<Points> {
    yield { ix: Uint32Array.of(0), x: Float64Array.of(1), t: Float64Array.of(1), from: 0, to: 1 };
    throw new Error('no more');
  }
  await expect(take(many.run(breaking()))).rejects.toThrow('no more');
  expect((await many.look(0)).moments.count).toBe(1);
});

test('a thread that fails becomes one error, told by everything that waits and by everything after', async () => {
  const code = `import { parentPort } from 'node:worker_threads';
    parentPort.on('message', ({ type, slot }) => {
      if (type === 'process') throw new Error('the thread is out of memory');
    });`;
  const many = sharded({ shards: 2, thread: new URL(`data:text/javascript,${encodeURIComponent(code)}`) });
  many.open([{}]);
  const block: Points = { ix: Uint32Array.of(0), x: Float64Array.of(1), t: Float64Array.of(1), from: 0, to: 1 };
  const failed = await Promise.allSettled([
    many.process(block),
    many.process(block),
    take(many.run([block])),
    many.totals(),
  ]);
  const [first, ...others] = failed.map((each) => (each.status === 'rejected' ? (each.reason as unknown) : undefined));
  expect(first).toMatchObject({
    code: 'SHARD_FAILED',
    message: expect.stringMatching(/shard [01] of 2 failed: the thread is out of memory/),
    retryable: true,
  });
  for (const other of others) expect(other).toBe(first);
  expect(() => many.open([{}])).toThrow(first as Error);
  await expect(many.snapshot()).rejects.toBe(first);
});

test('after it is closed every call says so', async () => {
  const many = createShardedStandard({ shards: 1 });
  await many.close();
  await expect(many.eventHash()).rejects.toMatchObject({
    code: 'SHARD_FAILED',
    message: expect.stringContaining('closed'),
  });
});
