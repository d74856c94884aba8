// The HTTP server: puts the areas together behind one guard.
import fastifyCookie from '@fastify/cookie';
import fastifyHelmet from '@fastify/helmet';
import fastifyRateLimit from '@fastify/rate-limit';
import fastifySwagger from '@fastify/swagger';
import fastify, { type FastifyInstance } from 'fastify';
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
} from 'fastify-type-provider-zod';
import { createRarity } from '../budget/rarity.ts';
import type { Log } from '../component.ts';
import { PumjilError } from '../errors.ts';
import { type DeclaredRoute, guard } from './access.ts';
import alarms from './alarms/index.ts';
import type { ApiArea, ApiContext } from './context.ts';
import diagnosis from './diagnosis/index.ts';
import { answerFailures } from './failure.ts';
import health from './health/index.ts';
import live from './live/index.ts';
import measurements from './measurements/index.ts';
import plantArea from './plant/index.ts';
import type { Plant } from './plant.ts';
import replays from './replay/index.ts';
import rules from './rules/index.ts';
import session from './session/index.ts';
import dashboards from './static/index.ts';
import streams from './streams/index.ts';
import studies from './studies/index.ts';

/** The areas of the API; a new one is a folder and a line here. */
const AREAS: readonly ApiArea[] = [
  session,
  plantArea,
  streams,
  replays,
  rules,
  alarms,
  live,
  health,
  diagnosis,
  studies,
  measurements,
  dashboards,
];

const JSON_BODY_BYTES = 256 * 1024;
const MAX_LIVE_CLIENTS = 500;

export interface ApiOptions {
  readonly plant: Plant;
  readonly host: string;
  /** 0 = a free one. */
  readonly port: number;
  /** Folder of the built dashboards; may be absent. */
  readonly dashboardsFolder: string;
  /** Opens /metrics, /healthz and /readyz to peers that are not on this machine. */
  readonly metricsToken?: string | undefined;
  readonly log: Log;
  /** Version of the product; default `0.0.0`. */
  readonly version?: string;
  readonly maxLiveClients?: number;
  /** ms since 1970; default the clock of this machine. */
  readonly now?: () => number;
}

export interface Api {
  /** Address to open, such as `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Every route and who may use it. */
  readonly routes: readonly DeclaredRoute[];
  close(): Promise<void>;
}

/**
 * Starts the HTTP server of a plant.
 *
 * @throws PumjilError SERVER_PORT_TAKEN when the port is in use or may not be used
 */
export async function startApi(options: ApiOptions): Promise<Api> {
  const { app, routes } = await buildApi(options);
  const { host, port } = options;
  try {
    await app.listen({ host, port });
  } catch (cause) {
    await app.close();
    throw cannotListen(host, port, cause);
  }
  const address = app.server.address();
  const actualPort = typeof address === 'object' && address !== null ? address.port : port;
  const shownHost = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  const url = `http://${shownHost}:${actualPort}`;
  options.log.info({ url }, 'server listening');
  return { url, routes, close: () => app.close() };
}

/** The server with every route, not listening yet. */
export async function buildApi(
  options: ApiOptions,
): Promise<{ readonly app: FastifyInstance; readonly routes: readonly DeclaredRoute[] }> {
  const context: ApiContext = {
    plant: options.plant,
    rarity: createRarity(),
    log: options.log,
    now: options.now ?? Date.now,
    version: options.version ?? '0.0.0',
    dashboardsFolder: options.dashboardsFolder,
    metricsToken: options.metricsToken,
    maxLiveClients: options.maxLiveClients ?? MAX_LIVE_CLIENTS,
    liveClients: 0,
  };
  const app = fastify({
    logger: false,
    // X-Forwarded-For is believed by nobody: rate limits count the peer of the socket.
    trustProxy: false,
    bodyLimit: JSON_BODY_BYTES,
    requestTimeout: 30_000,
    http: { headersTimeout: 30_000, connectionsCheckingInterval: 10_000 },
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 600 },
  });
  // JSON only: a form of another site can send text/plain without asking.
  app.removeContentTypeParser('text/plain');
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  answerFailures(app, context);
  await app.register(fastifyCookie);
  // Before the guard, so that refusals carry these headers too.
  await app.register(fastifyHelmet, helmetOptions);
  const routes = guard(app, context);
  await app.register(fastifyRateLimit, { global: false, errorResponseBuilder: tooMany });
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Pumjil',
        version: context.version,
        description: 'Keys ending in Ms are ms since 1970; null = no value.',
      },
      components: {
        securitySchemes: {
          session: { type: 'apiKey', in: 'cookie', name: 'pumjil_session' },
          token: { type: 'http', scheme: 'bearer' },
        },
      },
    },
    transform: withAccess,
    transformObject: jsonSchemaTransformObject,
  });
  app.addHook('onSend', async (request, reply) => {
    // Answers of the API belong to one user and one moment.
    if (request.routeOptions.url?.startsWith('/api/')) reply.header('cache-control', 'no-store');
  });
  for (const area of AREAS) await app.register(area, { context });
  await app.ready();
  return { app, routes };
}

/** The document says of every route who may use it. */
function withAccess(document: Parameters<typeof jsonSchemaTransform>[0]): ReturnType<typeof jsonSchemaTransform> {
  const { schema, url } = jsonSchemaTransform(document);
  const access = document.route.config?.access ?? 'admin';
  const scheme = access === 'loopback_or_token' || access === 'adapter_token' ? 'token' : 'session';
  const security = access === 'public' ? [] : [{ [scheme]: [] }];
  return { schema: { ...schema, security, 'x-access': access } as typeof schema, url };
}

const helmetOptions = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'self'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", 'data:'],
      fontSrc: ["'self'"],
      connectSrc: ["'self'"],
      objectSrc: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
  },
  // Both would break or warn on plain http, which is how most plants run it.
  strictTransportSecurity: false,
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
} as const;

function tooMany(_request: unknown, limits: { readonly after: string }): PumjilError & { statusCode: number } {
  const error = new PumjilError('API_TOO_MANY', {
    message: 'too many attempts to sign in from this address',
    hint: `Wait ${limits.after} and try again.`,
  });
  return Object.assign(error, { statusCode: 429 });
}

function cannotListen(host: string, port: number, cause: unknown): PumjilError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  const why =
    code === 'EACCES'
      ? 'may not be used by this user'
      : code === 'EADDRNOTAVAIL'
        ? 'is not an address of this machine'
        : code === 'EADDRINUSE'
          ? 'is used by another program'
          : `cannot be used (${String(code ?? cause)})`;
  return new PumjilError('SERVER_PORT_TAKEN', {
    message: `server: ${host}:${port} ${why}`,
    hint: 'Stop the other program, or set server.port in pumjil.yaml to a free port.',
    cause,
  });
}
