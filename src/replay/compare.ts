// Compares a replay with what stands: signals gained and lost, causes caught and missed, false alarms avoided and kept.
import type { RulePlan } from '../config/plan.ts';
import type { LanePoint, LimitsInForce, StreamSpec } from '../spc/stream.ts';
import { type AlarmVerdict, episodes, judgeAlarms } from './causes.ts';
import { productionOrder } from './production-order.ts';
import { plannedSince, type Signal, standingSignals } from './recorded.ts';
import { run } from './run.ts';
import { excludedPoints, type RecordedSubgroup, type ReplaySource } from './source.ts';
import { type Asked, asAsked, inForce } from './what-if.ts';

/** Signals listed on each side at most, the newest; the counts are of all. */
export const SHOWN_SIGNALS = 500;

/** The answer of a replay. Nothing of it is kept, and nothing changes. */
export interface Replay {
  readonly stream: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** What was judged with. */
  readonly chart: StreamSpec['chart'];
  readonly rules: readonly RulePlan[];
  readonly limits: LimitsInForce & { readonly from: 'recorded' | 'plan' | 'typed' | 'baseline' };
  /** Subgroups judged in the period, and points that people had excluded. */
  readonly points: number;
  readonly excluded: number;
  /** Signals, and how often people would be called: signals fold until they are calm. */
  readonly recorded: { readonly signals: number };
  readonly replayed: { readonly signals: number; readonly calls: number };
  readonly kept: number;
  readonly gained: { readonly count: number; readonly signals: readonly Signal[] };
  readonly lost: { readonly count: number; readonly signals: readonly Signal[] };
  readonly alarms: readonly AlarmVerdict[];
  readonly summary: {
    readonly caught: number;
    readonly missed: number;
    readonly sooner: number;
    readonly later: number;
    readonly falseAvoided: number;
    readonly falseKept: number;
    readonly unexplainedFound: number;
    readonly unexplainedMissed: number;
  };
  /** The plan in force, run over the same values: of so many recorded points, so many came out to the last bit. */
  readonly check: { readonly points: number; readonly equal: number };
  /** Older values than those read exist. */
  readonly isCut: boolean;
}

interface Period {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Runs a question over a source.
 *
 * @param period compared
 * @param nowMs time of the plant
 */
export function replay(source: ReplaySource, asked: Asked, period: Period, nowMs: number): Replay {
  const rows = productionOrder(source);
  const check = checkRun(source, rows, nowMs);
  const isLearning = asked.limits === 'own' && 'baseline' in asked.spec.limits;
  // Limits that shall be learnt anew are learnt from the first subgroups of the period.
  const own = isLearning ? rows.filter((row) => row.timeMs >= period.fromMs) : rows;
  const judgement = asked.isInForce ? inForce(source) : asAsked(asked, source);
  const result = run(source, own, judgement, nowMs);
  const isWithin = ({ timeMs }: { readonly timeMs: number }): boolean =>
    timeMs >= period.fromMs && timeMs < period.toMs;
  const standing = standingIn(source, asked.isInForce).filter(isWithin);
  const replayed = result.signals.filter(isWithin);
  const { kept, gained, lost } = difference(standing, replayed);
  const points = result.points.filter(isWithin);
  const raised = source.alarms
    .filter((alarm) => alarm.kind === 'signal' && alarm.raisedMs >= period.fromMs && alarm.raisedMs < period.toMs)
    .sort((a, b) => a.raisedMs - b.raisedMs);
  const alarms = judgeAlarms(raised, points);
  return {
    stream: source.stream,
    fromMs: points[0]?.timeMs ?? period.fromMs,
    toMs: points.at(-1)?.timeMs ?? period.fromMs,
    chart: asked.spec.chart,
    rules: asked.spec.rules,
    limits: { ...result.limits, from: originOf(asked) },
    points: points.length,
    excluded: result.leftOut,
    recorded: { signals: standing.length },
    replayed: { signals: replayed.length, calls: episodes(points).length },
    kept,
    gained: { count: gained.length, signals: gained.slice(-SHOWN_SIGNALS) },
    lost: { count: lost.length, signals: lost.slice(-SHOWN_SIGNALS) },
    alarms,
    summary: summaryOf(alarms),
    check,
    isCut: source.isCut,
  };
}

/** Recorded signals; those of points that have been excluded since do not count beside a run without these points. */
function standingIn(source: ReplaySource, withExcluded: boolean): Signal[] {
  const signals = standingSignals(source.recorded, source);
  if (withExcluded) return signals;
  const excluded = excludedPoints(source.events);
  if (excluded.size === 0) return signals;
  const times = new Set(
    source.recorded.filter(({ lanes }) => lanes.some(({ id }) => excluded.has(id))).map(({ timeMs }) => timeMs),
  );
  return signals.filter(({ timeMs }) => !times.has(timeMs));
}

/** The plan in force beside the records, from the configuration on that brought it. */
function checkRun(source: ReplaySource, rows: ReturnType<typeof productionOrder>, nowMs: number): Replay['check'] {
  const since = plannedSince(source.events, source.characteristic.id);
  const comparable = source.recorded.filter(({ lanes }) => (lanes[0]?.seq ?? 0) > since);
  let equal = 0;
  run(source, rows, inForce(source), nowMs, (lanes, there) => {
    if (there !== undefined && (there.lanes[0]?.seq ?? 0) > since && isEqual(lanes, there)) equal += 1;
  });
  return { points: comparable.length, equal };
}

function isEqual(lanes: readonly LanePoint[], there: RecordedSubgroup): boolean {
  return (
    lanes.length === there.lanes.length &&
    there.lanes.every((point, i) => {
      const lane = lanes[i];
      if (lane === undefined) return false;
      const rules = lane.ruleIds.filter((_, bit) => ((lane.holds >>> bit) & 1) === 1);
      const isSame =
        Object.is(lane.value, point.value) &&
        Object.is(lane.centre, point.centre) &&
        Object.is(lane.lower, point.lower) &&
        Object.is(lane.upper, point.upper);
      return isSame && rules.length === point.rules.length && rules.every((id, n) => id === point.rules[n]);
    })
  );
}

/** A signal is the same one when its rule, by its sentence, begins to hold at the same point of the same lane. */
function difference(standing: readonly Signal[], replayed: readonly Signal[]) {
  const keyOf = ({ timeMs, lane, sentence }: Signal): string => `${timeMs} ${lane} ${sentence}`;
  const open = new Map<string, number>();
  for (const signal of standing) open.set(keyOf(signal), (open.get(keyOf(signal)) ?? 0) + 1);
  const gained: Signal[] = [];
  let kept = 0;
  for (const signal of replayed) {
    const left = open.get(keyOf(signal)) ?? 0;
    if (left === 0) gained.push(signal);
    else {
      kept += 1;
      open.set(keyOf(signal), left - 1);
    }
  }
  const lost: Signal[] = [];
  for (const signal of standing) {
    const left = open.get(keyOf(signal)) ?? 0;
    if (left === 0) continue;
    lost.push(signal);
    open.set(keyOf(signal), left - 1);
  }
  return { kept, gained, lost };
}

function originOf(asked: Asked): Replay['limits']['from'] {
  if (asked.limits === 'recorded') return 'recorded';
  if (asked.limits === 'later') return 'plan';
  return 'baseline' in asked.spec.limits ? 'baseline' : 'typed';
}

function summaryOf(alarms: readonly AlarmVerdict[]): Replay['summary'] {
  const count = (wanted: (each: AlarmVerdict) => boolean): number => alarms.filter(wanted).length;
  return {
    caught: count((each) => each.kind === 'known_cause' && each.isFound),
    missed: count((each) => each.kind === 'known_cause' && !each.isFound),
    sooner: count((each) => each.kind === 'known_cause' && (each.soonerMs ?? 0) > 0),
    later: count((each) => each.kind === 'known_cause' && (each.soonerMs ?? 0) < 0),
    falseAvoided: count((each) => each.kind === 'false_alarm' && !each.isFound),
    falseKept: count((each) => each.kind === 'false_alarm' && each.isFound),
    unexplainedFound: count((each) => each.kind === 'unexplained' && each.isFound),
    unexplainedMissed: count((each) => each.kind === 'unexplained' && !each.isFound),
  };
}
