import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMessageReader } from './message.ts';
import { mqttSettings } from './settings.ts';
import { compileFilter, tagName } from './topic.ts';

function read(
  topicSettings: object,
  payload: string | Uint8Array,
  topic = 'plant/leak1/quality',
  filter = 'plant/+/quality',
) {
  const settings = mqttSettings.parse({ url: 'mqtt://127.0.0.1', client_id: 'x', topics: { [filter]: topicSettings } });
  const reader = createMessageReader(filter, settings.topics[filter]!);
  return reader(topic, typeof payload === 'string' ? new TextEncoder().encode(payload) : payload);
}

const NAMED = { payload: 'json', name: '{1}/{key}' };
const T = 1700000000000;
const T_NS = 1700000000000000000n;

test('the default payload gives a row a value: numbers, null as bad, texts, with id, time, quality and context', () => {
  const payload = {
    t: T,
    id: 'p-7',
    context: { lot: 'O26', cavity: 2 },
    values: { leak: 1.2, flow: null, part_no: 'CV', ok: true },
  };
  const { rows, refused } = read(NAMED, JSON.stringify(payload))!;
  expect(refused).toEqual([]);
  const common = { timeNs: T_NS, sourceId: 'p-7', context: { lot: 'O26', cavity: '2' } };
  expect(rows).toEqual([
    { ...common, tag: 'leak1/leak', value: 1.2, quality: 0, text: undefined, reason: undefined },
    { ...common, tag: 'leak1/flow', value: Number.NaN, quality: 2, text: undefined, reason: 'null' },
    { ...common, tag: 'leak1/part_no', value: Number.NaN, quality: 0, text: 'CV', reason: undefined },
    { ...common, tag: 'leak1/ok', value: 1, quality: 0, text: undefined, reason: undefined },
  ]);
});

test('one value with ts and seq is named by its topic, and a counter that began again names another value', () => {
  const at = (ts: number) => read(NAMED, JSON.stringify({ value: 1.2, ts, seq: 7 }))!.rows[0]!;
  expect(at(T).tag).toBe('leak1');
  expect(at(T).timeNs).toBe(T_NS);
  expect(at(T).sourceId).toBe(at(T).sourceId);
  expect(at(T).sourceId).not.toBe(at(T + 86_400_000).sourceId);
  expect(read({ payload: 'json' }, '{"value":1,"seq":3}')!.rows[0]).toMatchObject({
    tag: 'plant/leak1/quality',
    sourceId: '3',
    reason: 'no_source_time',
  });
});

test('any other JSON is read by paths', () => {
  const settings = {
    ...NAMED,
    paths: { leak: '$.a.b[1]', temp: '$["test room"].t', gone: '$.no.such' },
    time: '$.ts',
    id: '$.seq',
    context: { part: '$.p' },
  };
  const { rows } = read(
    settings,
    JSON.stringify({ a: { b: [0, 3] }, 'test room': { t: 21 }, ts: T, seq: 4, p: 'CV' }),
  )!;
  expect(rows.map((row) => [row.tag, row.value, row.sourceId, row.context])).toEqual([
    ['leak1/leak', 3, `4@${T_NS}`, { part: 'CV' }],
    ['leak1/temp', 21, `4@${T_NS}`, { part: 'CV' }],
  ]);
  expect(read({ ...NAMED, paths: { a: '$.constructor.name' } }, '{}')!.refused).toEqual([
    { count: 1, reason: 'value_missing' },
  ]);
});

test('a plain number and the lines of a leak tester are read', () => {
  expect(read({ payload: 'number', name: '{1}' }, ' 12.50\n')!.rows[0]).toMatchObject({ tag: 'leak1', value: 12.5 });
  const lines = 'CH1,OK,  0.82,cc/min,150.1,kPa\r\nCH1,NG,  3.9,cc/min,150.0,kPa\r\n';
  const { rows } = read({ payload: 'csv', name: '{1}/{key}', paths: { leak: '$[2]', verdict: '$[1]' } }, lines)!;
  expect(rows.map((row) => [row.tag, row.text ?? row.value])).toEqual([
    ['leak1/leak', 0.82],
    ['leak1/verdict', 'OK'],
    ['leak1/leak', 3.9],
    ['leak1/verdict', 'NG'],
  ]);
});

test('what is malformed is refused with a word and gives no row', () => {
  const cases: [string | Uint8Array, string][] = [
    ['', 'payload_not_json'],
    ['{"t":1,', 'payload_not_json'],
    [Uint8Array.of(0xff, 0xfe), 'payload_not_utf8'],
    ['{"t":1}', 'value_missing'],
    ['{"values":3}', 'values_invalid'],
    ['{"value":1,"t":"yesterday"}', 'time_invalid'],
    ['{"value":1,"t":1e300}', 'time_invalid'],
    ['{"value":1,"quality":"fine"}', 'quality_invalid'],
    ['{"value":1,"context":{"__proto__":"x"}}', 'context_invalid'],
    ['{"value":[1]}', 'value_invalid'],
    ['{"values":{"a\\u0000b":1}}', 'tag_invalid'],
  ];
  for (const [payload, reason] of cases)
    expect(read(NAMED, payload)).toEqual({ rows: [], refused: [{ count: 1, reason }] });
  expect(read({ payload: 'number' }, '0x10')!.refused).toEqual([{ count: 1, reason: 'payload_not_a_number' }]);
  expect(read(NAMED, '{"value":1e999,"t":1}')!.rows[0]).toMatchObject({ quality: 2, reason: 'not_finite' });
});

test('random bytes never throw and never give a good number', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.constantFrom('json', 'number', 'csv'), (bytes, payload) => {
      for (const row of read({ payload }, bytes)!.rows) {
        expect(Number.isNaN(row.value)).toBe(row.quality === 2 || row.text !== undefined);
      }
    }),
  );
});

test('filters match as MQTT 3.1.1 section 4.7 says', () => {
  const match = (filter: string, topic: string) => compileFilter(filter).match(topic);
  expect(match('sport/tennis/player1/#', 'sport/tennis/player1')).toEqual(['']);
  expect(match('sport/tennis/player1/#', 'sport/tennis/player1/ranking/x')).toEqual(['ranking/x']);
  expect(match('sport/+', 'sport')).toBeUndefined();
  expect(match('sport/+', 'sport/')).toEqual(['']);
  expect(match('+/+', '/finance')).toEqual(['', 'finance']);
  expect(match('/+', '/finance')).toEqual(['finance']);
  expect(match('+', '/finance')).toBeUndefined();
  expect(match('#', '$SYS/broker')).toBeUndefined();
  expect(match('+/monitor/Clients', '$SYS/monitor/Clients')).toBeUndefined();
  expect(match('$SYS/#', '$SYS/broker')).toEqual(['broker']);
});

test('placeholders give wildcards, topic and key, and none of them is expanded twice', () => {
  expect(tagName('{2}-{1}/{key}', 'a/b', ['{key}', 'b'], 'x')).toBe('b-{key}/x');
  expect(tagName('{topic}', 'a/b', [], undefined)).toBe('a/b');
  expect(tagName('{key}', 'a/b', [], undefined)).toBe('a/b');
});

test('settings name what is wrong', () => {
  const check = (changes: object) =>
    mqttSettings.safeParse({ url: 'mqtt://h', client_id: 'x', topics: { a: {} }, ...changes }).error?.issues[0]
      ?.message;
  expect(check({})).toBeUndefined();
  expect(check({ topics: {} })).toContain('at least one topic filter');
  expect(check({ url: 'http://h' })).toContain('mqtt://');
  expect(check({ cert: 'c.pem' })).toContain('belong together');
  expect(check({ topics: { a: { paths: { x: '$..a' } } } })).toContain('a path such as');
  for (const filter of ['a/#/b', 'a+/b', 'a#']) expect(check({ topics: { [filter]: {} } })).toBeDefined();
  for (const filter of ['#', '+', '+/a/#', '/a', 'a//b', 'plant/+/quality', '$share/g/a/+']) {
    expect([filter, check({ topics: { [filter]: {} } })]).toEqual([filter, undefined]);
  }
});
