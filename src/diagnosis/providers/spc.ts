// Special characteristics under control: charts with valid limits, and capability from a stable process.

import type { Evidence } from '../level.ts';
import { counted, type Records } from '../records.ts';

const WEEK_MS = 7 * 86_400_000;
const BASELINE_SUBGROUPS = 25;
const CAPABILITY_VALUES = 100;

export function spcEvidence({ special, streams, quarterMs, nowMs }: Records): Evidence {
  const active = streams.filter((s) => s.lastTimeMs !== null && s.lastTimeMs >= nowMs - WEEK_MS);
  const withLimits = active.filter(
    // Typed limits (0 subgroups) were put in force by a person with a reason.
    ({ limits }) => limits.version > 0 && (limits.subgroups === 0 || limits.subgroups >= BASELINE_SUBGROUPS),
  );
  const capable = streams.filter(({ capability: c }) => c.withheld === null && c.n >= CAPABILITY_VALUES);
  const having = (list: typeof streams): number =>
    special.filter((plan) => list.some((s) => s.characteristic === plan.id)).length;
  return {
    chars_critical: counted(
      special.length,
      nowMs,
      nowMs,
      'characteristics of class critical or significant in the plan',
    ),
    chars_spc: counted(
      having(withLimits),
      nowMs - WEEK_MS,
      nowMs,
      'of those, with a point in 7 days and limits from 25 subgroups or typed',
    ),
    chars_capability: counted(
      having(capable),
      quarterMs,
      nowMs,
      'of those, with capability that is not withheld, n ≥ 100',
    ),
  };
}
