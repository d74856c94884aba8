// Work on what a source gives, several pieces at a time and no more, results in the order of the pieces.

/** Places that pieces of work need, and the order of everything that was asked for: nothing overtakes work that waits for a place. */
export interface Places {
  readonly size: number;
  /** Calls `start` with a place: now if there is one and nothing waits, else in its turn. */
  enter(start: (place: number) => void): void;
  /** Calls `step` behind all that waits: now if nothing does. */
  after(step: () => void): void;
  release(place: number): void;
}

/**
 * Places 0 to `size` − 1.
 *
 * @example
 * const places = createPlaces(1);
 * const seen = [];
 * places.enter((place) => seen.push(place));
 * places.enter((place) => seen.push(`again ${place}`));
 * places.after(() => seen.push('then'));
 * seen.length; // => 1
 * places.release(0);
 * seen; // => [0, 'again 0', 'then']
 */
export function createPlaces(size: number): Places {
  const free = Array.from({ length: size }, (_, place) => place);
  const waiting: ({ readonly start: (place: number) => void } | { readonly step: () => void })[] = [];

  function goOn(): void {
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      if ('step' in next) {
        waiting.shift();
        next.step();
        continue;
      }
      const place = free.shift();
      if (place === undefined) return;
      waiting.shift();
      next.start(place);
    }
  }

  return {
    size,
    enter(start) {
      waiting.push({ start });
      goOn();
    },
    after(step) {
      waiting.push({ step });
      goOn();
    },
    release(place) {
      free.push(place);
      goOn();
    },
  };
}

/**
 * Gives the results of `work` in order, each as soon as it and those before it are there. A piece is asked for once there is a place for it;
 * when nobody takes results, or all places are in use, none is. An error of the source comes after the results of what it gave before.
 *
 * @param work begins before it returns, and releases its place in the end whatever happens
 */
export async function* inTurn<Piece, Result>(
  pieces: AsyncIterable<Piece> | Iterable<Piece>,
  places: Places,
  work: (place: number, piece: Piece) => Promise<Result>,
): AsyncGenerator<Result, void, undefined> {
  const source = Symbol.asyncIterator in pieces ? pieces[Symbol.asyncIterator]() : pieces[Symbol.iterator]();
  const underWay: Promise<Result>[] = [];
  let isOver = false;
  let isLeft = false;
  let coming: Promise<void> | undefined;
  let broken: { readonly error: unknown } | undefined;

  async function startNext(): Promise<void> {
    const place = await new Promise<number>((resolve) => places.enter(resolve));
    let isGiven = false;
    try {
      const next = await source.next();
      if (next.done === true) isOver = true;
      // Nobody takes results any more.
      if (isOver || isLeft) return;
      isGiven = true;
      const result = work(place, next.value as Piece);
      // Told where it is taken.
      result.catch(() => undefined);
      underWay.push(result);
    } finally {
      if (!isGiven) places.release(place);
    }
  }

  try {
    for (;;) {
      if (!isOver && coming === undefined && underWay.length < places.size) {
        coming = startNext()
          .catch((error: unknown) => {
            broken = { error };
            isOver = true;
          })
          .finally(() => {
            coming = undefined;
          });
      }
      const oldest = underWay[0];
      if (oldest === undefined && coming === undefined) {
        if (broken !== undefined) throw (broken as { readonly error: unknown }).error;
        if (isOver) return;
        continue;
      }
      // Whichever comes first: another piece, or the oldest result.
      const isReady = await Promise.race([
        ...(coming === undefined ? [] : [coming.then(() => false)]),
        ...(oldest === undefined ? [] : [oldest.then(() => true)]),
      ]);
      if (isReady && oldest !== undefined) {
        yield await oldest;
        underWay.shift();
      }
    }
  } finally {
    isLeft = true;
    const left = Promise.resolve(source.return?.());
    // A source that waits for its next piece ends when it has one: whoever leaves does not wait for that.
    if (coming === undefined) await left;
    else left.catch(() => undefined);
  }
}
