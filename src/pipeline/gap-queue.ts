// Gaps on their way to the journal: in order, and again until it takes them.
import type { Gap } from '../measurement.ts';

/** Pause before a gap that could not be journaled is tried again, ms. */
const AGAIN_MS = 1000;
/** Gaps that may wait; beyond it the oldest two that are not on their way become one. */
const MOST_WAITING = 100;

export interface GapQueue {
  /** Resolves once the gap is durable or was refused for now; its end never overtakes its beginning. */
  declare(gap: Gap): Promise<void>;
  /** Values that no one keeps could not be journaled: one gap for all of them while the journal takes nothing. */
  lose(fromMs: number, toMs: number, missing: number): void;
  /** Tries no more. */
  close(): void;
}

/**
 * A queue before the journal.
 *
 * @param append journals one gap; may reject, then it is tried again
 */
export function createGapQueue(append: (gap: Gap) => Promise<unknown>): GapQueue {
  const waiting: Gap[] = [];
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  async function work(): Promise<void> {
    timer = undefined;
    for (let gap = waiting[0]; gap !== undefined; gap = waiting[0]) {
      try {
        await append(gap);
      } catch {
        if (!isClosed) timer = setTimeout(() => void work(), AGAIN_MS);
        return;
      }
      waiting.shift();
    }
  }

  async function declare(gap: Gap): Promise<void> {
    waiting.push(gap);
    if (waiting.length === 1) await work();
    else if (waiting.length > MOST_WAITING) {
      // The first may be on its way.
      const [older, newer] = waiting.splice(1, 2);
      if (older !== undefined && newer !== undefined) waiting.splice(1, 0, both(older, newer));
    }
  }

  return {
    declare,
    lose(fromMs, toMs, missing) {
      const gap: Gap = { kind: 'gap', tags: [], fromMs, toMs, reason: 'journal_refused', missing };
      const last = waiting.at(-1);
      if (waiting.length > 1 && last?.reason === gap.reason) waiting[waiting.length - 1] = both(last, gap);
      else void declare(gap);
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}

function both(older: Gap, newer: Gap): Gap {
  const missing = (older.missing ?? 0) + (newer.missing ?? 0);
  const fromMs = Math.min(older.fromMs, newer.fromMs);
  const toMs = newer.toMs === null ? null : Math.max(older.toMs ?? newer.toMs, newer.toMs);
  return { ...newer, tags: [], fromMs, toMs, ...(missing > 0 ? { missing } : {}) };
}
