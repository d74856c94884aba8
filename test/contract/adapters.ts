// Every folder in adapters/ keeps the adapter contract; it needs index.ts, testbed.ts and sample.yaml for it.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import type { Adapter, Testbed } from '../../src/component.ts';
import { adapterContract } from './adapter.ts';
import { type Covered, foldersIn, nameOf, ROOT } from './place.ts';

const NEEDED = ['index.ts', 'testbed.ts', 'sample.yaml', 'README.md'];

interface Loaded {
  readonly adapter: Adapter<unknown>;
  startTestbed(folder: string): Promise<Testbed>;
}

/** Registers the contract of every adapter. */
export async function discoverAdapters(): Promise<Covered> {
  const places = foldersIn('adapters');
  for (const place of places) {
    const lacking = NEEDED.filter((file) => !existsSync(join(ROOT, place, file)));
    test(`${place} has everything its contract needs`, () => {
      expect(lacking).toEqual([]);
    });
    if (lacking.length > 0) continue;
    const loaded = await load(place).catch((error: unknown) => ({ error }));
    describe(`adapter ${nameOf(place)}`, () => register(place, loaded));
  }
  return places;
}

async function load(place: string): Promise<Loaded> {
  const file = (name: string) => pathToFileURL(join(ROOT, place, name)).href;
  const component = (await import(file('index.ts'))) as { default: Adapter<unknown> };
  const simulator = (await import(file('testbed.ts'))) as Pick<Loaded, 'startTestbed'>;
  return { adapter: component.default, startTestbed: simulator.startTestbed };
}

function register(place: string, loaded: Loaded | { readonly error: unknown }): void {
  const name = nameOf(place);
  if ('error' in loaded) {
    test(`${name} can be imported`, () => {
      throw loaded.error;
    });
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), `pumjil-contract-${name}-`));
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    rmSync(`${folder}-second`, { recursive: true, force: true, maxRetries: 5 });
  });
  const sampleYaml = readFileSync(join(ROOT, place, 'sample.yaml'), 'utf8');
  adapterContract(name, loaded.adapter, loaded.startTestbed, { sampleYaml, folder });
}
