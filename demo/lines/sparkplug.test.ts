// The plant's own Sparkplug encoder, read back by the adapter's decoder: two writers of one format.
import { expect, test } from 'vitest';
import { decodePayload, metricValue } from '../../adapters/mqtt/sparkplug.ts';
import { createSparkplugHost } from '../../adapters/mqtt/sparkplug-host.ts';
import { edgeNode } from './sparkplug.ts';

const FIRST = [
  { name: 'part', value: 'CV-2100-AS' },
  { name: 'test_pressure', value: 150.1 },
  { name: 'ok', value: true },
] as const;

test('a birth names every metric with its alias and type, and the sequence begins at zero', () => {
  const [node, device] = edgeNode('gaon', 'l3', 'leak1', FIRST).births(1_800_000_000_123);
  expect(node?.topic).toBe('spBv1.0/gaon/NBIRTH/l3');
  expect(device?.topic).toBe('spBv1.0/gaon/DBIRTH/l3/leak1');
  const decoded = decodePayload(device?.payload ?? new Uint8Array());
  expect(decodePayload(node?.payload ?? new Uint8Array()).seq).toBe(0);
  expect(decoded.seq).toBe(1);
  expect(decoded.timestamp).toBe(1_800_000_000_123);
  expect(decoded.metrics.map((each) => [each.name, each.alias, metricValue(each, each.type)])).toEqual([
    ['part', 1n, 'CV-2100-AS'],
    ['test_pressure', 2n, 150.1],
    ['ok', 3n, true],
  ]);
});

test('a host takes the data of the device by alias, and the sequence goes round after 255 without a gap', () => {
  const host = createSparkplugHost('gaon');
  const node = edgeNode('gaon', 'l3', 'leak1', FIRST);
  for (const each of node.births(1_800_000_000_000)) host.read(each.topic, each.payload, 0);
  for (let i = 0; i < 600; i++) {
    const message = node.data([{ name: 'test_pressure', value: 149 + i / 1000 }], 1_800_000_001_000 + i);
    const result = host.read(message?.topic ?? '', message?.payload ?? new Uint8Array(), 0);
    expect(result?.gaps).toEqual([]);
    expect(result?.rows.map((row) => [row.tag, row.value])).toEqual([['l3/leak1/test_pressure', 149 + i / 1000]]);
  }
});

test('before its birth a node has no data to send, and its death carries the number of the birth', () => {
  const node = edgeNode('gaon', 'l3', 'leak1', FIRST);
  expect(node.data([{ name: 'ok', value: false }], 1)).toBeUndefined();
  node.births(1);
  node.births(2);
  expect(decodePayload(node.death().payload).metrics[0]?.integer).toBe(1n);
  expect(node.isRebirth('spBv1.0/gaon/NCMD/l3')).toBe(true);
});
