// Judges the stored values of a stream once more, in an engine of its own: with the plan in force, or with another.
import { CHARTS } from '../spc/charts/registry.ts';
import { createEngine } from '../spc/engine.ts';
import type { LanePoint, LimitsInForce, StreamSpec } from '../spc/stream.ts';
import { type ClosedSubgroup, createSubgroups } from '../spc/subgroup.ts';
import { limitsByVersion, type Signal, sentenceOf } from './recorded.ts';
import type { RecordedSubgroup, ReplaySource, StoredRow } from './source.ts';

/** How a stream is judged again. */
export interface Judgement {
  readonly spec: StreamSpec;
  /**
   * `recorded`: every version takes effect where it did; `later`: limits start as the plan says under another chart, and versions that
   * people have put in force follow; `own`: those of `spec`, whatever was in force.
   */
  readonly limits: 'recorded' | 'later' | 'own';
  /** Points left out altogether, by id. */
  readonly leftOut: ReadonlySet<string>;
}

/** One subgroup that came out. */
export interface ReplayedPoint {
  readonly timeMs: number;
  readonly isJudged: boolean;
  /** A rule holds in some lane. */
  readonly isSignal: boolean;
}

export interface Run {
  readonly points: readonly ReplayedPoint[];
  readonly signals: readonly Signal[];
  readonly limits: LimitsInForce;
  /** Source time at which the baseline was complete; null when limits were not learnt. */
  readonly learntMs: number | null;
  readonly leftOut: number;
}

/** Called for every subgroup judged; `lanes` are valid during the call. */
export type Watch = (lanes: readonly LanePoint[], recorded: RecordedSubgroup | undefined) => void;

/**
 * Runs values through a chart.
 *
 * @param rows in production order, see productionOrder
 * @param nowMs until when time has gone on: an open subgroup whose time is over closes
 * @throws PumjilError CONFIG_INVALID for a chart that cannot take these subgroups or limits, RULE_INVALID
 */
export function run(
  source: ReplaySource,
  rows: readonly StoredRow[],
  judgement: Judgement,
  nowMs: number,
  watch?: Watch,
): Run {
  const { characteristic, recorded } = source;
  const { spec } = judgement;
  const { sample, subgroup } = characteristic;
  const engine = createEngine();
  const subgroups = createSubgroups();
  let ix = engine.open(spec);
  const kind = 'tag' in characteristic.from ? ('variables' as const) : ('attributes' as const);
  const open = subgroups.open({ ...subgroup, kind });
  const by = typeof spec.chart.by === 'string' ? spec.chart.by : undefined;
  const versions = limitsByVersion(source);
  const points: ReplayedPoint[] = [];
  const signals: Signal[] = [];
  let learntMs: number | null = null;
  let leftOut = 0;
  let at = 0;
  let version = 0;
  let isBegun = false;

  /** What happened to the line between the subgroup recorded before and this one. */
  function pass({ lanes }: RecordedSubgroup): void {
    const first = lanes[0];
    if (first === undefined) return;
    const isReset = first.limitsVersion === 0 && version > 0;
    const isNew = first.limitsVersion > 0 && first.limitsVersion !== version;
    if (isReset && judgement.limits === 'recorded') ix = engine.open(spec);
    else if (isNew) putVersion(first.limitsVersion, first.breakBefore && isBegun);
    else if (first.breakBefore && isBegun) engine.gap(ix);
    version = first.limitsVersion;
  }

  function putVersion(next: number, breaksLine: boolean): void {
    if (judgement.limits === 'own') return;
    const limits = versions.get(next) ?? typed(next);
    const isFirst = version === 0;
    if (limits === undefined || (judgement.limits === 'later' && (isFirst || !isMeasured(spec)))) {
      if (breaksLine) engine.gap(ix);
      return;
    }
    if (!isFirst) engine.setLimits(ix, limits.centre, limits.sigma);
    else if (breaksLine) engine.gap(ix);
    if (judgement.limits === 'recorded') engine.adopt(ix, limits);
  }

  function typed(next: number): LimitsInForce | undefined {
    const { limits } = spec;
    return 'sigma' in limits ? { version: next, ...limits, subgroups: 0 } : undefined;
  }

  function judge(closed: ClosedSubgroup, key: string | undefined): void {
    if (closed.discarded) return;
    let there: RecordedSubgroup | undefined;
    for (let next = recorded[at]; next !== undefined && next.timeMs <= closed.timeMs; next = recorded[at]) {
      at += 1;
      pass(next);
      if (next.timeMs !== closed.timeMs) continue;
      there = next;
      break;
    }
    // Behind the newest recorded point: what the plant itself has not judged yet.
    if (there === undefined && recorded.length > 0 && at >= recorded.length) return;
    isBegun = true;
    if (there?.lanes.some((lane) => judgement.leftOut.has(lane.id)) === true) {
      leftOut += 1;
      return;
    }
    const given = by === undefined ? closed : { ...closed, key: engine.keys(ix).indexOf(key ?? '') };
    const { lanes, froze } = engine.step(ix, given);
    if (froze) learntMs = closed.timeMs;
    let isSignal = false;
    let isJudged = false;
    for (const lane of lanes) {
      if (lane.holds !== 0) isSignal = true;
      if (lane.status === 'judged') isJudged = true;
      for (let bit = 0; lane.rises >>> bit !== 0; bit++)
        if (((lane.rises >>> bit) & 1) === 1) signals.push(signalOf(lane, bit, closed.timeMs));
    }
    points.push({ timeMs: closed.timeMs, isJudged, isSignal });
    watch?.(lanes, there);
  }

  function signalOf(lane: LanePoint, bit: number, timeMs: number): Signal {
    const rule = lane.ruleIds[bit] ?? '';
    const { statistic, value, z } = lane;
    return { timeMs, lane: lane.lane, statistic, rule, sentence: sentenceOf(spec.rules, rule), value, z };
  }

  let seen = 0;
  let openKey: string | undefined;
  for (const [i, { value, size, timeMs, context }] of rows.entries()) {
    const isTaken = seen % sample.of < sample.take;
    seen = (seen + 1) % sample.of;
    if (isTaken) {
      const keys = subgroup.close_on.map((key) => context[key] ?? '');
      const own = by === undefined ? undefined : context[by];
      for (const closed of subgroups.add(open, value, size, timeMs, keys))
        judge(closed, closed.closedBy === 'size' ? own : openKey);
      openKey = own;
    }
    // Time that goes on closes subgroups, too, and the values do not tell when it did: the records do.
    const isEnd = recorded[at]?.timeMs === timeMs && (rows[i + 1]?.timeMs ?? Number.POSITIVE_INFINITY) > timeMs;
    if (isEnd) for (const closed of subgroups.flush(open)) judge(closed, openKey);
  }
  for (const closed of subgroups.tick(open, nowMs)) judge(closed, openKey);
  return { points, signals, limits: engine.limits(ix), learntMs, leftOut };
}

function isMeasured(spec: StreamSpec): boolean {
  return CHARTS[spec.chart.use]?.kind !== 'attributes';
}
