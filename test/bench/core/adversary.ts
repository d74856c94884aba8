// Values chosen to break a kernel: on the lines, ties, zeros of either sign, the ends of the range of numbers, and no numbers at all.
import { seeded } from '../measure.ts';

/** A source of unpleasant values around `centre`, in steps of quarters of `sigma`. */
export function adversary(seed: number): {
  /** @param stream whose mood it is: a stream stays on one side, near, far or to and fro for some twenty values */
  value(centre: number, sigma: number, stream?: number): number;
  time(now: number): number;
  below(n: number): number;
} {
  const random = seeded(seed);
  const below = (n: number): number => Math.floor(random.uniform() * n);
  const special = [
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    0,
    -0,
    1e300,
    -1e300,
    1e-300,
    -1e-300,
    Number.MAX_VALUE,
    -Number.MAX_VALUE,
    Number.MIN_VALUE,
  ];
  const moods: number[] = [];
  return {
    below,
    value(centre, sigma, stream = 0) {
      if (below(20) === 0) moods[stream] = below(8);
      const mood = moods[stream] ?? 0;
      if (below(40) === 0) return special[below(special.length)]!;
      if (mood === 0) return centre + sigma * random.normal();
      if (mood === 1) return centre + (sigma * below(14)) / 4;
      if (mood === 2) return centre - (sigma * below(14)) / 4;
      if (mood === 3) return centre + (sigma * (below(9) - 4)) / 4;
      if (mood === 4) return centre + sigma * (below(2) * 2 - 1) * (1.25 + below(8) / 4);
      if (mood === 5) return centre + sigma * (1 + below(3));
      if (mood === 6) return centre - sigma * (1 + below(3));
      return centre + (sigma * (below(29) - 14)) / 4;
    },
    time(now) {
      const kind = below(60);
      if (kind === 0) return now - 1 - below(50);
      return kind === 1 ? Number.NaN : now;
    },
  };
}
