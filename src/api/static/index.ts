// The built dashboards. An address without a file is a screen: the application's page answers it.

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { ApiArea } from '../context.ts';
import { notFound } from '../failure.ts';

const dashboards: ApiArea = async (app, { context }) => {
  const root = resolve(context.dashboardsFolder);
  await app.register(fastifyStatic, { root, serve: false, dotfiles: 'deny', index: false, cacheControl: false });

  app.get('/*', { config: { access: 'public' }, schema: { hide: true } }, async (request, reply) => {
    const path = (request.params as { readonly '*': string })['*'];
    if (path === 'api' || path.startsWith('api/'))
      throw notFound('such address', 'See /api/openapi.json for what there is.');
    // Only a plain name below the folder is looked up; @fastify/static checks it once more.
    const isPlain = path !== '' && !path.includes('..') && !path.includes('\0') && !path.includes('\\');
    if (isPlain && /\.[a-z0-9]+$/i.test(path)) {
      const isHashed = path.startsWith('assets/');
      reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      return reply.sendFile(path);
    }
    if (!existsSync(join(root, 'index.html'))) throw notFound('dashboard', 'Build the dashboards: npm run build');
    reply.header('cache-control', 'no-cache');
    return reply.sendFile('index.html');
  });
};
export default dashboards;
