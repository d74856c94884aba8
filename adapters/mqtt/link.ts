// The link over its whole life: connects, comes back after a loss, tells gaps, sees a second client with the same id.
import { setTimeout as pause } from 'node:timers/promises';
import { type Context, type Gap, PumjilError } from '../../src/component.ts';
import { type Arrival, openSession, type Session, type SessionOptions } from './session.ts';
import type { MqttSettings } from './settings.ts';

export interface LinkHandlers {
  arrived(arrival: Arrival): Promise<void> | undefined;
  gap(gap: Gap): void;
  /** Connected and subscribed. */
  up(session: Session): Promise<void>;
  down(): void;
}

/** A connection that ends sooner than this after its beginning was not ended by a cable. */
const QUICK_MS = 5000;
/** Quick ends in a row that only a second client with our id explains. */
const PING_PONG = 4;

/**
 * Runs until the signal aborts.
 *
 * @param link its `redeliver` is replaced by one that lets the broker deliver everything without PUBACK again
 * @throws PumjilError when the first connection fails, credentials are refused, or ADAPTER_CLIENT_ID
 */
export async function runLink(
  settings: MqttSettings,
  context: Context,
  options: SessionOptions,
  handlers: LinkHandlers,
  link: { redeliver: () => void },
): Promise<void> {
  const firstPauseMs = settings.retry_ms;
  let pauseMs = firstPauseMs;
  let lostMs: number | undefined;
  let isFirst = true;
  let quickEnds = 0;

  function connected(sessionPresent: boolean): void {
    const nowMs = context.now();
    const isKept = sessionPresent && settings.qos > 0;
    const fromMs = lostMs ?? (isFirst || !isKept ? context.lastDurableMs() : undefined);
    if (fromMs !== undefined) {
      // The broker kept every message of this client: the link was away, but no time went unobserved.
      const toMs = isKept ? fromMs : Math.max(nowMs, fromMs);
      handlers.gap({ kind: 'gap', tags: [], fromMs, toMs, reason: lostMs === undefined ? 'restart' : 'link_down' });
    }
    lostMs = undefined;
  }

  while (!options.signal.aborted) {
    let session: Session;
    let beganMs = performance.now();
    let isRedelivery = false;
    try {
      session = await openSession(settings, context, options, { connected, arrived: handlers.arrived });
      beganMs = performance.now();
    } catch (error) {
      if (options.signal.aborted) return;
      const isRefused = error instanceof PumjilError && error.code === 'ADAPTER_CREDENTIALS';
      if (isFirst || isRefused || !(error instanceof PumjilError)) throw error;
      context.log.debug({ code: error.code }, 'not yet connected again');
      if (lostMs === undefined) open(context.now());
      await rest();
      continue;
    }
    isFirst = false;
    context.connected(settings.url);
    link.redeliver = () => {
      isRedelivery = true;
      void session.end();
    };
    await handlers.up(session);
    const reason = await session.lost;
    handlers.down();
    if (options.signal.aborted) return;
    const isQuick = performance.now() - beganMs < QUICK_MS;
    if (!isRedelivery) {
      context.log.warn({ adapter: context.id, cause: reason }, 'lost');
      open(session.heardMs());
      quickEnds = reason === 'client_id_taken' ? quickEnds + 2 : isQuick ? quickEnds + 1 : 0;
      if (quickEnds >= PING_PONG) throw pingPong(settings, context.id, quickEnds);
    }
    if (!isQuick) pauseMs = firstPauseMs;
    await rest();
  }

  function open(nowMs: number): void {
    lostMs = nowMs;
    handlers.gap({ kind: 'gap', tags: [], fromMs: nowMs, toMs: null, reason: 'link_down' });
  }

  async function rest(): Promise<void> {
    // Spread over half the time, so that many collectors do not come back in step.
    const restMs = pauseMs * (0.5 + Math.random() / 2);
    pauseMs = Math.min(pauseMs * 2, firstPauseMs * 30);
    await pause(restMs, undefined, { signal: options.signal }).catch(() => undefined);
  }
}

function pingPong(settings: MqttSettings, id: string, times: number): PumjilError {
  return new PumjilError('ADAPTER_CLIENT_ID', {
    message: `${id}: the broker ${settings.url} closed the connection of client id ${settings.client_id} ${times} times right after it was made`,
    hint: 'Another client very likely uses the same client_id; a second Pumjil, or a copied configuration. Give each its own.',
    retryable: true,
  });
}
