// PUBACK in the order of the messages, each only when everything of its message is durable.

/** A message that waits for the journal. */
export interface OpenMessage {
  /** The journal has it: PUBACK goes out as soon as all messages before it have theirs. */
  settle(): void;
}

export interface Acknowledger {
  /** Registers a message in order of arrival. */
  open(messageId: number): OpenMessage;
  /** Ends it: nothing is sent any more. The broker delivers again what has no PUBACK. */
  end(): void;
}

/**
 * PUBACKs of one connection. Who settles several messages begins with the newest: they then go out in one write.
 *
 * @param send writes bytes to the broker; several PUBACKs go in one write
 * @example
 * const sent: number[] = [];
 * const acknowledger = createAcknowledger((bytes) => sent.push(...bytes));
 * const [first, second] = [acknowledger.open(1), acknowledger.open(2)];
 * second.settle();
 * first.settle();
 * sent; // => [64, 2, 0, 1, 64, 2, 0, 2]
 */
export function createAcknowledger(send: (bytes: Uint8Array) => void): Acknowledger {
  let waiting: { readonly messageId: number; isSettled: boolean }[] = [];
  let isEnded = false;

  function flush(): void {
    const count = waiting.findIndex((message) => !message.isSettled);
    const settled = count === -1 ? waiting : waiting.slice(0, count);
    if (settled.length === 0) return;
    waiting = count === -1 ? [] : waiting.slice(count);
    // PUBACK without properties has the same four bytes in MQTT 3.1.1 and 5.
    if (!isEnded) send(Uint8Array.from(settled.flatMap(({ messageId: id }) => [0x40, 2, id >>> 8, id & 0xff])));
  }

  return {
    open(messageId) {
      const message = { messageId, isSettled: false };
      waiting.push(message);
      return {
        settle() {
          if (message.isSettled) return;
          message.isSettled = true;
          if (waiting[0] === message) flush();
        },
      };
    },
    end() {
      isEnded = true;
      waiting = [];
    },
  };
}
