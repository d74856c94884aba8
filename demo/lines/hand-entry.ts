// What people type into the quality form: posted over HTTP, repeated until it is confirmed.
import { setTimeout as pause } from 'node:timers/promises';

export interface HandEntry {
  readonly tag: string;
  readonly value: number;
  /** ms since 1970. */
  readonly t: number;
  readonly id: string;
  readonly context: Readonly<Record<string, string>>;
}

export interface HandEntries {
  post(rows: readonly HandEntry[]): void;
  close(): void;
}

/** Oldest entries are dropped beyond this: nobody keeps a thousand slips of paper. */
const MOST_WAITING = 1000;
const RETRY_MS = 1000;

/**
 * Posts in order, one request at a time. What is refused as malformed is not repeated.
 *
 * @param url address of the server, without the path
 */
export function handEntries(url: string, token: string): HandEntries {
  const waiting: (readonly HandEntry[])[] = [];
  const ending = new AbortController();
  let isBusy = false;
  async function deliver(): Promise<void> {
    while (waiting.length > 0 && !ending.signal.aborted) {
      const rows = waiting[0] ?? [];
      if (await isSettled(rows)) waiting.shift();
      else await pause(RETRY_MS, undefined, { signal: ending.signal, ref: false }).catch(() => undefined);
    }
    isBusy = false;
  }
  async function isSettled(rows: readonly HandEntry[]): Promise<boolean> {
    try {
      const answer = await fetch(new URL('/api/measurements/hand', url), {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'idempotency-key': rows
            .map((each) => each.id)
            .join('+')
            .slice(0, 200),
        },
        body: JSON.stringify(rows),
        signal: AbortSignal.any([ending.signal, AbortSignal.timeout(10_000)]),
      });
      await answer.arrayBuffer();
      return (
        answer.ok || (answer.status >= 400 && answer.status < 500 && ![401, 404, 408, 429].includes(answer.status))
      );
    } catch {
      // Not there yet, or gone for a while: the form keeps the entry.
      return false;
    }
  }
  return {
    post(rows) {
      waiting.push(rows);
      if (waiting.length > MOST_WAITING) waiting.shift();
      if (isBusy) return;
      isBusy = true;
      void deliver();
    },
    close: () => ending.abort(),
  };
}
