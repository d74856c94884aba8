// The contracts of journals and histories, run against every store there is.
import { fileURLToPath } from 'node:url';
import { openJournal } from '../../src/journal/segments.ts';
import { journalContract } from './journal.ts';

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

journalContract(
  'segments',
  (folder, segmentBytes) => openJournal(segmentBytes === undefined ? { folder } : { folder, segmentBytes }),
  { child: here('journal-child.ts'), rounds: 6 },
);
