// Health for people, probes for supervisors, metrics for Prometheus, and the OpenAPI document.
import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { ApiArea, ApiContext } from '../context.ts';
import { HealthAnswer, ProbeAnswer, WarningsAnswer } from '../contract/health.ts';
import type { HealthJson } from '../contract.ts';
import { adapterJson } from '../json.ts';
import { metricsText } from '../metrics.ts';
import type { Health, HealthWarning } from '../plant.ts';

const tags = ['health'];
const DISK_FAILED = 'disk_failed' satisfies HealthWarning['code'];

const health: ApiArea = async (app, { context }) => {
  const { plant } = context;

  app.get(
    '/api/health',
    {
      config: { access: 'viewer' },
      schema: { summary: 'Adapters, journal, history, balance', tags, response: { 200: HealthAnswer } },
    },
    async () => healthJson(context),
  );

  app.post(
    '/api/health/disk-failed/acknowledge',
    {
      config: { access: 'engineer' },
      schema: {
        summary: 'Says that the disk was looked at after it failed; answers the warnings that are left',
        tags,
        response: { 200: WarningsAnswer },
      },
    },
    async (request) => {
      if (plant.health().warnings?.some((warning) => warning.code === DISK_FAILED) === true)
        await plant.submit({
          kind: 'command',
          atMs: context.now(),
          author: request.user?.name ?? '',
          id: randomUUID(),
          verb: 'acknowledge',
          alarm: DISK_FAILED,
        });
      return { warnings: warningsJson(plant.health()) };
    },
  );

  app.get(
    '/healthz',
    {
      config: { access: 'loopback_or_token' },
      schema: { summary: 'Alive', tags, response: { 200: ProbeAnswer } },
    },
    async () => ({ status: 'ok' as const, because: null }),
  );

  app.get(
    '/readyz',
    {
      config: { access: 'loopback_or_token' },
      schema: {
        summary: 'Journal writable, replay done, engine caught up; says nothing of devices',
        tags,
        response: { 200: ProbeAnswer, 503: ProbeAnswer },
      },
    },
    async (_request, reply) => {
      const { ready, notReadyBecause } = plant.health();
      if (ready) return { status: 'ok' as const, because: null };
      reply.code(503);
      return { status: 'not_ready' as const, because: notReadyBecause };
    },
  );

  app.get(
    '/metrics',
    {
      config: { access: 'loopback_or_token' },
      schema: {
        summary: 'Prometheus metrics',
        tags,
        response: { 200: { description: 'Text format 0.0.4.', content: { 'text/plain': { schema: z.string() } } } },
      },
    },
    async (_request, reply) => {
      reply.header('content-type', 'text/plain; version=0.0.4; charset=utf-8');
      return reply.send(metricsText(plant.health(), context.liveClients));
    },
  );

  app.get(
    '/api/openapi.json',
    { config: { access: 'viewer' }, schema: { summary: 'This document', tags } },
    async (_request, reply) => {
      reply.header('content-type', 'application/json; charset=utf-8');
      return reply.send(JSON.stringify(app.swagger()));
    },
  );
};
export default health;

function healthJson(context: ApiContext): HealthJson {
  const health = context.plant.health();
  const { adapters, journal, history, balance, eventsByKind, ...rest } = health;
  return {
    ...rest,
    warnings: warningsJson(health),
    adapters: adapters.map(adapterJson),
    journal: { ...journal, damage: [...journal.damage] },
    history: { ...history },
    balance: { ...balance },
    eventsByKind: { ...eventsByKind },
    liveClients: context.liveClients,
  };
}

function warningsJson({ warnings = [] }: Health): HealthJson['warnings'] {
  return warnings.map((warning) => ({ ...warning }));
}
