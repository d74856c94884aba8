// The HTTP adapter: other systems post measurements to /api/measurements/<id>; the answer comes when they are durable.
import { createHash, timingSafeEqual } from 'node:crypto';
import {
  type Batch,
  type Context,
  createContextPool,
  type Delivery,
  type DeliveryReply,
  defineAdapter,
  openInbox,
  PumjilError,
  type Receipt,
} from '../../src/component.ts';
import { type RowCode, readRow, splitBody } from './body.ts';
import { type HttpSettings, httpSettings } from './settings.ts';

/** Names a sender may bring up in one run: a serial number used as a tag must not fill the memory. */
const MOST_TAGS = 20_000;
const RETRY_AFTER_S = 5;

export default defineAdapter<HttpSettings>({
  settings: httpSettings,
  // There is no device to ask: senders come to us.
  probe: async () => undefined,
  collect: (settings, context) => collect(settings, context),
  exempt: {
    A1: 'There is nothing to reach: senders come to Pumjil.',
    A4: 'Senders come and go as they please; that one is silent is no fault that could be seen here. What it could not send it keeps.',
  },
});

interface Rejection {
  readonly index: number;
  readonly code: RowCode;
}

type Outcome = { readonly receipt: Receipt } | { readonly refused: Error } | { readonly ended: 'abort' | 'timeout' };

async function* collect(settings: HttpSettings, context: Context): AsyncGenerator<Batch> {
  const inbox = openInbox<Batch>(settings.max_waiting);
  const tags = new Set<string>();
  const pooled = createContextPool(10_000);
  let waiting = 0;
  const end = () => inbox.close();
  context.signal.addEventListener('abort', end);

  /** Hands a batch over and waits for what becomes of it. */
  async function handOver(batch: Batch): Promise<Outcome> {
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const onAbort = () => resolve({ ended: 'abort' });
    const timer = setTimeout(() => resolve({ ended: 'timeout' }), settings.timeout_ms);
    context.signal.addEventListener('abort', onAbort);
    waiting += 1;
    try {
      const isTaken = inbox.push(
        Object.assign(batch, {
          ack: (receipt: Receipt) => resolve({ receipt }),
          refuse: (error: Error) => resolve({ refused: error }),
        }),
      );
      if (!isTaken) resolve({ ended: 'abort' });
      return await promise;
    } finally {
      waiting -= 1;
      clearTimeout(timer);
      context.signal.removeEventListener('abort', onAbort);
    }
  }

  async function take(delivery: Delivery): Promise<DeliveryReply> {
    if (!isSameToken(delivery.token, settings.token)) {
      return problem(401, 'API_UNAUTHORISED', 'the token is missing or wrong', 'Send Authorization: Bearer <token>.');
    }
    if (context.signal.aborted) return unavailable('this source is being stopped');
    const refuse = (status: number, reason: string, message: string, hint: string): DeliveryReply => {
      context.refused(1, reason, message);
      return problem(status, 'API_BAD_REQUEST', message, hint);
    };
    if (delivery.body.length > settings.max_body_kb * 1024) {
      return refuse(
        413,
        'body_too_large',
        `the body is larger than ${settings.max_body_kb} kB`,
        'Send fewer rows at a time.',
      );
    }
    const body = splitBody(delivery.body, delivery.contentType);
    if ('malformed' in body) {
      return refuse(400, 'body_malformed', body.malformed, 'Nothing was stored; correct the body and send it again.');
    }
    if (body.rows.length > settings.max_rows) {
      return refuse(
        413,
        'body_too_large',
        `the body has more than ${settings.max_rows} rows`,
        'Send fewer rows at a time.',
      );
    }
    if (waiting >= settings.max_waiting) return tooMany('too many bodies wait for the journal');
    const { batch, rejected } = readRows(body.rows, delivery.idempotencyKey);
    for (const [code, rows] of Map.groupBy(rejected, (row) => row.code)) {
      context.refused(rows.length, code, `row ${rows[0]?.index}`);
    }
    if (batch.length === 0) return { status: 200, body: { accepted: 0, duplicates: 0, rejected } };
    const outcome = await handOver(batch);
    if ('receipt' in outcome) {
      const { accepted, duplicates } = outcome.receipt;
      return { status: 200, body: { accepted, duplicates, rejected } };
    }
    if ('ended' in outcome) {
      return unavailable(outcome.ended === 'abort' ? 'this source is being stopped' : 'the rows are not yet durable');
    }
    if (outcome.refused instanceof PumjilError && outcome.refused.code === 'JOURNAL_FULL') {
      return tooMany(outcome.refused.message);
    }
    return unavailable(outcome.refused.message);
  }

  function readRows(rows: readonly unknown[], idempotencyKey: string | undefined) {
    const batch = context.batch(rows.length);
    const rejected: Rejection[] = [];
    const receivedNs = BigInt(Math.round(context.now())) * 1_000_000n;
    for (const [index, raw] of rows.entries()) {
      const row = readRow(raw);
      if (typeof row === 'string') {
        rejected.push({ index, code: row });
        continue;
      }
      if (!tags.has(row.tag) && tags.size >= MOST_TAGS) {
        rejected.push({ index, code: 'too_many_tags' });
        continue;
      }
      tags.add(row.tag);
      batch.add(context.tag(row.tag), row.value, row.quality, row.timeNs ?? receivedNs, {
        size: row.size,
        context: pooled(row.context),
        sourceId: row.id ?? (idempotencyKey === undefined ? undefined : `${idempotencyKey}:${index}`),
        text: row.text,
        reason: row.reason ?? (row.timeNs === undefined ? 'no_source_time' : undefined),
      });
    }
    return { batch, rejected };
  }

  context.receive(take);
  context.connected('waiting for deliveries');
  try {
    for (;;) {
      const [batch] = await inbox.take(1);
      if (batch === undefined) return;
      yield batch;
    }
  } finally {
    context.signal.removeEventListener('abort', end);
    inbox.close();
  }
}

/** Compares digests: equal time for any wrong token, of any length. */
function isSameToken(given: string | undefined, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given ?? ''), digest(expected)) && given !== undefined;
}

function problem(status: number, code: string, message: string, hint: string): DeliveryReply {
  return { status, body: { code, message, hint } };
}

function tooMany(message: string): DeliveryReply {
  const hint = 'Keep the rows and send them again later, with the same ids.';
  return { ...problem(429, 'JOURNAL_FULL', message, hint), retryAfterS: RETRY_AFTER_S };
}

function unavailable(message: string): DeliveryReply {
  const hint = 'Keep the rows and send them again with the same ids: a repeat is stored once.';
  return { ...problem(503, 'JOURNAL_FAILED', message, hint), retryAfterS: RETRY_AFTER_S };
}
