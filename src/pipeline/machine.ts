// The plant machine: the one deterministic function from journal entries to points, events and alarms.
// It knows no clock, no randomness and no disk: state = snapshot + replay, bit for bit.
import { deserialize, serialize } from 'node:v8';
import { type AlarmsState, createAlarms } from '../alarm/alarms.ts';
import type { CharacteristicPlan } from '../config/plan.ts';
import { type EventRow, streamId } from '../history/history.ts';
import {
  type CommandEntry,
  type ConfigEntry,
  DISK_FAILED,
  type Entry,
  type ExcludeEntry,
  type LimitsEntry,
  type ValuesEntry,
} from '../journal/journal.ts';
import { createEngine } from '../spc/engine.ts';
import { judgement } from '../spc/judge.ts';
import type { Engine } from '../spc/stream.ts';
import { createSubgroups } from '../spc/subgroup.ts';
import { type BlockBuilder, chainEvent } from './block.ts';
import { applyGap, applyTick, LINK_ALARM_MS } from './machine-time.ts';
import { applyValues } from './machine-values.ts';
import { giveUpVectors } from './machine-vectors.ts';
import { type Machinery, streamSpec } from './machinery.ts';
import { addMark, beginPast } from './past.ts';
import { release, releaseDueMs } from './reorder.ts';
import { applyRevise } from './revise.ts';
import { routingOf } from './routing.ts';
import { emptyState, type MachineState, type StreamState } from './state.ts';
import { closeSubgroups } from './stream-step.ts';
import { commandWords, configWords, excludedWords, limitsWords } from './words.ts';

/** Layout 1 knew no late values. */
const LAYOUT = 2;

export interface Machine {
  /** Applies one entry; its outputs go to `out`. Entries come in order of seq. */
  apply(seq: number, entry: Entry, out: BlockBuilder): void;
  /** When the next tick is due, ms since 1970; Infinity when nothing waits. */
  deadlineMs(): number;
  readonly state: MachineState;
  readonly engine: Engine;
  openAlarms(series: number): readonly string[];
  snapshot(): Uint8Array;
  restore(bytes: Uint8Array): void;
}

/** An empty machine; feed it the journal from its beginning, or restore a snapshot. */
export function createMachine(): Machine {
  const engine = createEngine();
  const subgroups = createSubgroups();
  const alarms = createAlarms();
  const byKey = new Map<string, StreamState>();
  const m: Machinery = {
    state: emptyState(),
    routing: routingOf(emptyPlan()),
    engine,
    subgroups,
    alarms,
    // The block is set by the first apply; until then nothing can be emitted.
    out: undefined as unknown as BlockBuilder,
    ordinal: 0,
    rerun: null,
    event(kind, timeMs, series, adapter, text, data) {
      const row: EventRow = {
        id: `${m.state.seq}.${m.ordinal}`,
        seq: m.state.seq,
        ordinal: m.ordinal++,
        kind,
        timeMs,
        series,
        adapter,
        text,
        data,
      };
      m.out.events.push(row);
      m.state.events.set(kind, (m.state.events.get(kind) ?? 0) + 1);
      m.state.eventHash = chainEvent(m.state.eventHash, row);
      return row;
    },
    streamOf(characteristic, part, split) {
      const id = streamId(characteristic.id, part, split);
      const known = byKey.get(id);
      if (known !== undefined) return known;
      const series = addSeries(m, {
        id,
        characteristic: characteristic.id,
        part,
        split: split.join('/'),
        line: characteristic.line,
        station: characteristic.station,
        isStream: true,
        chart: characteristic.chart.use,
      });
      const stream = openStream(m, characteristic, part, series);
      m.state.streams.set(series, stream);
      byKey.set(id, stream);
      return stream;
    },
    bareSeries(tag) {
      const known = m.state.seriesIx.get(tag);
      if (known !== undefined) return known;
      return addSeries(m, {
        id: tag,
        characteristic: tag,
        part: '',
        split: '',
        line: '',
        station: '',
        isStream: false,
      });
    },
  };

  function apply(seq: number, entry: Entry, out: BlockBuilder): void {
    if (seq <= m.state.seq) throw new RangeError(`entry ${seq} after entry ${m.state.seq}`);
    m.out = out;
    m.ordinal = 0;
    m.state.seq = seq;
    const atMs = entry.kind === 'values' ? entry.batch.receivedMs : entry.atMs;
    m.state.nowMs = Math.max(m.state.nowMs, atMs);
    switch (entry.kind) {
      case 'values':
        applyValues(m, entry satisfies ValuesEntry);
        break;
      case 'gap':
        applyGap(m, entry);
        break;
      case 'tick':
        applyTick(m);
        break;
      case 'config':
        applyConfig(m, entry);
        break;
      case 'limits':
        applyLimits(m, entry);
        break;
      case 'exclude':
        applyExclude(m, entry);
        break;
      case 'revise':
        applyRevise(m, entry);
        break;
      case 'command':
        applyCommand(m, entry);
        break;
    }
    for (const row of alarms.drain()) {
      out.alarms.set(row.id, row);
      if (row.series >= 0) out.touched.add(row.series);
    }
  }

  return {
    apply,
    deadlineMs() {
      let due = alarms.deadlineMs();
      for (const stream of m.state.streams.values())
        due = Math.min(due, subgroups.deadlineMs(stream.subgroup), releaseDueMs(m, stream));
      for (const counts of m.state.adapters.values())
        if (counts.openGapMs !== null && !counts.linkAlarm) due = Math.min(due, counts.openGapMs + LINK_ALARM_MS);
      return due;
    },
    get state() {
      return m.state;
    },
    engine,
    openAlarms: (series) => alarms.openIds(series),
    snapshot() {
      return serialize({
        layout: LAYOUT,
        state: m.state,
        engine: engine.snapshot(),
        subgroups: subgroups.snapshot(),
        alarms: alarms.snapshot(),
      });
    },
    restore(bytes) {
      // Written by `snapshot` above; another layout is refused by the check that follows.
      const saved = deserialize(bytes) as {
        layout: number;
        state: MachineState;
        engine: Uint8Array;
        subgroups: Uint8Array;
        alarms: AlarmsState;
      };
      if (saved.layout === 1) addPast(saved.state);
      else if (saved.layout !== LAYOUT) throw new RangeError(`snapshot layout ${saved.layout}, expected ${LAYOUT}`);
      m.state = saved.state;
      m.routing = routingOf(saved.state.plan ?? emptyPlan());
      engine.restore(saved.engine);
      subgroups.restore(saved.subgroups);
      alarms.restore(saved.alarms);
      byKey.clear();
      for (const stream of m.state.streams.values()) byKey.set(m.state.series[stream.series]?.id ?? '', stream);
    },
  };
}

function emptyPlan() {
  return {
    plant: {
      id: '',
      name: { ko: '', en: '' },
      timezone: 'UTC',
      language: 'ko',
      size: 'small',
      industry: 'other',
    } as const,
    shifts: [],
    adapters: [],
    characteristics: [],
    lateness_ms: 0,
  };
}

function addPast(state: MachineState): void {
  state.revisions = new Map();
  for (const stream of state.streams.values()) stream.past = null;
}

function addSeries(m: Machinery, row: Omit<MachineState['series'][number], 'ix'>): number {
  const ix = m.state.series.length;
  const series = { ix, ...row };
  m.state.series.push(series);
  m.state.seriesIx.set(row.id, ix);
  m.out.series.push(series);
  return ix;
}

function openStream(m: Machinery, characteristic: CharacteristicPlan, part: string, series: number): StreamState {
  const stream: StreamState = {
    series,
    characteristic: characteristic.id,
    engine: m.engine.open(streamSpec(characteristic, part)),
    subgroup: m.subgroups.open(subgroupPlan(characteristic)),
    lastMs: Number.NEGATIVE_INFINITY,
    lastTimeMs: Number.NEGATIVE_INFINITY,
    waiting: [],
    lastValue: Number.NaN,
    lastQuality: 0,
    seen: 0,
    late: 0,
    lastPoints: [],
    points: 0,
    lastPointMs: Number.NaN,
    pauseMs: Number.NaN,
    shared: null,
    lastCount: Number.NaN,
    lastInspected: Number.NaN,
    past: null,
  };
  beginPast(m, characteristic, stream);
  return stream;
}

function subgroupPlan(characteristic: CharacteristicPlan) {
  return {
    ...characteristic.subgroup,
    kind: 'count' in characteristic.from ? ('attributes' as const) : ('variables' as const),
    ...('all' in characteristic.from ? { variables: characteristic.from.all.length } : {}),
  };
}

function applyConfig(m: Machinery, entry: ConfigEntry): void {
  const before = m.routing;
  const changed: string[] = [];
  for (const characteristic of entry.plan.characteristics) {
    const old = before.characteristic(characteristic.id);
    if (old !== undefined && JSON.stringify(old) !== JSON.stringify(characteristic)) changed.push(characteristic.id);
  }
  // What waits was accepted under the old plan and is judged by it.
  for (const stream of m.state.streams.values()) {
    const old = before.characteristic(stream.characteristic);
    if (old !== undefined && changed.includes(old.id)) giveUpVectors(m, old, stream);
    release(m, stream, Number.POSITIVE_INFINITY);
  }
  m.state.plan = entry.plan;
  m.state.planHash = entry.hash;
  m.routing = routingOf(entry.plan);
  for (const stream of m.state.streams.values()) {
    const characteristic = m.routing.characteristic(stream.characteristic);
    const series = m.state.series[stream.series];
    if (characteristic === undefined || series === undefined || !changed.includes(characteristic.id)) continue;
    const old = before.characteristic(stream.characteristic);
    if (old !== undefined && JSON.stringify(subgroupPlan(old)) !== JSON.stringify(subgroupPlan(characteristic))) {
      closeSubgroups(m, stream, m.subgroups.flush(stream.subgroup));
      m.subgroups.reconfigure(stream.subgroup, subgroupPlan(characteristic));
    }
    const spec = streamSpec(characteristic, series.part);
    const oldSpec = old === undefined ? undefined : streamSpec(old, series.part);
    if (JSON.stringify(oldSpec) !== JSON.stringify(spec)) m.engine.reconfigure(stream.engine, spec);
    // What was charted under another plan is not judged again under this one.
    if (old === undefined || judgedBy(old, series.part) !== judgedBy(characteristic, series.part))
      beginPast(m, characteristic, stream);
    m.out.touched.add(stream.series);
  }
  m.event('config', entry.atMs, -1, '', configWords(entry.author, changed), {
    hash: entry.hash,
    author: entry.author,
    changed,
  });
}

/** Everything in the plan that makes points out of values, as one text. */
function judgedBy(characteristic: CharacteristicPlan, part: string): string {
  const { from, sample } = characteristic;
  return JSON.stringify([judgement(streamSpec(characteristic, part)), subgroupPlan(characteristic), from, sample]);
}

function applyLimits(m: Machinery, entry: LimitsEntry): void {
  const series = m.state.seriesIx.get(entry.stream);
  const stream = series === undefined ? undefined : m.state.streams.get(series);
  if (series === undefined || stream === undefined) return;
  // One centre and one sigma say nothing of several tags; the API refuses them, and so would a person.
  const characteristic = m.routing.characteristic(stream.characteristic);
  if (characteristic !== undefined && 'all' in characteristic.from) return;
  m.engine.setLimits(stream.engine, entry.centre, entry.sigma);
  const limits = m.engine.limits(stream.engine);
  if (stream.past !== null) addMark(stream.past, { afterMs: stream.lastMs, limits });
  m.out.touched.add(series);
  m.event('limits', entry.atMs, series, '', limitsWords(entry.stream, limits, entry.author), {
    author: entry.author,
    reason: entry.reason,
    ...limits,
  });
}

function applyExclude(m: Machinery, entry: ExcludeEntry): void {
  const series = m.state.seriesIx.get(entry.stream);
  if (series === undefined) return;
  // A re-run prepared before this one does not know of it: it is prepared again.
  const pending = m.state.revisions.get(series);
  if (pending !== undefined) pending.sinceSeq = m.state.seq;
  m.event('exclude', entry.atMs, series, '', excludedWords(entry.stream, entry.point, entry.reason), {
    author: entry.author,
    reason: entry.reason,
    point: entry.point,
  });
}

function applyCommand(m: Machinery, entry: CommandEntry): void {
  const isApplied = entry.alarm === DISK_FAILED || m.alarms.command(entry, m.state.seq);
  if (!isApplied) return;
  m.event('command', entry.atMs, -1, '', commandWords(entry), {
    id: entry.id,
    verb: entry.verb,
    alarm: entry.alarm,
    author: entry.author,
    ...(entry.cause === undefined ? {} : { cause: entry.cause }),
    ...(entry.text === undefined ? {} : { text: entry.text }),
  });
}
