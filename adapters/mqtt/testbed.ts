// A broker (aedes, MQTT 3.1.1) in this process and a leak tester that publishes to it.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { Aedes, type Client, type PublishPacket } from 'aedes';
import type { ExpectedRow, Testbed } from '../../src/component.ts';

const START_MS = Date.UTC(2026, 2, 1);
const TESTERS = 48;

/** Starts broker and tester; the client id is the same for every instance that uses these settings. */
export async function startTestbed(_folder: string): Promise<Testbed> {
  const broker = new Aedes({ concurrency: 1000 });
  await broker.listen();
  const clientId = 'pumjil-testbed';
  const sockets = new Set<Socket>();
  let writes = 0;
  let sequence = 0;
  let lastPayload = '';
  let acknowledged = '';
  let server = await serve(0);
  const port = (server.address() as AddressInfo).port;
  broker.on('publish', (_packet, client) => {
    if (client !== null) writes += 1;
  });
  broker.on('ack', (packet) => {
    const { payload } = (packet ?? {}) as Partial<PublishPacket>;
    if (payload !== undefined) acknowledged = payload.toString();
  });

  function serve(onPort: number): Promise<Server> {
    const made = createServer((socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      // A reset of the other side is what some tests are about.
      socket.on('error', () => undefined);
      broker.handle(socket);
    });
    return new Promise((resolve, reject) => {
      made.once('error', reject);
      made.listen(onPort, '127.0.0.1', () => resolve(made));
    });
  }

  function adapterClient(): Client | undefined {
    const { clients } = broker as unknown as { clients: Record<string, Client> };
    return clients[clientId];
  }

  function publish(topic: string, payload: string | Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      const packet = { cmd: 'publish' as const, topic, payload, qos: 1 as const, retain: false, dup: false };
      broker.publish(packet, (error) => (error ? reject(error) : resolve()));
    });
  }

  async function measure(isTesterBroken: boolean): Promise<readonly ExpectedRow[]> {
    sequence += 1;
    const t = START_MS + sequence * 24_000;
    const leak = 0.6 + (sequence % 31) / 100;
    const tester = `leak${(sequence % TESTERS) + 1}`;
    const context = { part: 'CV-2100-AS', lot: `O26${sequence % 4}` };
    const values = { leak: isTesterBroken ? null : leak, order: `MO-${sequence}` };
    lastPayload = JSON.stringify({ t, id: `leak-${sequence}`, context, values });
    await publish(`plant/${tester}/quality`, lastPayload);
    return [
      {
        tag: `${tester}/leak`,
        value: isTesterBroken ? Number.NaN : leak,
        quality: isTesterBroken ? 2 : 0,
        timeMs: t,
        context,
      },
      { tag: `${tester}/order`, value: Number.NaN, quality: 0, timeMs: t, text: `MO-${sequence}`, context },
    ];
  }

  const settings = {
    url: `mqtt://127.0.0.1:${port}`,
    client_id: clientId,
    keepalive_s: 1,
    timeout_ms: 2000,
    retry_ms: 50,
    topics: { 'plant/+/quality': { payload: 'json', name: '{1}/{key}' } },
  };

  return {
    settings,
    absent: { ...settings, url: `mqtt://127.0.0.1:${await freePort()}`, timeout_ms: 1000 },
    emit: () => measure(false),
    fault: async () => (await measure(true)).slice(0, 1),
    async cut() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    async restore() {
      server = await serve(port);
    },
    async garbage(bytes) {
      await publish('plant/leak1/quality', Buffer.from(bytes));
      // The same bytes where the next packet should begin.
      const { conn } = (adapterClient() ?? {}) as { conn?: Socket };
      conn?.write(bytes);
    },
    async redeliver() {
      // A broker delivers again what has no PUBACK when the client comes back.
      const { conn } = (adapterClient() ?? {}) as { conn?: Socket };
      conn?.destroy();
    },
    acknowledged: () => acknowledged === lastPayload,
    writes: () => writes,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => broker.close(() => resolve()));
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A port on which nobody listens. */
async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
