// A sketch of a distribution in fixed room: a merging t-digest packed into 32-bit words, so that a stream can tell its percentiles.
// Deterministic: the same values in the same order give the same words.

/** Compression: what a centroid may hold follows the arc sine, fine at both ends, coarse in the middle. */
const DELTA = 48;
const MOST_CENTROIDS = DELTA + 1;
const BUFFER = 32;

/** Words: values buffered, centroids, least, most; the buffer; means; weights. Zeros are an empty sketch. */
const BUFFERED = 0;
const CENTROIDS = 1;
const LEAST = 2;
const MOST = 3;
const VALUES = 4;
const MEANS = VALUES + BUFFER;
const WEIGHTS = MEANS + MOST_CENTROIDS;

/** 32-bit words of one sketch; even, so that they fill whole slots of 64 bits. */
export const SKETCH_WORDS = 2 * Math.ceil((WEIGHTS + MOST_CENTROIDS) / 2);

/** Writes sketches that belong to the caller; has scratch of its own, so that observing allocates nothing. */
export interface Sketcher {
  /** Takes one value; NaN is skipped. Words hold 24 bits: give deviations from an origin near the values. */
  observe(words: Float32Array, at: number, value: number): void;
  /** Adds what another sketch holds; a value v of it stands for `shift + scale · v` here, scale above 0. */
  merge(words: Float32Array, at: number, other: Float32Array, from: number, scale?: number, shift?: number): void;
}

/**
 * Largest error of `sketchQuantile` at probability p, as a share of all values: what a centroid there may hold, and one value.
 *
 * @param n values in the sketch
 * @example
 * sketchError(0.5, 1_000_000).toFixed(3); // => '0.065'
 */
export function sketchError(p: number, n: number): number {
  const step = (2 * Math.PI) / DELTA;
  const angle = Math.asin(2 * p - 1);
  const low = (Math.sin(Math.max(-Math.PI / 2, angle - step)) + 1) / 2;
  const high = (Math.sin(Math.min(Math.PI / 2, angle + step)) + 1) / 2;
  return Math.max(p - low, high - p) + 1 / n;
}

/**
 * A writer of sketches.
 *
 * @see Dunning & Ertl (2019), Computing extremely accurate quantiles using t-digests, arXiv:1902.04023: merging digest, scale k1
 * @example
 * const words = new Float32Array(SKETCH_WORDS);
 * const sketcher = createSketcher();
 * for (let x = 1; x <= 99; x++) sketcher.observe(words, 0, x);
 * Math.abs(sketchQuantile(words, 0, 0.5) - 50) < 2; // => true
 */
export function createSketcher(): Sketcher {
  const means = new Float64Array(2 * MOST_CENTROIDS + BUFFER);
  const weights = new Float64Array(2 * MOST_CENTROIDS + BUFFER);
  let held = 0;

  /** Centroids and buffer of a sketch in ascending order into the scratch. */
  function gather(words: Float32Array, at: number): void {
    held = 0;
    const centroids = words[at + CENTROIDS]!;
    const buffered = words[at + BUFFERED]!;
    let i = 0;
    let j = 0;
    while (i < centroids || j < buffered) {
      const isBuffer = i >= centroids || (j < buffered && words[at + VALUES + j]! < words[at + MEANS + i]!);
      means[held] = isBuffer ? words[at + VALUES + j]! : words[at + MEANS + i]!;
      weights[held] = isBuffer ? 1 : words[at + WEIGHTS + i]!;
      if (isBuffer) j += 1;
      else i += 1;
      held += 1;
    }
  }

  /** Writes the scratch as centroids: neighbours join as long as the arc sine lets them. */
  function compress(words: Float32Array, at: number): void {
    let total = 0;
    for (let i = 0; i < held; i++) total += weights[i]!;
    let out = 0;
    let seen = 0;
    let mean = means[0]!;
    let weight = weights[0]!;
    let limit = limitAfter(0) * total;
    for (let i = 1; i < held; i++) {
      const next = weights[i]!;
      if (seen + weight + next <= limit || out === MOST_CENTROIDS - 1) {
        weight += next;
        mean += (means[i]! - mean) * (next / weight);
        continue;
      }
      words[at + MEANS + out] = mean;
      words[at + WEIGHTS + out] = weight;
      out += 1;
      seen += weight;
      limit = limitAfter(seen / total) * total;
      mean = means[i]!;
      weight = next;
    }
    words[at + MEANS + out] = mean;
    words[at + WEIGHTS + out] = weight;
    words[at + CENTROIDS] = out + 1;
    words[at + BUFFERED] = 0;
  }

  function observe(words: Float32Array, at: number, value: number): void {
    if (Number.isNaN(value)) return;
    const buffered = words[at + BUFFERED]!;
    stretch(words, at, value, value);
    // Kept sorted: an insertion sort, one value at a time.
    let i = at + VALUES + buffered;
    while (i > at + VALUES && words[i - 1]! > value) {
      words[i] = words[i - 1]!;
      i -= 1;
    }
    words[i] = value;
    words[at + BUFFERED] = buffered + 1;
    if (buffered + 1 < BUFFER) return;
    gather(words, at);
    compress(words, at);
  }

  return {
    observe,
    merge(words, at, other, from, scale = 1, shift = 0) {
      for (let i = 0; i < other[from + BUFFERED]!; i++) observe(words, at, shift + scale * other[from + VALUES + i]!);
      const count = other[from + CENTROIDS]!;
      if (count === 0) return;
      stretch(words, at, shift + scale * other[from + LEAST]!, shift + scale * other[from + MOST]!);
      gather(words, at);
      // Sorted in from the back.
      let last = held + count - 1;
      let own = held - 1;
      for (let i = count - 1; i >= 0; last--) {
        const value = shift + scale * other[from + MEANS + i]!;
        const isOwn = own >= 0 && means[own]! > value;
        means[last] = isOwn ? means[own]! : value;
        weights[last] = isOwn ? weights[own]! : other[from + WEIGHTS + i]!;
        if (isOwn) own -= 1;
        else i -= 1;
      }
      held += count;
      compress(words, at);
    },
  };
}

/** Number of values in the sketch; exact up to 16 million a centroid. */
export function sketchCount(words: Float32Array, at: number): number {
  let total = words[at + BUFFERED]!;
  for (let i = 0; i < words[at + CENTROIDS]!; i++) total += words[at + WEIGHTS + i]!;
  return total;
}

/**
 * Quantile of the values; NaN while empty. Between centroids it runs straight; its rank is wrong by at most `sketchError`.
 *
 * @param p probability to the left, 0 … 1
 */
export function sketchQuantile(words: Float32Array, at: number, p: number): number {
  const total = sketchCount(words, at);
  if (total === 0) return Number.NaN;
  const target = p * total;
  const centroids = words[at + CENTROIDS]!;
  const buffered = words[at + BUFFERED]!;
  let seen = 0;
  let before = words[at + LEAST]!;
  let placeBefore = 0;
  let i = 0;
  let j = 0;
  while (i < centroids || j < buffered) {
    const isBuffer = i >= centroids || (j < buffered && words[at + VALUES + j]! < words[at + MEANS + i]!);
    const mean = isBuffer ? words[at + VALUES + j]! : words[at + MEANS + i]!;
    const weight = isBuffer ? 1 : words[at + WEIGHTS + i]!;
    if (isBuffer) j += 1;
    else i += 1;
    // The mean of a centroid stands in the middle of its values.
    const place = seen + weight / 2;
    if (target < place) return between(before, mean, (target - placeBefore) / (place - placeBefore));
    before = mean;
    placeBefore = place;
    seen += weight;
  }
  return between(before, words[at + MOST]!, (target - placeBefore) / (total - placeBefore));
}

function stretch(words: Float32Array, at: number, least: number, most: number): void {
  const isEmpty = words[at + BUFFERED] === 0 && words[at + CENTROIDS] === 0;
  if (isEmpty || least < words[at + LEAST]!) words[at + LEAST] = least;
  if (isEmpty || most > words[at + MOST]!) words[at + MOST] = most;
}

function between(a: number, b: number, share: number): number {
  return share >= 0 && share < 1 ? a + (b - a) * share : b;
}

const STEP_SINE = Math.sin((2 * Math.PI) / DELTA);
const STEP_COSINE = Math.cos((2 * Math.PI) / DELTA);

/** Largest share of the values before the end of the centroid that begins at q: one step on along the arc sine, by the addition theorem. */
function limitAfter(q: number): number {
  const sine = 2 * q - 1;
  if (sine >= STEP_COSINE) return 1;
  return (sine * STEP_COSINE + Math.sqrt(Math.max(0, 1 - sine * sine)) * STEP_SINE + 1) / 2;
}
