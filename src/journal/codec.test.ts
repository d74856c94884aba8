import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PumjilError } from '../errors.ts';
import { type Batch, openBatch, type Quality } from '../measurement.ts';
import { decodeEntry, encodeEntry } from './codec.ts';
import { crc32cTable } from './crc32c.ts';
import type { Entry, ValuesEntry } from './journal.ts';
import { fromJson, toJson } from './json.ts';
import { putRecord, RECORD_HEAD, recordSum } from './record.ts';

const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.constant('\ud800쿠\u0000'));
const anyNumber = fc.oneof(fc.double(), fc.constantFrom(-0, 5e-324, -5e-324, 1.7976931348623157e308, Number.NaN));
const anyContext = fc.dictionary(fc.oneof(anyText, fc.constant('__proto__')), anyText, { maxKeys: 3 });
const anyRow = fc.record({
  tag: fc.nat(4),
  value: anyNumber,
  quality: fc.constantFrom<Quality[]>(0, 1, 2),
  timeNs: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  size: fc.option(anyNumber, { nil: undefined }),
  context: fc.option(anyContext, { nil: undefined }),
  sourceId: fc.option(anyText, { nil: undefined }),
  text: fc.option(anyText, { nil: undefined }),
  reason: fc.option(anyText, { nil: undefined }),
});
const anyValues = fc
  .record({ adapter: anyText, names: fc.array(anyText, { minLength: 5, maxLength: 5 }), rows: fc.array(anyRow) })
  .map(({ adapter, names, rows }): ValuesEntry => {
    const batch = openBatch(names, 1700000000000.25, 1);
    for (const row of rows) batch.add(row.tag, row.value, row.quality, row.timeNs, row);
    return { kind: 'values', adapter, batch, received: rows.length + 3, duplicate: 2, refused: 1 };
  });

test('values come back bit for bit, whatever the texts, numbers and times', () => {
  fc.assert(
    fc.property(anyValues, (entry) => {
      const { kind, payload } = encodeEntry(entry);
      const back = decodeEntry(kind, payload);
      if (back.kind !== 'values') throw new Error(back.kind);
      expect(plainRows(back.batch)).toEqual(plainRows(entry.batch));
      expect(back.batch.contexts[0]).toEqual({});
      expect({ ...back, batch: back.batch.receivedMs }).toEqual({ ...entry, batch: entry.batch.receivedMs });
    }),
    { numRuns: 300 },
  );
});

test('the bits of a NaN are kept', () => {
  const batch = openBatch(['a'], 0);
  batch.add(0, 1, 0, 0n);
  new BigUint64Array(batch.value.buffer)[0] = 0x7ff8_0000_dead_beefn;
  const { kind, payload } = encodeEntry({ kind: 'values', adapter: 'x', batch, received: 1, duplicate: 0, refused: 0 });
  const back = decodeEntry(kind, payload);
  if (back.kind !== 'values') throw new Error(back.kind);
  expect(new BigUint64Array(back.batch.value.buffer)[0]).toBe(0x7ff8_0000_dead_beefn);
});

test('rows changed after encoding do not reach the bytes', () => {
  const batch = openBatch(['a'], 0);
  batch.add(0, 1, 0, 0n);
  const { kind, payload } = encodeEntry({ kind: 'values', adapter: 'x', batch, received: 1, duplicate: 0, refused: 0 });
  batch.value[0] = 2;
  const back = decodeEntry(kind, payload);
  expect(back.kind === 'values' && back.batch.value[0]).toBe(1);
});

test('every other kind comes back equal', () => {
  const text = 'a "quoted" 쿠션 \ud800';
  const entries: Entry[] = [
    { kind: 'gap', adapter: 'x', gap: { kind: 'gap', tags: [], fromMs: 1, toMs: null, reason: 'restart' }, atMs: 2 },
    { kind: 'tick', atMs: 1700000000000.5 },
    { kind: 'limits', atMs: 1, author: text, reason: text, stream: 's', centre: -0, sigma: Number.NaN },
    { kind: 'exclude', atMs: 1, author: 'a', reason: text, stream: 's', point: '1.2' },
    { kind: 'revise', atMs: 1, author: 'a', reason: text, stream: 's', fromMs: -Infinity },
    {
      kind: 'revise',
      atMs: 1,
      author: 'a',
      reason: text,
      stream: 's',
      fromMs: 1.0005,
      afterMs: -Infinity,
      uptoSeq: 7,
      rows: { timeMs: [1.0005, 2], value: [NaN, -0], size: [1, 5], context: [0, 0], contexts: [{ lot: text }] },
      leftOut: ['3.1'],
      excluded: [{ timeMs: 2, point: '4.0', author: 'b', reason: text }],
    },
    { kind: 'command', atMs: 1, author: 'a', id: 'c', verb: 'cause', alarm: '1.2', cause: text },
  ];
  for (const entry of entries) {
    const { kind, payload } = encodeEntry(entry);
    expect(decodeEntry(kind, payload)).toEqual(entry);
  }
});

test('JSON keeps every number and every key', () => {
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      anyNumber,
      anyText,
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.oneof(anyText, fc.constantFrom('$', '$$', '$x', 'of', '\\', '"', '__proto__')), tie('value'), {
        maxKeys: 3,
      }),
    ),
  }));
  fc.assert(
    fc.property(value, (one) => {
      expect(fromJson(toJson(one))).toEqual(one);
    }),
    { numRuns: 300 },
  );
});

test('keys that JSON escapes keep their names, whatever was parsed before', () => {
  const signs = ['\\', '"', '\n', '\u0001', '\ud800', 'a', '쿠'];
  for (let round = 0; round < 200; round += 1) {
    for (const a of signs) {
      for (const b of signs) {
        const value = { [`k${a}`]: 1, [b]: 2 };
        expect(fromJson(toJson(value))).toEqual(value);
      }
    }
  }
});

test('any single changed byte of a record is detected', () => {
  const table = crc32cTable();
  fc.assert(
    fc.property(anyValues, fc.nat(), fc.integer({ min: 1, max: 255 }), (entry, where, change) => {
      const { kind, payload } = encodeEntry(entry);
      const bytes = Buffer.alloc(RECORD_HEAD + payload.length);
      const end = putRecord(table, bytes, 0, { mark: 77, seq: 2 ** 40 + 5, kind, payload });
      expect(recordSum(table, bytes, 0, end)).toBe(bytes.readUInt32LE(20));
      const i = where % bytes.length;
      bytes[i] = (bytes[i] ?? 0) ^ change;
      expect(recordSum(table, bytes, 0, end)).not.toBe(bytes.readUInt32LE(20));
    }),
  );
});

test('bytes that no encoder made give a typed error or an entry, never anything else', () => {
  fc.assert(
    fc.property(fc.nat(10), fc.uint8Array({ maxLength: 200 }), anyValues, fc.nat(), (kind, noise, entry, cut) => {
      const { payload } = encodeEntry(entry);
      const mixed = Buffer.concat([payload.subarray(0, cut % (payload.length + 1)), noise]);
      for (const bytes of [noise, mixed]) {
        try {
          decodeEntry(kind, bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(PumjilError);
        }
      }
    }),
    { numRuns: 500 },
  );
});

function plainRows(batch: Batch): unknown[] {
  return Array.from({ length: batch.length }, (_, i) => [
    batch.tagNames[batch.tag[i]!],
    batch.value[i],
    batch.size[i],
    batch.quality[i],
    batch.sourceTimeNs[i],
    batch.contexts[batch.context[i]!],
    batch.sourceId[i],
    batch.text[i],
    batch.reason[i],
  ]);
}
