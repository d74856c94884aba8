// How many points a day streams plot, as seen; kept for a while, since it changes slowly.
import { pointsPerDay } from '../../budget/rate.ts';
import type { ApiContext } from '../context.ts';

/** Newest points looked at, and how far back: what a stream did last month says little of today. */
const POINTS = 400;
const REACH_MS = 28 * 86_400_000;
const KEPT_MS = 10 * 60_000;

/** Points a day by stream. */
export interface Pace {
  /** NaN while too few points have come. */
  of(stream: string): Promise<number>;
}

export function createPace({ plant, now }: ApiContext): Pace {
  const known = new Map<string, { readonly atMs: number; readonly perDay: number }>();
  return {
    async of(stream) {
      const nowMs = now();
      const kept = known.get(stream);
      if (kept !== undefined && nowMs - kept.atMs < KEPT_MS) return kept.perDay;
      const range = { fromMs: nowMs - REACH_MS, toMs: Number.MAX_SAFE_INTEGER, limit: POINTS, last: true };
      const points = await plant.points({ series: stream, ...range, lane: 0 });
      const { shifts, plant: site } = plant.plan;
      const times = points.map(({ timeMs }) => timeMs);
      const perDay = pointsPerDay(times, { shifts, timezone: site.timezone }, nowMs);
      known.set(stream, { atMs: nowMs, perDay });
      return perDay;
    },
  };
}
