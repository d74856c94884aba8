// One connection to the broker, from CONNECT to its end: mqtt.js with the watchdogs it lacks.
import { readFile } from 'node:fs/promises';
import { connect, type IClientOptions, type IConnackPacket, type IPublishPacket, type MqttClient } from 'mqtt';
import { type Context, PumjilError } from '../../src/component.ts';
import { createAcknowledger, type OpenMessage } from './acknowledge.ts';
import type { MqttSettings } from './settings.ts';

/** A message as it came; `message` is there at QoS 1 and settles into a PUBACK. */
export interface Arrival {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly retain: boolean;
  readonly message: OpenMessage | undefined;
}

export interface SessionHandlers {
  /** CONNACK is there; messages kept by the broker follow at once. */
  connected(sessionPresent: boolean): void;
  /** Takes a message. A promise holds back everything after it until it resolves. */
  arrived(arrival: Arrival): Promise<void> | undefined;
}

export interface SessionOptions {
  readonly clientId: string;
  /** True: the broker keeps nothing of this client. */
  readonly isClean: boolean;
  readonly filters: readonly string[];
  /** Its abort ends the session. */
  readonly signal: AbortSignal;
  readonly will?: { readonly topic: string; readonly payload: string };
}

/** Why a session ended. `client_id_taken` only from brokers that say so (MQTT 5). */
export type LossReason = 'link_down' | 'client_id_taken';

export interface Session {
  /** Resolves when the connection is gone. */
  readonly lost: Promise<LossReason>;
  /** When the broker was last heard, ms since 1970: a cut cable is noticed only later. */
  heardMs(): number;
  /** Only for Sparkplug's STATE and rebirth command. */
  publish(topic: string, payload: string | Uint8Array, options: { qos: 0 | 1; retain: boolean }): Promise<void>;
  end(): Promise<void>;
}

/** Told to mqtt.js in place of an acknowledgement: it sends no PUBACK and goes on to the next message. */
const LATER = new Error('acknowledged when durable');
const TAKEN_OVER = 142;

/**
 * Connects and subscribes.
 *
 * @throws PumjilError ADAPTER_UNREACHABLE, ADAPTER_TIMEOUT, ADAPTER_CREDENTIALS or ADAPTER_PROTOCOL, all retryable
 */
export async function openSession(
  settings: MqttSettings,
  context: Context,
  options: SessionOptions,
  handlers: SessionHandlers,
): Promise<Session> {
  const client = connect(settings.url, await clientOptions(settings, context.id, options));
  const { promise: lost, resolve: lose } = Promise.withResolvers<LossReason>();
  const acknowledger = createAcknowledger((bytes) => {
    if (client.connected) client.stream.write(Buffer.from(bytes));
  });
  let reason: LossReason = 'link_down';
  let lastError: unknown;
  let heardMs = context.now();
  client.on('packetreceive', () => {
    heardMs = context.now();
  });
  client.handleMessage = (packet, done) => {
    const held = handlers.arrived({
      topic: packet.topic,
      payload: payloadOf(packet),
      retain: packet.retain,
      message: packet.qos === 1 ? acknowledger.open(packet.messageId ?? 0) : undefined,
    });
    const go = () => done(packet.qos === 1 ? LATER : undefined);
    if (held === undefined) go();
    else held.then(go, go);
  };
  client.on('disconnect', (packet) => {
    if (packet.reasonCode === TAKEN_OVER) reason = 'client_id_taken';
  });
  client.on('error', (error) => {
    lastError = error;
  });
  client.on('close', () => {
    acknowledger.end();
    lose(reason);
  });
  const session: Session = {
    lost,
    heardMs: () => heardMs,
    async publish(topic, payload, { qos, retain }) {
      await client.publishAsync(topic, Buffer.from(payload), { qos, retain });
    },
    end: () => endClient(client),
  };
  const onAbort = () => void session.end();
  options.signal.addEventListener('abort', onAbort, { once: true });
  void lost.then(() => options.signal.removeEventListener('abort', onAbort));
  const closedEarly = lost.then(() => {
    throw connectError(settings, context.id, lastError);
  });
  // The race below may be decided without it.
  closedEarly.catch(() => undefined);
  try {
    if (options.signal.aborted) throw connectError(settings, context.id, undefined);
    const connack = await Promise.race([
      new Promise<IConnackPacket>((resolve) => client.once('connect', resolve)),
      closedEarly,
      after(settings.timeout_ms, () => timeoutError(settings, context.id, 'CONNACK')),
    ]);
    handlers.connected(connack.sessionPresent);
    await Promise.race([
      subscribe(client, settings, context.id, options.filters),
      closedEarly,
      after(settings.timeout_ms, () => timeoutError(settings, context.id, 'SUBACK')),
    ]);
    return session;
  } catch (error) {
    await session.end();
    throw error;
  }
}

function payloadOf(packet: IPublishPacket): Uint8Array {
  return typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
}

async function clientOptions(settings: MqttSettings, id: string, options: SessionOptions): Promise<IClientOptions> {
  const files: { ca?: Buffer; cert?: Buffer; key?: Buffer } = {};
  for (const name of ['ca', 'cert', 'key'] as const) {
    const path = settings[name];
    if (path === undefined) continue;
    try {
      files[name] = await readFile(path);
    } catch (cause) {
      throw new PumjilError('ADAPTER_CREDENTIALS', {
        message: `${id}: the file ${path} (${name}) cannot be read`,
        hint: 'Check the path and the right to read it.',
        retryable: true,
        cause,
      });
    }
  }
  return {
    ...files,
    clientId: options.clientId,
    clean: options.isClean,
    protocolVersion: settings.version,
    keepalive: settings.keepalive_s,
    connectTimeout: settings.timeout_ms,
    // Coming back is decided outside, where gaps are declared.
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    ...(settings.username === undefined ? {} : { username: settings.username }),
    ...(settings.password === undefined ? {} : { password: settings.password }),
    ...(options.will === undefined
      ? {}
      : { will: { ...options.will, payload: Buffer.from(options.will.payload), qos: 1, retain: true } }),
    ...(settings.version === 5
      ? {
          properties: {
            sessionExpiryInterval: options.isClean ? 0 : settings.session_expiry_s,
            receiveMaximum: Math.min(65_535, settings.max_waiting),
          },
        }
      : {}),
  };
}

async function subscribe(
  client: MqttClient,
  settings: MqttSettings,
  id: string,
  filters: readonly string[],
): Promise<void> {
  const wanted = Object.fromEntries(filters.map((filter) => [filter, { qos: settings.qos }]));
  try {
    const granted = await client.subscribeAsync(wanted);
    const refused = granted.filter((grant) => grant.qos >= 128).map((grant) => grant.topic);
    if (refused.length > 0) throw new Error(refused.join(', '));
  } catch (cause) {
    throw new PumjilError('ADAPTER_CREDENTIALS', {
      message: `${id}: the broker refused the subscription to ${filters.join(', ')}`,
      hint: 'Give this user the right to read these topics (ACL of the broker).',
      retryable: true,
      cause,
    });
  }
}

async function endClient(client: MqttClient): Promise<void> {
  // Forced: a polite end waits for acknowledgements of a broker that may be gone. A listener stays for late errors.
  await client.endAsync(true);
  client.stream?.destroy();
}

function after(ms: number, error: () => PumjilError): Promise<never> {
  return new Promise((_, reject) => setTimeout(() => reject(error()), ms).unref());
}

function timeoutError(settings: MqttSettings, id: string, packet: string): PumjilError {
  return new PumjilError('ADAPTER_TIMEOUT', {
    message: `${id}: ${settings.url} took the connection but sent no ${packet} within ${settings.timeout_ms} ms`,
    hint: 'See whether this port really is an MQTT broker and whether the broker is overloaded.',
    retryable: true,
  });
}

/** The library's error in words; CONNACK codes of 3.1.1 and 5 lie side by side. */
function connectError(settings: MqttSettings, id: string, cause: unknown): PumjilError {
  const { code } = (cause ?? {}) as { code?: unknown };
  const message = cause instanceof Error ? cause.message : 'the connection was closed';
  if (code === 4 || code === 5 || code === 134 || code === 135 || code === 138) {
    return new PumjilError('ADAPTER_CREDENTIALS', {
      message: `${id}: the broker ${settings.url} refused user ${settings.username ?? '(none)'} (code ${code})`,
      hint: 'Check username and password, and that the broker knows this user.',
      retryable: true,
      cause,
    });
  }
  if (code === 1 || code === 2 || code === 132 || code === 133) {
    return new PumjilError('ADAPTER_PROTOCOL', {
      message: `${id}: the broker ${settings.url} refused ${code === 1 || code === 132 ? `protocol version ${settings.version}` : `client id ${settings.client_id}`}`,
      hint: code === 1 || code === 132 ? 'Set version: 4 (or 5).' : 'Choose another client_id.',
      retryable: true,
      cause,
    });
  }
  if (typeof code === 'string' && /CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS|ERR_SSL/.test(code)) {
    return new PumjilError('ADAPTER_CREDENTIALS', {
      message: `${id}: the TLS certificate of ${settings.url} was not accepted (${code})`,
      hint: 'Name the authority that signed it under ca:, and use the host name that stands in the certificate.',
      retryable: true,
      cause,
    });
  }
  if (message.includes('connack timeout')) return timeoutError(settings, id, 'CONNACK');
  return new PumjilError('ADAPTER_UNREACHABLE', {
    message: `${id}: no MQTT broker at ${settings.url} (${typeof code === 'string' ? code : message})`,
    hint: 'Check that the broker runs and that address, port and firewall are right, then run: pumjil check --probe',
    retryable: true,
    cause,
  });
}
