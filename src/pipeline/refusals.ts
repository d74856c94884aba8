// Rows refused at the door: counted all, told seldom.
import type { Log } from '../component.ts';

/** Time between two lines of the log on one reason, ms. */
const TELL_EVERY_MS = 60_000;
/** Reasons kept apart; an adapter has a handful. */
const MOST_REASONS = 100;

export interface Refusals {
  /** Counts rows; the first of a reason is told at once. */
  add(count: number, reason: string, sample: string | undefined): void;
  /** Rows counted since the last call. */
  take(): number;
  /** Counts rows again that were taken but not recorded. */
  giveBack(count: number): void;
  readonly count: number;
}

/** The refusals of one adapter. */
export function createRefusals(adapter: string, log: Log, now: () => number): Refusals {
  const told = new Map<string, { atMs: number; untold: number }>();
  let count = 0;
  return {
    add(rows, reason, sample) {
      count += rows;
      const known = told.get(reason);
      const nowMs = now();
      if (known !== undefined && Math.abs(nowMs - known.atMs) < TELL_EVERY_MS) {
        known.untold += rows;
        return;
      }
      if (known === undefined && told.size >= MOST_REASONS) told.clear();
      told.set(reason, { atMs: nowMs, untold: 0 });
      log.warn({ adapter, count: rows + (known?.untold ?? 0), reason, sample: sample?.slice(0, 200) }, 'refused');
    },
    take() {
      const taken = count;
      count = 0;
      return taken;
    },
    giveBack(rows) {
      count += rows;
    },
    get count() {
      return count;
    },
  };
}
