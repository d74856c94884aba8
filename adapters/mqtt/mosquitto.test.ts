// Against the real mosquitto: passwords, MQTT 5, TLS, and a broker restart in the middle of 2,000 messages.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { connect as connectTcp, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type TestContext, testContext } from '../../test/contract/context.ts';
import { supervise } from '../../test/contract/supervise.ts';
import mqtt from './index.ts';

const BINARY = [
  '/usr/sbin/mosquitto',
  '/usr/bin/mosquitto',
  '/usr/local/sbin/mosquitto',
  '/opt/homebrew/sbin/mosquitto',
].find(existsSync);
const CAN_PASSWORD = spawnSync('mosquitto_passwd', ['--help']).error === undefined;
const CAN_TLS = spawnSync('openssl', ['version']).error === undefined;
const skipped = BINARY === undefined || !CAN_PASSWORD ? ' (skipped: mosquitto is not installed)' : '';

let folder: string;
let context: TestContext;
let broker: ChildProcess | undefined;
let port: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pumjil-mosquitto-'));
  context = testContext('bench');
  port = await freePort();
});

afterEach(async () => {
  context.dispose();
  await stopBroker();
  await rm(folder, { recursive: true, force: true });
});

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: free } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return free;
}

/** Starts it with user u, password p; resolves when the port answers. */
async function startBroker(more: readonly string[] = []): Promise<void> {
  const data = join(folder, 'data');
  mkdirSync(data, { recursive: true });
  if (!existsSync(join(folder, 'passwords'))) {
    execFileSync('mosquitto_passwd', ['-b', '-c', join(folder, 'passwords'), 'u', 'p'], { stdio: 'ignore' });
  }
  const lines = [
    // Only takes effect for root, who would otherwise not be able to read the files of this test.
    'user root',
    'per_listener_settings false',
    'allow_anonymous false',
    `password_file ${join(folder, 'passwords')}`,
    'persistence true',
    `persistence_location ${data}/`,
    'max_queued_messages 0',
    'log_dest none',
    `listener ${port} 127.0.0.1`,
    ...more,
  ];
  writeFileSync(join(folder, 'mosquitto.conf'), `${lines.join('\n')}\n`);
  broker = spawn(BINARY ?? '', ['-c', join(folder, 'mosquitto.conf')], { stdio: 'ignore' });
  const deadline = performance.now() + 5000;
  while (!(await answers())) {
    if (performance.now() > deadline || broker.exitCode !== null) throw new Error('mosquitto did not start');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function answers(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTcp(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** SIGTERM: mosquitto writes its sessions to disk. */
async function stopBroker(): Promise<void> {
  if (broker === undefined || broker.exitCode !== null) return;
  const exit = once(broker, 'exit');
  broker.kill('SIGTERM');
  await exit;
  broker = undefined;
}

function settings(changes: object = {}) {
  return mqtt.settings.parse({
    url: `mqtt://127.0.0.1:${port}`,
    client_id: 'pumjil-mosquitto',
    username: 'u',
    password: 'p',
    retry_ms: 50,
    timeout_ms: 3000,
    topics: { 'plant/+/quality': { name: '{1}/{key}' } },
    ...changes,
  });
}

for (const version of [4, 5]) {
  const name = `version ${version}: 2,000 messages with a broker restart among them: none is lost, and it comes back by itself`;
  test.skipIf(skipped !== '')(`${name}${skipped}`, async () => {
    await startBroker();
    const running = supervise(mqtt, settings({ version }), context);
    await running.until('connected', () => context.connections.length > 0);
    const publisher = await connectAsync(`mqtt://127.0.0.1:${port}`, {
      clientId: 'leak-tester',
      clean: false,
      username: 'u',
      password: 'p',
      reconnectPeriod: 50,
    });
    publisher.on('error', () => undefined);
    try {
      const sent: Promise<unknown>[] = [];
      for (let seq = 0; seq < 2000; seq++) {
        const payload = JSON.stringify({ t: 1700000000000 + seq, id: `m${seq}`, values: { leak: seq / 1000 } });
        sent.push(publisher.publishAsync('plant/leak1/quality', payload, { qos: 1 }));
        if (seq === 900) {
          await running.until('half of it', () => running.rows.length > 300);
          await stopBroker();
          await running.until('the open gap', () => running.gaps.some((gap) => gap.toMs === null));
          await startBroker();
        }
      }
      await Promise.all(sent);
      const got = () => new Set(running.rows.map((row) => row.sourceId));
      await running.until('every message', () => got().size === 2000, 15_000);
      expect(running.gaps.at(-1)).toMatchObject({ reason: 'link_down', toMs: running.gaps.at(-1)?.fromMs });
      expect(running.retries).toEqual([]);
    } finally {
      await publisher.endAsync(true);
      await running.stop();
    }
  });
}

test.skipIf(skipped !== '')(`a wrong password is told as such${skipped}`, async () => {
  await startBroker();
  for (const version of [4, 5]) {
    await expect(mqtt.probe(settings({ version, password: 'wrong' }), context)).rejects.toMatchObject({
      code: 'ADAPTER_CREDENTIALS',
      message: expect.stringContaining('refused user u'),
    });
    await mqtt.probe(settings({ version }), context);
  }
});

test.skipIf(skipped !== '')(`a second client with the same id is named${skipped}`, async () => {
  await startBroker();
  for (const version of [4, 5] as const) {
    context = testContext('bench');
    const running = supervise(mqtt, settings({ version }), context);
    await running.until('connected', () => context.connections.length > 0);
    const url = `mqtt://127.0.0.1:${port}`;
    const rival = await connectAsync(url, {
      clientId: 'pumjil-mosquitto',
      username: 'u',
      password: 'p',
      reconnectPeriod: 20,
    });
    rival.on('error', () => undefined);
    const error = await running.until('the error', () => running.retries[0]);
    expect(error.code).toBe('ADAPTER_CLIENT_ID');
    await rival.endAsync(true);
    await running.stop();
    context.dispose();
  }
});

const noTls = skipped !== '' ? skipped : CAN_TLS ? '' : ' (skipped: openssl is not installed)';
test.skipIf(noTls !== '')(`TLS needs the authority that signed the broker's certificate${noTls}`, async () => {
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', cert, ...subject],
    {
      stdio: 'ignore',
    },
  );
  await startBroker([`certfile ${cert}`, `keyfile ${key}`]);
  const url = `mqtts://127.0.0.1:${port}`;
  await mqtt.probe(settings({ url, ca: cert }), context);
  await expect(mqtt.probe(settings({ url }), context)).rejects.toMatchObject({
    code: 'ADAPTER_CREDENTIALS',
    hint: expect.stringContaining('ca:'),
  });
  await expect(mqtt.probe(settings({ url, ca: join(folder, 'nothing.pem') }), context)).rejects.toMatchObject({
    code: 'ADAPTER_CREDENTIALS',
  });
});
