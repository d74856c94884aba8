// The commit: repeats out, journal, receipt. Order of calls = order of seqs = order in which the machine gets the entries.
import type { Entry, Journal, Seq, ValuesEntry } from '../journal/journal.ts';
import { type Dedupe, identities, pick } from './dedupe.ts';

interface Ticket {
  committed: { readonly seq: Seq; readonly entry: Entry } | undefined;
  isSettled: boolean;
}

export interface Committed {
  readonly seq: Seq;
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
export function createCommit(journal: Journal, dedupe: Dedupe, onDurable: (seq: Seq, entry: Entry) => void): Commit {
  const pending = new Set<string>();
  // Entries in the order they were given to the journal. Their promises settle in that order too, but what follows a promise may
  // overtake: the machine gets them from the head of this queue only.
  const queue: Ticket[] = [];
  let inFlight = 0;
  let lastSettled: Promise<unknown> = Promise.resolve();

  /** Journals one entry; when it is durable, `before` runs and everything at the head of the queue goes to the machine. */
  async function journaled(entry: Entry, before: () => void): Promise<Seq> {
    const ticket: Ticket = { committed: undefined, isSettled: false };
    queue.push(ticket);
    const work = journal.append(entry);
    lastSettled = work;
    try {
      const seq = await work;
      before();
      ticket.committed = { seq, entry };
      return seq;
    } finally {
      ticket.isSettled = true;
      while (queue[0]?.isSettled === true) {
        const { committed } = queue.shift() ?? {};
        if (committed !== undefined) onDurable(committed.seq, committed.entry);
      }
    }
  }

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
    const accepted: ValuesEntry = {
      ...entry,
      batch: pick(entry.batch, kept),
      received: entry.received,
      duplicate: entry.duplicate + duplicates,
    };
    for (const key of own) pending.add(key);
    try {
      const seq = await journaled(accepted, () => {
        for (const key of own) dedupe.remember(key, entry.batch.receivedMs);
      });
      return { seq, accepted: kept.length, duplicates };
    } finally {
      for (const key of own) pending.delete(key);
    }
  }

  return {
    async append(entry) {
      inFlight += 1;
      try {
        if (entry.kind === 'values') return await appendValues(entry);
        return { seq: await journaled(entry, () => undefined), accepted: 0, duplicates: 0 };
      } finally {
        inFlight -= 1;
      }
    },
    get inFlight() {
      return inFlight;
    },
  };
}
