// Journal entries that can be told apart by a number.
import type { Entry } from '../../src/journal/journal.ts';
import { openBatch } from '../../src/measurement.ts';

/** An entry that tells its number: odd ones carry values, even ones are ticks. */
export function numberedEntry(k: number): Entry {
  if (k % 2 === 0) return { kind: 'tick', atMs: k };
  const batch = openBatch(['a', '쿠션'], k);
  const extras = { context: { lot: `L${k}` }, sourceId: `id-${k}` };
  for (let i = 0; i < 5; i += 1) batch.add(i % 2, k + i / 10, 0, BigInt(k) * 1_000_000n, extras);
  return { kind: 'values', adapter: 'bench', batch, received: 5, duplicate: 0, refused: 0 };
}

/** The number of an entry made by {@link numberedEntry}. */
export function numberOf(entry: Entry): number {
  if (entry.kind === 'tick') return entry.atMs;
  return entry.kind === 'values' ? entry.batch.receivedMs : Number.NaN;
}
