// The live side of the plant: newest messages at hand for a browser that comes back, and who listens.
import type { LiveMessage } from '../api/plant.ts';
import type { Seq } from '../journal/journal.ts';

/** Messages kept for browsers that reconnect. */
const KEPT = 5000;

export interface Live {
  publish(messages: readonly LiveMessage[]): void;
  subscribe(listener: (messages: readonly LiveMessage[]) => void): () => void;
  /** Messages after `afterSeq`, or undefined when some of them are gone. */
  after(afterSeq: Seq): readonly LiveMessage[] | undefined;
}

/**
 * @param fromSeq seq up to which nothing is kept: what happened before this process
 */
export function createLive(fromSeq: Seq): Live {
  const listeners = new Set<(messages: readonly LiveMessage[]) => void>();
  let kept: LiveMessage[] = [];
  let completeAfter = fromSeq;
  return {
    publish(messages) {
      if (messages.length === 0) return;
      for (const message of messages) kept.push(message);
      if (kept.length > 2 * KEPT) {
        completeAfter = kept[kept.length - KEPT - 1]?.seq ?? completeAfter;
        kept = kept.slice(-KEPT);
      }
      for (const listener of listeners) listener(messages);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    after(afterSeq) {
      if (afterSeq < completeAfter) return undefined;
      return kept.filter((message) => message.seq > afterSeq);
    },
  };
}
