// The MQTT adapter: topics and Sparkplug B to measurements; a message is acknowledged when the journal has it.
import {
  type Batch,
  type Context,
  createContextPool,
  defineAdapter,
  type Gap,
  openInbox,
} from '../../src/component.ts';
import { runLink } from './link.ts';
import { createMessageReader, type MessageReader, type MessageRow } from './message.ts';
import { type Arrival, openSession, type Session, type SessionOptions } from './session.ts';
import { type MqttSettings, mqttSettings } from './settings.ts';
import { encodePayload } from './sparkplug.ts';
import { createSparkplugHost, type SparkplugHost } from './sparkplug-host.ts';

/** Rows after which a batch is handed over although more messages wait. */
const BATCH_ROWS = 2000;
/** Messages taken into one batch. */
const BATCH_MESSAGES = 500;
/** Payload bytes held in memory. */
const MOST_BYTES = 64 * 2 ** 20;
/** A node is asked for its birth at most this often. */
const REBIRTH_EVERY_MS = 10_000;
/** Contexts (part, lot …) remembered to keep equal ones once. */
const CONTEXTS = 10_000;
/** Tags that messages may bring up in one run: a serial number in a topic, or a line of endless fields, must not fill the memory. */
const MOST_TAGS = 20_000;
/** Values of one message; more are no record of any machine. */
const MOST_VALUES = 5000;
/** Room for gaps beside the messages. */
const GAP_ROOM = 1000;

export default defineAdapter<MqttSettings>({
  settings: mqttSettings,
  async probe(settings, context) {
    // Under an id of its own: with ours the broker would throw the running session out.
    const options = {
      clientId: `${settings.client_id}-probe`,
      isClean: true,
      filters: filtersOf(settings),
      signal: context.signal,
    };
    const session = await openSession(settings, context, options, {
      connected: () => undefined,
      arrived: () => undefined,
    });
    await session.end();
  },
  collect: (settings, context) => collect(settings, context),
});

/** What stands in the queue: a gap, or a message with the time it came. */
type Item = Gap | (Arrival & { readonly kind: 'message'; readonly receivedMs: number });

interface Desk {
  arrived(arrival: Arrival): Promise<void> | undefined;
  gap(gap: Gap): void;
  /** Declares messages that no one will send again. */
  lose(missing: number, reason: string): void;
  take(max: number): Promise<Item[]>;
  /** A message is no longer held in memory. */
  release(arrival: Arrival): void;
  close(error?: unknown): void;
}

async function* collect(settings: MqttSettings, context: Context): AsyncGenerator<Batch | Gap> {
  const desk = openDesk(settings, context);
  const readers = Object.entries(settings.topics).map(([filter, topic]) => createMessageReader(filter, topic));
  const host = settings.sparkplug === undefined ? undefined : createSparkplugHost(settings.sparkplug.group);
  const pooled = createContextPool(CONTEXTS);
  const tags = new Set<string>();
  const askRebirth = createRebirth(settings, context);
  // One time for the will and for STATE: edge nodes compare the two.
  const stateMs = Math.round(context.now());
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  const link = { redeliver: (): void => undefined };
  const running = runLink(
    settings,
    context,
    sessionOptions(settings, stateMs, signal),
    {
      arrived: desk.arrived,
      gap: desk.gap,
      async up(session) {
        askRebirth.session = session;
        await announce(settings, stateMs, session);
      },
      down() {
        askRebirth.session = undefined;
        host?.linkLost();
      },
    },
    link,
  ).then(
    () => desk.close(),
    (error: unknown) => desk.close(error),
  );
  try {
    for (;;) {
      const items = await desk.take(BATCH_MESSAGES);
      if (items.length === 0) return;
      let batch = context.batch();
      let messages: Arrival[] = [];
      const hand = (): Batch => {
        const handed = handOver(batch, messages, desk, () => link.redeliver());
        batch = context.batch();
        messages = [];
        return handed;
      };
      for (const item of items) {
        if (item.kind === 'gap') {
          if (batch.length > 0) yield hand();
          yield item;
          continue;
        }
        const read = readItem(item, readers, host, settings, context);
        for (const gap of read.gaps) {
          if (batch.length > 0) yield hand();
          yield gap;
        }
        if (read.rebirth !== undefined) askRebirth.of(read.rebirth);
        for (const { count, reason } of read.refused) context.refused(count, reason, item.topic);
        const isEndless = read.rows.length > MOST_VALUES;
        const rows = isEndless
          ? []
          : read.rows.filter(({ tag }) => tags.has(tag) || (tags.size < MOST_TAGS && tags.add(tag)));
        const left = read.rows.length - rows.length;
        if (left > 0) context.refused(left, isEndless ? 'too_many_values' : 'too_many_tags', item.topic);
        if (rows.length === 0) {
          item.message?.settle();
          desk.release(item);
          continue;
        }
        messages.push(item);
        const receivedNs = BigInt(Math.round(item.receivedMs)) * 1_000_000n;
        for (const row of rows) {
          const extras = { ...row, context: pooled(row.context) };
          batch.add(context.tag(row.tag), row.value, row.quality, row.timeNs ?? receivedNs, extras);
        }
        if (batch.length >= BATCH_ROWS) yield hand();
      }
      if (batch.length > 0) yield hand();
    }
  } finally {
    stop.abort();
    desk.close();
    await running;
  }
}

function openDesk(settings: MqttSettings, context: Context): Desk {
  const inbox = openInbox<Item>(settings.max_waiting + GAP_ROOM);
  let held: (() => void)[] = [];
  let waiting = 0;
  let bytes = 0;
  let dropped = { count: 0, fromMs: 0 };
  const isFull = (): boolean => waiting >= settings.max_waiting || bytes >= MOST_BYTES;
  return {
    arrived(arrival) {
      if (arrival.message === undefined && isFull()) {
        if (dropped.count === 0) dropped = { count: 0, fromMs: context.now() };
        dropped.count += 1;
        return undefined;
      }
      if (arrival.payload.length > settings.max_payload_kb * 1024) {
        context.refused(1, 'payload_too_large', arrival.topic);
        arrival.message?.settle();
        return undefined;
      }
      // Without room it stays unacknowledged and comes again with the next connection.
      if (!inbox.push({ ...arrival, kind: 'message', receivedMs: context.now() })) return undefined;
      waiting += 1;
      bytes += arrival.payload.length;
      if (!isFull() || arrival.message === undefined) return undefined;
      return new Promise((resolve) => held.push(resolve));
    },
    gap: (gap) => void inbox.push(gap),
    take: (max) => inbox.take(max),
    lose(missing, reason) {
      const nowMs = context.now();
      inbox.push({ kind: 'gap', tags: [], fromMs: nowMs, toMs: nowMs, reason, missing });
    },
    release(arrival) {
      waiting -= 1;
      bytes -= arrival.payload.length;
      if (dropped.count > 0 && waiting < settings.max_waiting / 2) {
        const { count: missing, fromMs } = dropped;
        dropped = { count: 0, fromMs: 0 };
        inbox.push({ kind: 'gap', tags: [], fromMs, toMs: context.now(), reason: 'slow_consumer', missing });
      }
      if (isFull() || held.length === 0) return;
      const free = held;
      held = [];
      for (const go of free) go();
    },
    close: (error) => inbox.close(error),
  };
}

interface ReadItem {
  readonly rows: readonly MessageRow[];
  readonly refused: readonly { readonly count: number; readonly reason: string }[];
  readonly gaps: readonly Gap[];
  readonly rebirth: string | undefined;
}

function readItem(
  item: Arrival & { readonly receivedMs: number },
  readers: readonly MessageReader[],
  host: SparkplugHost | undefined,
  settings: MqttSettings,
  context: Context,
): ReadItem {
  const none = { rows: [], refused: [], gaps: [], rebirth: undefined };
  const ofHost = host?.read(item.topic, item.payload, item.receivedMs);
  if (ofHost !== undefined) return ofHost;
  for (const reader of readers) {
    const read = reader(item.topic, item.payload);
    if (read === undefined) continue;
    const isTimeless = read.rows.some((row) => row.timeNs === undefined);
    // The broker sends its retained message at every subscription; without a time it may be years old.
    if (item.retain && isTimeless)
      return { ...none, refused: [{ count: read.rows.length, reason: 'retained_without_time' }] };
    return { ...none, rows: read.rows, refused: read.refused };
  }
  if (settings.sparkplug !== undefined && item.topic.startsWith('spBv1.0/')) return none;
  context.log.debug({ topic: item.topic }, 'message of an earlier subscription');
  return { ...none, refused: [{ count: 1, reason: 'topic_not_configured' }] };
}

function handOver(batch: Batch, messages: readonly Arrival[], desk: Desk, redeliver: () => void): Batch {
  return Object.assign(batch, {
    ack(): void {
      // Newest first: the acknowledger sends in order and so sends once.
      for (let i = messages.length - 1; i >= 0; i--) messages[i]?.message?.settle();
      for (const message of messages) desk.release(message);
    },
    refuse(): void {
      for (const message of messages) desk.release(message);
      const missing = messages.filter(({ message }) => message === undefined).length;
      // The broker repeats QoS 1 only.
      if (missing > 0) desk.lose(missing, 'journal_refused');
      redeliver();
    },
  });
}

function filtersOf(settings: MqttSettings): string[] {
  const group = settings.sparkplug?.group;
  return [...Object.keys(settings.topics), ...(group === undefined ? [] : [`spBv1.0/${group}/#`])];
}

function sessionOptions(settings: MqttSettings, stateMs: number, signal: AbortSignal): SessionOptions {
  const base = { clientId: settings.client_id, isClean: false, filters: filtersOf(settings), signal };
  const hostId = settings.sparkplug?.host_id;
  if (hostId === undefined) return base;
  const payload = JSON.stringify({ online: false, timestamp: stateMs });
  return { ...base, will: { topic: `spBv1.0/STATE/${hostId}`, payload } };
}

/** Tells edge nodes that this host is there: the one publication beside rebirth commands, and only with `host_id`. */
async function announce(settings: MqttSettings, stateMs: number, session: Session): Promise<void> {
  const hostId = settings.sparkplug?.host_id;
  if (hostId === undefined) return;
  const payload = JSON.stringify({ online: true, timestamp: stateMs });
  await Promise.race([session.publish(`spBv1.0/STATE/${hostId}`, payload, { qos: 1, retain: true }), session.lost]);
}

function createRebirth(settings: MqttSettings, context: Context) {
  const askedMs = new Map<string, number>();
  const rebirth = {
    session: undefined as Session | undefined,
    of(node: string): void {
      const { group, host_id } = settings.sparkplug ?? {};
      if (group === undefined || host_id === undefined || rebirth.session === undefined) return;
      if (context.now() - (askedMs.get(node) ?? Number.NEGATIVE_INFINITY) < REBIRTH_EVERY_MS) return;
      askedMs.set(node, context.now());
      const timestamp = Math.round(context.now());
      const metrics = [{ name: 'Node Control/Rebirth', type: 'boolean' as const, timestamp, value: true }];
      rebirth.session
        .publish(`spBv1.0/${group}/NCMD/${node}`, encodePayload({ timestamp, metrics }), { qos: 0, retain: false })
        .catch(() => askedMs.delete(node));
    },
  };
  return rebirth;
}
