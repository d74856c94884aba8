// What the standard kernel is told and what it answers; standard.ts makes one.

/** A pair of bounds; a missing one does not bound. */
export interface Bounds {
  readonly lower?: number;
  readonly upper?: number;
}

/** How the values of one stream are judged. */
export interface StandardStream {
  /** Centre and sigma of the values; without them (a running baseline) only specification, plausibility and order signal. */
  readonly limits?: { readonly centre: number; readonly sigma: number };
  readonly spec?: Bounds;
  /** What a gauge can say; anything else is a bad value. */
  readonly plausible?: Bounds;
  /** Bits of SIGNALS that may be raised. Default all. */
  readonly signals?: number;
}

/** Running moments since limits were set. */
export interface StandardMoments {
  readonly count: number;
  /** NaN of none. */
  readonly mean: number;
  /** Sum of the squared deviations from the mean. */
  readonly squares: number;
}

/** Events of the last call of `process`, one a row. */
export interface StandardEvents {
  /** Row of the point in the columns. */
  readonly point: Uint32Array;
  /** By its number, which is its index unless the settings say otherwise. */
  readonly stream: Uint32Array;
  /** Bits of SIGNALS that hold now and did not before. */
  readonly bits: Uint32Array;
}

/** Columns in the kernel's own memory: what is decoded into them need not be copied. */
export interface StandardColumns {
  readonly ix: Uint32Array;
  readonly x: Float64Array;
  readonly t: Float64Array;
}

/** What `process` answers when the call is refused as a whole. */
export const REFUSED = -1;

export interface StandardKernel {
  readonly implementation: 'typescript' | 'wasm';
  /** Streams opened. */
  readonly count: number;
  /** Another object after `open` or `restore` had to make room. */
  readonly events: StandardEvents;
  /** As `events`. */
  readonly columns: StandardColumns;
  /** Adds a stream and returns its index. @throws PumjilError CONFIG_INVALID */
  open(stream: StandardStream): number;
  /** Another specification, plausible range or set of tests; histories and moments go on. @throws PumjilError CONFIG_INVALID */
  configure(ix: number, stream: Omit<StandardStream, 'limits'>): void;
  /** New limits, or none (NaN, NaN): moments, EWMA, CUSUM, run histories and signals start again. @throws PumjilError CONFIG_INVALID */
  setLimits(ix: number, centre: number, sigma: number): void;
  /** A gap: run histories and the moving range start again, EWMA, CUSUM and moments go on. */
  gap(ix: number): void;
  /**
   * Takes the points `from` to `to` of the columns: stream, value, time. At most a block of them. Allocates nothing, never throws.
   *
   * @returns the number of events; REFUSED, and nothing done, when a stream does not exist or the range is longer than a block or the columns
   */
  process(ix: Uint32Array, x: Float64Array, t: Float64Array, from: number, to: number): number;
  /** Bits of SIGNALS that hold. */
  active(ix: number): number;
  moments(ix: number): StandardMoments;
  /** EWMA of z and both sums of the CUSUM, all in sigma. */
  averages(ix: number): { readonly ewma: number; readonly cusumUp: number; readonly cusumDown: number };
  /** Values refused so far. */
  totals(): { readonly bad: number; readonly late: number };
  /** Sixteen hexadecimal digits; the same for the same events however streams were interleaved. */
  eventHash(): string;
  /** The whole state; into `into` when it is given and has exactly the length. */
  snapshot(into?: Uint8Array): Uint8Array;
  /** Puts the state of a snapshot in place of the own one. @throws PumjilError SNAPSHOT_UNKNOWN */
  restore(bytes: Uint8Array): void;
}
