// A running plant: writer, adapters, sinks and the live picture, behind the interface that the API sees.
import { join } from 'node:path';
import type { AdapterHealth, Diagnosis, Health, LiveMessage, Plant, StreamNow, Users } from '../api/plant.ts';
import type { Log } from '../component.ts';
import type { Components } from '../config/components.ts';
import { enginePlan, planHash } from '../config/hash.ts';
import type { Plan } from '../config/plan.ts';
import { PumjilError } from '../errors.ts';
import type { CommandEntry, Entry, ExcludeEntry, LimitsEntry } from '../journal/journal.ts';
import type { RecordStore } from '../records/record-store.ts';
import { sourceTag } from '../replay/source.ts';
import { createReplays } from '../replay/thread.ts';
import type { WhatIf } from '../replay/what-if.ts';
import { machineClock } from './clock.ts';
import { createLive } from './live.ts';
import type { WriterLimits, WriterState } from './messages.ts';
import { openReaderThread, type Reader } from './reader.ts';
import { routingOf } from './routing.ts';
import { type SinkThread, startSink } from './sink.ts';
import { createSupervisor } from './supervisor.ts';
import { logWarnings } from './warnings.ts';
import { type OutputsMessage, openWriterThread } from './writer.ts';

export interface PlantOptions {
  readonly plan: Plan;
  readonly components: Components;
  readonly log: Log;
  /** Who is named as author of the configuration. */
  readonly author: string;
  users(records: RecordStore): Promise<Users>;
  diagnose(plant: RunningPlant, reader: Reader): Promise<Diagnosis>;
  /** Called when the plant cannot go on (the writer died). */
  onFatal(error: Error): void;
}

export interface RunningPlant {
  readonly plant: Plant;
  plan(): Plan;
  /** The plant's time, ms since 1970; it never goes back. */
  now(): number;
  /** Puts a new plan in force: journaled first, then only what changed is restarted. */
  reload(plan: Plan, author: string): Promise<void>;
  readonly records: RecordStore;
  /** Resolves when every batch taken so far is durable. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

/** Opens the data directory, replays, starts sinks and adapters. */
export async function startPlant(options: PlantOptions): Promise<RunningPlant> {
  const { components, log } = options;
  let plan = options.plan;
  const streams = new Map<string, StreamNow>();
  const seriesIds: string[] = [];
  const lastSourceMs = new Map<string, number>();
  let state: WriterState | undefined;
  let live = createLive(0);
  let isStopping = false;

  const dataDir = plan.data_dir;
  const writer = await openWriterThread(
    { dataDir, ...limitsOf(plan), outbox: plan.history.use !== 'embedded' },
    onOutputs,
    (error) => {
      if (!isStopping) options.onFatal(error);
    },
  );
  const now = machineClock(writer.ready.nowMs, (ms) =>
    log.warn(
      { backMs: Math.round(ms) },
      'the clock of this machine was set back; time runs at half speed until it has caught up',
    ),
  );
  const startedMs = now();
  state = writer.ready.state;
  live = createLive(state.cursor);
  seriesIds.splice(0, seriesIds.length, ...writer.ready.series);
  for (const stream of writer.ready.streams) streams.set(stream.id, stream);
  for (const [adapter, tags] of Object.entries(writer.ready.lastSourceMs))
    for (const [tag, ms] of Object.entries(tags)) remember(adapter, tag, ms);

  function onOutputs(message: OutputsMessage): void {
    if (state !== undefined) logWarnings(log, state, message.state);
    state = message.state;
    seriesIds.push(...message.newSeries);
    for (const stream of message.streams) streams.set(stream.id, stream);
    live.publish(message.live);
  }

  function remember(adapter: string, tag: string, ms: number): void {
    lastSourceMs.set(`${adapter}/${tag}`, ms);
    lastSourceMs.set(adapter, Math.max(ms, lastSourceMs.get(adapter) ?? 0));
  }

  async function append(entry: Entry) {
    const receipt = await writer.append(entry);
    if (entry.kind === 'values')
      for (let i = 0; i < entry.batch.length; i++) {
        const ms = Number((entry.batch.sourceTimeNs[i] ?? 0n) / 1_000_000n);
        remember(entry.adapter, entry.batch.tagNames[entry.batch.tag[i] ?? 0] ?? '', ms);
      }
    return receipt;
  }

  const reader = openReaderThread(join(dataDir, 'plant.db'));
  const replays = createReplays(join(dataDir, 'plant.db'));
  const users = await options.users(writer.records);
  if (plan.history.use === 'influxdb' && state.sinkCursors.influxdb === undefined) writer.setSinkCursor('influxdb', 0);
  const sink: SinkThread | undefined =
    plan.history.use === 'influxdb'
      ? startSink({
          plan: plan.history,
          file: join(dataDir, 'plant.db'),
          log,
          setCursor: (seq) => writer.setSinkCursor('influxdb', seq),
          quarantine: (line, reason) => writer.quarantine('influxdb', line, reason),
        })
      : undefined;
  const supervisor = createSupervisor({
    dataDir,
    log,
    adapter: async (use) => {
      const component = components.adapters.get(use);
      if (component === undefined)
        throw new PumjilError('COMPONENT_INVALID', {
          message: `there is no adapter "${use}"`,
          hint: 'See pumjil schema for those there are.',
        });
      return component.load();
    },
    append,
    lastDurableMs: (adapter, tag) => lastSourceMs.get(tag === undefined ? adapter : `${adapter}/${tag}`),
    openGap: (adapter) => state?.openGaps[adapter],
    now,
    random: () => Math.random(),
  });

  async function reload(next: Plan, author: string): Promise<void> {
    // First: more room may be what the rest waits for.
    writer.setLimits(limitsOf(next));
    const engine = enginePlan(next);
    const hash = planHash(next);
    if (hash !== state?.planHash) await append({ kind: 'config', atMs: now(), author, hash, plan: engine });
    plan = next;
    await supervisor.apply(next);
  }

  function replay(id: string, whatIf: WhatIf) {
    const stream = streams.get(id);
    const characteristic = plan.characteristics.find((each) => each.id === stream?.characteristic);
    if (stream === undefined || characteristic === undefined) return undefined;
    const tag = sourceTag(characteristic);
    const isRecord = routingOf(enginePlan(plan)).isRecord(tag.slice(0, tag.indexOf('/')));
    const of = { stream: id, part: stream.part, characteristic, isRecord, latenessMs: plan.lateness_ms };
    return replays.replay({ ...of, whatIf, ruleSets: components.ruleSets, nowMs: now() });
  }

  function health(): Health {
    if (state === undefined)
      throw new PumjilError('JOURNAL_FAILED', { message: 'the writer is not ready', hint: 'Wait for /readyz.' });
    const nowMs = now();
    const adapters: AdapterHealth[] = plan.adapters.map((adapter) => {
      const counts = state?.adapters[adapter.id];
      const status = supervisor.runners.get(adapter.id)?.status;
      return {
        id: adapter.id,
        use: adapter.use,
        state: status?.state ?? 'stopped',
        detail: status?.detail ?? '',
        sinceMs: status?.sinceMs ?? startedMs,
        restarts: status?.restarts ?? 0,
        lastError: status?.lastError ?? null,
        lastValueMs: counts?.lastValueMs ?? null,
        received: counts?.received ?? 0,
        accepted: counts?.accepted ?? 0,
        duplicate: counts?.duplicate ?? 0,
        refused: counts?.refused ?? 0,
        gapSeconds: counts?.gapSeconds ?? 0,
      };
    });
    const sinkState = sink?.state();
    const cursor = sink === undefined ? state.cursor : (state.sinkCursors.influxdb ?? 0);
    return {
      nowMs,
      startedMs,
      ready: state.ready,
      notReadyBecause: state.notReadyBecause,
      adapters,
      journal: state.journal,
      history: {
        use: plan.history.use,
        cursor,
        // Entries without any output never reach a sink: an idle sink has everything.
        backlog: sinkState?.isIdle === true ? 0 : Math.max(0, state.journal.lastSeq - cursor),
        lagMs: sinkState?.lagMs ?? 0,
        lastError: sinkState?.lastError ?? state.notReadyBecause,
      },
      warnings: state.warnings,
      balance: state.balance,
      eventsByKind: state.eventsByKind,
      pointsTotal: state.pointsTotal,
      eventHash: state.eventHash,
    };
  }

  const running: RunningPlant = {
    plant: {
      get plan() {
        const { shifts, characteristics, false_alarms_per_day: falseAlarmsPerDay } = plan;
        return { plant: plan.plant, shifts, characteristics, falseAlarmsPerDay };
      },
      ruleSets: components.ruleSets,
      users,
      streams: () => [...streams.values()],
      stream: (id) => streams.get(id),
      measurements: (query) => reader.measurements(query),
      points: (query) => reader.points(query),
      alarms: (query) => reader.alarms(query),
      events: (query) => reader.events(query),
      seriesId: (ix) => seriesIds[ix] ?? '',
      submit: async (entry: CommandEntry | LimitsEntry | ExcludeEntry) => (await append(entry)).seq,
      subscribe: (listener: (messages: readonly LiveMessage[]) => void) => live.subscribe(listener),
      replayLive: async (afterSeq) => live.after(afterSeq),
      health,
      deliver: async (adapter, delivery) => supervisor.deliver(adapter, delivery),
      replay,
      diagnosis: () => options.diagnose(running, reader),
    },
    plan: () => plan,
    now,
    reload,
    records: writer.records,
    idle: async () => {
      await Promise.all([...supervisor.runners.values()].map((runner) => runner.idle()));
    },
    async stop() {
      isStopping = true;
      await supervisor.stop();
      await sink?.stop();
      await writer.stop();
      await reader.stop();
      await replays.stop();
    },
  };
  await reload(plan, options.author);
  log.info({ plant: plan.plant.id, adapters: plan.adapters.length, streams: streams.size }, 'plant started');
  return running;
}

function limitsOf({ journal }: Plan): WriterLimits {
  return { maxBytes: journal.max_gb * 1e9, keepMs: journal.keep_days * 86_400_000, whenFull: journal.when_full };
}
