// The live pictures of streams on their way out: a stream that changes a hundred times a second is drawn four times.
import type { StreamNow } from '../api/plant.ts';

/** Least time between two rounds of pictures, ms. */
const EVERY_MS = 250;

export interface Pictures {
  /** These series have changed. */
  touch(series: Iterable<number>): void;
  /** Pictures that are due now; all of them when `isAsked`, for then somebody waits for what changed. */
  due(isAsked: boolean): readonly StreamNow[];
  /** From now on whatever is due goes with the block that is written. */
  close(): void;
}

/**
 * Collects which series changed and gives their pictures out in rounds.
 *
 * @param picture the picture of a series, undefined for one that has none
 * @param send takes pictures that fell due while nobody asked
 */
export function createPictures(
  picture: (series: number) => StreamNow | undefined,
  send: (streams: readonly StreamNow[]) => void,
): Pictures {
  const touched = new Set<number>();
  let lastMs = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  function take(): readonly StreamNow[] {
    clearTimeout(timer);
    timer = undefined;
    lastMs = performance.now();
    const streams: StreamNow[] = [];
    for (const series of touched) {
      const one = picture(series);
      if (one !== undefined) streams.push(one);
    }
    touched.clear();
    return streams;
  }

  return {
    touch(series) {
      for (const each of series) touched.add(each);
    },
    due(isAsked) {
      if (touched.size === 0) return [];
      const leftMs = lastMs + EVERY_MS - performance.now();
      if (isAsked || isClosed || leftMs <= 0) return take();
      timer ??= setTimeout(() => send(take()), leftMs);
      return [];
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}
