// cases/<what>/: config.yaml (settings without folder), input.csv, and expected.jsonl or expected-error.txt.
import { existsSync, readdirSync } from 'node:fs';
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { testContext } from '../../test/contract/context.ts';
import { supervise } from '../../test/contract/supervise.ts';
import file from './index.ts';

const cases = join(import.meta.dirname, 'cases');

for (const name of readdirSync(cases)) {
  test(`case ${name}`, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pumjil-case-'));
    const context = testContext('case');
    const config = parse(await readFile(join(cases, name, 'config.yaml'), 'utf8'));
    await copyFile(join(cases, name, 'input.csv'), join(folder, 'input.csv'));
    const running = supervise(file, file.settings.parse({ folder, every_ms: 20, stable_ms: 0, ...config }), context);
    try {
      const report = join(folder, 'rejected', 'input.csv.error.txt');
      await running.until(
        'the file to be moved',
        () => existsSync(join(folder, 'done', 'input.csv')) || existsSync(report),
      );
      const isWrong = existsSync(join(cases, name, 'expected-error.txt'));
      if (isWrong) {
        expect(await readFile(report, 'utf8')).toContain(
          (await readFile(join(cases, name, 'expected-error.txt'), 'utf8')).trim(),
        );
        expect(running.rows).toEqual([]);
        return;
      }
      const lines = (await readFile(join(cases, name, 'expected.jsonl'), 'utf8')).trim().split('\n');
      const expected = lines.map((line) => JSON.parse(line));
      const rows = running.rows.map(({ tag, value, quality, timeMs, context: rowContext, reason, sourceId }, i) => ({
        tag,
        value: Number.isNaN(value) ? null : value,
        quality,
        t: timeMs,
        context: rowContext,
        ...(expected[i]?.id === undefined ? {} : { id: sourceId }),
        ...(reason === undefined ? {} : { reason }),
      }));
      expect(rows).toEqual(expected);
    } finally {
      await running.stop();
      context.dispose();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  });
}
