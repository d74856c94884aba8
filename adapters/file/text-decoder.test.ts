import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createDecoders } from './text-decoder.ts';

test('every pair of CP949 agrees with the codec of Python', () => {
  const decoders = createDecoders();
  const hash = createHash('sha256');
  let count = 0;
  for (let lead = 0x81; lead < 0xff; lead++) {
    for (let trail = 0x41; trail < 0xff; trail++) {
      const text = decoders('cp949')(Uint8Array.of(lead, trail));
      if (text === undefined) continue;
      const unit = text.charCodeAt(0);
      hash.update(Uint8Array.of(lead, trail, unit >> 8, unit & 255));
      count += 1;
    }
  }
  // Recomputed with Python 3: for each pair that bytes([lead, trail]).decode('cp949') takes, the pair and its code point, 2 + 2 bytes.
  expect(count).toBe(17048);
  expect(hash.digest('hex')).toBe('1ed8d8e4d8095248317a77a2976f4ec8e76e551b11caa1f7249476bf109961cd');
});

test('a character cut between two pieces is whole, and half a one at the end is refused', () => {
  const bytes = Buffer.from('8c63b9e635', 'hex');
  for (let at = 0; at <= bytes.length; at++) {
    const decode = createDecoders()('cp949');
    expect(`${decode(bytes.subarray(0, at))}${decode(bytes.subarray(at))}${decode()}`).toBe('똠방5');
  }
  const decode = createDecoders()('cp949');
  decode(Uint8Array.of(0x41, 0x8c));
  expect(decode()).toBeUndefined();
  expect(createDecoders()('utf-8')(Uint8Array.of(0xc0))).toBeUndefined();
});

test('random bytes are text or refused', () => {
  const decoders = createDecoders();
  fc.assert(
    fc.property(
      fc.uint8Array(),
      fc.constantFrom('utf-8' as const, 'cp949' as const, 'utf-16le' as const),
      (bytes, encoding) => {
        const text = decoders(encoding)(bytes);
        expect(text === undefined || typeof text === 'string').toBe(true);
      },
    ),
  );
});
