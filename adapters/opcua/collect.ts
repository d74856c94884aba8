// One life of a connection: subscribe, read everything once, deliver; watch for silence; declare what was not seen.
import type { DataValue } from 'node-opcua';
import { BAD, type Batch, type Context, type Gap, PumjilError } from '../../src/component.ts';
import { type Connection, openConnection } from './client.ts';
import { recall } from './memory.ts';
import { closingGap, gone, keep, type Run, silent } from './outage.ts';
import { type Outbox, openOutbox } from './outbox.ts';
import { readNodes, recordReader } from './record.ts';
import type { Settings } from './settings.ts';
import { deliver, type Node, nodesOf } from './slot.ts';
import { subscribe, type Watched } from './subscription.ts';

/**
 * Collects until the signal aborts or the server stays away.
 *
 * @throws PumjilError retryable, after an open gap
 */
export async function* collect(settings: Settings, context: Context): AsyncGenerator<Batch | Gap> {
  const memory = await recall(context.folder);
  const run: Run = { settings, context, memory, saved: memory, heardMs: undefined };
  const outbox = openOutbox(context);
  let connection: Connection | undefined;
  context.signal.addEventListener('abort', outbox.wake);
  try {
    connection = await openConnection(settings, context);
    yield* listen(run, connection, outbox);
  } catch (error) {
    if (context.signal.aborted) return;
    // What came before the loss is handed out before the loss.
    yield* outbox.take();
    const fromMs = run.heardMs ?? context.lastDurableMs();
    if (run.memory.downSinceMs === undefined && fromMs !== undefined) {
      await keep(run, { ...run.memory, downSinceMs: fromMs });
      yield { kind: 'gap', tags: [], fromMs, toMs: null, reason: 'link_down' };
    }
    throw error instanceof PumjilError ? error : gone(context, settings, error);
  } finally {
    context.signal.removeEventListener('abort', outbox.wake);
    await connection?.close();
  }
}

async function* listen(run: Run, connection: Connection, outbox: Outbox): AsyncGenerator<Batch | Gap> {
  const { settings, context } = run;
  const { client } = connection;
  const nodes = nodesOf(settings, context);
  const sinceMs = context.now();
  let failure: unknown;
  let hasNewRecord = false;
  let isLost = false;
  let isRepaired = false;
  let unconfirmed: { readonly answers: readonly DataValue[]; readonly receivedMs: number } | undefined;
  let isConfirmed = false;
  let mustRead = true;
  let isFirst = true;
  let hasOverflowed = false;

  const onValue = (node: Node) => (data: Parameters<Watched['onValue']>[0]) => {
    if (deliver(node, data, context.now(), false, outbox, sinceMs)) hasOverflowed = true;
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

  let heard = performance.now();
  const { subscription, silenceMs, settled } = await subscribe(connection, settings, context, watched, {
    heard() {
      heard = performance.now();
      const fromMs = run.heardMs;
      run.heardMs = context.now();
      if (unconfirmed !== undefined) isConfirmed = true;
      if (!isLost || !isRepaired) return;
      isLost = false;
      mustRead = true;
      context.log.info({ from_ms: fromMs }, 'server speaks again');
      outbox.wake();
    },
    lost(count) {
      hasOverflowed = true;
      context.log.warn({ messages: count }, 'server no longer has messages that were lost');
    },
    failed(error) {
      failure ??= error;
      outbox.wake();
    },
  });
  const records =
    settings.record === undefined ? undefined : recordReader(connection, settings, settings.record, context, outbox);
  let subscriptionId = subscription.subscriptionId;
  const durableMs = context.lastDurableMs();
  const lastRecord = run.memory.record;
  let isLastStored = lastRecord === undefined || (durableMs !== undefined && durableMs >= lastRecord.timeMs);

  client.on('connection_lost', () => {
    isLost = true;
    isRepaired = false;
    heard = performance.now();
    const fromMs = run.heardMs;
    if (fromMs !== undefined && run.memory.downSinceMs === undefined) {
      run.memory = { ...run.memory, downSinceMs: fromMs };
      outbox.gap({ kind: 'gap', tags: [], fromMs, toMs: null, reason: 'link_down' });
    }
  });
  client.on('connection_reestablished', () => {
    heard = performance.now();
    isRepaired = true;
  });
  /** Reads everything once: after a start and after each loss, so that nothing rests on a message that never came. */
  async function readAll(): Promise<void> {
    const receivedMs = context.now();
    const addresses = nodes.map((node) => ({ nodeId: connection.nodeId(node.address) }));
    const answers = await readNodes(connection, settings, context, addresses);
    await settled();
    // The queues of the same subscription hold what was missed; a counter tells for records.
    const isBridged =
      !isFirst && subscription.subscriptionId === subscriptionId && !hasOverflowed && records === undefined;
    isFirst = false;
    subscriptionId = subscription.subscriptionId;
    hasOverflowed = false;
    const gap = closingGap(run, context.now(), isBridged);
    if (gap !== undefined) outbox.gap(gap);
    unconfirmed = { answers, receivedMs };
    isConfirmed = false;
    run.heardMs = context.now();
    await keep(run, { ...run.memory, downSinceMs: undefined });
  }

  /** Delivers what was read and did not come by itself: after the next message all that is older has come. */
  async function confirm(): Promise<void> {
    await settled();
    for (const [i, node] of nodes.entries()) {
      const answer = unconfirmed?.answers[i];
      // A node that cannot be read has told so when it was subscribed to.
      if (answer !== undefined && (answer.statusCode.value >>> 30 !== BAD || node.slots[0]?.last !== undefined)) {
        deliver(node, answer, unconfirmed?.receivedMs ?? context.now(), true, outbox);
      }
    }
    unconfirmed = undefined;
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
      if (unconfirmed !== undefined && isConfirmed && !isLost) await confirm();
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
