// One life of a connection: subscribe, read everything once, deliver; watch for silence; declare what was not seen.
import { BAD, type Batch, type Context, type Gap, PumjilError } from '../../src/component.ts';
import { type Connection, openConnection } from './client.ts';
import { type Memory, recall, remember } from './memory.ts';
import { openOutbox } from './outbox.ts';
import { readNodes, recordReader } from './record.ts';
import type { Settings } from './settings.ts';
import { deliver, type Node, nodesOf } from './slot.ts';
import { subscribe, type Watched } from './subscription.ts';

/** What one run of `collect` knows. */
interface Run {
  readonly settings: Settings;
  readonly context: Context;
  memory: Memory;
  /** What the file holds. */
  saved: Memory;
  /** Last sign of life of the server, ms since 1970. */
  heardMs: number | undefined;
}

/**
 * Collects until the signal aborts or the server stays away.
 *
 * @throws PumjilError retryable, after an open gap
 */
export async function* collect(settings: Settings, context: Context): AsyncGenerator<Batch | Gap> {
  const memory = await recall(context.folder);
  const run: Run = { settings, context, memory, saved: memory, heardMs: undefined };
  let connection: Connection | undefined;
  try {
    connection = await openConnection(settings, context);
    yield* listen(run, connection);
  } catch (error) {
    if (context.signal.aborted) return;
    const fromMs = run.heardMs ?? context.lastDurableMs();
    if (run.memory.downSinceMs === undefined && fromMs !== undefined) {
      await keep(run, { ...run.memory, downSinceMs: fromMs });
      yield { kind: 'gap', tags: [], fromMs, toMs: null, reason: 'link_down' };
    }
    throw error instanceof PumjilError ? error : gone(context, settings, error);
  } finally {
    await connection?.close();
  }
}

async function* listen(run: Run, connection: Connection): AsyncGenerator<Batch | Gap> {
  const { settings, context } = run;
  const { client } = connection;
  const outbox = openOutbox(context);
  const nodes = nodesOf(settings, context);
  let failure: unknown;
  let hasNewRecord = false;
  let isLost = false;
  let mustRead = true;
  let isFirst = true;
  let hasOverflowed = false;

  context.signal.addEventListener('abort', outbox.wake, { once: true });
  const onValue = (node: Node) => (data: Parameters<Watched['onValue']>[0]) => {
    if (deliver(node, data, context.now(), false, outbox)) hasOverflowed = true;
  };
  const watched: Watched[] = nodes.map((node) => ({
    address: node.address,
    samplingMs: node.samplingMs,
    onValue: onValue(node),
    onRefused: (reason) => refuse(node, reason),
  }));
  function refuse(node: Node, reason: string): void {
    const bad = { value: Number.NaN, text: undefined, quality: BAD, timeMs: context.now(), reason };
    for (const slot of node.slots) outbox.add(slot.tag, bad, slot.context);
    context.log.warn({ tag: node.slots[0]?.name, node: node.address, reason }, 'server refuses a node');
  }
  if (settings.record !== undefined) {
    const { counter, sampling_ms } = settings.record;
    const onCounter = (): void => {
      hasNewRecord = true;
      outbox.wake();
    };
    watched.push({ address: counter, samplingMs: sampling_ms, onValue: onCounter, onRefused: onCounter });
  }

  if (Object.values(settings.tags).some((tag) => tag.fields !== undefined)) {
    await connection.session.extractNamespaceDataType();
  }
  const { subscription, silenceMs } = await subscribe(connection, settings, context, watched);
  const records =
    settings.record === undefined ? undefined : recordReader(connection, settings, settings.record, context, outbox);
  let heard = performance.now();
  let subscriptionId = subscription.subscriptionId;
  const durableMs = context.lastDurableMs();
  const lastRecord = run.memory.record;
  let isLastStored = lastRecord === undefined || (durableMs !== undefined && durableMs >= lastRecord.timeMs);

  client.on('connection_lost', () => {
    isLost = true;
    heard = performance.now();
    const fromMs = run.heardMs;
    if (fromMs !== undefined && run.memory.downSinceMs === undefined) {
      run.memory = { ...run.memory, downSinceMs: fromMs };
      outbox.gap({ kind: 'gap', tags: [], fromMs, toMs: null, reason: 'link_down' });
    }
  });
  client.on('connection_reestablished', () => {
    heard = performance.now();
    outbox.wake();
  });
  subscription.on('raw_notification', () => {
    heard = performance.now();
    run.heardMs = context.now();
    if (!isLost) return;
    isLost = false;
    mustRead = true;
    // The values of this message are handed out after this event; what is read comes after them.
    setImmediate(outbox.wake);
  });
  const onEnd = (reason: unknown): void => {
    failure ??= reason ?? new Error('the server ended the subscription');
    outbox.wake();
  };
  subscription.on('terminated', () => onEnd(undefined));
  subscription.on('internal_error', onEnd);

  /** Reads everything once: after a start and after each loss, so that nothing rests on a message that never came. */
  async function readAll(): Promise<void> {
    const receivedMs = context.now();
    const addresses = nodes.map((node) => ({ nodeId: connection.nodeId(node.address) }));
    const answers = await readNodes(connection, settings, context, addresses);
    // The queues of the same subscription hold what was missed; a counter tells for records.
    const isBridged =
      !isFirst && subscription.subscriptionId === subscriptionId && !hasOverflowed && records === undefined;
    isFirst = false;
    subscriptionId = subscription.subscriptionId;
    hasOverflowed = false;
    const gap = closingGap(run, context.now(), isBridged);
    if (gap !== undefined) outbox.gap(gap);
    for (const [i, node] of nodes.entries()) {
      const answer = answers[i];
      // A node that cannot be read has told so when it was subscribed to.
      if (answer !== undefined && (answer.statusCode.value >>> 30 !== BAD || node.slots[0]?.last !== undefined)) {
        deliver(node, answer, receivedMs, true, outbox);
      }
    }
    run.heardMs = context.now();
    await keep(run, { ...run.memory, downSinceMs: undefined });
  }

  async function readRecord(): Promise<void> {
    const next = await records?.read(run.memory.record, isLastStored);
    isLastStored = true;
    // Before the record is handed out: after a kill it is then known which one may have been lost.
    if (next !== undefined) await keep(run, { ...run.memory, record: next });
  }

  while (!context.signal.aborted) {
    if (failure !== undefined) throw gone(context, settings, failure);
    try {
      if (mustRead && !isLost) {
        await readAll();
        await readRecord();
        mustRead = false;
        hasNewRecord = false;
        context.connected(settings.endpoint);
      }
      if (hasNewRecord && !isLost) {
        hasNewRecord = false;
        await readRecord();
      }
    } catch (error) {
      // A read that fails because the link is lost is made again when it is back.
      await new Promise(setImmediate);
      if (!isLost) throw error;
      hasNewRecord = true;
    }
    if (run.memory !== run.saved) await keep(run, run.memory);
    yield* outbox.take();
    const limitMs = isLost ? Math.max(settings.bridge_s * 1000, silenceMs) : silenceMs;
    if (performance.now() - heard > limitMs) throw silent(context, settings, limitMs);
    if (!context.signal.aborted) await outbox.wait(Math.min(limitMs, 1000));
  }
}

/** Closes what was declared open, or declares what passed between the last durable value and the first read of this run. */
function closingGap(run: Run, toMs: number, isBridged: boolean): Gap | undefined {
  const { downSinceMs } = run.memory;
  const fromMs = downSinceMs ?? (run.heardMs === undefined ? run.context.lastDurableMs() : undefined);
  if (fromMs === undefined || fromMs >= toMs) return undefined;
  const reason = downSinceMs === undefined ? 'restart' : 'link_down';
  return { kind: 'gap', tags: [], fromMs, toMs, reason, ...(isBridged ? { missing: 0 } : {}) };
}

async function keep(run: Run, memory: Memory): Promise<void> {
  run.memory = memory;
  run.saved = memory;
  await remember(run.context.folder, memory);
}

function gone(context: Context, settings: Settings, cause: unknown): PumjilError {
  const what = cause instanceof Error ? cause.message.split('\n')[0] : 'no reason given';
  return new PumjilError('ADAPTER_UNREACHABLE', {
    message: `${context.id}: the session with ${settings.endpoint} ended (${what})`,
    hint: `Look whether the server was restarted or has too many sessions, then run: pumjil check --probe ${context.id}`,
    retryable: true,
    cause,
  });
}

function silent(context: Context, settings: Settings, limitMs: number): PumjilError {
  return new PumjilError('ADAPTER_TIMEOUT', {
    message: `${context.id}: ${settings.endpoint} sent neither values nor signs of life for ${Math.round(limitMs)} ms`,
    hint: 'The connection is built anew; if this repeats, look at the load and the licence of the server.',
    retryable: true,
  });
}
