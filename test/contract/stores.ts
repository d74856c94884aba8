// Every journal and every history there is keeps the contract of its kind. A new folder in src/history needs a line here.
import { copyFile, cp } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { openEmbeddedHistory } from '../../src/history/embedded/history.ts';
import { openInfluxHistory } from '../../src/history/influxdb/history.ts';
import { openJournal } from '../../src/journal/segments.ts';
import { historyContract } from './history.ts';
import { type Influxd, startInfluxd, whyNoInfluxd } from './influxd.ts';
import { journalContract, readAll, scratchFolder } from './journal.ts';
import { numberedEntry } from './numbered-entry.ts';
import type { Covered } from './place.ts';

/** Registers the contract of the journal. */
export function discoverJournals(): Covered {
  journalContract(
    'segments',
    (folder, segmentBytes) => openJournal(segmentBytes === undefined ? { folder } : { folder, segmentBytes }),
    { child: here('journal-child.ts'), rounds: 4 },
  );
  test('segments H7: what an earlier release has written is read', async ({ onTestFinished }) => {
    const folder = await scratchFolder(onTestFinished);
    await cp(fixture('1/journal'), folder, { recursive: true });
    const journal = await openJournal({ folder });
    const all = await readAll(journal);
    expect(all).toHaveLength(40);
    for (const { seq, entry } of all) {
      const expected = numberedEntry(seq - 1);
      if (entry.kind !== 'values' || expected.kind !== 'values') expect(entry).toEqual(expected);
      else expect([...entry.batch.value]).toEqual([...expected.batch.value.subarray(0, expected.batch.length)]);
    }
    expect(journal.stats().damage).toEqual([]);
    expect(await journal.append(numberedEntry(40))).toBe(41);
    await journal.close();
  });
  return ['src/journal'];
}

/** Registers the contract of every history. */
export function discoverHistories(): Covered {
  embedded();
  influxdb();
  return ['src/history/embedded', 'src/history/influxdb'];
}

function embedded(): void {
  historyContract('embedded', async (folder) => openEmbeddedHistory({ file: join(folder, 'plant.db') }), {
    child: here('history-child.ts'),
    rounds: 3,
    earlier: async (folder) => {
      await copyFile(fixture('1/plant.db'), join(folder, 'plant.db'));
      return openEmbeddedHistory({ file: join(folder, 'plant.db') });
    },
    manyRows: 200_000,
    exempt: { H5: 'It is a file of this machine.' },
  });
}

function influxdb(): void {
  const missing = whyNoInfluxd();
  describe.skipIf(missing !== undefined)(`influxdb${missing === undefined ? '' : ` (${missing})`}`, () => {
    let server: Promise<Influxd> | undefined;
    afterAll(async () => {
      await (await server)?.stop();
    });
    historyContract(
      'influxdb',
      async (folder) => {
        server ??= startInfluxd();
        return openInfluxHistory({ url: (await server).url, database: basename(folder), onQuarantine: refuse });
      },
      {
        unreachable: async () => openInfluxHistory({ url: 'http://127.0.0.1:1', database: 'x' }),
        manyRows: 50_000,
        exempt: {
          H4: 'It keeps nothing itself: a resolved append is an answer of the server, which has a log of its own.',
          H7: 'Its files belong to InfluxDB.',
        },
      },
    );
  });
}

function here(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

function fixture(name: string): string {
  return here(`../fixtures/formats/${name}`);
}

function refuse(line: string, reason: string): never {
  throw new Error(`${reason}: ${line}`);
}
