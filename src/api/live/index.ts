// The live push: server-sent events `point`, `event`, `alarm`, resumed by Last-Event-ID.
import type { FastifyRequest } from 'fastify';
import { PumjilError } from '../../errors.ts';
import type { ApiArea } from '../context.ts';
import { LiveAnswer } from '../contract/alarms.ts';
import { liveJson } from '../json.ts';
import { type Client, connect } from './client.ts';
import type { Outgoing } from './newest.ts';
import { createPace } from './pace.ts';

const HEARTBEAT_MS = 15_000;

const live: ApiArea = async (app, { context }) => {
  const clients = new Set<Client>();
  // A message is the same text for every client; it is made once.
  const texts = new WeakMap<Outgoing, string>();
  const textOf = (outgoing: Outgoing): string => {
    const known = texts.get(outgoing);
    if (known !== undefined) return known;
    const json = liveJson(outgoing.message, context);
    const text = JSON.stringify(outgoing.skipped > 0 ? { ...json, skipped: outgoing.skipped } : json);
    texts.set(outgoing, text);
    return text;
  };

  const pace = createPace((messages) => {
    for (const client of [...clients]) client.send(messages);
  });
  // Heard only while someone listens.
  let unhear: (() => void) | undefined;
  function follow(): void {
    context.liveClients = clients.size;
    if (clients.size > 0) unhear ??= context.plant.subscribe(pace.take);
    else {
      unhear?.();
      unhear = undefined;
    }
  }

  // One timer for all: keeps proxies from cutting silent connections, and ends those whose session has ended.
  const heartbeat = setInterval(() => {
    for (const client of [...clients]) client.beat();
  }, HEARTBEAT_MS);
  heartbeat.unref();

  app.addHook('preClose', async () => {
    clearInterval(heartbeat);
    for (const client of [...clients]) client.end();
    pace.close();
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
            description:
              'One message per event, in `data`. At most four times a second; docs/live.md says what may be left out.',
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
        follow();
      });
      clients.add(client);
      follow();
      await client.start(lastEventId(request));
    },
  );
};
export default live;

/** The browser sends this header when it reconnects; anything else than a seq means a fresh start. */
function lastEventId(request: FastifyRequest): number | undefined {
  const header = request.headers['last-event-id'];
  if (typeof header !== 'string' || !/^\d{1,15}$/.test(header)) return undefined;
  return Number(header);
}
