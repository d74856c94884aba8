// Signing in and out, and the one-time login link of the demo.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PumjilError } from '../../errors.ts';
import { SESSION_COOKIE } from '../access.ts';
import type { ApiArea, ApiContext } from '../context.ts';
import { DoneAnswer, LoginBody, LoginTokenParams, SessionAnswer } from '../contract/plant.ts';
import type { SessionJson } from '../contract.ts';
import type { User } from '../plant.ts';

/** Attempts a peer has in this time; the address is the socket's, so that no header forges it. */
const ATTEMPTS = { max: 20, timeWindow: 300_000 };
const COOKIE_AGE_S = 7 * 86_400;

const session: ApiArea = async (app, { context }) => {
  app.get(
    '/api/session',
    {
      config: { access: 'public' },
      schema: { summary: 'Who is signed in', tags: ['session'], response: { 200: SessionAnswer } },
    },
    async (request) => sessionJson(request.user, context),
  );

  app.post(
    '/api/session',
    {
      config: { access: 'public', rateLimit: ATTEMPTS },
      schema: { summary: 'Sign in', tags: ['session'], body: LoginBody, response: { 200: SessionAnswer } },
    },
    async (request, reply) => {
      const user = await context.plant.users.verify(request.body.user, request.body.password);
      if (user === undefined)
        throw new PumjilError('API_UNAUTHORISED', {
          message: 'user or password is wrong',
          hint: 'Try again, or ask an administrator for a new password.',
        });
      await open(user, request, reply, context);
      return sessionJson(user, context);
    },
  );

  app.delete(
    '/api/session',
    {
      config: { access: 'viewer' },
      schema: { summary: 'Sign out', tags: ['session'], response: { 200: DoneAnswer } },
    },
    async (request, reply) => {
      const token = request.cookies[SESSION_COOKIE];
      if (token !== undefined) await context.plant.users.close(token);
      reply.clearCookie(SESSION_COOKIE, { path: '/' });
      return { done: true as const };
    },
  );

  app.get(
    '/login/:token',
    {
      // Without HEAD: a link preview must not use the token up.
      exposeHeadRoute: false,
      config: { access: 'public', rateLimit: ATTEMPTS },
      schema: { summary: 'Sign in by a one-time link', tags: ['session'], params: LoginTokenParams },
    },
    async (request, reply) => {
      const user = context.plant.users.redeem(request.params.token);
      if (user === undefined)
        throw new PumjilError('API_UNAUTHORISED', {
          message: 'this login link was used before or is not valid',
          hint: 'Sign in with user and password, or start the demo again for a new link.',
        });
      await open(user, request, reply, context);
      return reply.redirect('/', 303);
    },
  );
};
export default session;

async function open(user: User, request: FastifyRequest, reply: FastifyReply, context: ApiContext): Promise<void> {
  const token = await context.plant.users.open(user, context.now());
  const secure = request.protocol === 'https';
  reply.setCookie(SESSION_COOKIE, token, {
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    secure,
    maxAge: COOKIE_AGE_S,
  });
}

function sessionJson(user: User | null, context: ApiContext): SessionJson {
  const { name, language } = context.plant.plan.plant;
  return {
    user: user === null ? null : { name: user.name, role: user.role },
    plant: { name: { ...name }, language },
    version: user === null ? null : context.version,
  };
}
