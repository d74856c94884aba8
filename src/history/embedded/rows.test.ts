import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PumjilError } from '../../errors.ts';
import { byteReader, byteWriter } from '../../journal/bytes.ts';
import { readFloats, readInts, readTimes, writeFloats, writeInts, writeTimes } from './columns.ts';
import { packMeasurements, squeeze, unpackMeasurements, unpackPoints, unsqueeze } from './rows.ts';

const anyFloat = fc.oneof(
  fc.double(),
  fc.integer({ min: -9999, max: 9999 }).map((n) => n / 1000),
  fc.constantFrom(-0, 0, 0.1, 5e-324, 1e308, Number.NaN, Infinity),
);
const anyTime = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.nat().map((n) => BigInt(n) * 1_000_000n),
);

function damaged(what: string): PumjilError {
  return new PumjilError('HISTORY_DAMAGED', { message: what, hint: '-' });
}

test('columns of numbers and times come back bit for bit', () => {
  fc.assert(
    fc.property(
      fc.array(anyFloat),
      fc.array(anyTime),
      fc.array(fc.maxSafeNat().map((n) => n % 2 ** 50)),
      (floats, times, ints) => {
        const writer = byteWriter(1);
        writeFloats(writer, Float64Array.from(floats));
        writeTimes(writer, BigInt64Array.from(times));
        writeInts(writer, ints);
        const reader = byteReader(writer.bytes(), damaged);
        expect([...readFloats(reader, floats.length)]).toEqual(floats);
        expect([...readTimes(reader, times.length)]).toEqual(times);
        expect(readInts(reader, ints.length)).toEqual(ints);
        expect(reader.left()).toBe(0);
      },
    ),
    { numRuns: 500 },
  );
});

test('values of a few decimals cost about two bytes each', () => {
  const writer = byteWriter();
  writeFloats(
    writer,
    Float64Array.from({ length: 1000 }, (_, i) => Math.round(5000 + 50 * Math.sin(i)) / 1000),
  );
  expect(writer.bytes().length).toBeLessThan(2100);
});

test('a changed byte or foreign bytes give HISTORY_DAMAGED or rows, never another error', () => {
  const rows = Array.from({ length: 80 }, (_, i) => ({
    series: 1,
    seq: i,
    ordinal: 0,
    timeNs: BigInt(i),
    tie: 0,
    value: Math.sin(i),
    size: 1,
    quality: 0,
    reason: undefined,
    text: undefined,
    context: { lot: String(i % 3) },
  }));
  const body = packMeasurements(rows);
  expect(unpackMeasurements(body)).toEqual(rows);
  fc.assert(
    fc.property(fc.nat(body.length - 1), fc.integer({ min: 1, max: 255 }), fc.uint8Array(), (at, change, noise) => {
      const changed = body.slice();
      changed[at] = (changed[at] ?? 0) ^ change;
      for (const bytes of [changed, noise, body.slice(0, at)]) {
        for (const unpack of [unpackMeasurements, unpackPoints]) {
          try {
            unpack(bytes);
          } catch (error) {
            expect(error).toBeInstanceOf(PumjilError);
          }
        }
      }
    }),
    { numRuns: 300 },
  );
});

test('squeezing is undone', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 1000, size: 'max' }), (bytes) => {
      expect(Buffer.from(unsqueeze(squeeze(bytes))).equals(bytes)).toBe(true);
    }),
  );
});
