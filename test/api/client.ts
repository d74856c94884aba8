// A running API over the fixture plant, and a client that sends exactly the bytes it is told.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DeclaredRoute } from '../../src/api/access.ts';
import { type ApiOptions, startApi } from '../../src/api/server.ts';
import type { Log } from '../../src/component.ts';
import { createPlantFixture, type PlantFixture } from '../fixtures/plant.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Parsed body; undefined when it is not JSON. */
  readonly json: unknown;
}

export interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is when a string or bytes, else as JSON. */
  readonly body?: unknown;
  readonly cookie?: string | undefined;
}

export interface TestApi {
  readonly plant: PlantFixture;
  readonly url: string;
  readonly port: number;
  readonly routes: readonly DeclaredRoute[];
  /** Lines logged, as `level message`. */
  readonly logged: string[];
  ask(path: string, ask?: Ask): Promise<Answer>;
  /** Cookie of a signed-in user of this role. */
  signIn(role: string): Promise<string>;
  close(): Promise<void>;
}

export async function startTestApi(options: Partial<ApiOptions> = {}): Promise<TestApi> {
  const plant = createPlantFixture({ days: 4 });
  const folder = mkdtempSync(join(tmpdir(), 'pumjil-api-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Pumjil</title>');
  writeFileSync(join(folder, 'assets', 'app-1a2b.js'), 'export {};');
  const logged: string[] = [];
  const api = await startApi({
    plant,
    host: '127.0.0.1',
    port: 0,
    dashboardsFolder: folder,
    log: memoryLog(logged),
    now: plant.nowMs,
    version: '0.1.0',
    ...options,
  });
  const port = Number(new URL(api.url).port);
  const ask = (path: string, wanted: Ask = {}): Promise<Answer> => send(port, path, wanted);
  return {
    plant,
    url: api.url,
    port,
    routes: api.routes,
    logged,
    ask,
    async signIn(role) {
      const body = { user: role, password: `demo-${role}` };
      const answer = await ask('/api/session', { method: 'POST', body });
      return cookieOf(answer);
    },
    async close() {
      await api.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** `name=value` of the first cookie an answer sets. */
export function cookieOf(answer: Answer): string {
  return answer.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
}

function send(port: number, path: string, wanted: Ask): Promise<Answer> {
  const { method = 'GET', headers = {}, body, cookie } = wanted;
  const isRaw = typeof body === 'string' || body instanceof Uint8Array;
  const bytes = body === undefined ? undefined : isRaw ? body : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      {
        host: '127.0.0.1',
        port,
        path,
        method,
        agent: false,
        headers: {
          ...(bytes === undefined || isRaw ? {} : { 'content-type': 'application/json' }),
          ...(bytes === undefined ? {} : { 'content-length': String(Buffer.byteLength(bytes)) }),
          ...(cookie === undefined ? {} : { cookie }),
          ...headers,
        },
      },
      (incoming) => {
        // The live push never ends: its headers are the answer.
        if (String(incoming.headers['content-type']).startsWith('text/event-stream')) {
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text: '', json: undefined });
          incoming.destroy();
          return;
        }
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text, json: parse(text) });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(bytes);
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function memoryLog(lines: string[]): Log {
  const at =
    (level: string) =>
    (fields: object, message: string): void => {
      const error = 'error' in fields ? ` ${String((fields.error as Error)?.stack)}` : '';
      lines.push(`${level} ${message}${error}`);
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** Waits until `condition` holds; throws after `limitMs`. */
export async function until(condition: () => boolean, what: string, limitMs = 5000): Promise<void> {
  const end = performance.now() + limitMs;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`not within ${limitMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
