// The subscription: queues long enough for the outage to bridge, what the server made of them, each node's own status.
import type { ClientMonitoredItemGroup, ClientSubscription, DataValue, NotificationMessage } from 'node-opcua';
import { BAD, type Context } from '../../src/component.ts';
import { type Connection, within } from './client.ts';
import { inOrder } from './messages.ts';
import type { Settings } from './settings.ts';
import { statusName } from './value.ts';

/** A node to watch and what to do with its values. */
export interface Watched {
  readonly address: string;
  readonly samplingMs: number;
  readonly onValue: (data: DataValue) => void;
  /** The server refuses to watch this node; `reason` is `opcua_<StatusName>`. */
  readonly onRefused: (reason: string) => void;
}

export interface Subscribed {
  readonly subscription: ClientSubscription;
  /** Resolves when all messages received so far have been handed to the nodes. */
  settled(): Promise<void>;
  /** Without any message for so long the subscription is dead, ms. */
  readonly silenceMs: number;
}

export interface SubscriptionEvents {
  /** A message came, with values or as a sign of life. */
  heard(): void;
  /** Messages that the server has no more. */
  lost(count: number): void;
  /** The subscription is over, or a message could not be read. */
  failed(error: unknown): void;
}

/** Shortest queue of a monitored item. */
const QUEUE_MIN = 10;
/** Assumed time between changes where the server samples at each change, ms. */
const EXCEPTION_MS = 100;
const KEEP_ALIVE_COUNT = 5;

/**
 * Items a queue must hold to bridge an outage.
 *
 * @example
 * queueSize(60, 250); // => 240
 */
export function queueSize(bridgeS: number, samplingMs: number): number {
  return Math.max(QUEUE_MIN, Math.ceil((bridgeS * 1000) / (samplingMs || EXCEPTION_MS)));
}

/** Creates the subscription and its items; logs the outage that the server really bridges. */
export async function subscribe(
  connection: Connection,
  settings: Settings,
  context: Context,
  watched: readonly Watched[],
  events: SubscriptionEvents,
): Promise<Subscribed> {
  const { library, session, limits } = connection;
  const bridgeMs = settings.bridge_s * 1000;
  const subscription = await within(
    session.createSubscription2({
      requestedPublishingInterval: settings.publishing_ms,
      requestedMaxKeepAliveCount: KEEP_ALIVE_COUNT,
      requestedLifetimeCount: Math.max(KEEP_ALIVE_COUNT * 6, Math.ceil((bridgeMs * 2) / settings.publishing_ms)),
      maxNotificationsPerPublish: 0,
      publishingEnabled: true,
      priority: 1,
    }),
    settings.timeout_ms,
    context.signal,
  );

  const groups: { readonly items: ClientMonitoredItemGroup; readonly nodes: readonly Watched[] }[] = [];
  const byHandle = new Map<number, Watched>();
  const ready = Promise.withResolvers<void>();
  const messages = inOrder<NotificationMessage>({
    ready: ready.promise,
    fetch: (sequenceNumber) => fetchMessage(connection, settings, context, subscription, sequenceNumber),
    hand: (message) => hand(connection, message, nodeOf),
    lost: events.lost,
    failed: events.failed,
  });
  subscription.on('raw_notification', (message) => {
    messages.take(message);
    events.heard();
  });
  subscription.on('subscriptionId_changed', () => messages.restart());
  subscription.on('terminated', () => events.failed(new Error('the server ended the subscription')));
  subscription.on('internal_error', events.failed);

  /** Handles may be dealt anew when the library rebuilds the subscription. */
  function nodeOf(handle: number): Watched | undefined {
    if (!byHandle.has(handle)) {
      for (const { items, nodes } of groups) {
        for (const [i, item] of items.monitoredItems.entries()) {
          const node = nodes[i];
          if (node !== undefined) byHandle.set(item.monitoringParameters.clientHandle, node);
        }
      }
    }
    return byHandle.get(handle);
  }

  let bridgedS = Number.POSITIVE_INFINITY;
  for (const [samplingMs, group] of Map.groupBy(watched, (node) => node.samplingMs)) {
    for (let from = 0; from < group.length; from += limits.items) {
      const part = group.slice(from, from + limits.items);
      const items = await within(
        subscription.monitorItems(
          part.map((node) => ({
            nodeId: connection.nodeId(node.address),
            attributeId: library.AttributeIds.Value,
          })),
          {
            samplingInterval: samplingMs,
            queueSize: queueSize(settings.bridge_s, samplingMs),
            discardOldest: true,
          },
          library.TimestampsToReturn.Both,
        ),
        settings.timeout_ms,
        context.signal,
      );
      groups.push({ items, nodes: part });
      for (const [i, item] of items.monitoredItems.entries()) {
        const status = item.statusCode;
        if (status !== undefined && status.value >>> 30 === BAD) {
          part[i]?.onRefused(`opcua_${statusName({ statusCode: status })}`);
        } else if (item.result !== undefined) {
          const { revisedQueueSize, revisedSamplingInterval } = item.result;
          bridgedS = Math.min(bridgedS, (revisedQueueSize * (revisedSamplingInterval || EXCEPTION_MS)) / 1000);
        }
      }
    }
  }

  ready.resolve();
  const { publishingInterval, maxKeepAliveCount } = subscription;
  const fields = { nodes: watched.length, publishing_ms: publishingInterval, bridges_s: bridgedS };
  // The lifetime of the subscription limits the outage as well.
  if (bridgedS < settings.bridge_s)
    context.log.warn({ ...fields, asked_s: settings.bridge_s }, 'server bridges less than asked');
  else context.log.info(fields, 'subscribed');
  return {
    subscription,
    settled: messages.settled,
    silenceMs: Math.max(2000, publishingInterval * (maxKeepAliveCount + 2) * 1.5),
  };
}

async function hand(
  { library, session }: Connection,
  message: NotificationMessage,
  nodeOf: (handle: number) => Watched | undefined,
): Promise<void> {
  for (const notification of message.notificationData ?? []) {
    if (!(notification instanceof library.DataChangeNotification)) continue;
    const items = notification.monitoredItems ?? [];
    // Structures of the server's own types come undecoded.
    await library.promoteOpaqueStructure(
      session,
      items.map((item) => item.value),
    );
    for (const item of items) nodeOf(item.clientHandle)?.onValue(item.value);
  }
}

async function fetchMessage(
  { library, session }: Connection,
  settings: Settings,
  context: Context,
  { subscriptionId }: ClientSubscription,
  retransmitSequenceNumber: number,
): Promise<NotificationMessage | undefined> {
  // The library has this service and leaves it out of the type of its session.
  const republisher = session as unknown as {
    republish(
      request: unknown,
      done: (error: Error | null, response?: { readonly notificationMessage: NotificationMessage }) => void,
    ): void;
  };
  const request = new library.RepublishRequest({ subscriptionId, retransmitSequenceNumber });
  const answer = new Promise<NotificationMessage | undefined>((resolve) => {
    // BadMessageNotAvailable is an answer too: the message is gone.
    republisher.republish(request, (_error, response) => resolve(response?.notificationMessage));
  });
  return within(answer, settings.timeout_ms, context.signal);
}
