// The polling loop of one device: every poll, or one record for each change of the trigger.
import { setTimeout as pause } from 'node:timers/promises';
import { BAD, type Batch, type Context, type Gap, GOOD, PumjilError, UNCERTAIN } from '../../src/component.ts';
import type { Decoded } from './decode.ts';
import { type Device, openDevice, type Tag, tagsOf } from './device.ts';
import { type LastRecord, type Memory, recall, remember } from './memory.ts';
import type { Settings } from './settings.ts';
import { changeOf, isCounter } from './trigger.ts';

/** Tries to read a record while its counter stands still; after that it is delivered as uncertain. */
const RECORD_TRIES = 5;

/** What one run of `collect` knows. */
interface Run {
  readonly settings: Settings;
  readonly context: Context;
  readonly tags: readonly Tag[];
  readonly tagIndex: readonly number[];
  memory: Memory;
  /** Time of the last successful read, ms since 1970. */
  seenMs: number | undefined;
}

/**
 * Collects until the signal aborts or the link is lost.
 *
 * @throws PumjilError retryable, after an open gap
 */
export async function* collect(settings: Settings, context: Context): AsyncGenerator<Batch | Gap> {
  const tags = tagsOf(settings);
  const tagIndex = tags.map((tag) => context.tag(tag.settings.as ?? tag.name));
  const run: Run = { settings, context, tags, tagIndex, memory: await recall(context.folder), seenMs: undefined };
  let device: Device | undefined;
  try {
    device = await openDevice(settings, tags, context);
    yield* settings.trigger === undefined ? pollValues(run, device) : pollRecords(run, device, settings.trigger.tag);
  } catch (error) {
    if (context.signal.aborted) return;
    const fromMs = run.seenMs ?? context.lastDurableMs();
    if (error instanceof PumjilError && run.memory.downSinceMs === undefined && fromMs !== undefined) {
      await keep(run, { ...run.memory, downSinceMs: fromMs });
      yield { kind: 'gap', tags: [], fromMs, toMs: null, reason: 'link_down' };
    }
    throw error;
  } finally {
    await device?.close();
  }
}

async function* pollValues(run: Run, device: Device): AsyncGenerator<Batch | Gap> {
  const { context, settings } = run;
  const clock = ticker(settings.every_ms, context.signal);
  let heldMs = 0;
  while (await clock.next()) {
    const values = await device.readAll();
    const nowMs = context.now();
    const before = run.seenMs;
    run.seenMs = nowMs;
    if (before === undefined) yield* closeGap(run, nowMs, undefined);
    else if (clock.skipped() > 0 && heldMs >= settings.every_ms) {
      const missing = clock.skipped() * run.tags.length;
      yield { kind: 'gap', tags: [], fromMs: before, toMs: nowMs, reason: 'slow_consumer', missing };
    }
    if (before === undefined) context.connected(`${settings.host}:${settings.port}`);
    const handedOver = performance.now();
    yield rowsOf(run, values, nowMs, undefined, undefined);
    heldMs = performance.now() - handedOver;
  }
}

async function* pollRecords(run: Run, device: Device, triggerName: string): AsyncGenerator<Batch | Gap> {
  const { context, settings, tags } = run;
  const position = tags.findIndex((tag) => tag.name === triggerName);
  const trigger = tags[position];
  if (trigger === undefined) return;
  const key = `${triggerName} ${trigger.table} ${trigger.address} ${trigger.settings.type}`;
  let last = run.memory.record?.trigger === key ? run.memory.record : undefined;
  const durableMs = context.lastDurableMs();
  let isLastStored = last === undefined || (durableMs !== undefined && durableMs >= last.timeMs);
  let isTriggerBad = false;

  const clock = ticker(settings.every_ms, context.signal);
  while (await clock.next()) {
    const seen = await device.readOne(position);
    const nowMs = context.now();
    const isFirst = run.seenMs === undefined;
    run.seenMs = nowMs;
    if (isFirst) context.connected(`${settings.host}:${settings.port}`);
    const counter = counterOf(seen);
    if (counter === undefined) {
      if (isFirst) yield* closeGap(run, nowMs, undefined);
      // Without its trigger no record can be told from the next: said once, and the counter tells later what was missed.
      if (!isTriggerBad) yield rowsOf(run, Array(tags.length).fill(seen), nowMs, undefined, undefined);
      isTriggerBad = true;
      continue;
    }
    isTriggerBad = false;
    if (last === undefined) {
      last = { trigger: key, counter, timeMs: nowMs, countingSinceMs: nowMs };
      await keep(run, { ...run.memory, record: last });
      if (isFirst) yield* closeGap(run, nowMs, undefined);
      continue;
    }
    const change = changeOf(trigger.settings, last.counter, counter);
    if (change === undefined) {
      if (isFirst) yield* closeGap(run, nowMs, 0);
      // The record was taken before a restart and never became durable: the same id and the same time again.
      if (!isLastStored && isCounter(trigger.settings)) {
        const record = await readRecord(device, position, counter);
        if (record.counter === counter) yield rowsOf(run, record.values, last.timeMs, idOf(last), record.doubt);
      }
      isLastStored = true;
      continue;
    }
    if (!change.isRecord) {
      if (isFirst) yield* closeGap(run, nowMs, undefined);
      last = { trigger: key, counter, timeMs: nowMs, countingSinceMs: nowMs };
      await keep(run, { ...run.memory, record: last });
      isLastStored = true;
      continue;
    }
    const record = await readRecord(device, position, counter);
    const taken = changeOf(trigger.settings, last.counter, record.counter) ?? change;
    const missed = taken.missed === undefined ? undefined : taken.missed + (isLastStored ? 0 : 1);
    const missing = missed === undefined ? undefined : missed * tags.length;
    if (isFirst) yield* closeGap(run, nowMs, missing);
    else if (missing !== undefined && missing > 0) {
      yield { kind: 'gap', tags: [], fromMs: last.timeMs, toMs: nowMs, reason: 'records_missed', missing };
    }
    last = {
      trigger: key,
      counter: record.counter,
      timeMs: nowMs,
      countingSinceMs: taken.restarted ? nowMs : last.countingSinceMs,
    };
    // Before the record is handed out: after a kill the same record then gets the same id, and counts once.
    await keep(run, { ...run.memory, record: last });
    isLastStored = true;
    const id = isCounter(trigger.settings) ? idOf(last) : undefined;
    yield rowsOf(run, record.values, nowMs, id, record.doubt);
  }
}

/** Reads all tags and the trigger again, until the trigger stood still meanwhile: then all values are of one record. */
async function readRecord(
  device: Device,
  trigger: number,
  seen: LastRecord['counter'],
): Promise<{ values: readonly Decoded[]; counter: LastRecord['counter']; doubt: string | undefined }> {
  let counter = seen;
  for (let tries = 1; ; tries++) {
    const values = await device.readAll();
    const after = counterOf(await device.readOne(trigger));
    const within = counterOf(values[trigger]);
    if (within === counter && after === counter) return { values, counter, doubt: undefined };
    if (tries === RECORD_TRIES) return { values, counter: within ?? counter, doubt: 'record_changed_while_read' };
    counter = after ?? counter;
  }
}

/** Closes what was declared open, or declares what passed between the last durable value and the first read of this run. */
async function* closeGap(run: Run, toMs: number, missing: number | undefined): AsyncGenerator<Gap> {
  const fromMs = run.memory.downSinceMs ?? run.context.lastDurableMs();
  const reason = run.memory.downSinceMs === undefined ? 'restart' : 'link_down';
  if (fromMs === undefined || fromMs >= toMs) return;
  yield { kind: 'gap', tags: [], fromMs, toMs, reason, ...(missing === undefined ? {} : { missing }) };
  if (run.memory.downSinceMs !== undefined) await keep(run, { ...run.memory, downSinceMs: undefined });
}

async function keep(run: Run, memory: Memory): Promise<void> {
  run.memory = memory;
  await remember(run.context.folder, memory);
}

function rowsOf(
  run: Run,
  values: readonly Decoded[],
  timeMs: number,
  sourceId: string | undefined,
  doubt: string | undefined,
): Batch {
  const batch = run.context.batch(values.length);
  const timeNs = BigInt(timeMs) * 1_000_000n;
  for (const [i, tag] of run.tags.entries()) {
    const decoded = values[i] ?? { kind: 'bad' as const, reason: 'not_read' };
    const index = run.tagIndex[i] ?? 0;
    // Registers that share a name share the record's id too: each is a measurement of its own.
    const own = sourceId !== undefined && tag.settings.as !== undefined ? `${sourceId} ${tag.name}` : sourceId;
    const extras = { context: tag.settings.context, sourceId: own };
    const quality = doubt === undefined ? GOOD : UNCERTAIN;
    if (decoded.kind === 'bad') {
      batch.add(index, Number.NaN, BAD, timeNs, { ...extras, reason: decoded.reason });
    } else if (decoded.kind === 'text') {
      batch.add(index, Number.NaN, quality, timeNs, { ...extras, text: decoded.text, reason: doubt });
    } else {
      const reason = decoded.reason ?? doubt;
      batch.add(index, decoded.value, reason === undefined ? GOOD : UNCERTAIN, timeNs, { ...extras, reason });
    }
  }
  return batch;
}

function counterOf(decoded: Decoded | undefined): LastRecord['counter'] | undefined {
  if (decoded?.kind === 'text') return decoded.text;
  return decoded?.kind === 'number' && Number.isFinite(decoded.value) ? decoded.value : undefined;
}

function idOf(record: LastRecord): string {
  return `${record.countingSinceMs.toString(36)}-${record.counter}`;
}

/** Ticks every `everyMs` in phase: a late tick does not shift the next ones, whole periods that passed are skipped. */
function ticker(everyMs: number, signal: AbortSignal): { next(): Promise<boolean>; skipped(): number } {
  const start = performance.now();
  let tick = -1;
  let skipped = 0;
  return {
    skipped: () => skipped,
    async next() {
      const due = Math.max(tick + 1, Math.floor((performance.now() - start) / everyMs));
      skipped = due - tick - 1;
      tick = due;
      const waitMs = start + due * everyMs - performance.now();
      if (waitMs > 0) await pause(waitMs, undefined, { signal }).catch(() => undefined);
      return !signal.aborted;
    },
  };
}
