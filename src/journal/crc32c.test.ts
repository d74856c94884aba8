import fc from 'fast-check';
import { expect, test } from 'vitest';
import { crc32c, crc32cTable } from './crc32c.ts';

const table = crc32cTable();

// RFC 3720, appendix B.4; the last one is the check value of the CRC catalogue.
test.each([
  ['32 zeros', new Uint8Array(32), 0x8a9136aa],
  ['32 bytes of ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
  ['32 rising bytes', Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
  ['32 falling bytes', Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
  ['the digits 1 to 9', new TextEncoder().encode('123456789'), 0xe3069283],
])('the checksum of %s is the published one', (_, bytes, expected) => {
  expect(crc32c(table, bytes)).toBe(expected);
});

test('eight bytes a step give what one bit a step gives', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(20), (bytes, from) => {
      const at = Math.min(from, bytes.length);
      expect(crc32c(table, bytes, at)).toBe(bitwise(bytes.subarray(at)));
      expect(crc32c(table, bytes, at, bytes.length, crc32c(table, bytes, 0, at))).toBe(bitwise(bytes));
    }),
  );
});

function bitwise(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}
