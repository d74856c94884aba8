// Where a node's value goes: one tag, or one tag for each field of a structure.
import type { DataValue } from 'node-opcua';
import type { Context, Gap, MeasurementContext } from '../../src/component.ts';
import type { Outbox } from './outbox.ts';
import type { Settings } from './settings.ts';
import { type Reading, readingOf } from './value.ts';

export interface Slot {
  readonly tag: number;
  readonly name: string;
  readonly path: readonly string[];
  readonly context: MeasurementContext | undefined;
  /** What was delivered last. */
  last: Reading | undefined;
}

/** One subscribed node with its slots. */
export interface Node {
  readonly address: string;
  readonly samplingMs: number;
  readonly slots: readonly Slot[];
}

/** The names under which the settings deliver values. */
export function tagNamesOf(settings: Settings): readonly string[] {
  const subscribed = Object.entries(settings.tags).flatMap(([name, tag]) =>
    tag.fields === undefined ? [tag.as ?? name] : Object.keys(tag.fields),
  );
  return [...new Set([...subscribed, ...Object.keys(settings.record?.values ?? {})])];
}

/** The nodes to subscribe to. */
export function nodesOf(settings: Settings, context: Context): readonly Node[] {
  return Object.entries(settings.tags).map(([name, tag]) => ({
    address: tag.node,
    samplingMs: tag.sampling_ms,
    slots:
      tag.fields === undefined
        ? [slot(tag.as ?? name, [], tag.context)]
        : Object.entries(tag.fields).map(([field, path]) => slot(field, path.split('.'), tag.context)),
  }));

  function slot(name: string, path: readonly string[], values: MeasurementContext | undefined): Slot {
    return { tag: context.tag(name), name, path, context: values, last: undefined };
  }
}

/**
 * Delivers a data value to the slots of its node, unless it says what was already said.
 *
 * @param isRead true when it was read to make sure: then only what is newer counts
 * @param sinceMs start of this connection: values were lost since then where none has come yet, ms since 1970
 * @returns true when the server says that values before it were dropped
 */
export function deliver(
  node: Node,
  data: DataValue,
  receivedMs: number,
  isRead: boolean,
  outbox: Outbox,
  sinceMs = receivedMs,
): boolean {
  const hasLost = !isRead && data.statusCode.hasOverflowBit;
  for (const slot of node.slots) {
    const reading = readingOf(data, slot.path, receivedMs);
    if (hasLost) outbox.gap(overflow(slot, reading, sinceMs));
    if (isOld(slot.last, reading, isRead)) continue;
    slot.last = reading;
    outbox.add(slot.tag, reading, slot.context);
  }
  return hasLost;
}

function overflow(slot: Slot, reading: Reading, sinceMs: number): Gap {
  const toMs = reading.timeMs;
  return {
    kind: 'gap',
    tags: [slot.name],
    fromMs: Math.min(slot.last?.timeMs ?? sinceMs, toMs),
    toMs,
    reason: 'queue_overflow',
  };
}

function isOld(last: Reading | undefined, reading: Reading, isRead: boolean): boolean {
  if (last === undefined) return false;
  const says = (one: Reading): string => `${one.quality} ${one.value} ${one.text} ${one.reason}`;
  const isSame = Object.is(last.value, reading.value) && says(last) === says(reading);
  // Without a source time every read carries another time; then only a change is news.
  if (reading.reason === 'no_source_time') return isSame && isRead;
  return (isSame && last.timeMs === reading.timeMs) || (isRead && reading.timeMs <= last.timeMs && isSame);
}
