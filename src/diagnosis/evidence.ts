// Evidence from the plant's own records: who answers for which keys.
import type { Evidence } from './level.ts';
import { collectionEvidence } from './providers/collection.ts';
import { responseEvidence } from './providers/response.ts';
import { samplesEvidence } from './providers/samples.ts';
import { spcEvidence } from './providers/spc.ts';
import { tagsEvidence } from './providers/tags.ts';
import { type EvidenceProvider, type EvidenceSource, readRecords } from './records.ts';

/** The providers; a new group of keys is a file and a line here. */
const PROVIDERS: readonly EvidenceProvider[] = [
  tagsEvidence,
  collectionEvidence,
  samplesEvidence,
  spcEvidence,
  responseEvidence,
];

/** All evidence that this version observes, at the time of the source. */
export async function collectEvidence(source: EvidenceSource): Promise<Evidence> {
  const records = await readRecords(source);
  return Object.assign({}, ...PROVIDERS.map((provide) => provide(records)));
}
