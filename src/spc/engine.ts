// The streaming engine: many streams over one buffer, one subgroup at a time. No clock, no randomness, no I/O.
import { PumjilError } from '../errors.ts';
import { isUnstable, STABLE_POINTS } from './capability.ts';
import { CENTRE, OWN, points, SIGMA } from './chart.ts';
import { checkLimits, checkSpec, compileJudge, type Judge, judgement, layoutOfCharts } from './judge.ts';
import { emptyLane } from './lane.ts';
import { createSketcher } from './quantile-sketch.ts';
import {
  CAPABILITY_WIDTH,
  capabilityOf,
  freedomWithin,
  observeCapability,
  resetCapability,
  resetOutOfSpec,
  TARGETS,
} from './running-capability.ts';
import { openSnapshot, packSnapshot, unknown } from './snapshot.ts';
import type { Capability, Engine, LanePoint, LimitsInForce, Refused, StreamSpec } from './stream.ts';

/** Slots of one stream, 8 bytes each: these, then the registers of its rules, then the state of its chart. */
const VERSION = 0;
/** Subgroups with a value so far in the running baseline. */
const LEARNT = 1;
/** Subgroups behind the limits in force; 0 = typed. */
const BASELINE = 2;
/** Statistic of the last judged point of lane 0; NaN after a restart. */
const PREVIOUS = 3;
/** Two 32-bit words: flags; one bit for each of the latest judged points, set where a rule held. */
const WORDS = 4;
const CAPABILITY = 5;
const HEADER = CAPABILITY + CAPABILITY_WIDTH;

/** Flags: bit 0 = the line breaks before the next point; bit 1 + lane = that lane is beyond its limits. */
const BREAK = 1;
const LANE_BEYOND = 2;

const MOST_LANES = 8;
const RECENT = (1 << STABLE_POINTS) - 1;

const LAYOUT = `engine 2: version learnt baseline previous words capability(${CAPABILITY_WIDTH}) rules chart; ${layoutOfCharts()}`;

interface Stream {
  readonly spec: StreamSpec;
  readonly judge: Judge;
  /** First slot. */
  readonly at: number;
  /** Slots it has, at least those its judge needs: a plan that needs less may be followed by one that needs more. */
  readonly room: number;
  /** First slot of the chart's state. */
  readonly chartAt: number;
}

/**
 * A new engine without streams.
 *
 * @example
 * const engine = createEngine();
 * const ix = engine.open({ chart: { use: 'i-mr' }, rules: [], limits: { centre: 5, sigma: 0.1 }, spec: {}, size: 1 });
 * engine.step(ix, { x: Float64Array.of(5.2), size: Float64Array.of(1), length: 1, timeMs: 0 }).lanes[0]?.z.toFixed(1); // => '2.0'
 */
export function createEngine(): Engine {
  let streams: Stream[] = [];
  let numbers = new Float64Array(1024);
  let words = new Int32Array(numbers.buffer);
  let memory = { numbers, floats: new Float32Array(numbers.buffer) };
  const sketcher = createSketcher();
  let used = 0;
  let description: Uint8Array | undefined;
  const judges = new Map<string, Judge>();
  const out = points(MOST_LANES);
  const lanes = Array.from({ length: MOST_LANES }, (_, n) => Array.from({ length: n }, (_, lane) => emptyLane(lane)));
  const answer: { lanes: readonly LanePoint[]; froze: boolean; refused: Refused | undefined } = {
    lanes: [],
    froze: false,
    refused: undefined,
  };

  function streamOf(ix: number): Stream {
    const stream = streams[ix];
    if (stream === undefined)
      throw new PumjilError('CONFIG_INVALID', {
        message: `The engine has no stream ${ix}.`,
        hint: 'Open the stream before using it.',
      });
    return stream;
  }

  function judgeOf(spec: StreamSpec): Judge {
    const key = JSON.stringify([spec.chart, spec.rules, spec.variables?.length]);
    const judge = judges.get(key) ?? compileJudge(spec, HEADER);
    judges.set(key, judge);
    checkSpec(spec, judge);
    return judge;
  }

  /** Makes room for one more stream. */
  function reserve(slots: number): void {
    used += slots;
    if (used <= numbers.length) return;
    const grown = new Float64Array(Math.max(used, numbers.length * 2));
    grown.set(numbers);
    numbers = grown;
    words = new Int32Array(numbers.buffer);
    memory = { numbers, floats: new Float32Array(numbers.buffer) };
  }

  function reset(stream: Stream): void {
    numbers.fill(0, stream.at, stream.at + stream.judge.slots);
    numbers[stream.at + PREVIOUS] = Number.NaN;
    stream.judge.kernel.reset(numbers, stream.chartAt);
    if ('sigma' in stream.spec.limits) {
      putLimits(stream, stream.spec.limits.centre, stream.spec.limits.sigma);
      numbers[stream.at + VERSION] = 1;
    }
  }

  function putLimits(stream: Stream, centre: number, sigma: number): void {
    numbers[stream.chartAt + CENTRE] = centre;
    numbers[stream.chartAt + SIGMA] = sigma;
  }

  function restartHistories(stream: Stream): void {
    numbers[stream.at + PREVIOUS] = Number.NaN;
    stream.judge.rules.reset(words, (stream.at + HEADER) * 2);
    words[(stream.at + WORDS) * 2] = words[(stream.at + WORDS) * 2]! & BREAK;
  }

  function breakLine(stream: Stream): void {
    words[(stream.at + WORDS) * 2] = words[(stream.at + WORDS) * 2]! | BREAK;
  }

  /** What every change of limits brings with it. */
  function limitsChanged(stream: Stream, subgroups: number): void {
    numbers[stream.at + VERSION] = numbers[stream.at + VERSION]! + 1;
    numbers[stream.at + BASELINE] = subgroups;
    restartHistories(stream);
    words[(stream.at + WORDS) * 2 + 1] = 0;
    resetCapability(memory, stream.at + CAPABILITY);
  }

  function setLimits(stream: Stream, centre: number, sigma: number): void {
    checkLimits(stream.spec.chart.use, stream.judge.kernel, centre, sigma);
    putLimits(stream, centre, sigma);
    stream.judge.kernel.restart(numbers, stream.chartAt, 'limits');
    limitsChanged(stream, 0);
    breakLine(stream);
  }

  function refusalOf({ spec, judge, chartAt }: Stream): Refused | undefined {
    const refusal = judge.kernel.refusal?.(numbers, chartAt);
    if (refusal?.variable === undefined) return refusal === undefined ? undefined : { why: refusal.why };
    return { why: refusal.why, variable: spec.variables?.[refusal.variable] ?? '' };
  }

  /** Judges one point of one lane; returns whether a rule holds. */
  function signals(stream: Stream, point: LanePoint, lane: number): boolean {
    const flags = (stream.at + WORDS) * 2;
    if (lane === 0 && stream.judge.chart.runRules) {
      const at = (stream.at + HEADER) * 2;
      const before = words[at]!;
      const previous = numbers[stream.at + PREVIOUS]!;
      const change = point.value > previous ? 1 : point.value < previous ? -1 : 0;
      point.holds = stream.judge.rules.step(words, at, out.z, 0, change);
      point.rises = point.holds & ~before;
      point.downward = words[at + 1]!;
      numbers[stream.at + PREVIOUS] = point.value;
      return point.holds !== 0;
    }
    const bit = LANE_BEYOND << lane;
    const isBelow = point.value < point.lower;
    point.holds = isBelow || point.value > point.upper ? 1 : 0;
    point.downward = isBelow ? 1 : 0;
    point.rises = point.holds === 1 && (words[flags]! & bit) === 0 ? 1 : 0;
    words[flags] = point.holds === 1 ? words[flags]! | bit : words[flags]! & ~bit;
    return point.holds === 1;
  }

  return {
    open(spec) {
      const judge = judgeOf(spec);
      const stream = streamAt(spec, judge, used, judge.slots);
      reserve(judge.slots);
      streams.push(stream);
      description = undefined;
      reset(stream);
      return streams.length - 1;
    },

    reconfigure(ix, spec) {
      const old = streamOf(ix);
      const judge = judgeOf(spec);
      if (judgement(old.spec) === judgement(spec)) {
        // Specification and class say what a value is worth, not how it is judged: the line goes on.
        streams[ix] = { ...old, spec };
        description = undefined;
        if (!sameJson(old.spec.spec, spec.spec)) resetOutOfSpec(memory, old.at + CAPABILITY);
        return;
      }
      const kept = numbers.slice(old.at, old.at + old.judge.slots);
      const isRoomy = judge.slots <= old.room;
      const stream = isRoomy ? streamAt(spec, judge, old.at, old.room) : streamAt(spec, judge, used, judge.slots);
      if (!isRoomy) reserve(judge.slots);
      streams[ix] = stream;
      description = undefined;
      reset(stream);
      const isTyped = 'sigma' in spec.limits;
      // Another chart, or a wish to learn instead of typed limits: learnt anew, but a version number is never used twice.
      const isNew =
        !sameJson([old.spec.chart, old.spec.variables], [spec.chart, spec.variables]) ||
        (!isTyped && 'sigma' in old.spec.limits);
      if (isNew) {
        numbers[stream.at + VERSION] = numbers[stream.at + VERSION]! + kept[VERSION]!;
      } else {
        numbers.set(kept.subarray(0, HEADER), stream.at);
        if (!sameJson(old.spec.spec, spec.spec)) resetOutOfSpec(memory, stream.at + CAPABILITY);
        numbers.set(kept.subarray(old.judge.chartOffset, old.judge.chartOffset + judge.kernel.width), stream.chartAt);
        stream.judge.kernel.restart(numbers, stream.chartAt, 'gap');
        if ('sigma' in spec.limits && !sameJson(old.spec.limits, spec.limits))
          setLimits(stream, spec.limits.centre, spec.limits.sigma);
      }
      restartHistories(stream);
      breakLine(stream);
    },

    step(ix, subgroup) {
      const stream = streamOf(ix);
      const { at, judge } = stream;
      const { chart } = judge;
      const count = chart.lanes.length;
      stream.judge.kernel.step(numbers, stream.chartAt, subgroup, 0, subgroup.length, out, 0);
      const hasLimits = !Number.isNaN(numbers[stream.chartAt + CENTRE]!);
      const hasValue = out.n[0]! > 0 || !Number.isNaN(out.statistic[0]!);
      const flags = (at + WORDS) * 2;
      const breakBefore = (words[flags]! & BREAK) !== 0;
      const laneList = lanes[count]!;
      let isSignal = false;
      for (let lane = 0; lane < count; lane++) {
        const point = laneList[lane]!;
        const isValue = !Number.isNaN(out.statistic[lane]!);
        point.statistic = chart.lanes[lane]!;
        point.value = out.statistic[lane]!;
        point.centre = out.centre[lane]!;
        point.lower = out.lower[lane]!;
        point.upper = out.upper[lane]!;
        // Without a spread there is no z; the limits tell the same.
        point.z = Number.isFinite(out.z[lane]) ? out.z[lane]! : Number.NaN;
        point.n = out.n[lane]!;
        point.ruleIds = lane === 0 ? judge.ids : judge.limitIds;
        point.limitsVersion = hasLimits ? numbers[at + VERSION]! : 0;
        point.status = isValue && hasLimits ? 'judged' : !hasLimits && point.n > 0 ? 'baseline' : 'no_value';
        point.breakBefore = breakBefore;
        point.holds = 0;
        point.rises = 0;
        point.downward = 0;
        if (isValue && hasLimits && signals(stream, point, lane)) isSignal = true;
      }
      answer.lanes = laneList;
      answer.froze = false;
      answer.refused = undefined;
      if (!hasValue) return answer;
      words[flags] = words[flags]! & ~BREAK;
      if (hasLimits) {
        words[flags + 1] = ((words[flags + 1]! << 1) & RECENT) | (isSignal ? 1 : 0);
        return answer;
      }
      const learnt = numbers[at + LEARNT]! + 1;
      numbers[at + LEARNT] = learnt;
      const { limits } = stream.spec;
      if (!('baseline' in limits && learnt >= limits.baseline)) return answer;
      if (judge.kernel.freeze(numbers, stream.chartAt)) {
        limitsChanged(stream, learnt);
        answer.froze = true;
      } else if (learnt % limits.baseline === 0) answer.refused = refusalOf(stream);
      return answer;
    },

    setLimits(ix, centre, sigma) {
      setLimits(streamOf(ix), centre, sigma);
    },

    gap(ix) {
      const stream = streamOf(ix);
      stream.judge.kernel.restart(numbers, stream.chartAt, 'gap');
      restartHistories(stream);
      breakLine(stream);
    },

    observe(ix, value) {
      const { at, spec, judge } = streamOf(ix);
      observeCapability(memory, at + CAPABILITY, value, spec.spec, judge.kernel.transform, sketcher);
    },

    adopt(ix, limits) {
      const stream = streamOf(ix);
      const hadLimits = !Number.isNaN(numbers[stream.chartAt + CENTRE]!);
      putLimits(stream, limits.centre, limits.sigma);
      if (!hadLimits) {
        stream.judge.kernel.restart(numbers, stream.chartAt, 'limits');
        limitsChanged(stream, limits.subgroups);
      }
      const count = stream.judge.kernel.parameters ?? 0;
      for (let i = 0; i < count; i++) numbers[stream.chartAt + OWN + i] = limits.parameters?.[i] ?? Number.NaN;
      numbers[stream.at + VERSION] = limits.version;
      numbers[stream.at + BASELINE] = limits.subgroups;
    },

    save(ix) {
      const { at, judge } = streamOf(ix);
      return numbers.slice(at, at + judge.slots);
    },

    load(ix, state) {
      numbers.set(state, streamOf(ix).at);
    },

    limits(ix): LimitsInForce {
      const { at, chartAt, judge } = streamOf(ix);
      const centre = numbers[chartAt + CENTRE]!;
      if (Number.isNaN(centre)) return { version: 0, centre, sigma: Number.NaN, subgroups: 0 };
      const limits = {
        version: numbers[at + VERSION]!,
        centre,
        sigma: numbers[chartAt + SIGMA]!,
        subgroups: numbers[at + BASELINE]!,
      };
      const count = judge.kernel.parameters ?? 0;
      if (count === 0) return limits;
      return { ...limits, parameters: Array.from(numbers.subarray(chartAt + OWN, chartAt + OWN + count)) };
    },

    keys: (ix) => streamOf(ix).judge.kernel.keys ?? [],

    explain(ix) {
      const { judge, chartAt } = streamOf(ix);
      return judge.kernel.explain?.(numbers, chartAt);
    },

    contributions(ix, lane) {
      const { judge, chartAt, spec } = streamOf(ix);
      const parts = judge.kernel.contributions?.(numbers, chartAt, lane);
      return parts?.map((part, i) => ({ variable: spec.variables?.[i] ?? '', ...part }));
    },

    capability(ix): Capability {
      const { at, chartAt, spec, judge } = streamOf(ix);
      const isMeasured = judge.chart.kind === 'variables';
      const subgroups = numbers[at + BASELINE]!;
      return capabilityOf(memory, at + CAPABILITY, {
        spec: spec.spec,
        scale: judge.kernel.transform,
        isMeasured,
        sigmaWithin: isMeasured ? numbers[chartAt + SIGMA]! : Number.NaN,
        withinFreedom: subgroups > 0 ? freedomWithin(estimatorOf(spec), subgroups, spec.size) : Number.NaN,
        isUnstable: isUnstable(words[(at + WORDS) * 2 + 1]!),
        target: spec.capabilityTarget ?? TARGETS[spec.class ?? 'standard'],
        gauge: spec.gauge,
      });
    },

    snapshot() {
      description ??= new TextEncoder().encode(
        JSON.stringify(streams.map(({ spec, at, room }) => ({ spec, at, room }))),
      );
      return packSnapshot(LAYOUT, description, numbers.subarray(0, used));
    },

    restore(bytes) {
      const opened = openSnapshot(LAYOUT, bytes);
      // Written by snapshot() of the same layout.
      const saved = opened.description as { spec: StreamSpec; at: number; room: number }[];
      const restored = saved.map(({ spec, at, room }) => streamAt(spec, judgeOf(spec), at, room));
      for (const { at, judge } of restored)
        if (at + judge.slots > opened.numbers.length) throw unknown('does not hold all of its streams');
      streams = restored;
      numbers = opened.numbers.slice();
      words = new Int32Array(numbers.buffer);
      memory = { numbers, floats: new Float32Array(numbers.buffer) };
      used = numbers.length;
      description = undefined;
    },
  };
}

function streamAt(spec: StreamSpec, judge: Judge, at: number, room: number): Stream {
  return { spec, judge, at, room, chartAt: at + judge.chartOffset };
}

/** How charts learn sigma within: moving ranges of single values, ranges where their name says so, else standard deviations. */
function estimatorOf({ size, chart: { use } }: StreamSpec): 'range' | 'deviation' | 'moving_range' {
  if (size === 1) return 'moving_range';
  return use === 'xbar-r' || use === 'median-r' || use === 'three-way' ? 'range' : 'deviation';
}

function sameJson(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
