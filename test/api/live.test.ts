// The live push over real sockets: order, resuming, slow and too many clients, ends.
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LiveAnswer } from '../../src/api/contract/alarms.ts';
import type { LiveJson } from '../../src/api/contract.ts';
import type { LiveMessage } from '../../src/api/plant.ts';
import { startTestApi, type TestApi, until } from './client.ts';

let api: TestApi;
let cookie: string;
const open: ClientRequest[] = [];

beforeEach(async () => {
  api = await startTestApi({ maxLiveClients: 4 });
  cookie = await api.signIn('viewer');
});
afterEach(async () => {
  for (const client of open.splice(0)) client.destroy();
  await api.close();
});

interface Listener {
  readonly status: number;
  readonly messages: { readonly id: string | undefined; readonly event: string; readonly data: LiveJson }[];
  readonly incoming: IncomingMessage;
  hasEnded(): boolean;
  cut(): void;
}

function listen(lastEventId?: string | number): Promise<Listener> {
  return new Promise((resolve, reject) => {
    const headers = { cookie, ...(lastEventId === undefined ? {} : { 'last-event-id': String(lastEventId) }) };
    const outgoing = httpRequest({ host: '127.0.0.1', port: api.port, path: '/api/live', agent: false, headers });
    open.push(outgoing);
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      const messages: Listener['messages'] = [];
      let text = '';
      let ended = false;
      incoming.setEncoding('utf8');
      incoming.on('error', () => {});
      incoming.on('close', () => {
        ended = true;
      });
      incoming.on('data', (chunk: string) => {
        text += chunk;
        const blocks = text.split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) {
          const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
          const data = field('data');
          if (data !== undefined)
            messages.push({ id: field('id'), event: field('event') ?? '', data: LiveAnswer.parse(JSON.parse(data)) });
        }
      });
      outgoing.on('error', () => {});
      resolve({
        status: incoming.statusCode ?? 0,
        messages,
        incoming,
        hasEnded: () => ended,
        cut: () => outgoing.destroy(),
      });
    });
    outgoing.end();
  });
}

test('points, events and alarms arrive in order, named by type, with the seq as id', async () => {
  const client = await listen();
  expect(client.incoming.headers['content-type']).toBe('text/event-stream; charset=utf-8');
  expect(client.incoming.headers['x-content-type-options']).toBe('nosniff');
  const from = api.plant.health().journal.lastSeq;
  api.plant.tick(40, 6);
  const to = api.plant.health().journal.lastSeq;
  await until(() => client.messages.some((m) => m.id === String(to)), 'the last message');
  expect(new Set(client.messages.map((m) => m.event))).toEqual(new Set(['point', 'event', 'alarm']));
  for (const message of client.messages) expect(message.event).toBe(message.data.type);
  expect(client.messages.flatMap((m) => (m.id === undefined ? [] : [Number(m.id)]))).toEqual(
    Array.from({ length: to - from }, (_, i) => from + 1 + i),
  );
});

test('the id stands on the last message of an entry, so that a cut between two lanes loses none', async () => {
  const client = await listen();
  api.plant.tick(10);
  await until(() => client.messages.length >= 10, 'messages');
  client.messages.forEach((message, i) => {
    const isLast = client.messages[i + 1]?.data.seq !== message.data.seq;
    expect(message.id).toBe(isLast ? String(message.data.seq) : undefined);
  });
});

test('a client that comes back with Last-Event-ID gets what it missed, once, and then goes on', async () => {
  const first = await listen();
  api.plant.tick(5);
  await until(() => first.messages.length > 0 && first.messages.at(-1)!.id !== undefined, 'first messages');
  const seen = api.plant.health().journal.lastSeq;
  await until(() => first.messages.some((m) => m.id === String(seen)), 'all first messages');
  first.cut();
  api.plant.tick(20);
  const second = await listen(seen);
  api.plant.tick(5);
  const last = api.plant.health().journal.lastSeq;
  await until(() => second.messages.some((m) => m.id === String(last)), 'the last message');
  const ids = second.messages.flatMap((m) => (m.id === undefined ? [] : [Number(m.id)]));
  expect(ids).toEqual(Array.from({ length: last - seen }, (_, i) => seen + 1 + i));
});

test('messages that arrive while the missed ones are being read come after them and not twice', async () => {
  const replay = api.plant.replayLive;
  const seen = api.plant.health().journal.lastSeq;
  api.plant.tick(3);
  Object.assign(api.plant, {
    async replayLive(afterSeq: number) {
      api.plant.tick(4);
      const missed = await replay(afterSeq);
      api.plant.tick(2);
      return missed;
    },
  });
  const client = await listen(seen);
  const last = seen + 9;
  await until(() => client.messages.some((m) => m.id === String(last)), 'the last message');
  const keys = client.messages.map(
    (m) => `${m.data.seq} ${m.event} ${m.data.type === 'point' ? m.data.point.lane : ''}`,
  );
  expect(new Set(keys).size).toBe(keys.length);
  const seqs = client.messages.map((m) => m.data.seq);
  expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
});

test('what is too old to be replayed gives a resync, then the stream goes on', async () => {
  api.plant.tick(2000);
  const client = await listen(1);
  await until(() => client.messages.length > 0, 'the resync');
  expect(client.messages[0]).toMatchObject({ event: 'resync', data: { type: 'resync' } });
  api.plant.tick();
  await until(() => client.messages.length > 1, 'a point');
  expect(client.messages[1]!.event).toBe('point');
});

test('a client that does not read is dropped at 1 MB; the others get everything', async () => {
  const slow = await listen();
  slow.incoming.pause();
  const good = await listen();
  await until(() => api.plant.listeners() === 2, 'two listeners');
  const event = (await api.plant.events({ kind: 'signal', limit: 1 }))[0]!;
  const padding = 'x'.repeat(50_000);
  let seq = api.plant.health().journal.lastSeq;
  let sent = 0;
  while (api.plant.listeners() === 2 && sent < 1000) {
    seq += 1;
    sent += 1;
    const message: LiveMessage = { type: 'event', seq, event: { ...event, seq, data: { padding } } };
    api.plant.push([message]);
    await until(() => good.messages.length === sent, 'the good client to follow');
  }
  expect(api.plant.listeners()).toBe(1);
  expect(good.messages.length).toBe(sent);
  expect(api.logged).toContain('warn live client too slow, dropped');
});

test('a client too many is refused with 429; a place is free again when one leaves', async () => {
  const clients = await Promise.all([listen(), listen(), listen(), listen()]);
  expect((await listen()).status).toBe(429);
  clients[0]!.cut();
  await until(() => api.plant.listeners() === 3, 'one gone');
  expect((await listen()).status).toBe(200);
});

test('a Last-Event-ID that is no seq is a fresh start', async () => {
  for (const odd of ['abc', '-1', '1e9', '99999999999999999999']) {
    const client = await listen(odd);
    expect(client.status).toBe(200);
    client.cut();
    await until(() => api.plant.listeners() === 0, 'gone');
    expect(client.messages).toEqual([]);
  }
});

test('closing the server ends live connections and leaves no listener', async () => {
  const client = await listen();
  const own = await startTestApi();
  await own.close();
  await api.close();
  await until(client.hasEnded, 'the end');
  expect(api.plant.listeners()).toBe(0);
  api = await startTestApi();
});
