// Who may do what: every registered route with every role and with none, and the known ways around a guard.
import fastify from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DeclaredRoute, guard, mayUse } from '../../src/api/access.ts';
import type { ApiContext } from '../../src/api/context.ts';
import type { Role } from '../../src/api/plant.ts';
import { fixtureRoles } from '../fixtures/plant-users.ts';
import { type Answer, type Ask, cookieOf, startTestApi, type TestApi } from './client.ts';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

async function cookieFor(role: Role): Promise<string> {
  return `pumjil_session=${await api.plant.users.open({ name: role, role }, 0)}`;
}

let commands = 0;

/** A valid question to a route; a new route needs a line here, or has no parameters and no body. */
async function question(route: DeclaredRoute): Promise<{ readonly path: string; readonly ask: Ask }> {
  const open = (await api.plant.alarms({ open: true, limit: 1 }))[0]!.id;
  const id = route.url.startsWith('/api/alarms') ? open : 'L3.torque';
  const path = route.url
    .replace(':id', encodeURIComponent(id))
    .replace(':token', api.plant.loginToken())
    .replace(':adapter', 'mes')
    .replace(':name', 'chart-constants')
    .replace('*', 'screens/overview')
    .replace(/^\/api\/rules\/price$/, '/api/rules/price?rules=limits');
  commands += 1;
  const commandId = `c-${commands}`;
  const reason = 'new tool';
  const point = (await api.plant.points({ series: 'L3.torque', fromMs: 0, toMs: 9e15, limit: 1 }))[0]!.id;
  const bodies: Readonly<Record<string, unknown>> = {
    'POST /api/session': { user: 'viewer', password: 'demo-viewer' },
    'POST /api/streams/:id/limits': { centre: 2.8, sigma: 0.05, reason },
    'POST /api/streams/:id/exclude': { point, reason },
    'POST /api/alarms/:id/cause': { commandId, cause: 'tool worn' },
    'POST /api/alarms/:id/comment': { commandId, text: 'looked at it' },
    'POST /api/alarms/:id/shelve': { commandId, untilMs: api.plant.nowMs() + 3_600_000 },
    'POST /api/studies/:name': { n: [5] },
    'POST /api/streams/:id/replay': { rules: 'limits' },
    'POST /api/measurements/:adapter': [],
  };
  const known = bodies[`${route.method} ${route.url}`];
  const body =
    known ??
    (route.url.startsWith('/api/alarms/:id/') && route.url.split('/').length === 5 ? { commandId } : undefined);
  return { path, ask: { method: route.method, ...(body === undefined ? {} : { body }) } };
}

function isAllowed(route: DeclaredRoute, role: Role | null): 'yes' | 401 | 403 {
  if (route.access === 'public' || route.access === 'loopback_or_token') return 'yes';
  if (route.access === 'adapter_token') return 401; // no bearer token is sent: the adapter refuses
  if (role === null) return 401;
  return mayUse(role, route.access) ? 'yes' : 403;
}

test('every route lets in exactly the roles it declares', async () => {
  expect(api.routes.length).toBeGreaterThan(25);
  const wrong: string[] = [];
  for (const route of api.routes) {
    for (const role of [null, ...fixtureRoles]) {
      const { path, ask } = await question(route);
      const answer = await api.ask(path, { ...ask, cookie: role === null ? undefined : await cookieFor(role) });
      const wanted = isAllowed(route, role);
      const isRight = wanted === 'yes' ? answer.status >= 200 && answer.status < 400 : answer.status === wanted;
      if (!isRight)
        wrong.push(`${route.method} ${route.url} as ${role ?? 'nobody'}: ${answer.status}, wanted ${wanted}`);
    }
  }
  expect(wrong).toEqual([]);
});

test('what changes something needs at least an operator, limits an engineer', () => {
  const changing = api.routes.filter((r) => r.method === 'POST' || r.method === 'PUT' || r.method === 'PATCH');
  for (const route of changing) {
    // A study computes on what it is sent and changes nothing.
    if (route.url === '/api/session' || route.url === '/api/studies/:name') continue;
    if (route.access === 'adapter_token') continue;
    expect([route.url, mayUse(route.access as Role, 'operator')]).toEqual([route.url, true]);
  }
  expect(changing.find((r) => r.url.endsWith('/limits'))?.access).toBe('engineer');
});

test('a route that declares no access is not registered', async () => {
  const app = fastify();
  guard(app, {} as ApiContext);
  expect(() => app.get('/api/forgotten', async () => 'secret')).toThrow(/declares no access/);
  await app.close();
});

test('an encoded or odd spelling of an address does not pass the guard', async () => {
  const paths = [
    '/%61pi/streams',
    '/api/%73treams',
    '/API/streams',
    '//api/streams',
    '/api//streams',
    '/./api/streams',
    '/x/../api/streams',
    '/api/streams;a=b',
    '/api/streams/',
    '/api/streams%2f',
    '/api/streams?',
  ];
  for (const path of paths) {
    const answer = await api.ask(path);
    expect([path, answer.text.includes('capability'), answer.status === 200 && answer.text.startsWith('{')]).toEqual([
      path,
      false,
      false,
    ]);
  }
});

test('a path that climbs out of the dashboards folder finds nothing', async () => {
  const climbs = [
    '/../../../etc/passwd',
    '/assets/../../../../etc/passwd',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/..%2f..%2f..%2fetc%2fpasswd',
    '/assets/%2e%2e%2f%2e%2e%2fetc/hosts.txt',
    '/..%5c..%5cwindows%5cwin.ini',
    '/%00.js',
    '/assets/.%2e/index.html.js',
    '/.env',
    '/.git/config.txt',
    '/%c0%ae%c0%ae/etc/hosts.txt',
    '/%',
  ];
  for (const path of climbs) {
    const answer = await api.ask(path);
    const isPage = answer.status === 200 && answer.text.includes('<title>Pumjil</title>');
    expect([path, isPage || (answer.status >= 400 && answer.status < 500)]).toEqual([path, true]);
    expect(answer.text).not.toContain('root:');
  }
});

test('the dashboards: hashed files may be kept for ever, a screen address gives the page, a missing file 404', async () => {
  const asset = await api.ask('/assets/app-1a2b.js');
  expect([asset.status, asset.headers['cache-control']]).toEqual([200, 'public, max-age=31536000, immutable']);
  const screen = await api.ask('/streams/L3.torque~x');
  expect([screen.status, screen.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  expect(screen.headers['cache-control']).toBe('no-cache');
  expect((await api.ask('/assets/gone.js')).status).toBe(404);
});

test('without built dashboards the address says what to do', async () => {
  const bare = await startTestApi({ dashboardsFolder: 'no-such-folder' });
  const answer = await bare.ask('/');
  expect([answer.status, answer.json]).toMatchObject([
    404,
    { code: 'API_NOT_FOUND', hint: 'Build the dashboards: npm run build' },
  ]);
  await bare.close();
});

test('a request from another site changes nothing', async () => {
  const cookie = await cookieFor('engineer');
  const { path, ask } = await question({ method: 'POST', url: '/api/streams/:id/limits', access: 'engineer' });
  const before = api.plant.submitted.length;
  const foreign: readonly Record<string, string>[] = [
    { origin: 'http://evil.example' },
    { origin: 'null' },
    { origin: `http://127.0.0.1:${api.port + 1}` },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ];
  for (const headers of foreign) expect((await api.ask(path, { ...ask, cookie, headers })).status).toBe(403);
  expect(api.plant.submitted.length).toBe(before);
  const own = { origin: api.url, 'sec-fetch-site': 'same-origin' };
  expect((await api.ask(path, { ...ask, cookie, headers: own })).status).toBe(200);
  expect(api.plant.submitted.length).toBe(before + 1);
});

test('a forwarded request is not from this machine: probes and metrics want the token', async () => {
  const guarded = await startTestApi({ metricsToken: 'scrape-me' });
  const headers = { 'x-forwarded-for': '127.0.0.1' };
  for (const path of ['/metrics', '/healthz', '/readyz']) {
    expect((await guarded.ask(path)).status).toBe(200);
    expect((await guarded.ask(path, { headers })).status).toBe(401);
    expect((await guarded.ask(path, { headers: { ...headers, authorization: 'Bearer wrong' } })).status).toBe(401);
    expect((await guarded.ask(path, { headers: { ...headers, authorization: 'Bearer scrape-me' } })).status).toBe(200);
  }
  await guarded.close();
  expect((await api.ask('/metrics', { headers: { ...headers, authorization: 'Bearer ' } })).status).toBe(401);
});

test('the cookie is out of reach of scripts and of other sites, and signing out ends the session', async () => {
  const answer = await api.ask('/api/session', {
    method: 'POST',
    body: { user: 'operator', password: 'demo-operator' },
  });
  expect(answer.headers['set-cookie']?.[0]).toMatch(
    /^pumjil_session=[^;]+; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Strict$/,
  );
  const cookie = cookieOf(answer);
  expect((await api.ask('/api/session', { cookie })).json).toMatchObject({
    user: { name: 'operator', role: 'operator' },
  });
  expect((await api.ask('/api/session', { method: 'DELETE', cookie })).status).toBe(200);
  expect((await api.ask('/api/streams', { cookie })).status).toBe(401);
  expect((await api.ask('/api/session', { cookie })).json).toMatchObject({ user: null, version: null });
});

test('a login link works once', async () => {
  const path = `/login/${api.plant.loginToken()}`;
  const first = await api.ask(path);
  expect([first.status, first.headers.location]).toEqual([303, '/']);
  expect((await api.ask('/api/session', { cookie: cookieOf(first) })).json).toMatchObject({
    user: { role: 'engineer' },
  });
  const second = await api.ask(path);
  expect([second.status, second.headers['set-cookie']]).toEqual([401, undefined]);
});

test('guessing passwords ends in 429 within 20 tries, whatever X-Forwarded-For says, with one and the same text', async () => {
  const fresh = await startTestApi();
  const answers: Answer[] = [];
  for (let i = 0; i < 25; i++) {
    const body = { user: i % 2 === 0 ? 'admin' : `nobody-${i}`, password: `guess-${i}` };
    const headers = { 'x-forwarded-for': `10.0.0.${i}`, forwarded: `for=10.0.0.${i}`, 'x-real-ip': `10.0.0.${i}` };
    answers.push(await fresh.ask('/api/session', { method: 'POST', body, headers }));
  }
  expect(answers.findIndex((a) => a.status === 429)).toBeGreaterThan(0);
  expect(answers.findIndex((a) => a.status === 429)).toBeLessThanOrEqual(20);
  expect(answers.at(-1)!.json).toMatchObject({ code: 'API_TOO_MANY' });
  expect(answers.at(-1)!.headers['retry-after']).toBeDefined();
  const refused = answers.filter((a) => a.status === 401);
  expect(new Set(refused.map((a) => a.text)).size).toBe(1);
  await fresh.close();
});

test('every answer carries the security headers, also the refusals', async () => {
  for (const path of ['/', '/api/streams', '/api/nothing', '/assets/gone.js']) {
    const { headers } = await api.ask(path);
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toMatch(/unsafe|upgrade-insecure-requests/);
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['strict-transport-security']).toBeUndefined();
  }
});
