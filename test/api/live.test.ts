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

/** Live connections as the server counts them. */
async function liveClients(): Promise<number> {
  const { text } = await api.ask('/metrics');
  return Number(/^pumjil_live_clients (\d+)$/m.exec(text)?.[1]);
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
  // No id: a client cut here asks again from where it was.
  expect(client.messages[0]).toMatchObject({ event: 'resync', id: undefined, data: { type: 'resync' } });
  api.plant.tick();
  await until(() => client.messages.length > 1, 'a point');
  expect(client.messages[1]!.event).toBe('point');
});

test('a client that does not read is dropped at 1 MB; the others get everything', async () => {
  const slow = await listen();
  slow.incoming.pause();
  const good = await listen();
  expect(await liveClients()).toBe(2);
  const event = (await api.plant.events({ kind: 'signal', limit: 1 }))[0]!;
  const padding = 'x'.repeat(900_000);
  const isDropped = () => api.logged.includes('warn live client too slow, dropped');
  let seq = api.plant.health().journal.lastSeq;
  let sent = 0;
  while (!isDropped() && sent < 100) {
    seq += 1;
    sent += 1;
    const message: LiveMessage = { type: 'event', seq, event: { ...event, seq, data: { padding } } };
    api.plant.push([message]);
    await until(() => good.messages.length === sent, 'the good client to follow');
  }
  expect(isDropped()).toBe(true);
  expect(await liveClients()).toBe(1);
  expect(good.messages.length).toBe(sent);
});

test('of a flood a client gets four sendings a second, each stream’s newest points, and every event and alarm', async () => {
  const client = await listen();
  const from = api.plant.health().journal.lastSeq;
  const started = performance.now();
  // About 60,000 points while the client listens: far more than a screen can draw.
  for (let round = 0; round < 30; round += 1) {
    api.plant.tick(1000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const last = api.plant.health().journal.lastSeq;
  await until(() => client.messages.some((m) => m.id === String(last)), 'the last message', 20_000);
  const sendings = Math.ceil((performance.now() - started) / 250) + 1;
  const points = client.messages.filter((m) => m.event === 'point');
  const streams = api.plant.streams().length;
  // Ten subgroups of two lanes a stream.
  expect(points.length).toBeLessThanOrEqual(sendings * streams * 20);
  expect(points.length).toBeLessThan((last - from) / 2);
  const events = await api.plant.events({ afterSeq: from, limit: 100_000 });
  expect(client.messages.filter((m) => m.event === 'event').map((m) => m.data.seq)).toEqual(events.map((e) => e.seq));
  const seqs = client.messages.map((m) => m.data.seq);
  expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
  for (const stream of api.plant.streams()) {
    const own = points.flatMap((m) => (m.data.type === 'point' && m.data.stream === stream.id ? [m.data] : []));
    const newest = stream.lastPoints.map((point) => `${point.id}/${point.lane}`);
    expect(own.slice(-newest.length).map(({ point }) => `${point.id}/${point.lane}`)).toEqual(newest);
    // What was left out is told.
    const told = own.reduce((sum, { skipped = 0 }) => sum + skipped, 0);
    const all = await api.plant.points({ series: stream.id, fromMs: 0, toMs: Infinity, limit: 1_000_000 });
    expect(own.length + told).toBe(all.filter((point) => point.seq > from).length);
  }
});

test('a client that comes back after a flood gets the newest of what it missed, and is told of the rest', async () => {
  const seen = api.plant.health().journal.lastSeq;
  const [first] = api.plant.streams();
  const point = first!.lastPoints[0]!;
  api.plant.push(
    Array.from({ length: 1500 }, (_, i): LiveMessage => {
      const seq = seen + 1 + i;
      return { type: 'point', seq, stream: first!.id, point: { ...point, id: `${seq}.0`, seq } };
    }),
  );
  const client = await listen(seen);
  await until(() => client.messages.some((m) => m.id === String(seen + 1500)), 'the last message');
  expect(client.messages.map((m) => m.id)).toEqual(Array.from({ length: 10 }, (_, i) => String(seen + 1491 + i)));
  expect(client.messages[0]!.data).toMatchObject({ type: 'point', skipped: 1490 });
});

test('more than 1 MB at a time is a resync with the id up to which it stands, not a cut', async () => {
  const client = await listen();
  const event = (await api.plant.events({ kind: 'signal', limit: 1 }))[0]!;
  const from = api.plant.health().journal.lastSeq;
  const large = { ...event, data: { padding: 'x'.repeat(400_000) } };
  api.plant.push([1, 2, 3].map((i): LiveMessage => ({ type: 'event', seq: from + i, event: large })));
  await until(() => client.messages.length > 0, 'the resync');
  expect(client.messages).toEqual([{ event: 'resync', id: String(from + 3), data: { type: 'resync', seq: from + 3 } }]);
  api.plant.push([{ type: 'event', seq: from + 4, event: { ...event, seq: from + 4 } }]);
  await until(() => client.messages.length > 1, 'what comes next');
  expect(client.messages[1]).toMatchObject({ event: 'event', id: String(from + 4) });
});

test('a client too many is refused with 429; a place is free again when one leaves', async () => {
  const clients = await Promise.all([listen(), listen(), listen(), listen()]);
  expect((await listen()).status).toBe(429);
  clients[0]!.cut();
  await expect.poll(liveClients).toBe(3);
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
