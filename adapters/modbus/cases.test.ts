// cases/<what>/: config.yaml with device.yaml (registers by address) and expected.jsonl (the first poll), or with expected-error.txt.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { testContext } from '../../test/contract/context.ts';
import { supervise } from '../../test/contract/supervise.ts';
import adapter from './index.ts';
import { startTestbed } from './testbed.ts';

const root = join(import.meta.dirname, 'cases');
const read = (name: string, file: string): string => readFileSync(join(root, name, file), 'utf8');

for (const name of readdirSync(root)) {
  test(`case ${name}`, async () => {
    const config = parse(read(name, 'config.yaml'));
    if (existsSync(join(root, name, 'expected-error.txt'))) {
      const messages = adapter.settings
        .safeParse({ host: '127.0.0.1', ...config })
        .error?.issues.map((issue) => issue.message);
      expect(messages).toContain(read(name, 'expected-error.txt').trim());
      return;
    }
    const plc = await startTestbed('');
    const { holding } = parse(read(name, 'device.yaml')) as { holding: Record<string, number[]> };
    for (const [address, words] of Object.entries(holding)) plc.holding.set(words, Number(address));
    const context = testContext('case');
    const settings = adapter.settings.parse({ ...config, host: '127.0.0.1', port: plc.port, unit_id: 7 });
    const running = supervise(adapter, settings, context);
    const expected = read(name, 'expected.jsonl')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    await running.until('one poll', () => running.rows.length >= expected.length);
    const got = running.rows
      .slice(0, expected.length)
      .map(({ tag, value, quality, text, reason, context: values }) => ({
        tag,
        value: Number.isNaN(value) ? null : value,
        quality,
        ...(text === undefined ? {} : { text }),
        ...(reason === undefined ? {} : { reason }),
        ...(Object.keys(values).length === 0 ? {} : { context: values }),
      }));
    expect(got).toEqual(expected);
    await running.stop();
    context.dispose();
    await plc.stop();
  });
}
