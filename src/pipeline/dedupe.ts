// The memory of what was accepted: every repeat within 24 hours is found inside the commit.
import type { Batch } from '../measurement.ts';

/** How long an identity is remembered, ms of receive time. */
export const DEDUPE_KEPT_MS = 24 * 3600_000;

const WORDS = 5;

export interface Dedupe {
  has(key: string, atMs: number): boolean;
  /** Remembers an identity; called once its row is durable, so that a failed commit forgets nothing. */
  remember(key: string, atMs: number): void;
  readonly size: number;
  /** Fingerprints remembered since the last call, for the snapshot: four words and the hour each. */
  drain(): Uint32Array;
  /** Remembers drained fingerprints again, leaving out those older than DEDUPE_KEPT_MS. */
  load(fingerprints: Uint32Array, nowMs: number): void;
}

/**
 * A set of 128-bit fingerprints with the hour they were seen in. At a load of one half a key takes 40 bytes.
 *
 * @example
 * const dedupe = createDedupe();
 * dedupe.remember('press3/cushion 7', 0);
 * [dedupe.has('press3/cushion 7', 1), dedupe.has('press3/cushion 8', 1)]; // => [true, false]
 */
export function createDedupe(): Dedupe {
  let table = new Uint32Array(1024 * WORDS);
  let slots = 1024;
  let used = 0;
  let fresh = new Uint32Array(1024 * WORDS);
  let freshLength = 0;
  const print = new Uint32Array(4);

  /** Slot of the fingerprint, or the free slot where it belongs. */
  function find(a: number, b: number, c: number, d: number): number {
    let slot = (a ^ (b >>> 7)) & (slots - 1);
    for (;;) {
      const at = slot * WORDS;
      if (table[at + 4] === 0) return at;
      if (table[at] === a && table[at + 1] === b && table[at + 2] === c && table[at + 3] === d) return at;
      slot = (slot + 1) & (slots - 1);
    }
  }

  function put(a: number, b: number, c: number, d: number, hour: number): void {
    const at = find(a, b, c, d);
    if (table[at + 4] === 0) used += 1;
    table.set([a, b, c, d, hour], at);
  }

  /** Makes room: first by forgetting what is older than a day, then by doubling. */
  function makeRoom(hour: number): void {
    const old = table;
    const oldest = hour - DEDUPE_KEPT_MS / 3600_000;
    let alive = 0;
    for (let at = 4; at < old.length; at += WORDS) if ((old[at] ?? 0) >= oldest && old[at] !== 0) alive += 1;
    if (alive * 4 > slots) slots *= 2;
    table = new Uint32Array(slots * WORDS);
    used = 0;
    for (let at = 0; at < old.length; at += WORDS) {
      const seenAt = old[at + 4] ?? 0;
      if (seenAt === 0 || seenAt < oldest) continue;
      put(old[at] ?? 0, old[at + 1] ?? 0, old[at + 2] ?? 0, old[at + 3] ?? 0, seenAt);
    }
  }

  return {
    has(key, atMs) {
      fingerprint(key, print);
      const [a = 0, b = 0, c = 0, d = 0] = print;
      const seenAt = table[find(a, b, c, d) + 4] ?? 0;
      return seenAt !== 0 && seenAt >= hourOf(atMs) - DEDUPE_KEPT_MS / 3600_000;
    },
    remember(key, atMs) {
      const hour = hourOf(atMs);
      fingerprint(key, print);
      const [a = 0, b = 0, c = 0, d = 0] = print;
      const at = find(a, b, c, d);
      if (table[at + 4] === 0) used += 1;
      table.set([a, b, c, d, hour], at);
      if (freshLength + WORDS > fresh.length) {
        const wider = new Uint32Array(fresh.length * 2);
        wider.set(fresh);
        fresh = wider;
      }
      fresh.set([a, b, c, d, hour], freshLength);
      freshLength += WORDS;
      if (used * 2 > slots) makeRoom(hour);
    },
    get size() {
      return used;
    },
    drain() {
      const out = fresh.slice(0, freshLength);
      freshLength = 0;
      return out;
    },
    load(fingerprints, nowMs) {
      const hour = hourOf(nowMs);
      for (let at = 0; at + WORDS <= fingerprints.length; at += WORDS) {
        const seenAt = fingerprints[at + 4] ?? 0;
        if (seenAt < hour - DEDUPE_KEPT_MS / 3600_000) continue;
        if ((used + 1) * 2 > slots) makeRoom(hour);
        put(
          fingerprints[at] ?? 0,
          fingerprints[at + 1] ?? 0,
          fingerprints[at + 2] ?? 0,
          fingerprints[at + 3] ?? 0,
          seenAt,
        );
      }
    },
  };
}

/** Hours since 1970, from 1 on: 0 marks a free slot. */
function hourOf(atMs: number): number {
  return Math.max(1, Math.floor(atMs / 3600_000));
}

/** Four independent multiply-and-xor lanes over the UTF-16 units, each with a closing avalanche. */
function fingerprint(key: string, out: Uint32Array): void {
  let a = 0x811c9dc5;
  let b = 0x9e3779b9;
  let c = 0x85ebca77;
  let d = 0xc2b2ae3d;
  for (let i = 0; i < key.length; i++) {
    const unit = key.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ unit, 0x5bd1e995) + (a >>> 15);
    c = Math.imul(c + unit, 0x2c1b3c6d) ^ (b >>> 13);
    d = Math.imul(d ^ (unit + i), 0x297a2d39) + (c >>> 16);
  }
  out[0] = avalanche(a ^ key.length);
  out[1] = avalanche(b + a);
  out[2] = avalanche(c ^ b);
  out[3] = avalanche(d + c);
}

function avalanche(word: number): number {
  let w = word ^ (word >>> 16);
  w = Math.imul(w, 0x7feb352d);
  w ^= w >>> 15;
  w = Math.imul(w, 0x846ca68b);
  return (w ^ (w >>> 16)) >>> 0;
}

/**
 * Identity of a row: tag and source id where the source gives one, else tag, time, value bits, text and context.
 * Equal identity = the same measurement delivered again.
 */
export function identity(adapter: string, batch: Batch, i: number, contextText: string): string {
  const tag = `${adapter}/${batch.tagNames[batch.tag[i] ?? 0] ?? ''}`;
  const id = batch.sourceId[i];
  if (id !== undefined) return `${tag}\u0000i${id}`;
  const value = batch.value[i] ?? Number.NaN;
  // The shortest text of a double names it uniquely, but for the sign of zero.
  const valueText = Object.is(value, -0) ? '-0' : String(value);
  return `${tag}\u0000t${batch.sourceTimeNs[i]}\u0000${valueText}\u0000${batch.text[i] ?? ''}\u0000${contextText}`;
}

/** Identities of all rows of a batch. */
export function identities(adapter: string, batch: Batch): string[] {
  const contextTexts = batch.contexts.map((context) =>
    Object.keys(context).length === 0 ? '' : JSON.stringify(context),
  );
  const keys: string[] = [];
  for (let i = 0; i < batch.length; i++)
    keys.push(identity(adapter, batch, i, contextTexts[batch.context[i] ?? 0] ?? ''));
  return keys;
}

/**
 * The chosen rows of a batch as plain columns of exactly their length, without the batch's callbacks and with no more tag names
 * than they need: an adapter with many tags must not pay for all of them with every row.
 *
 * @param rows indices in the order wanted
 */
export function pick(batch: Batch, rows: readonly number[]): Batch {
  const n = rows.length;
  const isSparse = batch.tagNames.length > n;
  const tagNames: string[] = [];
  const places = new Map<number, number>();
  /** Place of a tag among the names that are kept. */
  function place(tag: number): number {
    if (!isSparse) return tag;
    const known = places.get(tag);
    if (known !== undefined) return known;
    places.set(tag, tagNames.length);
    return tagNames.push(batch.tagNames[tag] ?? '') - 1;
  }
  const out = {
    kind: 'values' as const,
    tagNames: isSparse ? tagNames : batch.tagNames,
    length: n,
    tag: new Uint32Array(n),
    value: new Float64Array(n),
    size: new Float64Array(n),
    quality: new Uint8Array(n),
    sourceTimeNs: new BigInt64Array(n),
    context: new Uint32Array(n),
    contexts: batch.contexts,
    sourceId: [] as (string | undefined)[],
    text: [] as (string | undefined)[],
    reason: [] as (string | undefined)[],
    receivedMs: batch.receivedMs,
  };
  rows.forEach((from, to) => {
    out.tag[to] = place(batch.tag[from] ?? 0);
    out.value[to] = batch.value[from] ?? Number.NaN;
    out.size[to] = batch.size[from] ?? 1;
    out.quality[to] = batch.quality[from] ?? 2;
    out.sourceTimeNs[to] = batch.sourceTimeNs[from] ?? 0n;
    out.context[to] = batch.context[from] ?? 0;
    if (batch.sourceId[from] !== undefined) out.sourceId[to] = batch.sourceId[from];
    if (batch.text[from] !== undefined) out.text[to] = batch.text[from];
    if (batch.reason[from] !== undefined) out.reason[to] = batch.reason[from];
  });
  return out;
}
