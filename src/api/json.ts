// Rows of the plant as JSON of the contract: NaN becomes null, series numbers become stream ids.
import type { CharacteristicPlan, Specification } from '../config/plan.ts';
import type { AlarmRow, EventRow, MeasurementRow, PointRow } from '../history/history.ts';
import { describeRule, parseRule } from '../spc/rule.ts';
import type { ApiContext } from './context.ts';
import type {
  AdapterJson,
  AlarmJson,
  CapabilityJson,
  CharacteristicJson,
  EventJson,
  LimitsJson,
  LiveJson,
  MeasurementJson,
  PointJson,
  RuleJson,
  SpecificationJson,
  StreamJson,
} from './contract.ts';
import type { AdapterHealth, LiveMessage, Plant, StreamNow } from './plant.ts';

/** A stream with a value every second is not late because one batch is: nobody walks to a machine for less. */
const SHORTEST_STALE_MS = 20_000;

/**
 * A finite number, or null.
 *
 * @example
 * figure(Number.NaN); // => null
 */
export function figure(x: number | null | undefined): number | null {
  return x === undefined || x === null || !Number.isFinite(x) ? null : x;
}

export function pointJson(point: PointRow): PointJson {
  return {
    id: point.id,
    seq: point.seq,
    lane: point.lane,
    statistic: point.statistic,
    timeMs: point.timeMs,
    value: figure(point.value),
    centre: figure(point.centre),
    lower: figure(point.lower),
    upper: figure(point.upper),
    z: figure(point.z),
    n: point.n,
    rules: [...point.rules],
    limitsVersion: point.limitsVersion,
    status: point.status,
    breakBefore: point.breakBefore,
    context: { ...point.context },
  };
}

export function measurementJson(row: MeasurementRow): MeasurementJson {
  return {
    id: row.id,
    timeMs: Number(row.timeNs / 1_000_000n),
    timeNs: row.timeNs.toString(),
    value: figure(row.value),
    size: figure(row.size),
    quality: row.quality,
    reason: row.reason ?? null,
    text: row.text ?? null,
    context: { ...row.context },
  };
}

export function specificationJson(spec: Specification): SpecificationJson {
  return { lower: figure(spec.lower), target: figure(spec.target), upper: figure(spec.upper) };
}

/** Specification of a characteristic for one part number. */
export function specificationFor(plan: CharacteristicPlan, part: string): Specification {
  return plan.by_part[part]?.spec ?? plan.spec;
}

export function kindOf(plan: CharacteristicPlan): 'variable' | 'attribute' {
  return 'count' in plan.from ? 'attribute' : 'variable';
}

export function rulesJson(plan: CharacteristicPlan): RuleJson[] {
  return plan.rules.map(({ id, sentence }) => {
    const rule = parseRule(sentence);
    return { id, sentence, words: { ko: describeRule(rule, 'ko'), en: describeRule(rule, 'en') } };
  });
}

export function characteristicJson(plan: CharacteristicPlan, streams: readonly StreamNow[]): CharacteristicJson {
  return {
    id: plan.id,
    name: { ...plan.name },
    unit: plan.unit,
    class: plan.class,
    line: plan.line,
    station: plan.station,
    kind: kindOf(plan),
    spec: specificationJson(plan.spec),
    chart: plan.chart.use,
    subgroup: {
      size: plan.subgroup.size,
      everyS: figure(plan.subgroup.every_s),
      closeOn: [...plan.subgroup.close_on],
    },
    sample: { ...plan.sample },
    rules: rulesJson(plan),
    gauge: plan.gauge ?? null,
    streams: streams.filter((s) => s.characteristic === plan.id).map((s) => s.id),
  };
}

export function limitsJson(limits: StreamNow['limits']): LimitsJson {
  const { version, subgroups } = limits;
  return { version, centre: figure(limits.centre), sigma: figure(limits.sigma), subgroups };
}

export function capabilityJson(c: StreamNow['capability']): CapabilityJson {
  return {
    n: c.n,
    mean: figure(c.mean),
    sigmaWithin: figure(c.sigmaWithin),
    sigmaOverall: figure(c.sigmaOverall),
    cp: figure(c.cp),
    cpk: figure(c.cpk),
    cpkLower: figure(c.cpkLower),
    cpkUpper: figure(c.cpkUpper),
    pp: figure(c.pp),
    ppk: figure(c.ppk),
    ppkLower: figure(c.ppkLower),
    ppkUpper: figure(c.ppkUpper),
    expectedPpmWithin: figure(c.expectedPpmWithin),
    expectedPpmOverall: figure(c.expectedPpmOverall),
    observedPpm: figure(c.observedPpm),
    percentiles: {
      p0135: figure(c.percentiles?.p0135),
      p50: figure(c.percentiles?.p50),
      p99865: figure(c.percentiles?.p99865),
      rankError: figure(c.percentiles?.rankError),
    },
    target: figure(c.target),
    verdict: c.verdict ?? 'not_entitled',
    withheld: c.withheld,
  };
}

/** A stream with what the overview needs of its characteristic; undefined when the characteristic left the plan. */
export function streamJson(stream: StreamNow, plan: CharacteristicPlan): StreamJson {
  return {
    id: stream.id,
    characteristic: stream.characteristic,
    part: stream.part,
    split: stream.split,
    name: { ...plan.name },
    unit: plan.unit,
    class: plan.class,
    line: plan.line,
    station: plan.station,
    kind: kindOf(plan),
    chart: plan.chart.use,
    spec: specificationJson(specificationFor(plan, stream.part)),
    limits: limitsJson(stream.limits),
    capability: capabilityJson(stream.capability),
    lastValue: figure(stream.lastValue),
    lastQuality: stream.lastQuality,
    lastTimeMs: stream.lastTimeMs,
    lastPoints: stream.lastPoints.map(pointJson),
    baseline: stream.baseline === null ? null : { ...stream.baseline },
    openAlarms: [...stream.openAlarms],
    expectedMs: figure(stream.expectedMs),
    staleAfterMs: stream.expectedMs === null ? null : figure(Math.max(SHORTEST_STALE_MS, 2 * stream.expectedMs)),
  };
}

/** What of the server the rows need to be told in full. */
export type Around = Pick<ApiContext, 'plant' | 'rarity'>;

/** How often the signal of an alarm comes by chance; NaN where that is not known. */
export function falsePerPoint(alarm: AlarmRow, { plant, rarity }: Around): number {
  const stream = alarm.series < 0 ? undefined : plant.stream(plant.seriesId(alarm.series));
  const plan = plant.plan.characteristics.find(({ id }) => id === stream?.characteristic);
  return rarity.of(alarm, plan);
}

export function alarmJson(alarm: AlarmRow, around: Around): AlarmJson {
  const { series, ...rest } = alarm;
  return {
    ...rest,
    stream: series < 0 ? null : around.plant.seriesId(series),
    falsePerPoint: figure(falsePerPoint(alarm, around)),
    rules: [...rest.rules],
    text: { ...rest.text },
  };
}

export function eventJson(event: EventRow, plant: Plant): EventJson {
  const { id, seq, kind, timeMs, adapter, text } = event;
  const stream = event.series < 0 ? null : plant.seriesId(event.series);
  return { id, seq, kind, timeMs, stream, adapter, text: { ...text }, data: plainData(event.data) };
}

/** JSON has no NaN and no bigint: null and digits take their place, at any depth. */
function plainData(data: EventRow['data']): Record<string, unknown> {
  return JSON.parse(
    JSON.stringify(data, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)),
  );
}

export function liveJson(message: LiveMessage, around: Around): LiveJson {
  const { seq } = message;
  switch (message.type) {
    case 'point':
      return { type: 'point', seq, stream: message.stream, point: pointJson(message.point) };
    case 'event':
      return { type: 'event', seq, event: eventJson(message.event, around.plant) };
    case 'alarm':
      return { type: 'alarm', seq, alarm: alarmJson(message.alarm, around) };
  }
}

export function adapterJson(adapter: AdapterHealth): AdapterJson {
  const { stored: _stored, quarantined: _quarantined, lost: _lost, ...shown } = adapter;
  return { ...shown, lastError: adapter.lastError === null ? null : { ...adapter.lastError } };
}
