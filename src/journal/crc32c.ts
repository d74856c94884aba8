// CRC-32C (Castagnoli), eight bytes a step: the checksum of every record and header of the journal.

/** The eight tables of the slicing-by-8 method, 256 entries each; made once by whoever needs checksums. */
export type Crc32cTable = Int32Array;

/**
 * Tables for {@link crc32c}.
 *
 * @see Kounavis & Berry (2005), A Systematic Approach to Building High Performance, Software-based, CRC Generators
 */
export function crc32cTable(): Crc32cTable {
  const table = new Int32Array(8 * 256);
  for (let i = 0; i < 256; i += 1) {
    let crc = i;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
    table[i] = crc;
  }
  for (let i = 256; i < table.length; i += 1) {
    const before = table[i - 256] ?? 0;
    table[i] = (before >>> 8) ^ (table[before & 255] ?? 0);
  }
  return table;
}

/**
 * CRC-32C of `bytes[from .. to)`.
 *
 * @param table made by {@link crc32cTable}
 * @param before checksum of what precedes, to go on from; 0 at the start
 * @returns the checksum, 0 .. 2^32 - 1
 * @see RFC 3720, B.4; the check value of "123456789" is 0xE3069283
 * @example
 * crc32c(crc32cTable(), new TextEncoder().encode('123456789')); // => 3808858755
 */
export function crc32c(table: Crc32cTable, bytes: Uint8Array, from = 0, to = bytes.length, before = 0): number {
  let crc = ~before;
  let i = from;
  const end8 = to - 7;
  for (; i < end8; i += 8) {
    const low = crc ^ word(bytes, i);
    const high = word(bytes, i + 4);
    crc =
      at(table, 1792 + (low & 255)) ^
      at(table, 1536 + ((low >>> 8) & 255)) ^
      at(table, 1280 + ((low >>> 16) & 255)) ^
      at(table, 1024 + (low >>> 24)) ^
      at(table, 768 + (high & 255)) ^
      at(table, 512 + ((high >>> 8) & 255)) ^
      at(table, 256 + ((high >>> 16) & 255)) ^
      at(table, high >>> 24);
  }
  for (; i < to; i += 1) crc = (crc >>> 8) ^ at(table, (crc ^ (bytes[i] ?? 0)) & 255);
  return ~crc >>> 0;
}

function word(bytes: Uint8Array, i: number): number {
  return (bytes[i] ?? 0) | ((bytes[i + 1] ?? 0) << 8) | ((bytes[i + 2] ?? 0) << 16) | ((bytes[i + 3] ?? 0) << 24);
}

function at(table: Int32Array, i: number): number {
  return table[i] ?? 0;
}
