// Paces the live push: what comes in between two sendings goes out together, thinned to what a screen needs.
import type { LiveMessage } from '../plant.ts';
import { newestPoints, type Outgoing } from './newest.ts';

/** Shortest time between two sendings. */
export const PACE_MS = 250;

export interface Pace {
  take(messages: readonly LiveMessage[]): void;
  /** Sends nothing any more. */
  close(): void;
}

/**
 * Hands messages on at once when nothing was sent for 250 ms, else together when that time is over.
 *
 * @param send gets them in the order they came, without the older points of streams that have many (see newestPoints)
 */
export function createPace(send: (messages: readonly Outgoing[]) => void): Pace {
  let waiting: LiveMessage[] = [];
  let pause: ReturnType<typeof setTimeout> | undefined;

  function flush(): void {
    pause = undefined;
    if (waiting.length === 0) return;
    const messages = newestPoints(waiting);
    waiting = [];
    pause = setTimeout(flush, PACE_MS);
    send(messages);
  }

  return {
    take(messages) {
      for (const message of messages) waiting.push(message);
      if (pause === undefined) flush();
    },
    close() {
      clearTimeout(pause);
      waiting = [];
    },
  };
}
