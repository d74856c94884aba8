import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decode } from './decode.ts';
import type { TagSettings } from './settings.ts';

const orders = ['ABCD', 'CDAB', 'BADC', 'DCBA'] as const;

/** Writes the bytes in the order in which a device with this byte order sends them: letter by letter, as the name says. */
function send(bigEndian: Uint8Array, order: (typeof orders)[number]): Uint8Array {
  const words = Array.from({ length: bigEndian.length / 2 }, (_, i) => [bigEndian[2 * i]!, bigEndian[2 * i + 1]!]);
  const inOrder = order === 'CDAB' || order === 'DCBA' ? words.reverse() : words;
  return Uint8Array.from(inOrder.flatMap(([a, b]) => (order === 'BADC' || order === 'DCBA' ? [b!, a!] : [a!, b!])));
}

function tag(more: Partial<TagSettings>): TagSettings {
  return { register: 'holding', address: 0, type: 'uint16', order: 'ABCD', ...more };
}

describe('numbers come back as the device wrote them, in every byte order', () => {
  const cases = [
    ['int16', 2, fc.integer({ min: -32768, max: 32767 }), (v: DataView, x: number) => v.setInt16(0, x)],
    ['uint16', 2, fc.nat(65535), (v: DataView, x: number) => v.setUint16(0, x)],
    ['int32', 4, fc.integer(), (v: DataView, x: number) => v.setInt32(0, x)],
    ['uint32', 4, fc.nat().map((x) => x * 2), (v: DataView, x: number) => v.setUint32(0, x)],
    ['float32', 4, fc.float(), (v: DataView, x: number) => v.setFloat32(0, x)],
    ['float64', 8, fc.double(), (v: DataView, x: number) => v.setFloat64(0, x)],
    ['int64', 8, fc.maxSafeInteger(), (v: DataView, x: number) => v.setBigInt64(0, BigInt(x))],
    ['uint64', 8, fc.maxSafeInteger().map(Math.abs), (v: DataView, x: number) => v.setBigUint64(0, BigInt(x))],
  ] as const;
  for (const [type, bytes, numbers, write] of cases) {
    test(type, () => {
      fc.assert(
        fc.property(numbers, fc.constantFrom(...orders), (x, order) => {
          const view = new DataView(new ArrayBuffer(bytes));
          write(view, x);
          const decoded = decode(tag({ type, order }), send(new Uint8Array(view.buffer), order));
          expect(decoded.kind).toBe('number');
          // -0 of an integer type is 0 on the wire.
          const want = type.startsWith('float') ? x : x + 0;
          expect(decoded).toEqual({ kind: 'number', value: want === 0 && !type.startsWith('float') ? 0 : want });
        }),
      );
    });
  }
});

test('123.456 as IEEE 754 is 42F6 E979; an LS or Mitsubishi PLC sends the low word first', () => {
  const want = Math.fround(123.456);
  expect(decode(tag({ type: 'float32' }), Uint8Array.of(0x42, 0xf6, 0xe9, 0x79))).toEqual({
    kind: 'number',
    value: want,
  });
  expect(decode(tag({ type: 'float32', order: 'CDAB' }), Uint8Array.of(0xe9, 0x79, 0x42, 0xf6))).toEqual({
    kind: 'number',
    value: want,
  });
});

test('a scale of a power of ten gives the decimal a person would write', () => {
  fc.assert(
    fc.property(fc.integer({ min: -32768, max: 32767 }), fc.constantFrom(1, 2, 3, 4), (raw, digits) => {
      const view = new DataView(new ArrayBuffer(2));
      view.setInt16(0, raw);
      const decoded = decode(tag({ type: 'int16', scale: Number(`1e-${digits}`) }), new Uint8Array(view.buffer));
      // The decimal text, read by the language's own correctly rounding parser.
      expect(decoded).toEqual({ kind: 'number', value: Number(`${raw}e-${digits}`) + 0 });
    }),
  );
});

test('scale and offset turn 4000 of a 4-20 mA card into its unit', () => {
  const decoded = decode(tag({ scale: 0.5, offset: -40 }), Uint8Array.of(0x0f, 0xa0));
  expect(decoded).toEqual({ kind: 'number', value: 1960 });
});

test('a bit of a register and a coil are 0 or 1', () => {
  for (let bit = 0; bit < 16; bit++) {
    const view = new DataView(new ArrayBuffer(2));
    view.setUint16(0, 1 << bit);
    const bytes = new Uint8Array(view.buffer);
    expect(decode(tag({ type: 'bool', bit }), bytes)).toEqual({ kind: 'number', value: 1 });
    expect(decode(tag({ type: 'bool', bit: (bit + 1) % 16 }), bytes)).toEqual({ kind: 'number', value: 0 });
  }
  expect(decode(tag({ register: 'coil', type: 'bool' }), Uint8Array.of(1))).toEqual({ kind: 'number', value: 1 });
});

test('NaN and infinity of the device stay what they are: the batch marks them bad', () => {
  expect(decode(tag({ type: 'float32' }), Uint8Array.of(0x7f, 0xc0, 0, 0))).toEqual({
    kind: 'number',
    value: Number.NaN,
  });
  expect(decode(tag({ type: 'float32' }), Uint8Array.of(0xff, 0x80, 0, 0))).toEqual({
    kind: 'number',
    value: Number.NEGATIVE_INFINITY,
  });
});

test('a 64-bit number that a double cannot hold says that it was rounded', () => {
  const bytes = Uint8Array.of(0x00, 0x20, 0, 0, 0, 0, 0, 1);
  expect(decode(tag({ type: 'uint64' }), bytes)).toEqual({
    kind: 'number',
    value: 2 ** 53,
    reason: 'rounded_to_53_bits',
  });
});

test('a text ends at its first zero byte, loses its padding, and may be UTF-8 or EUC-KR', () => {
  const text = (bytes: Uint8Array, order: TagSettings['order'] = 'ABCD') =>
    decode(tag({ type: 'string', length: bytes.length / 2, order }), bytes);
  expect(text(new TextEncoder().encode('CV-1100\0'))).toEqual({ kind: 'text', text: 'CV-1100' });
  expect(text(new TextEncoder().encode('AB  '))).toEqual({ kind: 'text', text: 'AB' });
  expect(text(new TextEncoder().encode('BADC'), 'BADC')).toEqual({ kind: 'text', text: 'ABCD' });
  // 품번 in EUC-KR (KS X 1001): C7B0 B9F8.
  expect(text(Uint8Array.of(0xc7, 0xb0, 0xb9, 0xf8))).toEqual({ kind: 'text', text: '품번' });
  expect(text(Uint8Array.of(0xff, 0xfe))).toEqual({ kind: 'bad', reason: 'text_undecodable' });
});
