// Notification messages in the order in which the server numbered them.
// After a cut the library may take a new message before it has asked for all the old ones, and never asks again:
// three values of ten a second were lost that way. So the numbers are watched here, and what is absent is asked for.

export interface Numbered {
  readonly sequenceNumber: number;
  /** Empty in a keep-alive, whose number is that of the next message. */
  readonly notificationData?: readonly unknown[] | null;
}

export interface InOrder<M extends Numbered> {
  /** Takes a message as it comes in. */
  take(message: M): void;
  /** The subscription was made anew: its numbers begin again. */
  restart(): void;
  /** Resolves when everything taken so far has been handed out. */
  settled(): Promise<void>;
}

export interface InOrderOptions<M> {
  /** Nothing is handed out before this resolves. */
  readonly ready: Promise<void>;
  /** Asks the server for an old message; undefined when it has it no more. */
  fetch(sequenceNumber: number): Promise<M | undefined>;
  /** Gets every message with values once, in order. */
  hand(message: M): Promise<void> | void;
  /** Messages that are gone for good. */
  lost(count: number): void;
  failed(error: unknown): void;
}

/** More absent messages than that are not asked for one by one. */
const FETCH_MAX = 1000;

/** Hands messages out in order, fetching what is absent between two of them. */
export function inOrder<M extends Numbered>(options: InOrderOptions<M>): InOrder<M> {
  let chain: Promise<void> = options.ready;
  let last: number | undefined;

  async function process(message: M): Promise<void> {
    const { sequenceNumber } = message;
    const isKeepAlive = (message.notificationData ?? []).length === 0;
    if (last !== undefined && sequenceNumber > last + 1) await fetchBetween(last + 1, sequenceNumber);
    if (last !== undefined && sequenceNumber <= last) return;
    // A keep-alive may follow whatever was fetched meanwhile; the next message decides.
    last = isKeepAlive ? sequenceNumber - 1 : sequenceNumber;
    if (!isKeepAlive) await options.hand(message);
  }

  async function fetchBetween(from: number, to: number): Promise<void> {
    if (to - from > FETCH_MAX) {
      options.lost(to - from);
      return;
    }
    let lost = 0;
    for (let number = from; number < to; number++) {
      const message = await options.fetch(number);
      if (message === undefined) lost += 1;
      else await options.hand(message);
    }
    if (lost > 0) options.lost(lost);
  }

  return {
    take(message) {
      chain = chain.then(() => process(message)).catch(options.failed);
    },
    restart() {
      chain = chain.then(() => {
        last = undefined;
      });
    },
    settled: () => chain,
  };
}
