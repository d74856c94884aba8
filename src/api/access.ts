// Who may use a route. Default deny: every route declares it, and it is checked by route, never by the text of the URL.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';
import { PumjilError } from '../errors.ts';
import type { ApiContext } from './context.ts';
import type { Role, User } from './plant.ts';

/** A role means this role and every role above it. `adapter_token`: the adapter itself checks the bearer token. */
export type Access = 'public' | 'loopback_or_token' | 'adapter_token' | Role;

export const SESSION_COOKIE = 'pumjil_session';

/** Roles from the least to the most; each may do what those before it may. */
export const ROLES: readonly Role[] = ['viewer', 'operator', 'engineer', 'manager', 'admin'];

/**
 * True when a user of role `has` may use what needs `needs`.
 *
 * @example
 * mayUse('engineer', 'operator'); // => true
 */
export function mayUse(has: Role, needs: Role): boolean {
  return ROLES.indexOf(has) >= ROLES.indexOf(needs);
}

/** A registered route and who may use it. */
export interface DeclaredRoute {
  readonly method: string;
  readonly url: string;
  readonly access: Access;
}

/** Adds the checks to every route registered afterwards; the answer grows by each of them. */
export function guard(app: FastifyInstance, context: ApiContext): readonly DeclaredRoute[] {
  const routes: DeclaredRoute[] = [];
  app.decorateRequest('user', null);
  app.addHook('onRoute', (route) => {
    const access = declaredAccess(route);
    for (const method of [route.method].flat()) routes.push({ method, url: route.url, access });
  });
  app.addHook('onRequest', async (request) => {
    if (request.is404) return;
    const access = request.routeOptions.config.access;
    if (access === undefined) throw forbidden('this route declares no access');
    if (access === 'adapter_token') return;
    if (access === 'loopback_or_token') {
      if (!isLoopback(request) && !hasToken(request, context.metricsToken))
        throw unauthorised('needs the metrics token');
      return;
    }
    checkOrigin(request);
    request.user = findUser(request, context) ?? null;
    if (access === 'public') return;
    if (request.user === null) throw unauthorised('sign in first');
    if (!mayUse(request.user.role, access)) throw forbidden(`needs the role ${access}, not ${request.user.role}`);
  });
  return routes;
}

function declaredAccess(route: RouteOptions): Access {
  if (route.config?.access !== undefined) return route.config.access;
  throw new PumjilError('COMPONENT_INVALID', {
    message: `route ${route.method} ${route.url} declares no access`,
    hint: "Add config: { access: 'viewer' } or another access to the route.",
  });
}

function findUser(request: FastifyRequest, context: ApiContext): User | undefined {
  const token = request.cookies[SESSION_COOKIE];
  return token === undefined || token === '' ? undefined : context.plant.users.find(token, context.now());
}

/** A browser tells where a request comes from: what changes something must come from this very site. */
function checkOrigin(request: FastifyRequest): void {
  if (request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS') return;
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw forbidden('sent by another site');
  const { origin } = request.headers;
  if (origin === undefined) return;
  // The scheme is not compared: behind a TLS proxy the browser says https and we see http.
  if (!URL.canParse(origin) || new URL(origin).host !== request.headers.host) throw forbidden('sent by another site');
}

/** A peer on this machine. A forwarded request is not: its origin is beyond the proxy. */
function isLoopback(request: FastifyRequest): boolean {
  if (request.headers['x-forwarded-for'] !== undefined || request.headers.forwarded !== undefined) return false;
  const address = request.socket.remoteAddress?.replace(/^::ffff:/, '') ?? '';
  return address === '::1' || address.startsWith('127.');
}

function hasToken(request: FastifyRequest, token: string | undefined): boolean {
  const given = bearerToken(request);
  if (token === undefined || token === '' || given === undefined) return false;
  return timingSafeEqual(digest(given), digest(token));
}

/** The token of an Authorization header without the word Bearer, or undefined. */
export function bearerToken(request: FastifyRequest): string | undefined {
  return /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function unauthorised(why: string): PumjilError {
  return new PumjilError('API_UNAUTHORISED', {
    message: `not signed in: ${why}`,
    hint: 'Sign in, or send the token of this service.',
  });
}

function forbidden(why: string): PumjilError {
  return new PumjilError('API_FORBIDDEN', {
    message: `not allowed: ${why}`,
    hint: 'Ask someone with the role for it, or an administrator to change yours.',
  });
}
