import { DataType, DataValue, StatusCodes, Variant, VariantArrayType } from 'node-opcua';
import { expect, test } from 'vitest';
import { readingOf, timeOf } from './value.ts';

const at = new Date('2026-03-01T00:00:00.123Z');
function data(dataType: DataType, value: unknown, more: object = {}): DataValue {
  return new DataValue({
    value: new Variant({ dataType, arrayType: VariantArrayType.Scalar, value }),
    statusCode: StatusCodes.Good,
    sourceTimestamp: at,
    ...more,
  });
}

test.each([
  ['Boolean', DataType.Boolean, true, 1],
  ['SByte', DataType.SByte, -128, -128],
  ['UInt32', DataType.UInt32, 4_294_967_295, 4_294_967_295],
  ['Float', DataType.Float, Math.fround(1.1), Math.fround(1.1)],
  ['Double', DataType.Double, 1.1, 1.1],
  ['Double, negative zero', DataType.Double, -0, -0],
  // The words of a 64-bit integer, high first: 2^32 + 2, -1, 2^63.
  ['Int64', DataType.Int64, [1, 2], 4_294_967_298],
  ['Int64, negative', DataType.Int64, [0xffff_ffff, 0xffff_ffff], -1],
  ['UInt64', DataType.UInt64, [0x8000_0000, 0], 2 ** 63],
])('%s becomes a number', (_name, type, raw, want) => {
  const reading = readingOf(data(type, raw), [], 0);
  expect(reading).toEqual({ value: want, text: undefined, quality: 0, timeMs: at.getTime(), reason: undefined });
});

test('a string and the text of a localized text are texts', () => {
  expect(readingOf(data(DataType.String, 'SH-310'), [], 0)).toMatchObject({
    text: 'SH-310',
    value: Number.NaN,
    quality: 0,
  });
  expect(readingOf(data(DataType.LocalizedText, { text: '축', locale: 'ko' }), [], 0).text).toBe('축');
});

test('a NaN of the server is handed on for the batch to mark, a null and an array are bad with a reason', () => {
  expect(readingOf(data(DataType.Double, Number.NaN), [], 0)).toMatchObject({ value: Number.NaN, quality: 0 });
  expect(readingOf(new DataValue({ statusCode: StatusCodes.Good }), [], 5)).toMatchObject({
    quality: 2,
    reason: 'null_value',
  });
  const array = new DataValue({
    value: new Variant({ dataType: DataType.Double, arrayType: VariantArrayType.Array, value: Float64Array.of(1, 2) }),
    sourceTimestamp: at,
  });
  expect(readingOf(array, [], 0)).toMatchObject({ quality: 2, reason: 'not_a_scalar' });
  expect(readingOf(array, ['1'], 0)).toMatchObject({ quality: 0, value: 2 });
});

test('without a source time the server time counts, and it says so', () => {
  const server = new Date('2026-03-01T00:00:01Z');
  const reading = readingOf(data(DataType.Double, 1, { sourceTimestamp: null, serverTimestamp: server }), [], 0);
  expect(reading).toMatchObject({ timeMs: server.getTime(), reason: 'no_source_time', quality: 0 });
  expect(readingOf(data(DataType.Double, 1, { sourceTimestamp: null }), [], 77)).toMatchObject({ timeMs: 77 });
});

test('the overflow bit does not make a good value less good', () => {
  const reading = readingOf(data(DataType.Double, 1, { statusCode: StatusCodes.GoodWithOverflowBit }), [], 0);
  expect(reading).toMatchObject({ quality: 0, value: 1, reason: undefined });
});

test('a time may be a date, a number of ms, or a text; a clock that was never set is none', () => {
  expect(timeOf(data(DataType.DateTime, at))).toBe(at.getTime());
  expect(timeOf(data(DataType.Double, at.getTime()))).toBe(at.getTime());
  expect(timeOf(data(DataType.String, at.toISOString()))).toBe(at.getTime());
  expect(timeOf(data(DataType.DateTime, new Date(0)))).toBeUndefined();
  expect(timeOf(data(DataType.String, 'shift A'))).toBeUndefined();
});
