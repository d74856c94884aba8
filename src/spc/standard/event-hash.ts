// The event hash: one number that says whether two runs raised the same events, however their streams were interleaved.

/** What an event adds to the two words of the hash; 32-bit arithmetic throughout. Written out again in wasm.ts and standard.c. */
export const MIX = { stream: 0x9e3779b1, count: 0x85ebca77, bits: 0xc2b2ae3d, first: 0x2c1b3c6d, second: 0x297a2d39 };

/**
 * Adds one event to the hash, a sum over events of a mixture of stream, ordinal and bits. A sum does not depend on the order of streams;
 * the order within a stream is kept by the ordinal.
 *
 * @param count ordinal: values of the stream judged so far since its limits were set, this one included if it was judged
 * @example
 * const hash = new Uint32Array(2);
 * addToHash(hash, 0, 7, 1, 1);
 * hash.some((word) => word !== 0); // => true
 */
export function addToHash(hash: Uint32Array, at: number, stream: number, count: number, bits: number): void {
  let mixed = Math.imul(stream + 1, MIX.stream) ^ Math.imul(count, MIX.count);
  mixed = Math.imul(mixed ^ (mixed >>> 15), MIX.first) ^ Math.imul(bits, MIX.bits);
  mixed = Math.imul(mixed ^ (mixed >>> 13), MIX.second);
  mixed ^= mixed >>> 16;
  hash[at] = (hash[at]! + mixed) >>> 0;
  mixed = Math.imul(mixed ^ bits, MIX.stream) ^ stream;
  hash[at + 1] = (hash[at + 1]! + (mixed ^ (mixed >>> 15))) >>> 0;
}
