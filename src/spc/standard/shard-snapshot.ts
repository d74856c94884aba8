// Snapshots of shards and of the whole: the whole is a snapshot as one kernel takes it, so that it opens under any number of shards.
import { HEAD, RECORD_BYTES } from './layout.ts';
import { type Shard, streamsOf } from './shards.ts';
import { HEADER_BYTES, snapshotBytes } from './snapshot.ts';

/** Which word of the header says how many streams there are. */
const STREAMS_WORD = 4;
const KEPT_AT = HEADER_BYTES;
const BODY_AT = HEADER_BYTES + HEAD.kept;
/** 32-bit words of a stream in each of the parts: records, sets of tests, plausible ranges. */
const WORDS_EACH = [RECORD_BYTES / 4, 1, 4];

/**
 * One snapshot from those of all shards, in their order. Totals and hashes are added, streams take turns.
 *
 * @param parts snapshots of kernels of one design, as `splitSnapshot` makes them
 */
export function joinSnapshots(parts: readonly Uint8Array[]): Uint8Array {
  const sources = parts.map(wordsOf);
  const streams = sources.reduce((sum, words) => sum + words[STREAMS_WORD]!, 0);
  const target = new Uint8Array(snapshotBytes(streams));
  const words = wordsOf(target);
  words.set(sources[0]!.subarray(0, BODY_AT / 4));
  words[STREAMS_WORD] = streams;
  for (const part of parts.slice(1)) addKept(target, part);
  for (const [index, source] of sources.entries())
    deal({ index, of: parts.length }, streams, (whole, own, n) => copyWords(source, own, words, whole, n));
  return target;
}

/**
 * The snapshots of all shards from that of the whole. Totals and hash go to the first shard.
 *
 * @param bytes a snapshot that `checkSnapshot` has passed
 */
export function splitSnapshot(bytes: Uint8Array, shards: number): Uint8Array<ArrayBuffer>[] {
  const words = wordsOf(bytes);
  const streams = words[STREAMS_WORD]!;
  return Array.from({ length: shards }, (_, index) => {
    const shard = { index, of: shards };
    const target = new Uint8Array(snapshotBytes(streamsOf(shard, streams)));
    const own = wordsOf(target);
    own.set(words.subarray(0, (index === 0 ? BODY_AT : KEPT_AT) / 4));
    own[STREAMS_WORD] = streamsOf(shard, streams);
    deal(shard, streams, (whole, at, n) => copyWords(words, whole, own, at, n));
    return target;
  });
}

/** Adds numbers of refused values and hash of one snapshot to those of another. */
function addKept(to: Uint8Array, from: Uint8Array): void {
  const [sum, more] = [new DataView(to.buffer, to.byteOffset), new DataView(from.buffer, from.byteOffset)];
  for (const field of [HEAD.bad, HEAD.late]) {
    const at = KEPT_AT + field;
    sum.setFloat64(at, sum.getFloat64(at, true) + more.getFloat64(at, true), true);
  }
  for (const at of [KEPT_AT + HEAD.hash, KEPT_AT + HEAD.hash + 4])
    sum.setUint32(at, sum.getUint32(at, true) + more.getUint32(at, true), true);
}

/** Calls `copy` with the places, in words, of every stream of a shard in a snapshot of the whole and in its own, for each part of them. */
function deal(shard: Shard, streams: number, copy: (whole: number, own: number, n: number) => void): void {
  const count = streamsOf(shard, streams);
  let whole = BODY_AT / 4;
  let own = BODY_AT / 4;
  for (const n of WORDS_EACH) {
    for (let s = 0; s < count; s++) copy(whole + (s * shard.of + shard.index) * n, own + s * n, n);
    whole += streams * n;
    own += count * n;
  }
}

function copyWords(from: Uint32Array, at: number, to: Uint32Array, toAt: number, n: number): void {
  for (let i = 0; i < n; i++) to[toAt + i] = from[at + i]!;
}

/** As 32-bit words, which copy the bits of every number, NaN too. */
function wordsOf(bytes: Uint8Array): Uint32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length / 4);
}
