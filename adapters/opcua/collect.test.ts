// The adapter against its simulated cell: cuts, silence, overflow, statuses, certificates.
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataType, OPCUAClient, StatusCodes } from 'node-opcua';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { type TestContext, testContext } from '../../test/contract/context.ts';
import { type Supervised, supervise } from '../../test/contract/supervise.ts';
import adapter from './index.ts';
import type { Settings } from './settings.ts';
import { type CellTestbed, startTestbed } from './testbed.ts';

const NS = 'urn:pumjil:testbed';
let folder: string;
let cell: CellTestbed;
let opened: { run: Supervised; context: TestContext }[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pumjil-opcua-'));
  cell = await startTestbed(folder);
}, 60_000);
afterEach(async () => {
  for (const { run, context } of opened) {
    await run.stop();
    context.dispose();
  }
  opened = [];
  await cell.restore();
});
afterAll(async () => {
  await cell.stop();
  await rm(folder, { recursive: true, force: true });
}, 30_000);

function settings(more: object = {}): Settings {
  return adapter.settings.parse({ ...(cell.settings as object), ...more });
}
async function start(
  more: object = {},
  context = testContext('cell'),
): Promise<{ run: Supervised; context: TestContext }> {
  const run = supervise(adapter, settings(more), context);
  opened.push({ run, context });
  await run.until('connected', () => context.connections.length > 0);
  return { run, context };
}
const coolant = (more: object = {}) => ({ coolant: { node: `nsu=${NS};s=Coolant`, sampling_ms: 0, ...more } });

/** Times in ms, some whole number of ticks apart, of values set now; the returned times are their source times. */
async function during(ms: number, everyMs: number, first: number): Promise<number[]> {
  const times: number[] = [];
  const began = performance.now();
  let at = Date.now();
  while (performance.now() - began < ms) {
    at = Math.max(at + 1, Date.now());
    cell.setCoolant(first + times.length, at);
    times.push(at);
    const due = began + times.length * everyMs;
    await vi.waitUntil(() => performance.now() >= due, { interval: 5 });
  }
  return times;
}

test('a cut of three seconds at ten values a second loses no value', async () => {
  const { run } = await start({ record: undefined, tags: coolant(), bridge_s: 20 });
  const before = await during(500, 100, 1000);
  await cell.cut();
  const meanwhile = await during(3000, 100, 2000);
  await cell.restore();
  const after = await during(500, 100, 3000);
  const made = [...before, ...meanwhile, ...after];
  await run.until('the last value', () => run.rows.some((row) => row.timeMs === made.at(-1)), 15_000);
  const got = run.rows.filter((row) => row.value >= 1000).map((row) => row.timeMs);
  expect(got).toEqual(made);
  expect(run.retries).toEqual([]);
  const closed = await run.until('the closed gap', () => run.gaps.find((gap) => gap.toMs !== null));
  expect(run.gaps[0]).toMatchObject({ toMs: null, reason: 'link_down', fromMs: closed.fromMs });
  // The server's queue held everything: the gap says that nothing is missing.
  expect(closed).toMatchObject({ reason: 'link_down', missing: 0 });
}, 40_000);

test('a cable that is pulled without a word is noticed, and the line is built anew', async () => {
  const { run } = await start({ record: undefined, tags: coolant(), bridge_s: 1 });
  await during(200, 50, 1);
  cell.freeze();
  const error = await run.until(
    'the watchdog',
    () => run.retries[0] ?? run.gaps.find((gap) => gap.toMs === null),
    15_000,
  );
  expect(error).toBeDefined();
  cell.kick();
  await cell.restore();
  await run.until('the closed gap', () => run.gaps.some((gap) => gap.toMs !== null), 20_000);
  cell.setCoolant(77, Date.now());
  await run.until('a value', () => run.rows.some((row) => row.value === 77));
}, 60_000);

test('a server that comes back without its sessions is subscribed to anew, and the time is a declared gap', async () => {
  const { run, context } = await start({ record: undefined, tags: coolant(), bridge_s: 20 });
  await during(200, 50, 1);
  const before = context.connections.length;
  // The server forgets the session, as after a restart; the line goes with it.
  await cell.cut();
  await run.until('the open gap', () => run.gaps.some((gap) => gap.toMs === null));
  for (const session of cell.server.engine.getSessions()) {
    cell.server.engine.closeSession(session.authenticationToken, true, 'Timeout');
  }
  await cell.restore();
  const closed = await run.until('the closed gap', () => run.gaps.find((gap) => gap.toMs !== null), 20_000);
  expect(closed).not.toHaveProperty('missing');
  await run.until('connected again', () => context.connections.length > before);
  cell.setCoolant(88, Date.now());
  await run.until('a value', () => run.rows.some((row) => row.value === 88));
}, 40_000);

test('a queue that was too short becomes a gap of its tag', async () => {
  const { run } = await start({
    record: undefined,
    tags: coolant({ sampling_ms: 100 }),
    bridge_s: 0,
    publishing_ms: 2000,
  });
  cell.setCoolant(1, Date.now());
  await during(3000, 20, 100);
  const gap = await run.until('the gap', () => run.gaps.find((one) => one.reason === 'queue_overflow'), 10_000);
  expect(gap.tags).toEqual(['coolant']);
  expect(gap.toMs).toBeGreaterThan(gap.fromMs);
}, 30_000);

test('a node that does not exist is bad with its status, and the others go on', async () => {
  const { run } = await start({
    record: undefined,
    tags: { ...coolant(), ghost: { node: `nsu=${NS};s=Ghost` } },
  });
  const ghost = await run.until('the bad row', () => run.rows.find((row) => row.tag === 'ghost'));
  expect(ghost).toMatchObject({ quality: 2, value: Number.NaN, reason: 'opcua_BadNodeIdUnknown' });
  cell.setCoolant(5.5, Date.now());
  await run.until('the other tag', () => run.rows.some((row) => row.tag === 'coolant' && row.value === 5.5));
  expect(run.rows.filter((row) => row.tag === 'ghost')).toHaveLength(1);
});

test('an uncertain value keeps its number, a bad one has none, and both keep their source time', async () => {
  const { run } = await start({ record: undefined, tags: coolant() });
  const at = Date.now() - 5000;
  const { coolant: node } = cell.variables;
  node.setValueFromSource({ dataType: DataType.Double, value: 6 }, StatusCodes.UncertainLastUsableValue, new Date(at));
  const uncertain = await run.until('uncertain', () => run.rows.find((row) => row.quality === 1));
  expect(uncertain).toMatchObject({ value: 6, timeMs: at, reason: 'opcua_UncertainLastUsableValue' });
  node.setValueFromSource({ dataType: DataType.Double, value: 6 }, StatusCodes.BadOutOfService, new Date(at + 1));
  const bad = await run.until('bad', () => run.rows.find((row) => row.quality === 2));
  expect(bad).toMatchObject({ value: Number.NaN, timeMs: at + 1, reason: 'opcua_BadOutOfService' });
});

test('elements of an array become tags', async () => {
  const { coolant: node } = cell.variables;
  const { run } = await start({
    record: undefined,
    tags: { all: { node: `nsu=${NS};s=Profile`, sampling_ms: 0, fields: { left: '0', right: '2', beyond: '9' } } },
  });
  expect(node).toBeDefined();
  const of = (tag: string) => run.rows.findLast((row) => row.tag === tag);
  await run.until('three rows', () => of('left') && of('right') && of('beyond'));
  expect(of('left')?.value).toBe(1.5);
  expect(of('right')?.value).toBe(3.5);
  expect(of('beyond')).toMatchObject({ quality: 2, reason: 'null_value' });
});

test('a record that is durable does not come again after a restart, and missed ones are counted', async () => {
  const first = await start({ tags: {} });
  const rows = await cell.emit();
  await first.run.until('the record', () => first.run.rows.some((row) => row.timeMs === rows[0]!.timeMs));
  await first.run.stop();
  for (let i = 0; i < 3; i++) await cell.emit();
  const again = testContext('cell', {
    folder: first.context.folder,
    durableMs: { '': rows[0]!.timeMs! },
  });
  const second = await start({ tags: {} }, again);
  await second.run.until('the latest record', () => second.run.rows.length >= 2);
  expect(second.run.rows.map((row) => row.tag)).toEqual(['part_no', 'bore']);
  expect(second.run.rows.every((row) => row.timeMs > rows[0]!.timeMs!)).toBe(true);
  expect(second.run.gaps.find((gap) => gap.reason === 'records_missed')).toMatchObject({ missing: 2 * 2 });
});

test('a server certificate that nobody trusted is refused by name, before a session is asked for', async () => {
  const context = testContext('strict');
  const sessions = cell.server.engine.cumulatedSessionCount;
  const { user: _, ...security } = { mode: 'sign_and_encrypt', policy: 'Basic256Sha256', trust: 'known', user: 0 };
  await expect(adapter.probe(settings({ security }), context)).rejects.toMatchObject({
    code: 'ADAPTER_CREDENTIALS',
    hint: expect.stringContaining('trusted'),
  });
  expect(cell.server.engine.cumulatedSessionCount).toBe(sessions);
  expect(readdirSync(join(context.folder, 'pki', 'rejected')).length).toBe(1);
  context.dispose();
});

test('a wrong password is named as such', async () => {
  const context = testContext('user');
  const wrong = settings({ user: { name: 'quality', password: 'wrong' } });
  await expect(adapter.probe(wrong, context)).rejects.toMatchObject({ code: 'ADAPTER_CREDENTIALS' });
  context.dispose();
});

test('the probe names nodes that the server does not know', async () => {
  const context = testContext('probe');
  const ghost = settings({ tags: { ghost: { node: `nsu=${NS};s=Ghost` } } });
  await expect(adapter.probe(ghost, context)).rejects.toMatchObject({
    code: 'ADAPTER_ADDRESS',
    message: expect.stringContaining('BadNodeIdUnknown'),
  });
  const space = settings({ tags: { ghost: { node: 'nsu=urn:nowhere;s=Ghost' } } });
  await expect(adapter.probe(space, context)).rejects.toMatchObject({ code: 'ADAPTER_ADDRESS' });
  context.dispose();
});

test('it says nothing on the console and leaves nothing outside its folder', async () => {
  const spies = (['log', 'warn', 'error', 'info'] as const).map((name) => vi.spyOn(console, name));
  const places = [join(homedir(), '.config', 'node-opcua-default'), join(homedir(), '.config', 'Pumjil')];
  const before = places.map((place) => existsSync(place));
  const { run } = await start();
  await cell.cut();
  await run.until('the cut', () => run.gaps.length > 0);
  await cell.restore();
  await run.until('back', () => run.gaps.some((gap) => gap.toMs !== null));
  await run.stop();
  for (const spy of spies) expect(spy.mock.calls).toEqual([]);
  expect(places.map((place) => existsSync(place))).toEqual(before);
  vi.restoreAllMocks();
});

test('the testbed does count a write', async () => {
  const before = cell.writes();
  const client = OPCUAClient.create({
    endpointMustExist: false,
    securityMode: 'SignAndEncrypt',
    securityPolicy: 'Basic256Sha256',
    clientCertificateManager: cell.manager('other-pki'),
    connectionStrategy: { maxRetry: 0 },
  });
  await client.withSessionAsync(
    { endpointUrl: cell.endpoint, userIdentity: { type: 1, userName: 'quality', password: 'bench-only' } },
    async (session) => {
      await session.write({
        nodeId: cell.variables.coolant.nodeId,
        attributeId: 13,
        value: { value: { dataType: DataType.Double, value: 1 } },
      });
    },
  );
  expect(cell.writes()).toBe(before + 1);
});
