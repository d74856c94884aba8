// The past as files: complete, in order, readable, and going over into the live plant without a seam.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadComponents } from '../src/cli/load.ts';
import { loadPlan } from '../src/config/load.ts';
import { testContext } from '../test/contract/context.ts';
import { type BackfillProgress, writeBackfill } from './backfill.ts';
import { backfillConfig, DEMO_SECRETS } from './config.ts';
import { HOUR } from './model/calendar.ts';
import { createPlant } from './model/plant.ts';

const END = 1_800_000_000_000;
const folder = mkdtempSync(join(tmpdir(), 'pumjil-backfill-'));
const progress: BackfillProgress[] = [];
let total: BackfillProgress;

beforeAll(async () => {
  total = await writeBackfill({ days: 1, seed: 3, folder, endMs: END, onProgress: (each) => progress.push(each) });
});
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

function rowsOf(adapter: string): string[][] {
  return readdirSync(join(folder, adapter))
    .sort()
    .flatMap((name) =>
      readFileSync(join(folder, adapter, name), 'utf8')
        .trimEnd()
        .split('\n')
        .slice(1)
        .map((line) => line.split(',')),
    );
}

test('rows of an adapter are in time order from file to file and end at the live start', () => {
  const day = createPlant({ seed: 3, days: 1 });
  for (const adapter of ['l1', 'l1-scale', 'l2', 'l2-gauge', 'l3', 'cmm', 'hand']) {
    const times = rowsOf(adapter).map((row) => Number(row[0]));
    expect(times.length, adapter).toBeGreaterThan(5);
    expect(times, adapter).toEqual([...times].sort((a, b) => a - b));
    expect(times.at(-1)).toBeLessThanOrEqual(END);
    expect(times[0]).toBeGreaterThan(END - (day.calendar.liveStartMs - day.startMs));
  }
  expect(
    (rowsOf('l2')
      .map((row) => Number(row[0]))
      .at(-1) ?? 0) >
      END - 60_000,
  ).toBe(true);
});

test('progress rises to one and tells what was written', () => {
  expect(progress.map((each) => each.done)).toEqual(progress.map((each) => each.done).sort((a, b) => a - b));
  expect(progress.at(-1)?.done).toBe(1);
  const rows = ['l1', 'l1-scale', 'l2', 'l2-gauge', 'l3', 'cmm', 'rd1', 'hand'].map((each) => rowsOf(each).length);
  expect(total.rows).toBe(rows.reduce((sum, n) => sum + n, 0));
  expect(readdirSync(folder, { recursive: true }).filter((name) => String(name).endsWith('.csv')).length).toBe(
    total.files,
  );
});

test('the file adapter takes every file whole, with the values, parts and cavities of the model', async () => {
  const plan = await loadPlan({
    text: backfillConfig({ folder, language: 'en' }),
    components: await loadComponents(),
    env: DEMO_SECRETS,
  });
  const settings = plan.adapters.find((each) => each.id === 'l1-scale')?.settings;
  const adapter = await (await loadComponents()).adapters.get('file')?.load();
  const context = testContext('l1-scale');
  const got: { value: number; cavity: string | undefined; part: string | undefined }[] = [];
  const expected = rowsOf('l1-scale').length;
  const limit = setTimeout(() => context.abort(), 10_000);
  for await (const batch of adapter?.collect(settings, context) ?? []) {
    if (batch.kind !== 'values') continue;
    for (let i = 0; i < batch.length; i++) {
      const { cavity, part } = batch.contexts[batch.context[i] ?? 0] ?? {};
      got.push({ value: batch.value[i] ?? Number.NaN, cavity, part });
    }
    batch.ack?.({ seq: 1, accepted: batch.length, duplicates: 0 });
    if (got.length >= expected) context.abort();
  }
  clearTimeout(limit);
  context.dispose();
  const plant = createPlant({ seed: 3, days: 1 });
  const { columns } = plant.lines.L1;
  const model: typeof got = [];
  for (const record of plant.until(plant.calendar.liveStartMs)) {
    if (record.line !== 'L1') continue;
    for (const [i, column] of columns.entries()) {
      const value = record.readings[i] ?? Number.NaN;
      if (column.characteristic !== 'L1.weight' || Number.isNaN(value)) continue;
      model.push({ value, cavity: String(column.cavity), part: record.part });
    }
  }
  expect(got).toEqual(model);
});

test('the plant that goes live goes on where the files end: the next part has the next serial number', () => {
  const plant = createPlant({ seed: 3, days: 1 });
  let last = 0;
  for (const record of plant.until(plant.calendar.liveStartMs)) if (record.line === 'L2') last = record.counter;
  const next = [...plant.until(plant.calendar.liveStartMs + HOUR / 10)].find((each) => each.line === 'L2');
  expect(next?.serial).toBe(`B${String(last + 1).padStart(7, '0')}`);
});

test('an aborted backfill stops', async () => {
  const elsewhere = join(folder, 'aborted');
  const work = writeBackfill({ days: 3, seed: 1, folder: elsewhere, endMs: END, signal: AbortSignal.abort() });
  await expect(work).rejects.toThrow(/abort/i);
});
