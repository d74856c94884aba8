// Appends blocks to the embedded history for ever and prints the seq of each that resolved. Killed by the history contract.
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { openEmbeddedHistory } from '../../src/history/embedded/history.ts';
import { childBlock } from './history-child-blocks.ts';

const history = openEmbeddedHistory({ file: join(process.argv[2] ?? '', 'plant.db'), outbox: true });
for (let seq = (await history.cursor()) + 1; ; seq += 1) {
  await history.append(childBlock(seq));
  writeSync(1, `${seq}\n`);
}
