import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  decodePayload,
  encodePayload,
  metricValue,
  SPARKPLUG_TYPES,
  type SparkplugMetric,
  type SparkplugType,
} from './sparkplug.ts';
import { createSparkplugHost } from './sparkplug-host.ts';

const T = 1700000000000;

test('the bytes are those of the protocol', () => {
  // Worked out by hand from sparkplug_b.proto and the encoding rules of Protocol Buffers:
  // payload { timestamp(1)=1, metrics(2)={ name(1)="a", alias(2)=300, timestamp(3)=2, datatype(4)=10, double_value(13)=0.5 }, seq(3)=7 }.
  const metric = '0a0161' + '10ac02' + '1802' + '200a' + '69000000000000e03f';
  const expected = `0801${'12'}${(metric.length / 2).toString(16).padStart(2, '0')}${metric}1807`;
  const bytes = encodePayload({
    timestamp: 1,
    seq: 7,
    metrics: [{ name: 'a', alias: 300n, timestamp: 2, type: 'double', value: 0.5 }],
  });
  expect(Buffer.from(bytes).toString('hex')).toBe(expected);
  // int32 -2 in int_value(10): two's complement of 32 bits as an unsigned varint; float 1.5 in float_value(12); boolean_value(14).
  expect(Buffer.from(encodePayload({ metrics: [{ type: 'int32', value: -2 }] })).toString('hex')).toBe(
    '1208' + '2003' + '50feffffff0f',
  );
  expect(Buffer.from(encodePayload({ metrics: [{ type: 'float', value: 1.5 }] })).toString('hex')).toBe(
    '1207' + '2009' + '650000c03f',
  );
  expect(Buffer.from(encodePayload({ metrics: [{ type: 'boolean', value: true }] })).toString('hex')).toBe(
    '1204' + '200b' + '7001',
  );
});

const metric: fc.Arbitrary<SparkplugMetric> = fc
  .oneof(
    ...([8, 16, 32] as const).flatMap((bits) => [
      fc.tuple(
        fc.constant(`int${bits}` as SparkplugType),
        fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 }),
      ),
      fc.tuple(fc.constant(`uint${bits}` as SparkplugType), fc.integer({ min: 0, max: 2 ** bits - 1 })),
    ]),
    fc.tuple(fc.constant('int64' as const), fc.maxSafeInteger()),
    fc.tuple(fc.constantFrom('uint64' as const, 'datetime' as const), fc.maxSafeNat()),
    fc.tuple(fc.constant('double' as const), fc.double()),
    fc.tuple(fc.constant('float' as const), fc.float()),
    fc.tuple(fc.constant('boolean' as const), fc.boolean()),
    fc.tuple(fc.constantFrom('string' as const, 'text' as const, 'uuid' as const), fc.string({ unit: 'grapheme' })),
    fc.tuple(fc.constantFrom('double' as const, 'string' as const), fc.constant(null)),
  )
  .chain(([type, value]) =>
    fc.record(
      {
        name: fc.string({ unit: 'grapheme' }),
        alias: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        timestamp: fc.maxSafeNat(),
        quality: fc.constantFrom(0, 192, 500),
        isHistorical: fc.constant(true),
        type: fc.constant(type),
        value: fc.constant(value),
      },
      { requiredKeys: ['type', 'value'] },
    ),
  ) as fc.Arbitrary<SparkplugMetric>;

test('what is encoded is decoded, for every type', () => {
  fc.assert(
    fc.property(fc.array(metric, { maxLength: 5 }), fc.nat(255), fc.maxSafeNat(), (metrics, seq, timestamp) => {
      const decoded = decodePayload(encodePayload({ seq, timestamp, metrics }));
      expect([decoded.seq, decoded.timestamp, decoded.metrics.length]).toEqual([seq, timestamp, metrics.length]);
      for (const [i, given] of metrics.entries()) {
        const got = decoded.metrics[i]!;
        expect([got.name, got.alias, got.timestamp, got.quality]).toEqual([
          given.name,
          given.alias,
          given.timestamp,
          given.quality,
        ]);
        expect(got.isHistorical).toBe(given.isHistorical ?? false);
        expect(metricValue(got, SPARKPLUG_TYPES[given.type!])).toEqual(given.value);
      }
    }),
    { numRuns: 300 },
  );
});

test('random and cut bytes are refused with RangeError or read, never anything else', () => {
  const whole = encodePayload({
    seq: 1,
    timestamp: T,
    metrics: [{ name: 'leak', type: 'double', value: 1, quality: 192 }],
  });
  const isTame = (bytes: Uint8Array) => {
    try {
      decodePayload(bytes);
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError);
    }
  };
  for (let end = 0; end < whole.length; end++) isTame(whole.subarray(0, end));
  fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), isTame), { numRuns: 1000 });
});

const NODE = 'spBv1.0/ansan';

function born() {
  const host = createSparkplugHost('ansan');
  const birth = encodePayload({
    timestamp: T,
    seq: 0,
    metrics: [
      { name: 'bdSeq', type: 'int64', value: 4 },
      { name: 'Node Control/Rebirth', type: 'boolean', value: false },
    ],
  });
  const device = encodePayload({
    timestamp: T,
    seq: 1,
    metrics: [
      { name: 'leak', alias: 11n, type: 'double', timestamp: T, value: 0.7 },
      { name: 'part_no', alias: 12n, type: 'string', timestamp: T, value: 'CV-2100' },
    ],
  });
  host.read(`${NODE}/NBIRTH/l3`, birth, T);
  const result = host.read(`${NODE}/DBIRTH/l3/leak1`, device, T)!;
  const data = (seq: number, value: number | null, more: Partial<SparkplugMetric> = {}) =>
    host.read(
      `${NODE}/DDATA/l3/leak1`,
      encodePayload({ timestamp: T, seq, metrics: [{ alias: 11n, timestamp: T + seq, value, ...more }] }),
      T + seq,
    )!;
  return { host, result, data };
}

test('a birth names aliases; its texts are states and taken, its numbers are repeats and are not', () => {
  const { result, data } = born();
  expect(result.rows).toMatchObject([{ tag: 'l3/leak1/part_no', text: 'CV-2100' }]);
  expect(data(2, 0.81).rows).toEqual([
    {
      tag: 'l3/leak1/leak',
      value: 0.81,
      quality: 0,
      timeNs: BigInt(T + 2) * 1_000_000n,
      sourceId: `4.2@${T + 2}`,
      context: {},
      text: undefined,
      reason: undefined,
    },
  ]);
});

test('null and stale metrics are bad values', () => {
  const { data } = born();
  expect(data(2, null).rows[0]).toMatchObject({ value: Number.NaN, quality: 2, reason: 'null' });
  expect(data(3, 1, { quality: 500 }).rows[0]).toMatchObject({ value: Number.NaN, quality: 2, reason: 'source_bad' });
});

test('the 256th message later has another identity than the first', () => {
  const { data } = born();
  const first = data(2, 1).rows[0]!.sourceId;
  for (let seq = 3; seq < 258; seq++) data(seq % 256, 1);
  const { host } = born();
  expect(host).toBeDefined();
  const later = data(258 % 256, 1, { timestamp: T + 90_000 }).rows[0]!.sourceId;
  expect(later).not.toBe(first);
});

test('a hole in the sequence is a gap with the number missing, and asks for a rebirth', () => {
  const { data } = born();
  data(2, 1);
  const late = data(5, 2);
  expect(late.gaps).toMatchObject([
    { reason: 'sparkplug_sequence', missing: 2, tags: ['l3/leak1/leak', 'l3/leak1/part_no'] },
  ]);
  expect(late.rows).toHaveLength(1);
  expect(late.rebirth).toBe('l3');
  expect(data(6, 3).gaps).toEqual([]);
});

test('data before a birth, and of a metric no birth named, are refused and ask for a rebirth', () => {
  const host = createSparkplugHost('ansan');
  const bytes = encodePayload({
    seq: 9,
    metrics: [
      { alias: 1n, value: 1 },
      { alias: 2n, value: 2 },
    ],
  });
  expect(host.read(`${NODE}/DDATA/l3/leak1`, bytes, T)).toEqual({
    rows: [],
    refused: [{ count: 2, reason: 'sparkplug_before_birth' }],
    gaps: [],
    rebirth: 'l3',
  });
  const { data } = born();
  expect(data(2, 1, { alias: 99n })).toMatchObject({
    refused: [{ count: 1, reason: 'sparkplug_unknown_metric' }],
    rebirth: 'l3',
  });
});

test('a death opens a gap of the tags of node or device, the next birth closes it; an old will changes nothing', () => {
  const { host, data } = born();
  const will = (bdSeq: number) =>
    encodePayload({ timestamp: T, metrics: [{ name: 'bdSeq', type: 'int64', value: bdSeq }] });
  expect(host.read(`${NODE}/NDEATH/l3`, will(3), T + 5)!.gaps).toEqual([]);
  expect(data(2, 1).rows).toHaveLength(1);
  expect(host.read(`${NODE}/NDEATH/l3`, will(4), T + 10)!.gaps).toMatchObject([
    { fromMs: T + 10, toMs: null, reason: 'sparkplug_death', tags: ['l3/leak1/leak', 'l3/leak1/part_no'] },
  ]);
  expect(data(3, 1).refused).toHaveLength(1);
  const birth = encodePayload({ timestamp: T, seq: 0, metrics: [{ name: 'bdSeq', type: 'int64', value: 5 }] });
  expect(host.read(`${NODE}/NBIRTH/l3`, birth, T + 20)!.gaps).toMatchObject([
    { fromMs: T + 10, toMs: T + 20, tags: ['l3/leak1/leak', 'l3/leak1/part_no'] },
  ]);
});

test('after our own link was down aliases hold only while the sequence goes on', () => {
  const kept = born();
  kept.host.linkLost();
  expect(kept.data(2, 1).rows).toHaveLength(1);
  const lost = born();
  lost.host.linkLost();
  expect(lost.data(9, 1)).toMatchObject({ rows: [], rebirth: 'l3' });
});

test('other groups and STATE are not ours', () => {
  const { host } = born();
  expect(host.read('spBv1.0/other/NDATA/l3', new Uint8Array(0), T)).toBeUndefined();
  expect(host.read('spBv1.0/STATE/scada', new Uint8Array(0), T)).toBeUndefined();
});
