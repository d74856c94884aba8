// A bounded queue between what arrives and the one reader that takes it in order.

export interface Inbox<T> {
  /** Items waiting. */
  readonly length: number;
  /** Adds an item; false when the inbox is full or closed, the item is then not kept. */
  push(item: T): boolean;
  /** Up to `max` items as soon as there is one; an empty list once the inbox is closed and empty. Rejects with the error it was closed with. */
  take(max: number): Promise<T[]>;
  /** Ends it: what waits can still be taken, then `take` gives nothing, or rejects with `error`. */
  close(error?: unknown): void;
}

/**
 * An inbox for at most `capacity` items.
 *
 * @example
 * openInbox<string>(1).push('first'); // => true
 */
export function openInbox<T>(capacity: number): Inbox<T> {
  let items: T[] = [];
  let isClosed = false;
  let failure: unknown;
  let wake: (() => void) | undefined;
  const ring = () => {
    wake?.();
    wake = undefined;
  };
  return {
    get length() {
      return items.length;
    },
    push(item) {
      if (isClosed || items.length >= capacity) return false;
      items.push(item);
      ring();
      return true;
    },
    async take(max) {
      while (items.length === 0) {
        if (isClosed) {
          if (failure !== undefined) throw failure;
          return [];
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      const taken = items.slice(0, max);
      items = items.slice(max);
      return taken;
    },
    close(error) {
      if (isClosed) return;
      isClosed = true;
      failure = error;
      ring();
    },
  };
}
