// Starts the product as its user does, as a process of its own, and talks to it over its public surfaces only.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '..', '..');
export const ADMIN_PASSWORD = 'correct-horse-battery';

/** For whoever wants to look into a run: `PUMJIL_TEST_NODE_ARGUMENTS=--cpu-prof`. */
const NODE_ARGUMENTS = (process.env.PUMJIL_TEST_NODE_ARGUMENTS ?? '').split(' ').filter((each) => each !== '');

export interface Pumjil {
  readonly url: string;
  readonly process: ChildProcess;
  /** Everything it said on standard error so far. */
  log(): string;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
  /** GET as admin; throws on any other status than 200. */
  get<T>(path: string): Promise<T>;
  post(path: string, body: unknown): Promise<Response>;
}

/** A folder of its own below the system's temporary folder. */
export function temporaryFolder(name: string): string {
  return mkdtempSync(join(tmpdir(), `pumjil-${name}-`));
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => done(port));
    });
  });
}

/**
 * Polls until `condition` gives something, with a deadline.
 *
 * @throws Error naming `what` after `withinMs`
 */
export async function until<T>(
  what: string,
  withinMs: number,
  condition: () => Promise<T | undefined | false> | T | undefined | false,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  let last: unknown;
  for (;;) {
    try {
      const value = await condition();
      if (value !== undefined && value !== false) return value;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline)
      throw new Error(`${what}: not within ${withinMs} ms${last === undefined ? '' : ` (${last})`}`);
    await new Promise((next) => setTimeout(next, 50));
  }
}

/** Writes `config` to `<folder>/pumjil.yaml` and starts `pumjil run` on it; resolves when it has printed its address and is ready. */
export async function startPumjil(
  folder: string,
  config: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Pumjil> {
  writeFileSync(join(folder, 'pumjil.yaml'), config);
  const child = spawn(
    process.execPath,
    [...NODE_ARGUMENTS, join(ROOT, 'src', 'main.ts'), 'run', '-c', join(folder, 'pumjil.yaml'), '--log', 'info'],
    {
      cwd: folder,
      env: { ...process.env, PUMJIL_ADMIN_PASSWORD: ADMIN_PASSWORD, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let out = '';
  let log = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-200_000);
  });
  const gone = new Promise<number | null>((done) => child.once('exit', (code) => done(code)));
  const url = await until('pumjil run prints its address', 60_000, () => {
    if (child.exitCode !== null) throw new Error(`pumjil run ended with ${child.exitCode}: ${log.slice(-2000)}`);
    return /^(http:\S+)/m.exec(out)?.[1];
  }).catch((error: unknown) => {
    child.kill('SIGKILL');
    throw new Error(`${error}\n${log.slice(-4000)}`);
  });
  let cookie: string | undefined;
  async function signedIn(): Promise<string> {
    if (cookie !== undefined) return cookie;
    const reply = await fetch(`${url}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user: 'admin', password: ADMIN_PASSWORD }),
    });
    if (!reply.ok) throw new Error(`sign in: ${reply.status} ${await reply.text()}`);
    cookie = reply.headers
      .getSetCookie()
      .map((each) => each.split(';')[0])
      .join('; ');
    return cookie;
  }
  return {
    url,
    process: child,
    log: () => log,
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
    async stop() {
      child.kill('SIGTERM');
      return gone;
    },
    async get<T>(path: string) {
      const reply = await fetch(url + path, { headers: { cookie: await signedIn() } });
      if (reply.status !== 200) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
      // The caller names the shape that the API's contract gives.
      return (await reply.json()) as T;
    },
    async post(path, body) {
      return fetch(url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', cookie: await signedIn(), origin: url },
        body: JSON.stringify(body),
      });
    },
  };
}
