// What the engine is told about one stream, and what it answers. Pure data; the engine itself is engine.ts.
import type { CharacteristicClass, LimitsPlan, RulePlan, Specification } from '../config/plan.ts';

/** Everything that fixes how one stream is judged. */
export interface StreamSpec {
  readonly chart: { readonly use: string } & Readonly<Record<string, unknown>>;
  readonly rules: readonly RulePlan[];
  readonly limits: LimitsPlan;
  readonly spec: Specification;
  /** Nominal subgroup size. */
  readonly size: number;
  /** Names of the variables of one vector, in order, where the chart is multivariate; other names are other limits. */
  readonly variables?: readonly string[] | undefined;
  /** Class of the characteristic: it sets the target of capability; standard where absent. */
  readonly class?: CharacteristicClass | undefined;
  /** Target of capability that a customer asks for, in place of that of the class. */
  readonly capabilityTarget?: number | undefined;
  /** What a study says of the gauge; absent where nobody asks. */
  readonly gauge?: 'fit' | 'unfit' | 'unknown' | undefined;
}

/**
 * Members of one closed subgroup; a bad member is NaN and counts as missing. For attribute charts one row: x = count, size = inspected. For
 * multivariate charts x holds the vectors row by row, and `length` counts single numbers; a vector with a NaN counts as missing.
 */
export interface SubgroupData {
  readonly x: Float64Array;
  readonly size: Float64Array;
  readonly length: number;
  /** Source time of the last member, ms. */
  readonly timeMs: number;
  /** For charts that pool parts: index into `Engine.keys`, -1 = a part the chart does not know. */
  readonly key?: number;
  /** True for the first subgroup after a `close_on` key has changed. */
  readonly changed?: boolean;
}

/** One lane's answer to one subgroup. NaN = no value; `lower` NaN or -Infinity is never used for "none": a missing limit is NaN. */
export interface LanePoint {
  lane: number;
  statistic: string;
  value: number;
  centre: number;
  lower: number;
  upper: number;
  z: number;
  n: number;
  /** Bit r set: rule r of this lane's list holds at this point. */
  holds: number;
  /** Bit r set: rule r did not hold at the point before: an event is raised. */
  rises: number;
  /** Bit r set: rule r holds downwards, that is below the centre line or falling; for words such as "LCL". */
  downward?: number;
  /** Ids of the lane's rules by bit. */
  ruleIds: readonly string[];
  limitsVersion: number;
  status: 'judged' | 'baseline' | 'no_value';
  breakBefore: boolean;
}

/** Limits in force, in the unit of the individual values. */
export interface LimitsInForce {
  /** 0 = none yet (baseline running). */
  readonly version: number;
  readonly centre: number;
  readonly sigma: number;
  /** Subgroups of the baseline, or 0 when typed. */
  readonly subgroups: number;
  /** What the chart has learnt beside centre and sigma, such as a slope; absent where there is nothing. */
  readonly parameters?: readonly number[];
}

/** What one variable has to do with a multivariate point. */
export interface Contribution {
  readonly variable: string;
  /** What it adds to the statistic, as the chart's README says. */
  readonly part: number;
  /** Its own departure in units of its own sigma, with its sign. */
  readonly z: number;
}

/** Why a full baseline gives no limits: the learning goes on. */
export interface Refused {
  readonly why: 'too_few' | 'constant' | 'singular';
  /** The variable that stays the same, or follows from those before it. */
  readonly variable?: string;
}

/** Running capability of one stream since its limits were set. */
export interface Capability {
  readonly n: number;
  readonly mean: number;
  readonly sigmaWithin: number;
  readonly sigmaOverall: number;
  readonly cp: number;
  /** 95 % interval of Cp. */
  readonly cpLower?: number;
  readonly cpUpper?: number;
  readonly cpk: number;
  /** 95 % interval of Cpk. */
  readonly cpkLower: number;
  readonly cpkUpper: number;
  readonly pp: number;
  readonly ppLower?: number;
  readonly ppUpper?: number;
  readonly ppk: number;
  readonly ppkLower: number;
  readonly ppkUpper: number;
  /** Degrees of freedom behind the sigma within. */
  readonly withinFreedom?: number;
  /** Parts per million out of specification by the normal (log-normal) distribution, with the sigma within and the overall one. */
  readonly expectedPpmWithin?: number;
  readonly expectedPpmOverall?: number;
  /** Parts per million out of specification as counted; NaN without specification. */
  readonly observedPpm?: number;
  /** Percentiles as seen, with the largest error of the outer ones as a share of all values. */
  readonly percentiles?: {
    readonly p0135: number;
    readonly p50: number;
    readonly p99865: number;
    readonly rankError: number;
  };
  /** What the lower end of the interval of Ppk must reach. */
  readonly target?: number;
  /** `unproven`: the interval holds the target; `not_entitled`: see `withheld`. */
  readonly verdict?: 'capable' | 'not_capable' | 'unproven' | 'not_entitled';
  /** Why the figure may not be quoted, or null. */
  readonly withheld: 'too_few' | 'unstable' | 'no_spec' | 'no_limits' | 'gauge_unfit' | 'gauge_unknown' | null;
}

/** The streaming engine: O(1) a subgroup, no clock, no randomness, no I/O. */
export interface Engine {
  /** Adds a stream, returns its index (0, 1, 2 …). Throws PumjilError RULE_INVALID / CONFIG_INVALID. */
  open(spec: StreamSpec): number;
  /** New plan for a known stream: same chart and settings keep learnt limits; run histories restart, the line breaks. Where only specification or class differ, the line goes on. */
  reconfigure(ix: number, spec: StreamSpec): void;
  /**
   * Judges one closed subgroup. The answer is valid until the next call. `froze` is true when this subgroup completed the baseline (version 1
   * now in force, for the next subgroup on); `refused` tells, each time as many subgroups as the baseline wants have come, why it gave none.
   */
  step(
    ix: number,
    subgroup: SubgroupData,
  ): { readonly lanes: readonly LanePoint[]; readonly froze: boolean; readonly refused?: Refused | undefined };
  /** Typed or approved limits: next version; run histories restart, the line breaks. */
  setLimits(ix: number, centre: number, sigma: number): void;
  /** A gap: run histories restart, the line breaks; limits stay. */
  gap(ix: number): void;
  /** One individual value (sampled or not) for capability. */
  observe(ix: number, value: number): void;
  /** Limits that were in force before, version and origin included, put back without a restart and without a break; nothing when they are in force. */
  adopt(ix: number, limits: LimitsInForce): void;
  /** A copy of one stream's whole state, for `load` under the same spec. */
  save(ix: number): Float64Array;
  load(ix: number, state: Float64Array): void;
  limits(ix: number): LimitsInForce;
  /** Names that `SubgroupData.key` points into; none where the stream's chart does not pool parts. */
  keys(ix: number): readonly string[];
  /** What the chart tells of the newest point beside its row, for the event of a signal; undefined where it has nothing to tell. */
  explain(ix: number): Readonly<Record<string, number>> | undefined;
  /** What each variable has to do with the newest point of a lane; undefined where the chart is not multivariate. */
  contributions(ix: number, lane: number): readonly Contribution[] | undefined;
  capability(ix: number): Capability;
  /** Complete state; `restore` of it continues bit for bit. */
  snapshot(): Uint8Array;
  restore(bytes: Uint8Array): void;
}
