// What the parts of the plant machine share.
import type { createAlarms } from '../alarm/alarms.ts';
import type { CharacteristicPlan } from '../config/plan.ts';
import type { EventKind, EventRow } from '../history/history.ts';
import type { ReviseEntry } from '../journal/journal.ts';
import type { Engine, StreamSpec } from '../spc/stream.ts';
import type { Subgroups } from '../spc/subgroup.ts';
import type { BlockBuilder } from './block.ts';
import type { Routing } from './routing.ts';
import { type AdapterCounts, emptyCounts, type MachineState, type StreamState } from './state.ts';

/** A stream being judged again. */
export interface Rerun {
  /** Points from here on are issued anew. */
  readonly fromMs: number;
  readonly excluded: NonNullable<ReviseEntry['excluded']>;
  /** Signals found, by signalKey. */
  readonly found: Set<string>;
  /** Subgroups issued, signals that had not stood before. */
  points: number;
  gained: number;
  /** True once an alarm was raised: from then on calm subgroups count. */
  hasRaised: boolean;
}

/** What the parts of the machine share. */
export interface Machinery {
  state: MachineState;
  routing: Routing;
  readonly engine: Engine;
  readonly subgroups: Subgroups;
  readonly alarms: ReturnType<typeof createAlarms>;
  /** The block being filled. */
  out: BlockBuilder;
  /** Ordinal of the next output of the current entry. */
  ordinal: number;
  /** The re-run that is under way. */
  rerun: Rerun | null;
  event(
    kind: EventKind,
    timeMs: number,
    series: number,
    adapter: string,
    text: EventRow['text'],
    data: Record<string, unknown>,
  ): EventRow;
  /** The stream of a characteristic for one part and split key, made when it is first seen. */
  streamOf(characteristic: CharacteristicPlan, part: string, split: readonly string[]): StreamState;
  bareSeries(tag: string): number;
}

/** How the engine judges one stream of a characteristic, the part's own specification and limits applied. */
export function streamSpec(characteristic: CharacteristicPlan, part: string): StreamSpec {
  const own = characteristic.by_part[part];
  return {
    chart: characteristic.chart,
    rules: characteristic.rules,
    limits: own?.limits ?? characteristic.limits,
    spec: own?.spec ?? characteristic.spec,
    size: characteristic.subgroup.size,
    ...('all' in characteristic.from ? { variables: characteristic.from.all } : {}),
    class: characteristic.class,
    ...(characteristic.capability === undefined ? {} : { capabilityTarget: characteristic.capability.target }),
  };
}

/**
 * Context key over which the characteristic's chart pools, such as `part`: all its parts are one stream, and the key tells which part a
 * subgroup is of. Undefined for every other chart.
 */
export function pooledBy(characteristic: CharacteristicPlan): string | undefined {
  const { by } = characteristic.chart;
  return typeof by === 'string' ? by : undefined;
}

/** The counters of an adapter, made when it is first heard of. */
export function countsOf(m: Machinery, adapter: string): AdapterCounts {
  const known = m.state.adapters.get(adapter);
  if (known !== undefined) return known;
  const fresh = emptyCounts();
  m.state.adapters.set(adapter, fresh);
  return fresh;
}
