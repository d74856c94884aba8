// Distinct times: which row among those of one source time comes first, second, third … so that a store that knows rows by
// time alone (InfluxDB) keeps them all. Given once, when a row is first written, from what is in the history and nothing else;
// a block that is written again after a crash gets the same ties, because the crash took its rows and its ties alike.

/** Gives ties within one namespace: rows that a store tells apart by their time only. */
export interface TieGiver {
  /** The smallest tie that makes `timeNs + tie` new in `space`. */
  give(space: string, timeNs: bigint): number;
  /** The rows with the ties given so far are stored: the source shows them from now on. */
  stored(): void;
}

export interface TieSource {
  /** No row of the space lies behind this time; undefined when it has no rows. */
  newestNs(space: string): bigint | undefined;
  /** The final times (time + tie) of the stored rows in [fromNs, toNs]; more does no harm. */
  finals(space: string, fromNs: bigint, toNs: bigint): Iterable<bigint>;
}

interface Space {
  /** Everything stored or given ends at or before `last`. */
  last: bigint;
  /** All of [runStart, last] is taken; undefined while it is not known which of it is. */
  runStart: bigint | undefined;
  /** Given and perhaps not stored yet. */
  readonly given: Set<bigint>;
  /** What the source said of a stretch of time, and what was given in it since. */
  window: { from: bigint; to: bigint; taken: Set<bigint> } | undefined;
  /** Where the search for a time ended last. */
  readonly next: Map<bigint, bigint>;
}

/** How far one look into the history reaches, ns: late rows come in order mostly. */
const REACH = 60_000_000_000n;
/** Spaces that are remembered at most, and times in the window of one. */
const MAX_SPACES = 20_000;
const MAX_TIMES = 100_000;

/** A giver of ties over what is stored. */
export function tieGiver(source: TieSource): TieGiver {
  const spaces = new Map<string, Space>();
  const touched = new Set<Space>();

  function spaceOf(name: string): Space {
    let space = spaces.get(name);
    if (space === undefined) {
      const last = source.newestNs(name) ?? -(2n ** 63n);
      space = { last, runStart: undefined, given: new Set(), window: undefined, next: new Map() };
      spaces.set(name, space);
    }
    return space;
  }

  // For times among those that are there already: the first free one from `timeNs` on.
  function search(name: string, space: Space, timeNs: bigint): bigint {
    let final = space.next.get(timeNs) ?? timeNs;
    for (;;) {
      let { window } = space;
      if (window === undefined || final < window.from || final > window.to) {
        window = { from: final, to: final + REACH, taken: new Set(source.finals(name, final, final + REACH)) };
        for (const each of space.given) window.taken.add(each);
        space.window = window;
      }
      if (!window.taken.has(final)) break;
      final += 1n;
    }
    space.next.set(timeNs, final + 1n);
    return final;
  }

  return {
    give(name, timeNs) {
      const space = spaceOf(name);
      let final: bigint;
      if (timeNs > space.last) {
        final = timeNs;
        space.runStart = timeNs;
      } else if (space.runStart !== undefined && timeNs >= space.runStart) {
        final = space.last + 1n;
      } else {
        final = search(name, space, timeNs);
      }
      if (final > space.last) space.last = final;
      space.given.add(final);
      space.window?.taken.add(final);
      touched.add(space);
      return Number(final - timeNs);
    },
    stored() {
      for (const space of touched) {
        space.given.clear();
        space.next.clear();
        if ((space.window?.taken.size ?? 0) > MAX_TIMES) space.window = undefined;
      }
      touched.clear();
      if (spaces.size > MAX_SPACES) spaces.clear();
    },
  };
}
