// What of a moment's messages a screen needs: every event and alarm, and of each stream its newest points.
import type { LiveMessage } from '../plant.ts';

export interface Outgoing {
  readonly message: LiveMessage;
  /** Points of the stream left out just before this one; 0 where none was. */
  readonly skipped: number;
}

/** Most subgroups of one stream at a time. */
const MOST_OF_A_STREAM = 10;
/** Subgroups of all streams together; where there are more streams than that, each has its newest. */
const MOST_OF_ALL = 500;

/**
 * Leaves out the older points of streams that have many, at most 10 subgroups of a stream and, where many streams move, 500 of all (never less than
 * the newest of each). The lanes of a subgroup stay together, the order stays, events and alarms all stay. The first point of a stream
 * that is kept says how many were left out before it.
 *
 * @param messages in order of seq
 */
export function newestPoints(messages: readonly LiveMessage[]): Outgoing[] {
  const streams = new Set<string>();
  for (const message of messages) if (message.type === 'point') streams.add(message.stream);
  const most = Math.max(1, Math.min(MOST_OF_A_STREAM, Math.floor(MOST_OF_ALL / Math.max(1, streams.size))));
  const found = new Map<string, Found>();
  const kept: { message: LiveMessage; skipped: number }[] = [];
  for (let i = messages.length - 1; i >= 0; i -= 1) {
    const message = messages[i];
    if (message === undefined) continue;
    const outgoing = { message, skipped: 0 };
    if (message.type === 'point') {
      const stream = found.get(message.stream) ?? { subgroups: 0, id: '', first: outgoing };
      found.set(message.stream, stream);
      if (message.point.id !== stream.id) stream.subgroups += 1;
      stream.id = message.point.id;
      if (stream.subgroups > most) {
        stream.first.skipped += 1;
        continue;
      }
      stream.first = outgoing;
    }
    kept.push(outgoing);
  }
  return kept.reverse();
}

/** One stream, seen from its newest point backwards. */
interface Found {
  subgroups: number;
  /** Of the subgroup looked at last. */
  id: string;
  /** The oldest point kept. */
  first: { skipped: number };
}
