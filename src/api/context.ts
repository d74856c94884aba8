// What every area of the API is given.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Rarity } from '../budget/rarity.ts';
import type { Log } from '../component.ts';
import type { Access } from './access.ts';
import type { Plant, User } from './plant.ts';

export interface ApiContext {
  readonly plant: Plant;
  /** How rare signals are: what alarms are ordered by. */
  readonly rarity: Rarity;
  readonly log: Log;
  /** ms since 1970. */
  now(): number;
  /** Version of the product. */
  readonly version: string;
  /** Folder of the built dashboards. */
  readonly dashboardsFolder: string;
  readonly metricsToken: string | undefined;
  /** Live connections at most. */
  readonly maxLiveClients: number;
  /** Live connections open now. */
  liveClients: number;
}

/** One area of the API: a fastify plug-in, `src/api/<area>/index.ts`. */
export type ApiArea = FastifyPluginAsyncZod<{ readonly context: ApiContext }>;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may use this route; a route without it is not registered. */
    access?: Access;
  }
  interface FastifyRequest {
    /** The signed-in user; null on routes that need none. */
    user: User | null;
  }
}
