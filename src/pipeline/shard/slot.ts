// A slot: memory that all threads see, with the points of one block and the events that each shard found in it.
import type { StandardColumns, StandardEvents } from '../../spc/standard/kernel.ts';

/** Views of one slot. */
export interface Slot {
  readonly columns: StandardColumns;
  /** Of each shard. */
  readonly events: readonly StandardEvents[];
}

/** Bytes of a slot: 20 a point, and 12 a point and shard, as any point may raise an event. */
export function slotBytes(block: number, shards: number): number {
  return eventsAt(block) + 12 * block * shards;
}

/** The views; the same in every thread. */
export function viewSlot(memory: SharedArrayBuffer, block: number, shards: number): Slot {
  const column = (k: number): Uint32Array => new Uint32Array(memory, eventsAt(block) + 4 * block * k, block);
  return {
    columns: {
      x: new Float64Array(memory, 0, block),
      t: new Float64Array(memory, 8 * block, block),
      ix: new Uint32Array(memory, 16 * block, block),
    },
    events: Array.from({ length: shards }, (_, shard) => ({
      point: column(3 * shard),
      stream: column(3 * shard + 1),
      bits: column(3 * shard + 2),
    })),
  };
}

function eventsAt(block: number): number {
  return 20 * block;
}
