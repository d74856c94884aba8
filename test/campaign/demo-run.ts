// Starts the demo as its user does, signs in, and watches it over the public API alone.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT, temporaryFolder, until } from '../e2e/pumjil.ts';

export interface DemoOptions {
  /** Arguments after `demo`, without `--port` and `--data`. */
  readonly args: readonly string[];
  /** Data folder; a new temporary one when left out. */
  readonly folder?: string;
  readonly startWithinMs?: number;
}

export interface DemoRun {
  readonly url: string;
  readonly folder: string;
  readonly speed: number;
  /** Wall time at which the plant's clock started, ms since 1970; about 0.2 s are unknown. */
  readonly startMs: number;
  /** How long the start took, past included, ms. */
  readonly startTookMs: number;
  /** The one-time link it printed. */
  readonly login: string;
  /** GET as manager; throws on any other status than 200. */
  get<T>(path: string): Promise<T>;
  /** Everything it said on standard error. */
  log(): string;
  /** Signals, gaps and all other events since the live start, in order. */
  events(): Promise<readonly DemoEvent[]>;
  /** SIGTERM; the exit code. */
  stop(): Promise<number | null>;
  kill(): void;
}

/** An event of the API, as far as trials look at it. */
export interface DemoEvent {
  readonly id: string;
  readonly seq: number;
  readonly kind: string;
  readonly timeMs: number;
  readonly stream: string | null;
  readonly adapter: string;
  readonly text: { readonly ko: string; readonly en: string };
  readonly data: Readonly<Record<string, unknown>>;
}

export interface DemoAdapter {
  readonly id: string;
  readonly use: string;
  readonly state: string;
  readonly accepted: number;
  readonly duplicate: number;
  readonly refused: number;
  readonly gapSeconds: number;
  readonly restarts: number;
}

export interface DemoHealth {
  readonly adapters: readonly DemoAdapter[];
  readonly balance: Readonly<
    Record<'received' | 'accepted' | 'duplicate' | 'refused' | 'stored' | 'waiting' | 'quarantined' | 'lost', number>
  >;
  readonly eventHash: string;
}

const PAGE = 5000;

/**
 * Starts `pumjil demo` and waits until it has printed its address.
 *
 * @throws Error with what it said when it does not come up
 */
export async function startDemo(options: DemoOptions): Promise<DemoRun> {
  const folder = options.folder ?? temporaryFolder('demo');
  const speedAt = options.args.indexOf('--speed');
  const speed = speedAt < 0 ? 60 : Number(options.args[speedAt + 1]);
  const beganMs = performance.now();
  const child = spawn(
    process.execPath,
    [join(ROOT, 'src', 'main.ts'), 'demo', '--port', '0', '--data', folder, ...options.args],
    { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let out = '';
  let log = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  const gone = new Promise<number | null>((done) => child.once('exit', (code) => done(code)));
  const url = await until('the demo prints its address', options.startWithinMs ?? 60_000, () => {
    if (child.exitCode !== null) throw new Error(`the demo ended with ${child.exitCode}: ${log.slice(-2000)}`);
    return /^(http:\S+)/m.exec(out)?.[1];
  }).catch((error: unknown) => {
    child.kill('SIGKILL');
    throw new Error(`${error}\n${log.slice(-2000)}`);
  });
  const startMs = Date.now();
  const startTookMs = performance.now() - beganMs;
  const reply = await fetch(`${url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user: 'manager', password: 'demo-manager' }),
  });
  if (!reply.ok) throw new Error(`sign in: ${reply.status} ${await reply.text()}`);
  const cookie = reply.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ');
  async function get<T>(path: string): Promise<T> {
    const answer = await fetch(url + path, { headers: { cookie } });
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    // The caller names the shape that the API's contract gives.
    return (await answer.json()) as T;
  }
  const login = await until('the login link is printed', 10_000, () => /once\): (\S+)/.exec(log)?.[1]);
  return {
    url,
    folder,
    speed,
    startMs,
    startTookMs,
    login,
    get,
    log: () => log,
    async events() {
      const found: DemoEvent[] = [];
      for (let after = -1; ; ) {
        const query = `from=${startMs - 1000}&limit=${PAGE}${after < 0 ? '' : `&after=${after}`}`;
        const { events } = await get<{ events: DemoEvent[] }>(`/api/events?${query}`);
        const known = new Set(found.map((each) => each.id));
        const fresh = events.filter((each) => !known.has(each.id));
        found.push(...fresh);
        if (fresh.length === 0 || events.length < PAGE) return found;
        // Events of one entry share its seq: the page may have ended among them.
        after = (events.at(-1)?.seq ?? 1) - 1;
      }
    },
    stop() {
      child.kill('SIGTERM');
      return gone;
    },
    kill: () => void child.kill('SIGKILL'),
  };
}
