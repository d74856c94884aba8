// What the sharded kernel and its threads say to each other. A thread does things in the order in which it was told them.
import type { StandardColumns, StandardMoments, StandardStream } from '../../spc/standard/kernel.ts';
import type { StandardSettings } from '../../spc/standard/settings.ts';

/** What a thread is started with. */
export interface ShardData {
  readonly settings: Omit<StandardSettings, 'numbering'> & { readonly implementation?: 'typescript' | 'wasm' };
  readonly index: number;
  readonly of: number;
  readonly block: number;
  readonly slots: readonly SharedArrayBuffer[];
}

/** Orders are not answered. `ix` is the index within the shard. */
export type ShardOrder =
  | { readonly type: 'open'; readonly streams: readonly StandardStream[] }
  | { readonly type: 'configure'; readonly ix: number; readonly stream: Omit<StandardStream, 'limits'> }
  | { readonly type: 'limits'; readonly ix: number; readonly centre: number; readonly sigma: number }
  | { readonly type: 'gap'; readonly ix: number }
  | { readonly type: 'restore'; readonly bytes: Uint8Array<ArrayBuffer> };

/** Questions are answered, each in its turn, with one of ShardAnswers. */
export type ShardQuestion =
  | {
      readonly type: 'process';
      readonly slot: number;
      readonly points: number;
      readonly streams: number;
      /** In shared memory; default those of the slot. */
      readonly columns?: StandardColumns;
    }
  | { readonly type: 'look'; readonly ix: number }
  | { readonly type: 'totals' }
  | { readonly type: 'snapshot' };

export interface ShardAnswers {
  /** Number of events in the slot, or REFUSED. */
  readonly process: number;
  readonly look: StreamLook;
  readonly totals: { readonly bad: number; readonly late: number; readonly hash: string };
  readonly snapshot: Uint8Array<ArrayBuffer>;
}

/** One stream as it stands, see StandardKernel. */
export interface StreamLook {
  /** Bits of SIGNALS that hold. */
  readonly active: number;
  readonly moments: StandardMoments;
  readonly averages: { readonly ewma: number; readonly cusumUp: number; readonly cusumDown: number };
}
