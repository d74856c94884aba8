// Tells the past being read in from the plant running: by then most streams are old, and move.
import type { StreamJson } from '../../../src/api/contract.ts';

/** Values older than this that still move are the past being read in. */
const PAST_MS = 600_000;
const STILL_MOVING_MS = 12_000;
/** Looks at old values before they count as all there is: the server may be too busy with the past to show it moving at once. */
const LOOKS = 4;

export interface PastSeen {
  /** Values of the past are being read in. */
  readonly isPast: boolean;
  /** How far, where it moved since the last look. */
  readonly untilMs: number | undefined;
  /** Most streams are old, and it takes another look to tell why. */
  readonly isUndecided: boolean;
}

export interface PastWatch {
  /** Looks at all streams as they were just fetched; at best every two seconds. */
  look(nowMs: number, rows: readonly StreamJson[]): PastSeen;
}

export function pastWatch(): PastWatch {
  /** Newest time of each stream at the last look. */
  let seen: ReadonlyMap<string, number> | undefined;
  let looks = 0;
  let movedMs = Number.NEGATIVE_INFINITY;
  return {
    look(nowMs, rows) {
      const behind = rows.filter((row) => nowMs - (row.lastTimeMs ?? 0) > PAST_MS);
      // A stream that was not there before and is already old moves too.
      const before = seen;
      const moving = behind.filter((row) => before !== undefined && (row.lastTimeMs ?? 0) > (before.get(row.id) ?? -1));
      looks += 1;
      seen = new Map(rows.map((row) => [row.id, row.lastTimeMs ?? 0]));
      const isBehind = 2 * behind.length > rows.length;
      if (!isBehind) movedMs = Number.NEGATIVE_INFINITY;
      else if (moving.length > 0) movedMs = performance.now();
      const isPast = performance.now() - movedMs < STILL_MOVING_MS;
      return {
        isPast,
        untilMs: moving.length > 0 ? Math.min(...moving.map((row) => row.lastTimeMs ?? 0)) : undefined,
        isUndecided: !isPast && isBehind && looks <= LOOKS,
      };
    },
  };
}
