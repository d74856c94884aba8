// A system that posts measurements as an MES does: it keeps what was not confirmed and sends it again, in order.
import type { Context, Delivery, DeliveryReply, ExpectedRow, Testbed } from '../../src/component.ts';

const TOKEN = 'testbed-token-0123456789';
const START_MS = Date.UTC(2026, 2, 1);

interface Row {
  readonly id: string;
  readonly [field: string]: unknown;
}

/** Rows sent in one body. */
const ROWS_A_BODY = 200;

/** A context that can be posted to; the one of the contract tests and of the server's own tests is. */
interface Receiving extends Context {
  deliver(delivery: Delivery): Promise<DeliveryReply>;
}

/** Starts the sender; it sends as soon as a context is attached. */
export async function startTestbed(_folder: string): Promise<Testbed> {
  let context: Receiving | undefined;
  let sequence = 0;
  let last: Row | undefined;
  let lastConfirmed = '';
  let queue: Row[] = [];
  let sending: Promise<void> | undefined;

  async function send(rows: readonly Row[]): Promise<boolean> {
    const body = new TextEncoder().encode(JSON.stringify(rows));
    const reply = await context?.deliver({
      token: TOKEN,
      idempotencyKey: undefined,
      contentType: 'application/json',
      body,
    });
    if (reply?.status !== 200) return false;
    lastConfirmed = rows.at(-1)?.id ?? '';
    return true;
  }

  async function sendAll(): Promise<void> {
    const there = context;
    while (queue.length > 0 && context === there && there !== undefined && !there.signal.aborted) {
      const rows = queue.slice(0, ROWS_A_BODY);
      if (await send(rows)) queue = queue.slice(rows.length);
      // A refusing server is asked again a turn later; a real sender waits longer.
      else await new Promise((resolve) => setImmediate(resolve));
    }
    sending = undefined;
  }

  function post(row: object): void {
    sequence += 1;
    last = { ...row, id: `shift-${sequence}` };
    queue.push(last);
    sending ??= sendAll();
  }

  return {
    settings: { token: TOKEN, timeout_ms: 60_000 },
    absent: { token: TOKEN },
    attach(given) {
      // The tests' context takes deliveries as the server does.
      context = given as Receiving;
      queue = [];
      sending = undefined;
    },
    async emit(): Promise<readonly ExpectedRow[]> {
      const timeMs = START_MS + sequence * 24_000;
      const value = 2.8 + (sequence % 17) / 100;
      const rowContext = { part: 'CV-2100-AS', lot: `A${sequence % 5}` };
      const tag = `screw${(sequence % 48) + 1}/torque`;
      post({ tag, value, t: new Date(timeMs).toISOString(), context: rowContext });
      await new Promise((resolve) => setImmediate(resolve));
      return [{ tag, value, quality: 0, timeMs, context: rowContext }];
    },
    async fault() {
      const timeMs = START_MS + sequence * 24_000;
      post({ tag: 'torque', value: null, t: timeMs });
      return [{ tag: 'torque', value: Number.NaN, quality: 2, timeMs }];
    },
    cut: async () => undefined,
    restore: async () => undefined,
    async garbage(bytes) {
      const reply = await context?.deliver({
        token: TOKEN,
        idempotencyKey: undefined,
        contentType: 'application/json',
        body: bytes,
      });
      if (reply?.status !== 400) throw new Error(`random bytes were answered ${reply?.status}`);
    },
    async redeliver() {
      if (last !== undefined) await send([last]);
    },
    acknowledged: () => last !== undefined && lastConfirmed === last.id,
    writes: () => 0,
    async stop() {
      context = undefined;
      await sending;
    },
  };
}
