// The contracts of journals and histories, run against every store there is.
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

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const fixtures = (name: string) => here(`../fixtures/formats/${name}`);

journalContract(
  'segments',
  (folder, segmentBytes) => openJournal(segmentBytes === undefined ? { folder } : { folder, segmentBytes }),
  { child: here('journal-child.ts'), rounds: 4 },
);

test('segments H7: what an earlier release has written is read', async ({ onTestFinished }) => {
  const folder = await scratchFolder(onTestFinished);
  await cp(fixtures('1/journal'), folder, { recursive: true });
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

historyContract('embedded', async (folder) => openEmbeddedHistory({ file: join(folder, 'plant.db') }), {
  child: here('history-child.ts'),
  rounds: 3,
  earlier: async (folder) => {
    await copyFile(fixtures('1/plant.db'), join(folder, 'plant.db'));
    return openEmbeddedHistory({ file: join(folder, 'plant.db') });
  },
  manyRows: 200_000,
  exempt: { H5: 'It is a file of this machine.' },
});

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

function refuse(line: string, reason: string): never {
  throw new Error(`${reason}: ${line}`);
}
