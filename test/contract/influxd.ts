// Debian's influxd as a child process on free loopback ports, with folders of its own.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Influxd {
  readonly url: string;
  /** kill -9, data kept. */
  kill(): Promise<void>;
  /** The same server on the same port again. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Why influxd cannot be used here; undefined when it can. */
export function whyNoInfluxd(): string | undefined {
  const found = spawnSync('influxd', ['version'], { encoding: 'utf8' });
  return found.status === 0 ? undefined : 'influxd is not installed (Debian package influxdb)';
}

/** Starts a server; ready when it answers. */
export async function startInfluxd(options: { readonly auth?: boolean } = {}): Promise<Influxd> {
  const folder = await mkdtemp(join(tmpdir(), 'pumjil-influxd-'));
  const [http, rpc] = [await freePort(), await freePort()];
  for (const each of ['meta', 'data', 'wal']) await mkdir(join(folder, each));
  const config = join(folder, 'influxdb.conf');
  await writeFile(
    config,
    `reporting-disabled = true
bind-address = "127.0.0.1:${rpc}"
[meta]
  dir = ${JSON.stringify(join(folder, 'meta'))}
[data]
  dir = ${JSON.stringify(join(folder, 'data'))}
  wal-dir = ${JSON.stringify(join(folder, 'wal'))}
  index-version = "tsi1"
  query-log-enabled = false
[monitor]
  store-enabled = false
[http]
  bind-address = "127.0.0.1:${http}"
  log-enabled = false
  auth-enabled = ${options.auth === true}
`,
  );
  const url = `http://127.0.0.1:${http}`;
  let child: (ChildProcess & { closed?: Promise<void> }) | undefined;
  const server: Influxd = {
    url,
    async start() {
      const started = spawn('influxd', ['-config', config], { stdio: 'ignore' });
      child = Object.assign(started, {
        closed: new Promise<void>((resolve) => started.once('close', () => resolve())),
      });
      await until(async () => (await fetch(`${url}/ping`)).status === 204, 15_000);
    },
    async kill() {
      child?.kill('SIGKILL');
      await child?.closed;
    },
    async stop() {
      await server.kill();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  await server.start();
  return server;
}

/** Waits until `isTrue` holds; throws after the limit. A condition that throws does not hold. */
export async function until(isTrue: () => boolean | Promise<boolean>, limitMs: number): Promise<void> {
  const end = performance.now() + limitMs;
  for (;;) {
    if (
      await Promise.resolve()
        .then(isTrue)
        .catch(() => false)
    )
      return;
    if (performance.now() > end) throw new Error(`not within ${limitMs} ms: ${isTrue}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
