// The two forms of the standard kernel behind one door: plain TypeScript, and WebAssembly where the machine has it.
import { STAGE, STAGE_FROM, TOUCH, TOUCH_FROM } from './layout.ts';
import { bytesFor, type MemoryPlan, setsAt, spread, writeTables } from './memory.ts';
import { type PlainRun, plainRun } from './plain.ts';
import type { StandardDesign } from './settings.ts';
import { wasmModule } from './wasm.ts';

/** A kernel over its buffer. */
export interface Core {
  readonly implementation: 'typescript' | 'wasm';
  /** Another one after every `grow`. */
  readonly buffer: ArrayBuffer;
  /** Streams that have room; even. */
  readonly capacity: number;
  grow(streams: number): void;
  /**
   * Takes points `from` to `to`, at most a block; every stream exists. `isHere`: the columns are those of the buffer.
   * Returns the number of events.
   */
  process(
    ix: Uint32Array,
    x: Float64Array,
    t: Float64Array,
    from: number,
    to: number,
    streams: number,
    isHere: boolean,
  ): number;
}

/** What we use of WebAssembly; the standard library's types have it only for browsers. */
declare const WebAssembly: {
  validate(bytes: Uint8Array<ArrayBuffer>): boolean;
  readonly Memory: new (limits: { readonly initial: number }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: { readonly run: WasmRun } };
};

interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

type WasmRun = (from: number, to: number, group: number, first: number, events: number, sets: number) => number;

const PAGE = 65_536;

/** The kernel in plain TypeScript. */
export function plainCore(plan: MemoryPlan, design: StandardDesign): Core {
  let capacity = 0;
  let buffer = new ArrayBuffer(bytesFor(plan, 0));
  writeTables(buffer, plan, design);
  let run: PlainRun = plainRun(buffer, capacity, plan, design);
  return {
    implementation: 'typescript',
    get buffer() {
      return buffer;
    },
    get capacity() {
      return capacity;
    },
    grow(streams) {
      const wider = nextCapacity(capacity, streams);
      const grown = new ArrayBuffer(bytesFor(plan, wider));
      new Uint8Array(grown).set(new Uint8Array(buffer));
      spread(grown, plan, capacity, wider);
      [buffer, capacity] = [grown, wider];
      run = plainRun(buffer, capacity, plan, design);
    },
    process: (ix, x, t, from, to) => run(ix, x, t, from, to),
  };
}

/** The kernel in WebAssembly; undefined where there is none with vectors. */
export function wasmCore(plan: MemoryPlan, design: StandardDesign): Core | undefined {
  if (typeof WebAssembly === 'undefined') return undefined;
  const bytes = wasmModule(plan);
  if (!WebAssembly.validate(bytes)) return undefined;
  let capacity = 0;
  const memory = new WebAssembly.Memory({ initial: Math.ceil(bytesFor(plan, 0) / PAGE) });
  const { run } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } }).exports;
  writeTables(memory.buffer, plan, design);
  let [stageIx, stageX, stageT] = stages();

  function stages(): [Uint32Array, Float64Array, Float64Array] {
    const { buffer } = memory;
    return [
      new Uint32Array(buffer, plan.columnIx + design.block * 4, STAGE),
      new Float64Array(buffer, plan.columnX + design.block * 8, STAGE),
      new Float64Array(buffer, plan.columnT + design.block * 8, STAGE),
    ];
  }

  return {
    implementation: 'wasm',
    get buffer() {
      return memory.buffer;
    },
    get capacity() {
      return capacity;
    },
    grow(streams) {
      const wider = nextCapacity(capacity, streams);
      const missing = Math.ceil((bytesFor(plan, wider) - memory.buffer.byteLength) / PAGE);
      if (missing > 0) memory.grow(missing);
      spread(memory.buffer, plan, capacity, wider);
      capacity = wider;
      [stageIx, stageX, stageT] = stages();
    },
    process(ix, x, t, from, to, streams, isHere) {
      const group = streams >= TOUCH_FROM ? TOUCH : 0;
      const sets = setsAt(plan, capacity);
      if (isHere && streams < STAGE_FROM) return run(from, to, group, 0, 0, sets);
      const row = design.block;
      let events = 0;
      for (let first = from; first < to; first += STAGE) {
        const n = Math.min(STAGE, to - first);
        stage(stageIx, stageX, stageT, ix, x, t, first, n);
        events = run(row, row + n, group, first - row, events, sets);
      }
      return events;
    },
  };
}

/** Copies rows `first` to `first + n` to the staging rows: what `set` with a `subarray` does, without the objects. */
function stage(
  toIx: Uint32Array,
  toX: Float64Array,
  toT: Float64Array,
  ix: Uint32Array,
  x: Float64Array,
  t: Float64Array,
  first: number,
  n: number,
): void {
  for (let i = 0; i < n; i++) {
    toIx[i] = ix[first + i]!;
    toX[i] = x[first + i]!;
    toT[i] = t[first + i]!;
  }
}

function nextCapacity(capacity: number, streams: number): number {
  return Math.max(64, capacity * 2, 2 * Math.ceil(streams / 2));
}
