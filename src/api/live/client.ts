// One browser at the live push: what it missed, then everything as it comes; ended when it does not keep up.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SESSION_COOKIE } from '../access.ts';
import type { ApiContext } from '../context.ts';
import { newestPoints, type Outgoing } from './newest.ts';

/** A client that has let this much pile up when more comes is dropped; it comes back and resumes. */
const MAX_BUFFERED_BYTES = 1_000_000;
/** More than this at a time is not sent: fetching everything anew is less. */
const MAX_TEXT = 1_000_000;

export interface Client {
  /** Sends what came after `afterSeq`, then everything as it comes. */
  start(afterSeq: number | undefined): Promise<void>;
  send(messages: readonly Outgoing[]): void;
  beat(): void;
  end(): void;
}

/**
 * @param textOf the data of a message
 * @param onEnd called once when the connection is over, whoever ended it
 */
export function connect(
  request: FastifyRequest,
  reply: FastifyReply,
  context: ApiContext,
  textOf: (message: Outgoing) => string,
  onEnd: () => void,
): Client {
  const { plant } = context;
  const token = request.cookies[SESSION_COOKIE] ?? '';
  const raw = reply.raw;
  let ended = false;
  let sentSeq = 0;
  /** Messages that arrive while the missed ones are still being read; null afterwards. */
  let early: Outgoing[] | null = [];

  function end(): void {
    if (ended) return;
    ended = true;
    raw.destroy();
    onEnd();
  }

  function write(text: string): void {
    if (ended) return;
    const bufferedBytes = raw.writableLength;
    if (bufferedBytes <= MAX_BUFFERED_BYTES) {
      raw.write(text);
      return;
    }
    context.log.warn({ bufferedBytes }, 'live client too slow, dropped');
    end();
  }

  function send(messages: readonly Outgoing[]): void {
    let text = '';
    messages.forEach((outgoing, i) => {
      const { seq, type } = outgoing.message;
      if (seq <= sentSeq) return;
      // All messages of an entry share its seq: only the last carries the id, so that a cut between them loses none.
      const isLastOfSeq = messages[i + 1]?.message.seq !== seq;
      text += `event: ${type}\n${isLastOfSeq ? `id: ${seq}\n` : ''}data: ${textOf(outgoing)}\n\n`;
    });
    sentSeq = Math.max(sentSeq, messages.at(-1)?.message.seq ?? 0);
    if (text.length > MAX_TEXT) write(`id: ${sentSeq}\n${resync(sentSeq)}`);
    else if (text !== '') write(text);
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
      if (afterSeq !== undefined) await resume(afterSeq);
      const waiting = early ?? [];
      early = null;
      send(waiting);
    },
    send(messages) {
      if (early === null) send(messages);
      else early.push(...messages);
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
    if (missed === undefined) {
      // Without an id: how far the messages have come is not known here, and a client that is cut now has to ask again.
      write(resync(plant.health().journal.lastSeq));
      return;
    }
    sentSeq = afterSeq;
    send(newestPoints(missed));
  }
}

function resync(seq: number): string {
  return `event: resync\ndata: ${JSON.stringify({ type: 'resync', seq })}\n\n`;
}
