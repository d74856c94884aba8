// cases/<what>/: config.yaml (the topics), messages.jsonl, expected.jsonl (rows, then words of refusal).
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { createMessageReader } from './message.ts';
import { mqttSettings } from './settings.ts';

const cases = join(import.meta.dirname, 'cases');

for (const name of readdirSync(cases)) {
  test(`case ${name}`, async () => {
    const topics = parse(await readFile(join(cases, name, 'config.yaml'), 'utf8'));
    const settings = mqttSettings.parse({ url: 'mqtt://127.0.0.1', client_id: 'x', topics });
    const readers = Object.entries(settings.topics).map(([filter, topic]) => createMessageReader(filter, topic));
    const got: object[] = [];
    const refused: object[] = [];
    for (const { topic, payload } of await lines(join(cases, name, 'messages.jsonl'))) {
      const reads = readers.flatMap((read) => read(topic, new TextEncoder().encode(payload)) ?? []);
      for (const read of reads) {
        for (const row of read.rows) {
          got.push({
            tag: row.tag,
            value: Number.isNaN(row.value) ? null : row.value,
            quality: row.quality,
            ...(row.timeNs === undefined ? {} : { t: Number(row.timeNs / 1_000_000n) }),
            ...(row.text === undefined ? {} : { text: row.text }),
            context: row.context,
            ...(row.sourceId === undefined ? {} : { id: row.sourceId }),
            ...(row.reason === undefined ? {} : { reason: row.reason }),
          });
        }
        for (const { reason } of read.refused) refused.push({ refused: reason });
      }
    }
    expect([...got, ...refused]).toEqual(await lines(join(cases, name, 'expected.jsonl')));
  });
}

async function lines(path: string) {
  return (await readFile(path, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}
