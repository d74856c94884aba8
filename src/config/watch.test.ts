import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { PumjilError } from '../errors.ts';
import type { Components } from './components.ts';
import type { Plan } from './plan.ts';
import { type PlanWatch, watchPlan } from './watch.ts';

const components: Components = { adapters: new Map(), charts: new Map(), ruleSets: new Map() };

let folder: string;
let path: string;
let told: string[];
let watch: PlanWatch;
let wake: () => void;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pumjil-watch-'));
  path = join(folder, 'pumjil.yaml');
  told = [];
  wake = () => undefined;
  writeFileSync(path, 'plant: { id: first }\n');
  const tell = (what: string): void => {
    told.push(what);
    wake();
  };
  watch = watchPlan({
    path,
    components,
    env: {},
    debounceMs: 20,
    pollMs: 50,
    onPlan: (plan: Plan) => tell(plan.plant.id),
    onProblems: (error: PumjilError) => tell(error.code),
  });
  await watch.check();
});
afterEach(async () => {
  await watch.close();
  rmSync(folder, { recursive: true, force: true });
});

async function untilTold(count: number): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (told.length < count) {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`told only ${told.join()}`)), deadline - Date.now());
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (told.length >= count) wake();
    });
  }
}

test('a file written in place is told by itself', async () => {
  writeFileSync(path, 'plant: { id: second }\n');
  await untilTold(1);
  expect(told).toEqual(['second']);
});

test('an editor that writes a new file and renames it is followed, again and again', async () => {
  for (const id of ['second', 'third', 'fourth']) {
    writeFileSync(join(folder, 'new'), `plant: { id: ${id} }\n`);
    renameSync(join(folder, 'new'), path);
    await untilTold(told.length + 1);
  }
  expect(told).toEqual(['second', 'third', 'fourth']);
});

test('a bad file is told once as such, the next good one as a plan', async () => {
  writeFileSync(path, 'plant: { id: }\n');
  await watch.check();
  await watch.check();
  writeFileSync(path, 'plant: { id: third }\n');
  await watch.check();
  expect(told).toEqual(['CONFIG_INVALID', 'third']);
});

test('a file that goes is told, and its return with the same content as a plan', async () => {
  rmSync(path);
  await watch.check();
  writeFileSync(path, 'plant: { id: first }\n');
  await watch.check();
  expect(told).toEqual(['CONFIG_UNREADABLE', 'first']);
});

test('the same content written again is no change', async () => {
  writeFileSync(path, 'plant: { id: first }\n');
  await watch.check();
  expect(told).toEqual([]);
});

test('nothing is told after close', async () => {
  await watch.close();
  writeFileSync(path, 'plant: { id: second }\n');
  await watch.check();
  expect(told).toEqual([]);
});
