// Against aedes and against servers that misbehave; mosquitto has a file of its own.
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Aedes, type AedesPublishPacket } from 'aedes';
import { connectAsync } from 'mqtt';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PumjilError } from '../../src/component.ts';
import { type TestContext, testContext } from '../../test/contract/context.ts';
import { type Supervised, type SuperviseOptions, supervise } from '../../test/contract/supervise.ts';
import mqtt from './index.ts';
import { decodePayload, encodePayload } from './sparkplug.ts';
import { startTestbed } from './testbed.ts';

let folder: string;
let context: TestContext;
const closing: (() => Promise<unknown> | unknown)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pumjil-mqtt-'));
  context = testContext('bench');
});

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  context.dispose();
  await rm(folder, { recursive: true, force: true });
});

function start(settings: object, options: SuperviseOptions = {}): Supervised {
  const running = supervise(mqtt, mqtt.settings.parse(settings), context, options);
  closing.push(() => running.stop());
  return running;
}

async function aedes(): Promise<{ broker: Aedes; url: string; published: { topic: string; payload: Buffer }[] }> {
  const broker = new Aedes();
  await broker.listen();
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    broker.handle(socket);
  });
  await listen(server);
  const published: { topic: string; payload: Buffer }[] = [];
  broker.on('publish', (packet, client) => {
    if (client?.id === 'pumjil') published.push({ topic: packet.topic, payload: Buffer.from(packet.payload) });
  });
  closing.push(async () => {
    await new Promise<void>((resolve) => broker.close(() => resolve()));
    await new Promise((resolve) => server.close(resolve));
  });
  return { broker, url: urlOf(server), published };
}

async function listen(server: Server): Promise<void> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
}

function urlOf(server: Server): string {
  return `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function publish(
  broker: Aedes,
  topic: string,
  payload: string | Uint8Array,
  more: Partial<AedesPublishPacket> = {},
): Promise<void> {
  return new Promise((resolve, reject) => {
    const packet = {
      cmd: 'publish' as const,
      topic,
      payload: Buffer.from(payload),
      qos: 1 as const,
      retain: false,
      dup: false,
    };
    broker.publish({ ...packet, ...more } as Parameters<Aedes['publish']>[0], (error) =>
      error ? reject(error) : resolve(),
    );
  });
}

const TOPICS = { topics: { 'plant/+/quality': { name: '{1}/{key}' } } };
const BASE = { client_id: 'pumjil', retry_ms: 20, timeout_ms: 2000, ...TOPICS };

/** A server that answers CONNECT with these bytes and everything else with nothing. */
async function mute(answer: Uint8Array): Promise<string> {
  const sockets = new Set<import('node:net').Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => socket.write(answer));
  });
  await listen(server);
  closing.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return urlOf(server);
}

async function failure(settings: object): Promise<PumjilError> {
  const error = await mqtt.probe(mqtt.settings.parse({ ...BASE, timeout_ms: 300, ...settings }), context).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(PumjilError);
  return error as PumjilError;
}

test('a broker that sends no CONNACK, no SUBACK, or refuses the user is named so', async () => {
  expect(await failure({ url: await mute(new Uint8Array(0)) })).toMatchObject({
    code: 'ADAPTER_TIMEOUT',
    retryable: true,
  });
  expect((await failure({ url: await mute(Uint8Array.of(0x20, 2, 0, 0)) })).message).toContain('no SUBACK');
  expect(await failure({ url: await mute(Uint8Array.of(0x20, 2, 0, 5)), username: 'u' })).toMatchObject({
    code: 'ADAPTER_CREDENTIALS',
    message: expect.stringContaining('user u'),
  });
  expect(await failure({ url: await mute(Uint8Array.of(0x20, 2, 0, 1)) })).toMatchObject({ code: 'ADAPTER_PROTOCOL' });
  const httpServer = await mute(new TextEncoder().encode('HTTP/1.1 400 Bad Request\r\n\r\n'));
  expect(await failure({ url: httpServer })).toBeInstanceOf(PumjilError);
});

test('a broker that falls silent is noticed by the keep-alive and tried again', async () => {
  // CONNACK, SUBACK and nothing more: no PINGRESP.
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.write(Uint8Array.of(0x20, 2, 1, 0));
      socket.once('data', (data) => socket.write(Uint8Array.of(0x90, 3, data[2] ?? 0, data[3] ?? 0, 1)));
    });
  });
  await listen(server);
  closing.push(() => new Promise((resolve) => server.close(resolve)));
  const running = start({ ...BASE, url: urlOf(server), keepalive_s: 1 });
  await running.until('a second connection', () => connections >= 2);
  expect(running.gaps[0]).toMatchObject({ reason: 'link_down', toMs: null });
});

test('malformed payloads are counted with their topic and acknowledged, the others are unaffected', async () => {
  const { broker, url } = await aedes();
  let acknowledged = 0;
  broker.on('ack', () => {
    acknowledged += 1;
  });
  const running = start({ ...BASE, url });
  await running.until('connected', () => context.connections.length > 0);
  for (const payload of [
    '{"t":1',
    '{"t":1700000000000,"id":"a","values":{"leak":1}}',
    '',
    '{"t":1700000000001,"id":"b","values":{"leak":2}}',
  ])
    await publish(broker, 'plant/leak1/quality', payload);
  await running.until('both rows', () => running.rows.length === 2);
  expect(running.rows.map((row) => [row.tag, row.value, row.sourceId])).toEqual([
    ['leak1/leak', 1, 'a'],
    ['leak1/leak', 2, 'b'],
  ]);
  expect(context.refusals).toEqual([
    { count: 1, reason: 'payload_not_json', sample: 'plant/leak1/quality' },
    { count: 1, reason: 'payload_not_json', sample: 'plant/leak1/quality' },
  ]);
  await running.until('four acknowledgements', () => acknowledged === 4);
});

test('a batch that the journal refuses comes again from the broker, with the same identity', async () => {
  const { broker, url } = await aedes();
  const running = start({ ...BASE, url }, { acknowledge: false });
  await running.until('connected', () => context.connections.length > 0);
  await publish(broker, 'plant/leak1/quality', '{"ts":1700000000000,"seq":7,"value":1}');
  const batch = await running.until('the batch', () => running.batches[0]);
  batch.refuse?.(new Error('full'));
  await running.until('the batch again', () => running.batches[1]);
  expect(running.rows[1]).toEqual(running.rows[0]);
  running.acknowledge();
  expect(running.gaps).toEqual([]);
});

test('with QoS 0 an outage is a gap of its length; with a kept session it is one of none', async () => {
  for (const qos of [0, 1]) {
    const bed = await startTestbed(folder);
    closing.push(() => bed.stop());
    context = testContext('bench');
    const running = start({ ...(bed.settings as object), qos, topics: TOPICS.topics });
    await running.until('connected', () => context.connections.length > 0);
    await bed.cut();
    await running.until('the open gap', () => running.gaps.length === 1);
    await bed.emit();
    await bed.restore();
    const closed = await running.until('the closed gap', () => running.gaps[1]);
    expect(closed.fromMs).toBe(running.gaps[0]?.fromMs);
    if (qos === 0) expect(closed.toMs).toBeGreaterThan(closed.fromMs);
    else expect(closed.toMs).toBe(closed.fromMs);
    await running.until('what the broker kept', () => qos === 0 || running.rows.length >= 2);
    await running.stop();
  }
});

test('a retained message without a time is not a measurement; one with a time is', async () => {
  const { broker, url } = await aedes();
  await publish(broker, 'plant/leak1/quality', '{"value":1}', { retain: true });
  await publish(broker, 'plant/leak2/quality', '{"value":2,"ts":1700000000000}', { retain: true });
  const running = start({ ...BASE, url });
  await running.until('the dated row', () => running.rows.length === 1);
  await running.until('the refusal', () => context.refusals.length === 1);
  expect(running.rows[0]).toMatchObject({ tag: 'leak2', value: 2 });
  expect(context.refusals[0]).toMatchObject({ reason: 'retained_without_time' });
});

test('a second client with the same id is named', async () => {
  const { url } = await aedes();
  const running = start({ ...BASE, url });
  await running.until('connected', () => context.connections.length > 0);
  const rival = await connectAsync(url, { clientId: 'pumjil', reconnectPeriod: 20 });
  closing.push(() => rival.endAsync(true));
  const error = await running.until('the error', () => running.retries[0]);
  expect(error.code).toBe('ADAPTER_CLIENT_ID');
  expect(error.hint).toContain('same client_id');
});

test('it publishes nothing to the broker; with host_id only its STATE and a rebirth command', async () => {
  for (const host_id of [undefined, 'pumjil-host']) {
    const { broker, url, published } = await aedes();
    context = testContext('bench');
    const sparkplug = { group: 'ansan', ...(host_id === undefined ? {} : { host_id }) };
    const running = start({ ...BASE, url, sparkplug });
    await running.until('connected', () => context.connections.length > 0);
    const t = 1700000000000;
    const send = (topic: string, seq: number, metrics: Parameters<typeof encodePayload>[0]['metrics']) =>
      publish(broker, `spBv1.0/ansan/${topic}`, encodePayload({ timestamp: t + seq, seq, metrics }), { qos: 0 });
    await send('DDATA/l3/leak1', 9, [{ alias: 1n, value: 1 }]);
    await running.until('the refusal', () => context.refusals.length === 1);
    await send('NBIRTH/l3', 0, [{ name: 'bdSeq', type: 'int64', value: 1 }]);
    await send('DBIRTH/l3/leak1', 1, [{ name: 'leak', alias: 1n, type: 'double', value: 0.5 }]);
    await send('DDATA/l3/leak1', 2, [{ alias: 1n, value: 0.75 }]);
    const json = '{"t":1700000000000,"id":"a","values":{"leak":1}}';
    await publish(broker, 'plant/leak1/quality', json);
    await running.until('both rows', () => running.rows.length === 2);
    expect(running.rows[0]).toMatchObject({ tag: 'l3/leak1/leak', value: 0.75, timeMs: t + 2 });
    await running.stop();
    if (host_id === undefined) {
      expect(published).toEqual([]);
      continue;
    }
    await running.until('the will, which tells the end', () => published.length === 3);
    const states = published.filter((message) => message.topic === 'spBv1.0/STATE/pumjil-host');
    expect(states.map((message) => JSON.parse(message.payload.toString()).online)).toEqual([true, false]);
    const command = published.find((message) => message.topic.endsWith('NCMD/l3'));
    expect(decodePayload(command!.payload).metrics).toMatchObject([
      { name: 'Node Control/Rebirth', type: 11, boolean: true },
    ]);
  }
});

test('a line of endless fields is refused and confirmed, and what comes after it is read', async () => {
  const { broker, url } = await aedes();
  const topics = { 'csv/+': { payload: 'csv', name: '{1}/{key}' }, 'plant/+': { name: '{1}/{key}' } };
  const running = start({ url, client_id: 'pumjil', topics });
  await running.until('the connection', () => context.connections.length > 0);
  await publish(broker, 'csv/a', ','.repeat(300_000), { qos: 1 });
  await publish(broker, 'plant/a', JSON.stringify({ t: 1, values: { leak: 1 } }), { qos: 1 });
  await running.until('the value after it', () => running.rows.length > 0);
  expect(running.rows).toMatchObject([{ tag: 'a/leak', value: 1 }]);
  expect(context.refusals).toMatchObject([{ count: 300_001, reason: 'too_many_values' }]);
});
