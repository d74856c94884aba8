// Appends numbered entries for ever, several at a time, and prints each once it is confirmed. Killed by the journal contract.
import { writeSync } from 'node:fs';
import { openJournal } from '../../src/journal/segments.ts';
import { numberedEntry } from './numbered-entry.ts';

const journal = await openJournal({ folder: process.argv[2] ?? '', segmentBytes: 20_000 });
let k = journal.stats().last;
for (;;) {
  const group = Array.from({ length: 1 + (k % 8) }, () => k++);
  await Promise.all(
    group.map(async (number) => {
      const seq = await journal.append(numberedEntry(number));
      writeSync(1, `${seq} ${number}\n`);
    }),
  );
}
