// The C reference is the same kernel: where a C compiler is at hand, its events and its records are those of the product, bit for bit.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { RECORD_BYTES } from '../../../src/spc/standard/layout.ts';
import { createStandard } from '../../../src/spc/standard/standard.ts';
import { adversary } from './adversary.ts';
import { type PlantData, plantData } from './data.ts';
import { openPlant } from './plant.ts';
import { compileReference, startPeer, workFolder, writeInput } from './reference.ts';

const { folder, remove } = workFolder();
afterAll(remove);
const programs = compileReference(folder);

/** Points of the adversary for as many streams. */
function hardData(streams: number, points: number): PlantData {
  const from = adversary(21);
  const data = plantData(streams, points, 'uniform');
  for (let i = 0; i < points; i++) {
    const s = data.ix[i]!;
    data.x[i] = from.value(data.centre[s]!, data.sigma[s]!, s);
    data.t[i] = from.time(i);
  }
  return data;
}

describe.skipIf(programs.length === 0)('a C compiler is here', () => {
  const cases = {
    'a plant of 100 streams': { data: plantData(100, 100_000, 'zipf'), settings: {} },
    'unpleasant values in 7,000 streams': {
      data: hardData(7000, 300_000),
      settings: { lambda: 0.05, width: 2.5, k: 0.25, h: 8 },
    },
    'asymptotic limits': { data: hardData(300, 50_000), settings: { limits: 'asymptotic' } as const },
  };
  for (const [name, { data, settings }] of Object.entries(cases))
    for (const { compiler, program } of programs)
      test(`${compiler} agrees on ${name}`, async () => {
        const input = join(folder, 'input');
        writeInput(input, data, settings);
        const peer = startPeer(program, [input]);
        const points = data.ix.length;
        for (const implementation of ['typescript', 'wasm'] as const) {
          const kernel = createStandard({ ...settings, implementation });
          openPlant(kernel, data);
          let events = 0;
          for (let at = 0; at < points; at += 65_536)
            events += kernel.process(data.ix, data.x, data.t, at, Math.min(points, at + 65_536));
          expect(events).toBeGreaterThan(1000);
          expect(await peer.run(65_536)).toEqual({ ns: expect.any(Number), events, hash: kernel.eventHash() });
          await peer.ask(`records ${join(folder, 'records')}`);
          const records = readFileSync(join(folder, 'records'));
          expect(Buffer.compare(records, kernel.snapshot().subarray(48, 48 + data.streams * RECORD_BYTES))).toBe(0);
        }
        peer.close();
      });
});
