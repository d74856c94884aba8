// The live push: server-sent events `point`, `event`, `alarm`, resumed by Last-Event-ID.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PumjilError } from '../../errors.ts';
import { SESSION_COOKIE } from '../access.ts';
import type { ApiArea, ApiContext } from '../context.ts';
import { LiveAnswer } from '../contract/alarms.ts';
import { liveJson } from '../json.ts';
import type { LiveMessage } from '../plant.ts';

const HEARTBEAT_MS = 15_000;
/** A client that lets this much pile up is dropped; it comes back and resumes. */
const MAX_BUFFERED_BYTES = 1_000_000;

const live: ApiArea = async (app, { context }) => {
  const clients = new Set<Client>();
  // A message is the same text for every client; it is made once.
  const texts = new WeakMap<LiveMessage, string>();
  const textOf = (message: LiveMessage): string => {
    const known = texts.get(message) ?? JSON.stringify(liveJson(message, context.plant));
    texts.set(message, known);
    return known;
  };

  // One timer for all: keeps proxies from cutting silent connections, and ends those whose session has ended.
  const heartbeat = setInterval(() => {
    for (const client of [...clients]) client.beat();
  }, HEARTBEAT_MS);
  heartbeat.unref();

  app.addHook('preClose', async () => {
    clearInterval(heartbeat);
    for (const client of [...clients]) client.end();
  });

  app.get(
    '/api/live',
    {
      exposeHeadRoute: false,
      config: { access: 'viewer' },
      schema: {
        summary: 'Server-sent events: point, event, alarm, resync; the id is the seq, Last-Event-ID resumes',
        tags: ['live'],
        response: {
          200: {
            description: 'One message per event, in `data`.',
            content: { 'text/event-stream': { schema: LiveAnswer } },
          },
        },
      },
    },
    async (request, reply) => {
      if (clients.size >= context.maxLiveClients)
        throw new PumjilError('API_TOO_MANY', {
          message: `there are ${clients.size} live connections already`,
          hint: 'Close a screen, or wait and try again.',
        });
      const client = connect(request, reply, context, textOf, () => {
        clients.delete(client);
        context.liveClients = clients.size;
      });
      clients.add(client);
      context.liveClients = clients.size;
      await client.start(lastEventId(request));
    },
  );
};
export default live;

interface Client {
  /** Sends what came after `afterSeq`, then everything as it comes. */
  start(afterSeq: number | undefined): Promise<void>;
  beat(): void;
  end(): void;
}

function connect(
  request: FastifyRequest,
  reply: FastifyReply,
  context: ApiContext,
  textOf: (message: LiveMessage) => string,
  onEnd: () => void,
): Client {
  const { plant } = context;
  const token = request.cookies[SESSION_COOKIE] ?? '';
  const raw = reply.raw;
  let ended = false;
  let sentSeq = 0;
  /** Messages that arrive while the missed ones are still being read; null afterwards. */
  let early: LiveMessage[] | null = [];
  let unsubscribe = (): void => {};

  function end(): void {
    if (ended) return;
    ended = true;
    unsubscribe();
    raw.destroy();
    onEnd();
  }

  function write(text: string): void {
    if (ended) return;
    raw.write(text);
    if (raw.writableLength <= MAX_BUFFERED_BYTES) return;
    context.log.warn({ bufferedBytes: raw.writableLength }, 'live client too slow, dropped');
    end();
  }

  function send(messages: readonly LiveMessage[]): void {
    let text = '';
    messages.forEach((message, i) => {
      if (message.seq <= sentSeq) return;
      // All messages of an entry share its seq: only the last carries the id, so that a cut between them loses none.
      const isLastOfSeq = messages[i + 1]?.seq !== message.seq;
      text += `event: ${message.type}\n${isLastOfSeq ? `id: ${message.seq}\n` : ''}data: ${textOf(message)}\n\n`;
    });
    sentSeq = Math.max(sentSeq, messages[messages.length - 1]?.seq ?? 0);
    if (text !== '') write(text);
  }

  raw.on('close', end);
  raw.on('error', end);

  return {
    async start(afterSeq) {
      reply.hijack();
      for (const [name, value] of Object.entries(reply.getHeaders()))
        if (value !== undefined) raw.setHeader(name, value);
      raw.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store, no-transform',
        'x-accel-buffering': 'no',
      });
      raw.flushHeaders();
      write('retry: 2000\n\n');
      unsubscribe = plant.subscribe((messages) => {
        if (early === null) send(messages);
        else early.push(...messages);
      });
      if (ended) unsubscribe();
      if (afterSeq !== undefined) await resume(afterSeq);
      const waiting = early ?? [];
      early = null;
      send(waiting);
    },
    beat() {
      if (plant.users.find(token, context.now()) === undefined) end();
      else write(': still here\n\n');
    },
    end,
  };

  async function resume(afterSeq: number): Promise<void> {
    const missed = await plant.replayLive(afterSeq).catch((error: unknown) => {
      context.log.warn({ error }, 'live messages could not be replayed');
      return undefined;
    });
    if (missed !== undefined) {
      sentSeq = afterSeq;
      send(missed);
      return;
    }
    const seq = plant.health().journal.lastSeq;
    write(`event: resync\nid: ${seq}\ndata: ${JSON.stringify({ type: 'resync', seq })}\n\n`);
  }
}

/** The browser sends this header when it reconnects; anything else than a seq means a fresh start. */
function lastEventId(request: FastifyRequest): number | undefined {
  const header = request.headers['last-event-id'];
  if (typeof header !== 'string' || !/^\d{1,15}$/.test(header)) return undefined;
  return Number(header);
}
