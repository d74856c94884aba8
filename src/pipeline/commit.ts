// The commit: repeats out, journal, receipt. Order of calls = order of seqs = order in which the machine gets the entries.
import type { Entry, Journal, Seq, ValuesEntry } from '../journal/journal.ts';
import { type Dedupe, identities, pick } from './dedupe.ts';

export interface Committed {
  readonly seq: Seq;
  readonly entry: Entry;
  readonly accepted: number;
  readonly duplicates: number;
}

export interface Commit {
  /** Resolves when the entry is durable; `onDurable` has been called by then, in order of seq. */
  append(entry: Entry): Promise<Committed>;
  /** Entries handed in and not settled yet. */
  readonly inFlight: number;
}

/**
 * Joins the memory of identities to the journal.
 * A row whose identity is still on its way to the disk waits for that: only what is durable may call another one a repeat.
 */
export function createCommit(journal: Journal, dedupe: Dedupe, onDurable: (committed: Committed) => void): Commit {
  const pending = new Set<string>();
  let inFlight = 0;
  let lastSettled: Promise<unknown> = Promise.resolve();

  async function appendValues(entry: ValuesEntry): Promise<Committed> {
    const keys = identities(entry.adapter, entry.batch);
    while (keys.some((key) => pending.has(key))) await lastSettled.catch(() => undefined);
    const kept: number[] = [];
    const own = new Set<string>();
    keys.forEach((key, i) => {
      if (own.has(key) || dedupe.has(key, entry.batch.receivedMs)) return;
      own.add(key);
      kept.push(i);
    });
    const duplicates = entry.batch.length - kept.length;
    const journaled: ValuesEntry = {
      ...entry,
      batch: pick(entry.batch, kept),
      received: entry.received,
      duplicate: entry.duplicate + duplicates,
    };
    for (const key of own) pending.add(key);
    try {
      const seq = await settle(journal.append(journaled));
      for (const key of own) dedupe.remember(key, entry.batch.receivedMs);
      return { seq, entry: journaled, accepted: kept.length, duplicates };
    } finally {
      for (const key of own) pending.delete(key);
    }
  }

  function settle<T>(work: Promise<T>): Promise<T> {
    lastSettled = work;
    return work;
  }

  return {
    async append(entry) {
      inFlight += 1;
      try {
        const committed =
          entry.kind === 'values'
            ? await appendValues(entry)
            : { seq: await settle(journal.append(entry)), entry, accepted: 0, duplicates: 0 };
        onDurable(committed);
        return committed;
      } finally {
        inFlight -= 1;
      }
    },
    get inFlight() {
      return inFlight;
    },
  };
}
