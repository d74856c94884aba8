// One record for each finished part: when the counter changes, everything is read in one call, with one time.
import type { DataValue } from 'node-opcua';
import { BAD, type Context, UNCERTAIN } from '../../src/component.ts';
import { type Connection, within } from './client.ts';
import type { Memory } from './memory.ts';
import type { Outbox } from './outbox.ts';
import type { RecordSettings, Settings } from './settings.ts';
import { type Reading, readingOf, statusName, timeOf } from './value.ts';

type LastRecord = NonNullable<Memory['record']>;

/** Tries to read a record while its counter stands still; after that it is delivered as uncertain. */
const RECORD_TRIES = 5;

export interface RecordReader {
  /**
   * Reads the record if it is another one than `last`, and delivers it with what is known to be missing between.
   *
   * @returns the record to remember before the outbox is taken, or undefined when there is nothing new
   */
  read(last: LastRecord | undefined, isLastStored: boolean): Promise<LastRecord | undefined>;
}

/** A reader of the record of `settings`. */
export function recordReader(
  connection: Connection,
  settings: Settings,
  record: RecordSettings,
  context: Context,
  outbox: Outbox,
): RecordReader {
  const names = Object.keys(record.values);
  const tags = names.map((name) => context.tag(name));
  const counter = { nodeId: connection.nodeId(record.counter) };
  const time = record.time === undefined ? [] : [{ nodeId: connection.nodeId(record.time) }];
  const values = Object.values(record.values).map((node) => ({ nodeId: connection.nodeId(node) }));
  let isCounterBad = false;

  /** Counter first and last: standing still meanwhile, all values are of one record. */
  async function readOnce(): Promise<{
    before: DataValue;
    after: DataValue;
    time: DataValue | undefined;
    values: DataValue[];
  }> {
    const answers = await readNodes(connection, settings, context, [counter, ...time, ...values, counter]);
    const [before, after] = [answers[0], answers.at(-1)];
    if (before === undefined || after === undefined) throw new Error('the server answered an empty read');
    return {
      before,
      after,
      time: time.length > 0 ? answers[1] : undefined,
      values: answers.slice(1 + time.length, -1),
    };
  }

  function deliver(readings: readonly Reading[]): void {
    // Texts first: the part number must be known before its values.
    const order = [...readings.keys()].sort((a, b) => Number(isText(readings[b])) - Number(isText(readings[a])));
    for (const i of order) {
      const [tag, reading] = [tags[i], readings[i]];
      if (tag !== undefined && reading !== undefined) outbox.add(tag, reading, record.context);
    }
  }

  return {
    async read(last, isLastStored) {
      let answer = await readOnce();
      for (let tries = 1; !isSame(answer.before, answer.after) && tries < RECORD_TRIES; tries++)
        answer = await readOnce();
      const nowMs = context.now();
      const count = counterOf(answer.before);
      if (count === undefined) {
        // Without its counter no record can be told from the next: said once, and the counter tells later what was missed.
        const reason = `opcua_${statusName(answer.before)}`;
        const bad = { value: Number.NaN, text: undefined, quality: BAD, timeMs: nowMs, reason };
        if (!isCounterBad) deliver(names.map(() => bad));
        isCounterBad = true;
        return undefined;
      }
      isCounterBad = false;
      const isKnown = last !== undefined && last.node === record.counter && last.counter === count;
      if (isKnown && isLastStored) return undefined;
      const told = timeOf(answer.time) ?? answer.before.sourceTimestamp?.getTime();
      const timeMs = told ?? (isKnown ? last.timeMs : nowMs);
      const next: LastRecord = { node: record.counter, counter: count, timeMs };
      // A counter at zero says that nothing has been made since it was reset.
      if (count === 0) return isKnown ? undefined : next;

      const missed =
        isKnown || last?.node !== record.counter ? 0 : missedBetween(last.counter, count) + (isLastStored ? 0 : 1);
      if (missed > 0 && last !== undefined) {
        const missing = missed * names.length;
        outbox.gap({
          kind: 'gap',
          tags: names,
          fromMs: Math.min(last.timeMs, timeMs),
          toMs: timeMs,
          reason: 'records_missed',
          missing,
        });
      }
      const doubt = isSame(answer.before, answer.after) ? undefined : 'record_changed_while_read';
      const timeless = told === undefined ? 'no_source_time' : undefined;
      deliver(
        answer.values.map((data) => {
          const reading = { ...readingOf(data, [], nowMs), timeMs };
          if (reading.quality === BAD) return reading;
          const quality = doubt === undefined ? reading.quality : Math.max(reading.quality, UNCERTAIN);
          const own = reading.reason === 'no_source_time' ? undefined : reading.reason;
          // The larger of two qualities is a quality.
          return { ...reading, quality: quality as Reading['quality'], reason: doubt ?? own ?? timeless };
        }),
      );
      return next;
    },
  };
}

/** Reads values in as few calls as the server allows. */
export async function readNodes(
  connection: Connection,
  settings: Settings,
  context: Context,
  nodes: readonly { readonly nodeId: string }[],
): Promise<DataValue[]> {
  const { session, limits, library } = connection;
  const answers: DataValue[] = [];
  for (let from = 0; from < nodes.length; from += limits.read) {
    const part = nodes
      .slice(from, from + limits.read)
      .map(({ nodeId }) => ({ nodeId, attributeId: library.AttributeIds.Value }));
    answers.push(...(await within(session.read(part, 0), settings.timeout_ms, context.signal)));
  }
  return answers;
}

function counterOf(data: DataValue): LastRecord['counter'] | undefined {
  const reading = readingOf(data, [], 0);
  if (reading.quality === BAD) return undefined;
  return reading.text ?? (Number.isFinite(reading.value) ? reading.value : undefined);
}

function isSame(a: DataValue, b: DataValue): boolean {
  return counterOf(a) === counterOf(b);
}

function isText(reading: Reading | undefined): boolean {
  return reading?.text !== undefined;
}

/** Records between two readings of a counter; a counter that fell, or a text, does not tell. */
function missedBetween(before: LastRecord['counter'], now: LastRecord['counter']): number {
  if (typeof before !== 'number' || typeof now !== 'number' || !Number.isSafeInteger(now - before)) return 0;
  return Math.max(0, now - before - 1);
}
