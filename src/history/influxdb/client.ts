// InfluxDB over HTTP: one request, one plain answer. Nothing is tried again here.
import { Agent, type Dispatcher, request } from 'undici';
import { PumjilError } from '../../errors.ts';

export interface ClientOptions {
  /** `http://host:8086`, a path allowed. */
  readonly url: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** Longest wait for a whole answer, ms; 10 000. */
  readonly timeoutMs?: number;
  readonly dispatcher?: Dispatcher;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  /** From Retry-After. */
  readonly retryAfterMs: number | undefined;
}

export interface InfluxClient {
  /** @throws PumjilError HISTORY_UNREACHABLE when there is no answer in time */
  send(path: string, query: Readonly<Record<string, string>>, body: string, type: string): Promise<Answer>;
  /** Address without credentials, for messages. */
  readonly place: string;
  close(): Promise<void>;
}

/** Longest answer that is read; queries are paged below it. */
const MAX_ANSWER = 256 * 1024 * 1024;

/** A client for one server. Redirects are not followed: they could lead the password elsewhere. */
export function openClient(options: ClientOptions): InfluxClient {
  const base = new URL(options.url);
  const username = options.username ?? decodeURIComponent(base.username);
  const password = options.password ?? decodeURIComponent(base.password);
  base.username = '';
  base.password = '';
  const place = `${base.origin}${base.pathname.replace(/\/$/, '')}`;
  const timeoutMs = options.timeoutMs ?? 10_000;
  const ownAgent = options.dispatcher === undefined ? new Agent({ connections: 4 }) : undefined;
  const dispatcher = options.dispatcher ?? ownAgent;
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

  return {
    place,
    async send(path, query, body, type) {
      const url = new URL(`${place}${path}`);
      for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
      try {
        const answer = await request(url, {
          method: 'POST',
          headers: { 'content-type': type, ...(username === '' ? {} : { authorization }) },
          body,
          signal: AbortSignal.timeout(timeoutMs),
          ...(dispatcher === undefined ? {} : { dispatcher }),
        });
        return {
          status: answer.statusCode,
          text: await wholeText(answer.body),
          retryAfterMs: retryAfter(answer.headers['retry-after']),
        };
      } catch (cause) {
        throw unreachable(place, cause instanceof Error ? cause.message : String(cause), undefined, cause);
      }
    },
    async close() {
      await ownAgent?.destroy();
    },
  };
}

/** The retryable error of a server that does not answer as it should. */
export function unreachable(place: string, what: string, retryAfterMs?: number, cause?: unknown): PumjilError {
  return new PumjilError('HISTORY_UNREACHABLE', {
    message: `InfluxDB at ${place} does not take data: ${what}.`,
    hint: 'Check that it runs and can be reached; values wait in plant.db and follow by themselves.',
    retryable: true,
    cause,
    ...(retryAfterMs === undefined ? {} : { data: { retryAfterMs } }),
  });
}

async function wholeText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of body) {
    length += part.length;
    if (length > MAX_ANSWER) throw new Error('the answer is too long');
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

function retryAfter(header: string | string[] | undefined): number | undefined {
  const text = Array.isArray(header) ? header[0] : header;
  if (text === undefined) return undefined;
  const seconds = Number(text);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), 3_600_000) : undefined;
}
