import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import adapter from './index.ts';
import { queueSize } from './subscription.ts';

const root = join(import.meta.dirname, 'cases');

for (const name of readdirSync(root)) {
  test(`case ${name}`, () => {
    const config = parse(readFileSync(join(root, name, 'config.yaml'), 'utf8'));
    const messages = adapter.settings.safeParse(config).error?.issues.map((issue) => issue.message);
    expect(messages).toContain(readFileSync(join(root, name, 'expected-error.txt'), 'utf8').trim());
  });
}

test('a queue holds the outage to bridge, and never fewer than ten values', () => {
  expect(queueSize(60, 250)).toBe(240);
  expect(queueSize(3, 100)).toBe(30);
  expect(queueSize(0, 100)).toBe(10);
  expect(queueSize(10, 0)).toBe(100);
});

test('the tags known from the settings are those it delivers', () => {
  const settings = adapter.settings.parse({
    endpoint: 'opc.tcp://10.0.0.7:4840',
    tags: {
      a: { node: 'ns=1;s=A', as: 'shared' },
      b: { node: 'ns=1;s=B', as: 'shared' },
      part: { node: 'ns=1;s=P', fields: { bore: 'values.0', depth: 'values.1' } },
    },
    record: { counter: 'ns=1;s=C', values: { weight: 'ns=1;s=W' } },
  });
  expect(adapter.tags?.(settings)).toEqual(['shared', 'bore', 'depth', 'weight']);
});

test('no file of the adapter names a service that changes the server', () => {
  const files = readdirSync(import.meta.dirname).filter(
    (file) => file.endsWith('.ts') && !/test(bed)?\.ts$/.test(file),
  );
  expect(files.length).toBeGreaterThan(8);
  for (const file of files) {
    const text = readFileSync(join(import.meta.dirname, file), 'utf8');
    expect(text.match(/\.(write\w*|call\w*|historyUpdate\w*|addNodes\w*|deleteNodes\w*)\(/g) ?? []).toEqual([]);
  }
});
