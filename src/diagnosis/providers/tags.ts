// Critical tags: how many there are, and from how many a good value came in the last 24 hours.

import type { Evidence } from '../level.ts';
import { counted, type Records, tagsOf } from '../records.ts';

const DAY_MS = 86_400_000;

export function tagsEvidence({ special, streams, day, nowMs }: Records): Evidence {
  const good = new Set(day.filter((tally) => tally.good > 0).map((tally) => tally.series));
  const total = new Set(special.flatMap(tagsOf));
  // A tag lives through the streams of any characteristic that reads it, or as a bare tag of its own.
  const live = new Set(
    special.flatMap((plan) => {
      const isLive = streams.some((s) => s.characteristic === plan.id && good.has(s.id));
      return tagsOf(plan).filter((tag) => isLive || good.has(tag));
    }),
  );
  const fromMs = nowMs - DAY_MS;
  return {
    tags_critical_total: counted(
      total.size,
      nowMs,
      nowMs,
      'characteristics of class critical or significant, their tags',
    ),
    tags_critical_live: counted(live.size, fromMs, nowMs, 'tags with a good measurement in the last 24 h'),
  };
}
