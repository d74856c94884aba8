// Points gathered by subgroup: the lanes of one subgroup come from the same entry at the same time.
import type { PointJson } from '../../../src/api/contract.ts';

/**
 * The lanes of each subgroup, in order of time. Ids are not relied on: each lane may have one of its own.
 * Where one entry closed several subgroups at one time, the next begins where the lanes start again.
 */
export function bySubgroup(points: readonly PointJson[]): PointJson[][] {
  const subgroups: PointJson[][] = [];
  let last: PointJson | undefined;
  for (const point of [...points].sort((a, b) => a.timeMs - b.timeMs || a.seq - b.seq)) {
    const goesOn =
      last !== undefined && last.seq === point.seq && last.timeMs === point.timeMs && last.lane < point.lane;
    if (goesOn) subgroups.at(-1)?.push(point);
    else subgroups.push([point]);
    last = point;
  }
  return subgroups;
}

/** Points of the newest `size` subgroups, with all their lanes. */
export function newestSubgroups(points: readonly PointJson[], size: number): PointJson[] {
  return bySubgroup(points).slice(-size).flat();
}
