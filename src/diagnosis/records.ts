// The plant's records as a diagnosis reads them, once, for all its evidence.
import type { AlarmQuery, EventQuery, StreamNow } from '../api/plant.ts';
import type { CharacteristicPlan, PlantPlan, ShiftPlan } from '../config/plan.ts';
import type { AlarmRow, EventRow } from '../history/history.ts';
import { type Interval, plannedIntervals } from './calendar.ts';
import type { Evidence, EvidenceItem } from './level.ts';
import { type Outages, outagesOf } from './outages.ts';

/** Measurements of one series in a period, counted. */
export interface SeriesTally {
  /** Stream id or `adapter/tag`. */
  readonly series: string;
  readonly good: number;
  readonly uncertain: number;
  readonly bad: number;
  /** Source time of the newest, ms. */
  readonly lastMs: number;
  /** Arrived later than allowed; left out where nobody counts it. */
  readonly late?: number;
  /** Carry a work order and a lot; left out where nobody counts it. */
  readonly withOrderAndLot?: number;
}

/** The questions a diagnosis asks the plant; the composition root answers them. */
export interface EvidenceSource {
  readonly nowMs: number;
  /** When the records begin; nothing before counts for or against the plant. */
  readonly observedFromMs: number;
  readonly plan: {
    readonly plant: PlantPlan;
    readonly shifts: readonly ShiftPlan[];
    readonly characteristics: readonly CharacteristicPlan[];
  };
  streams(): readonly StreamNow[];
  alarms(query: AlarmQuery): Promise<readonly AlarmRow[]>;
  events(query: EventQuery): Promise<readonly EventRow[]>;
  tallies(fromMs: number, toMs: number): Promise<readonly SeriesTally[]>;
}

/** What every provider is given: the records of the period, read once. */
export interface Records {
  readonly source: EvidenceSource;
  readonly nowMs: number;
  /** Beginning of the last 30 days, or of the records. */
  readonly monthMs: number;
  /** Beginning of the last 90 days, or of the records. */
  readonly quarterMs: number;
  /** Critical and significant characteristics (특별특성). */
  readonly special: readonly CharacteristicPlan[];
  readonly streams: readonly StreamNow[];
  readonly planned: readonly Interval[];
  readonly outages: Outages;
  readonly month: readonly SeriesTally[];
  readonly day: readonly SeriesTally[];
  /** Signal alarms of all times at hand, oldest first. */
  readonly alarms: readonly AlarmRow[];
  readonly commands: readonly EventRow[];
}

/** Gives the evidence of one group of keys. */
export type EvidenceProvider = (records: Records) => Evidence;

const DAY_MS = 86_400_000;
const MAX_ROWS = 100_000;

/** Reads everything that the providers look at. */
export async function readRecords(source: EvidenceSource): Promise<Records> {
  const { nowMs, plan, observedFromMs } = source;
  const monthMs = Math.max(observedFromMs, nowMs - 30 * DAY_MS);
  const quarterMs = Math.max(observedFromMs, nowMs - 90 * DAY_MS);
  const dayMs = Math.max(observedFromMs, nowMs - DAY_MS);
  const [month, day, alarms, gaps, links, commands] = await Promise.all([
    source.tallies(monthMs, nowMs),
    source.tallies(dayMs, nowMs),
    source.alarms({ fromMs: nowMs - 360 * DAY_MS, toMs: nowMs, limit: MAX_ROWS }),
    source.events({ kind: 'gap', limit: MAX_ROWS }),
    // A link that came back without a loss ends an open gap.
    source.events({ kind: 'link', limit: MAX_ROWS }),
    source.events({ kind: 'command', fromMs: quarterMs, limit: MAX_ROWS }),
  ]);
  return {
    source,
    nowMs,
    monthMs,
    quarterMs,
    special: plan.characteristics.filter((c) => c.class !== 'standard'),
    streams: source.streams(),
    planned: plannedIntervals(plan.shifts, plan.plant.timezone, monthMs, nowMs),
    outages: outagesOf([...gaps, ...links], monthMs, nowMs),
    month,
    day,
    alarms: alarms.filter((a) => a.kind === 'signal').sort((a, b) => a.raisedMs - b.raisedMs || a.seq - b.seq),
    commands,
  };
}

/** A count over a period. */
export function counted(value: number | null, fromMs: number, toMs: number, source: string): EvidenceItem {
  return { value, n: value ?? 0, fromMs, toMs, source };
}

/** Tags that a characteristic reads, as `adapter/tag`. */
export function tagsOf(plan: CharacteristicPlan): string[] {
  if ('count' in plan.from) return [plan.from.count, plan.from.inspected];
  return 'all' in plan.from ? [...plan.from.all] : [plan.from.tag];
}
