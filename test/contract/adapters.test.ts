// Every folder in adapters/ that has index.ts and testbed.ts keeps the adapter contract.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, test } from 'vitest';
import type { Adapter, Testbed } from '../../src/component.ts';
import { adapterContract } from './adapter.ts';

const root = join(import.meta.dirname, '../../adapters');
const names = readdirSync(root).filter((name) =>
  ['index.ts', 'testbed.ts'].every((file) => existsSync(join(root, name, file))),
);
const components = await Promise.all(
  names.map(async (name) => {
    try {
      const component = (await import(`../../adapters/${name}/index.ts`)) as { default: Adapter<unknown> };
      const simulator = (await import(`../../adapters/${name}/testbed.ts`)) as {
        startTestbed(folder: string): Promise<Testbed>;
      };
      return { name, adapter: component.default, startTestbed: simulator.startTestbed };
    } catch (error) {
      return { name, error };
    }
  }),
);

for (const { name, adapter, startTestbed, error } of components) {
  describe(`adapter ${name}`, () => {
    if (adapter === undefined) {
      test(`${name} can be imported`, () => {
        throw error;
      });
      return;
    }
    const folder = mkdtempSync(join(tmpdir(), `pumjil-contract-${name}-`));
    afterAll(() => {
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
      rmSync(`${folder}-second`, { recursive: true, force: true, maxRetries: 5 });
    });
    const sampleYaml = readFileSync(join(root, name, 'sample.yaml'), 'utf8');
    adapterContract(name, adapter, startTestbed, { sampleYaml, folder });
  });
}
