// One shard: a standard kernel in a thread of its own. What fails here ends the thread, and createShardedStandard tells of it.
import { parentPort, workerData } from 'node:worker_threads';
import { REFUSED } from '../../spc/standard/kernel.ts';
import { numberingOf, takeOwn } from '../../spc/standard/shards.ts';
import { createStandard } from '../../spc/standard/standard.ts';
import type { ShardAnswers, ShardData, ShardOrder, ShardQuestion } from './messages.ts';
import { type Slot, viewSlot } from './slot.ts';

// Set by createShardedStandard, which starts this file.
const { settings, index, of, block, slots: memories } = workerData as ShardData;
const shard = { index, of };
const slots = memories.map((memory) => viewSlot(memory, block, of));
// A row more than a block: takeOwn writes one row beyond what it takes.
const kernel = createStandard({ ...settings, block: block + 1, numbering: numberingOf(shard) });
const row = new Uint32Array(block + 1);

function work({ slot, points, streams, columns: given }: Extract<ShardQuestion, { type: 'process' }>): number {
  const { columns: slotColumns, events } = slots[slot] as Slot;
  const columns = given ?? slotColumns;
  const own = kernel.columns;
  const taken = takeOwn(shard, columns, points, streams, own, row);
  if (taken === REFUSED) return REFUSED;
  const found = kernel.process(own.ix, own.x, own.t, 0, taken);
  const { point, stream, bits } = events[index] as Slot['events'][number];
  for (let e = 0; e < found; e++) {
    point[e] = row[kernel.events.point[e] as number] as number;
    stream[e] = kernel.events.stream[e] as number;
    bits[e] = kernel.events.bits[e] as number;
  }
  return found;
}

function answer(question: ShardQuestion): ShardAnswers[ShardQuestion['type']] {
  switch (question.type) {
    case 'process':
      return work(question);
    case 'look': {
      const { ix } = question;
      return { active: kernel.active(ix), moments: kernel.moments(ix), averages: kernel.averages(ix) };
    }
    case 'totals':
      return { ...kernel.totals(), hash: kernel.eventHash() };
    case 'snapshot':
      return kernel.snapshot() as Uint8Array<ArrayBuffer>;
  }
}

parentPort?.on('message', (message: ShardOrder | ShardQuestion) => {
  switch (message.type) {
    case 'open':
      for (const stream of message.streams) kernel.open(stream);
      return;
    case 'configure':
      kernel.configure(message.ix, message.stream);
      return;
    case 'limits':
      kernel.setLimits(message.ix, message.centre, message.sigma);
      return;
    case 'gap':
      kernel.gap(message.ix);
      return;
    case 'restore':
      kernel.restore(message.bytes);
      return;
    default: {
      const reply = answer(message);
      parentPort?.postMessage(reply, reply instanceof Uint8Array ? [reply.buffer as ArrayBuffer] : []);
    }
  }
});
