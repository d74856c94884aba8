// The bytes of the standard kernel: one record of 128 bytes (two cache lines) a stream, and what stands before the records.
// TypeScript, WebAssembly and the C reference (test/bench/c/standard.c) all read and write exactly these.

/** Bytes of one stream. */
export const RECORD_BYTES = 128;

/**
 * Where a field of a record begins, in bytes. Pairs that are computed together share 16 aligned bytes.
 * `previous` is NaN when the line broke. `notSpecLower` is the lower specification limit with its sign turned.
 * `plausibleLower` and `plausibleUpper` are always finite, so that they also refuse NaN and ±Infinity.
 */
export const RECORD = {
  centre: 0,
  previous: 8,
  /** 1 / sigma; 0 while there are no limits, and then `centre` is 0 too. */
  invSigma: 16,
  newestTime: 24,
  specUpper: 32,
  notSpecLower: 40,
  plausibleLower: 48,
  plausibleUpper: 56,
  cusumUp: 64,
  cusumDown: 72,
  ewma: 80,
  mean: 88,
  squares: 96,
  /** Unsigned 32 bits: values judged since limits were set. */
  count: 104,
  /** Unsigned 32 bits: the tests that hold, in the raw form of `signalsOf`. */
  raw: 108,
  /** Sixteen signed bytes: run lengths, see lanes.ts. */
  lanes: 112,
} as const;

/** Raw bits 0–15: the lanes beyond their thresholds. The others stand here. */
export const RAW = {
  cusumUp: 1 << 16,
  cusumDown: 1 << 17,
  specUpper: 1 << 18,
  specLower: 1 << 19,
  /** The vector form yields this bit twice, 20 and 21. */
  ewma: 3 << 20,
  /** Twice as well, 22 and 23. */
  range: 3 << 22,
  bad: 1 << 24,
  late: 1 << 25,
} as const;

/** Bits of an event, and of the set of tests that a stream may signal. */
export const SIGNALS = {
  n1: 1 << 0,
  n2: 1 << 1,
  n3: 1 << 2,
  n4: 1 << 3,
  n5: 1 << 4,
  n6: 1 << 5,
  n7: 1 << 6,
  n8: 1 << 7,
  cusumUp: 1 << 8,
  cusumDown: 1 << 9,
  specUpper: 1 << 10,
  specLower: 1 << 11,
  ewma: 1 << 12,
  /** Moving range of two. */
  range: 1 << 13,
  /** Not finite, outside the plausible range, or too large for its z to be a number. */
  bad: 1 << 14,
  /** Older than the newest point of the stream. */
  late: 1 << 15,
} as const;

/** Every test. */
export const ALL_SIGNALS = 0xffff;
/** The tests that need no control limits. */
export const WITHOUT_LIMITS = SIGNALS.specUpper | SIGNALS.specLower | SIGNALS.bad | SIGNALS.late;
/** Raw bits that a gap clears: run rules and the moving range. */
export const RAW_OF_RUNS = 0xffff | RAW.range;

/**
 * The tests that hold, as bits of SIGNALS, from the raw bits of a record. Lane i and lane i + 8 are the two sides of rule i + 1 and
 * never hold together; lane 14 (eight beyond one sigma, all above) shares the fold with "within" and takes rule 8 back, as lane 15 does.
 *
 * @example
 * signalsOf(0x0101 & 0xff00) === SIGNALS.n1; // => true
 */
export function signalsOf(raw: number): number {
  const oneSided = (raw >>> 14) & 1;
  const rules = (raw ^ (raw >>> 8) ^ (oneSided * 0xc0)) & 0xff;
  return rules | ((raw >>> 8) & 0x1f00) | ((raw >>> 9) & 0x2000) | ((raw >>> 10) & 0xc000);
}

/** Points copied in one go from columns of the caller: few enough to stay in the first cache levels. */
export const STAGE = 1024;
/** Streams from which on the records no longer fit the second-level cache and are touched ahead. */
export const TOUCH_FROM = 6000;
/**
 * Streams from which on points are copied even out of the kernel's own columns: between reads all over a large memory, reading a column along
 * costs more than copying a piece of it first.
 */
export const STAGE_FROM = 50_000;
/** Points touched ahead together: as many lines as a core fetches at once, and few enough to stay in the first-level cache. */
export const TOUCH = 64;

/**
 * What stands before the records, in bytes. The totals are kept by the kernel while it runs.
 * `bad`, `late`: numbers of values; `hash`: two unsigned 32-bit words.
 */
export const HEAD = {
  bad: 0,
  late: 8,
  hash: 16,
  /** Where touching ahead leaves what it read, so that no compiler drops it. */
  touched: 24,
  /** Bytes of the head that belong to a snapshot. */
  kept: 24,
  /** Pairs of numbers that the vector form keeps in registers, 16 bytes each, in the order of CONSTANTS. */
  constants: 64,
  lanes: 192,
} as const;

/** Names the meaning of every byte; a snapshot of another layout does not open. */
export const LAYOUT = `standard 1: ${JSON.stringify({ RECORD, RAW, SIGNALS, kept: HEAD.kept })}`;
