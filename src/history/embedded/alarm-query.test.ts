// Finding one alarm by its id, in the history that writes and in a reader beside it.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { alarmOf, blockOf } from '../../../test/contract/history-blocks.ts';
import { openEmbeddedHistory } from './history.ts';
import { openReader } from './reader.ts';

test('an alarm is found by its id however many are newer, and only where the other conditions hold too', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pumjil-alarms-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'plant.db');
  const history = openEmbeddedHistory({ file });
  for (let seq = 1; seq <= 50; seq += 1)
    await history.append(blockOf(seq, [], { alarms: [alarmOf(`${seq}.0`, seq * 1000)] }));
  const reader = openReader(file);
  for (const asked of [history, reader]) {
    const ids = (filter: object): string[] => asked.alarms({ limit: 1, ...filter }).map((alarm) => alarm.id);
    expect(ids({ id: '3.0' })).toEqual(['3.0']);
    expect(ids({ id: '3.0', open: true })).toEqual(['3.0']);
    expect(ids({ id: '3.0', open: false })).toEqual([]);
    expect(ids({ id: '3' })).toEqual([]);
    expect(ids({ id: "3.0' OR 1 --" })).toEqual([]);
  }
  reader.close();
  await history.close();
});
