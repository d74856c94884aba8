// Measurements that a source posts: handed to the adapter as they are; it checks the token and the body.

import { bearerToken } from '../access.ts';
import type { ApiArea } from '../context.ts';
import { AdapterParams } from '../contract/health.ts';
import { notFound } from '../failure.ts';

const MAX_BODY_BYTES = 8 * 1024 * 1024;

const measurements: ApiArea = async (app, { context }) => {
  // The adapter reads the bytes itself, whatever their type says.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES }, (_request, body, done) =>
    done(null, body),
  );

  app.post(
    '/api/measurements/:adapter',
    {
      bodyLimit: MAX_BODY_BYTES,
      config: { access: 'adapter_token' },
      schema: {
        summary: 'Deliver measurements (bearer token of the adapter, Idempotency-Key)',
        description:
          'Body: [{tag, value|null, t, quality?, size?, context?, id?}]. Answer: {accepted, duplicates, rejected: [{index, code}]}. 429 with Retry-After when nothing more can be made durable.',
        tags: ['measurements'],
        consumes: ['application/json'],
        params: AdapterParams,
      },
    },
    async (request, reply) => {
      const { adapter } = request.params;
      const key = request.headers['idempotency-key'];
      const answer = await context.plant.deliver(adapter, {
        token: bearerToken(request),
        idempotencyKey: typeof key === 'string' ? key : undefined,
        contentType: request.headers['content-type'] ?? '',
        body: request.body instanceof Uint8Array ? request.body : new Uint8Array(0),
      });
      if (answer === undefined)
        throw notFound(`adapter ${adapter} that takes measurements`, 'Use the id of an adapter with use: http.');
      if (answer.retryAfterS !== undefined) reply.header('retry-after', String(Math.ceil(answer.retryAfterS)));
      reply.code(answer.status).type('application/json; charset=utf-8');
      return reply.send(JSON.stringify(answer.body ?? null));
    },
  );
};
export default measurements;
