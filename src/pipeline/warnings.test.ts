import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { characteristic, config, START } from '../../test/fixtures/entries.ts';
import { batch, fill, folder, open, ROWS, stored } from '../../test/fixtures/filling.ts';
import type { Log } from '../component.ts';
import { diskFiles, type JournalFiles } from '../journal/files.ts';
import type { WriterState } from './messages.ts';
import { verifyDataDir } from './verify.ts';
import { logWarnings } from './warnings.ts';

test('a flush that fails once: the values are written anew and confirmed, and the plant is not ready until a person has looked', async () => {
  const dir = folder();
  const disk = diskFiles();
  let isBroken = false;
  const fs: JournalFiles = {
    ...disk,
    async open(path, flags) {
      const file = await disk.open(path, flags);
      return {
        read: (...a) => file.read(...a),
        write: (...a) => file.write(...a),
        truncate: (n) => file.truncate(n),
        async datasync() {
          if (!isBroken) return file.datasync();
          isBroken = false;
          throw Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' });
        },
        sync: () => file.sync(),
        stat: () => file.stat(),
        close: () => file.close(),
      };
    },
  };
  const writer = await open(dir, {}, fs);
  await writer.append(config(characteristic()));
  await fill(writer, 0, 2);
  expect(writer.state()).toMatchObject({ ready: true, warnings: [] });
  isBroken = true;
  expect(await writer.append(batch(2))).toMatchObject({ accepted: ROWS });
  await fill(writer, 3, 5);
  expect(await stored(writer)).toBe(5 * ROWS);
  expect(readdirSync(join(dir, 'journal')).filter((name) => name.endsWith('.seg'))).toHaveLength(2);
  const { ready, notReadyBecause, warnings } = writer.state();
  expect({ ready, notReadyBecause }).toEqual({ ready: false, notReadyBecause: expect.stringContaining('EIO') });
  expect(warnings).toMatchObject([{ code: 'disk_failed', text: notReadyBecause }]);
  await writer.append({
    kind: 'command',
    atMs: START,
    author: 'kim',
    id: 'c1',
    verb: 'acknowledge',
    alarm: 'disk_failed',
  });
  expect(writer.state()).toMatchObject({ ready: true, notReadyBecause: null, warnings: [] });
  expect(writer.history.events({ kind: 'command', limit: 10 })).toMatchObject([
    { data: { alarm: 'disk_failed', author: 'kim', verb: 'acknowledge' } },
  ]);
  await writer.close();
  const verified = await verifyDataDir(dir);
  expect(verified.differences).toEqual([]);
  expect(verified.balance.accepted).toBe(5 * ROWS);
});

test('a warning is logged when it comes and when it goes, dropped values each time', async () => {
  const lines: string[] = [];
  const say = (level: string) => (fields: object, message: string) =>
    void lines.push(`${level} ${message} ${JSON.stringify(fields)}`);
  const log = { error: say('error'), warn: say('warn'), info: say('info'), debug: say('debug') } as Log;
  const writer = await open(folder());
  const state = writer.state();
  await writer.close();
  const warned: WriterState = { ...state, warnings: [{ code: 'disk_failed', text: 'EIO', sinceMs: 1 }] };
  const lost: WriterState = { ...state, balance: { ...state.balance, lost: 7 } };
  logWarnings(log, state, warned);
  logWarnings(log, warned, warned);
  logWarnings(log, warned, state);
  logWarnings(log, state, lost);
  expect(lines).toEqual([
    'error warning {"warning":"disk_failed","cause":"EIO"}',
    'info warning acknowledged {"warning":"disk_failed"}',
    'error oldest values dropped {"sink":"influxdb","values":7,"total":7}',
  ]);
});
