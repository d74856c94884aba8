// The plant as processes: real protocols on loopback, read by the product's own adapters with the demo's own configuration.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadComponents } from '../src/cli/load.ts';
import { loadPlan } from '../src/config/load.ts';
import { type TestContext, testContext } from '../test/contract/context.ts';
import { type DeliveredRow, type Supervised, supervise } from '../test/contract/supervise.ts';
import { DEMO_SECRETS, demoConfig } from './config.ts';
import { HOUR } from './model/calendar.ts';
import { createPlant } from './model/plant.ts';
import { loadPlantFile } from './model/plant-file.ts';
import { parseFault, type RunningPlant, startPlant } from './plant.ts';
import { wiring } from './wiring.ts';

const SEED = 7;
// Fast enough for the CMM's twenty minutes, slow enough for a busy machine to see every part.
const SPEED = 120;
const file = loadPlantFile();
const folder = mkdtempSync(join(tmpdir(), 'pumjil-plant-'));
const contexts: TestContext[] = [];
const collectors = new Map<string, Supervised>();
const trouble: string[] = [];
let plant: RunningPlant;

const web = createServer((request, response) => {
  const body: Buffer[] = [];
  request.on('data', (piece: Buffer) => body.push(piece));
  request.on('end', async () => {
    const hand = contexts.find((each) => each.id === 'hand');
    const reply = await hand?.deliver({
      token: request.headers.authorization?.replace('Bearer ', ''),
      idempotencyKey: String(request.headers['idempotency-key']),
      contentType: String(request.headers['content-type']),
      body: new Uint8Array(Buffer.concat(body)),
    });
    response.writeHead(reply?.status ?? 503).end(JSON.stringify(reply?.body ?? null));
  });
});

/** Rows of a tag that came so far. */
function rows(adapter: string, tag: string): DeliveredRow[] {
  return collectors.get(adapter)?.rows.filter((each) => each.tag === tag) ?? [];
}

/** Waits until something holds, checked twenty times a second. */
async function until(what: string, holds: () => boolean, withinMs = 30_000): Promise<void> {
  const endMs = performance.now() + withinMs;
  while (!holds()) {
    if (performance.now() > endMs) throw new Error(`not within ${withinMs} ms: ${what}; ${trouble.join('; ')}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

beforeAll(async () => {
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', () => resolve()));
  plant = await startPlant({
    seed: SEED,
    speed: SPEED,
    folder,
    script: false,
    hold: true,
    httpUrl: `http://127.0.0.1:${(web.address() as AddressInfo).port}`,
    onTrouble: (text) => trouble.push(text),
  });
  const components = await loadComponents();
  const text = demoConfig({ speed: SPEED, ports: plant.ports, folder, language: 'ko' });
  const plan = await loadPlan({ text, components, env: DEMO_SECRETS });
  for (const each of plan.adapters) {
    const adapter = await components.adapters.get(each.use)?.load();
    if (adapter === undefined) throw new Error(`no adapter ${each.use}`);
    const context = testContext(each.id);
    contexts.push(context);
    collectors.set(each.id, supervise(adapter, each.settings, context, { backOffMs: 200 }));
  }
  await until(
    'all adapters connected',
    () => contexts.every((each) => each.connections.length > 0 || each.isReceiving()),
    60_000,
  );
  plant.go();
}, 150_000);

afterAll(async () => {
  await plant?.stop();
  for (const each of contexts) each.dispose();
  for (const each of collectors.values()) await each.stop();
  web.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}, 20_000);

test('every characteristic of the plant file arrives over its protocol, with the values of the model', async () => {
  const wires = wiring(file);
  const arrived = (adapter: string, tag: string): DeliveredRow[] =>
    rows(adapter, tag).filter((each) => each.quality === 0);
  await until(
    'a value of every characteristic',
    () => wires.every((each) => arrived(each.adapter, each.tag).length > 0),
    40_000,
  );
  const model = createPlant({ seed: SEED, days: 0, file });
  const made = new Map<string, number[]>();
  for (const record of model.until(model.calendar.liveStartMs + 6 * HOUR)) {
    for (const [i, { characteristic }] of model.lines[record.line].columns.entries()) {
      const value = record.readings[i] ?? Number.NaN;
      if (!Number.isNaN(value)) made.set(characteristic, [...(made.get(characteristic) ?? []), value]);
    }
  }
  for (const { adapter, tag, characteristic } of wires) {
    const known = new Set((made.get(characteristic.id) ?? []).map((each) => Math.fround(each)));
    const strange = arrived(adapter, tag).filter((each) => !known.has(Math.fround(each.value)));
    expect(strange, `${characteristic.id} over ${adapter}`).toEqual([]);
  }
}, 60_000);

test('the four cavities of one weighing are four measurements, each with an identity of its own', () => {
  const ids = rows('l1-scale', 'weight').map((each) => `${each.sourceId} ${each.timeMs}`);
  expect(ids.length).toBeGreaterThanOrEqual(4);
  expect(new Set(ids).size).toBe(ids.length);
});

test('times are wall times, and parts are known', async () => {
  const leaks = rows('l3', 'leak/leak');
  expect(leaks.length).toBeGreaterThan(5);
  for (const each of leaks) {
    expect(Math.abs(each.timeMs - plant.startMs())).toBeLessThan(120_000);
    expect(each.context.part).toBe('CV-2100-AS');
  }
});

test('a data fault is carried out: messages delivered twice have the same ids', async () => {
  const ids = (): string[] => rows('l3', 'leak/leak').map((each) => each.sourceId ?? '');
  plant.inject('duplicate');
  await until('repeated ids', () => ids().length > new Set(ids()).size);
});

test('an unknown fault is refused with the names there are', () => {
  expect(() => plant.inject('duplicates')).toThrow(/no fault is called "duplicates".*duplicate/);
});

test('a fault may be given as a plant time of day or as a span after the live start', () => {
  expect(parseFault(file, 'dryer@13:35')).toEqual({ name: 'dryer', afterMs: HOUR / 2 });
  expect(parseFault(file, 'dryer@13:04').afterMs).toBe(24 * HOUR - 60_000);
  expect(parseFault(file, 'cut@+90m').afterMs).toBe(1.5 * HOUR);
  expect(parseFault(file, 'cut@0:50').afterMs).toBe(50 * 60_000);
  expect(parseFault(file, 'cut@+10:30').afterMs).toBe(10.5 * HOUR);
  expect(parseFault(file, 'gate3')).toEqual({ name: 'gate3', afterMs: 0 });
  expect(() => parseFault(file, 'dryer@soon')).toThrow(/"soon"/);
});

test('stopping the plant leaves no process behind', async () => {
  await plant.stop();
  const isThere = (pid: number): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  expect(plant.pids.length).toBe(4);
  expect(plant.pids.filter(isThere)).toEqual([]);
  expect(trouble).toEqual([]);
}, 15_000);
