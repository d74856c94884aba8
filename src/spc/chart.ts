// What a streaming chart is: settings, lanes, and a kernel that turns one subgroup into one point a lane.
import type { ZodType } from 'zod';

/**
 * Members as columns. For attribute charts x is a count and `size` the number inspected. For multivariate charts x holds the vectors row
 * by row, and places count single numbers.
 */
export interface Columns {
  readonly x: Float64Array;
  readonly size: Float64Array;
  /** Source time of the subgroup's last member, ms; absent = unknown. */
  readonly timeMs?: number;
  /** Index into the kernel's `keys` of what the subgroup belongs to; -1 or absent = none of them. */
  readonly key?: number;
  /** True for the first subgroup after a changed `close_on` key, such as a new tool. */
  readonly changed?: boolean;
}

/** Points as columns; the lanes of one subgroup are neighbours. NaN = no value or no limit. */
export interface Points {
  readonly statistic: Float64Array;
  readonly centre: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** Sigma of the statistic itself. */
  readonly sigma: Float64Array;
  /** (statistic − centre) / its own sigma before any truncation; ±Infinity where sigma is 0 and the statistic is off the centre. */
  readonly z: Float64Array;
  /** Members that counted, or units inspected. */
  readonly n: Float64Array;
}

/** State slots that every kernel keeps at the same place. */
export const CENTRE = 0;
export const SIGMA = 1;
/** First slot that is the chart's own. */
export const OWN = 2;

/** Why a full baseline gives no limits. */
export interface Refusal {
  /** `too_few` members to tell a spread, a variable that is `constant`, or one that follows from those before it (`singular`). */
  readonly why: 'too_few' | 'constant' | 'singular';
  /** Index of the variable; absent where there are too few. */
  readonly variable?: number;
}

/** What one variable has to do with a multivariate point. */
export interface Part {
  /** What it adds to the statistic, as the chart's README says. */
  readonly part: number;
  /** Its own departure in units of its own sigma, with its sign. */
  readonly z: number;
}

/**
 * One chart with its settings fixed. State belongs to the caller: `width` numbers from `at`, of which slot CENTRE and slot SIGMA are
 * the limits in force in terms of the individual values, NaN while the baseline is learnt. No method allocates or throws.
 */
export interface ChartKernel {
  readonly width: number;
  /** Scale on which the values are judged; with `ln`, centre is the median in the unit of the values and sigma that of ln(value). */
  readonly transform: 'none' | 'ln';
  /** Slots from OWN on that belong to the limits in force beside centre and sigma, such as the slope of a trend; 0 where absent. */
  readonly parameters?: number;
  /** Names of what this chart pools, such as part numbers: `Columns.key` is an index into them. */
  readonly keys?: readonly string[];
  /** As if no subgroup had ever come; no limits. */
  reset(state: Float64Array, at: number): void;
  /** Forgets what ties the next subgroup to the one before: after a `gap`, or under new `limits`. Limits and baseline stay. */
  restart(state: Float64Array, at: number, why: 'gap' | 'limits'): void;
  /**
   * Turns the members [from, to) of one subgroup into rows `row … row + lanes − 1` of `out`. While there are no limits the subgroup
   * also goes into the baseline. A subgroup without a value leaves the state as it is and gives NaN. A statistic that is NaN beside
   * n > 0 says: the value was taken, but there is nothing to plot yet.
   */
  step(state: Float64Array, at: number, columns: Columns, from: number, to: number, out: Points, row: number): void;
  /** Makes limits from the baseline; false when it holds too little to tell sigma (the baseline then goes on). */
  freeze(state: Float64Array, at: number): boolean;
  /** Why `freeze` gave no limits, from the same baseline; asked only then, so it may allocate. */
  refusal?(state: Float64Array, at: number): Refusal;
  /** Figures that tell more of the newest point than its row; asked only when a signal rises, so it may allocate. */
  explain?(state: Float64Array, at: number): Readonly<Record<string, number>>;
  /** Multivariate: what each variable, in order, has to do with the newest point of a lane; asked only when a signal rises. */
  contributions?(state: Float64Array, at: number, lane: number): readonly Part[];
}

/** A chart: the default export of `src/spc/charts/<name>/index.ts`. */
export interface Chart<S = unknown> {
  /** Settings below `chart` without `use`. */
  readonly settings: ZodType<S>;
  /** Names of the plotted statistics; the first is the location, on which run rules act. */
  readonly lanes: readonly string[];
  /**
   * What the members are: measured values, or counts with their number inspected. `either` takes both; where it must know which, its
   * setting `input` says so, and the configuration fills in `counts` where `from` names counts.
   */
  readonly kind: 'variables' | 'attributes' | 'either';
  /** False: the first lane, too, takes only rule 1 (its points are not independent, so run rules would cry wolf). */
  readonly runRules: boolean;
  /** Settings that a person must write, because without them there is nothing to chart; `{}` compiles all the same. */
  readonly needs?: readonly string[];
  /** Where the formulas are published. */
  readonly reference: string;
  /** True where each member is a vector of several variables. */
  readonly isMultivariate?: boolean;
  /** Smallest subgroup that tells a spread; 1 where not given. */
  readonly minSize?: number;
  /** Largest subgroup the chart can take, where there is a limit. */
  readonly maxSize?: number;
  /**
   * The sigma of one inspected unit (or of one value) that a typed centre brings with it, by the chart's distribution; NaN for a centre
   * that cannot be. `settings` are those of the chart; absent means their defaults.
   */
  readonly unitSigma?: (centre: number, settings?: Readonly<Record<string, unknown>>) => number;
  /** @param variables of one vector, for multivariate charts; 2 where not given */
  compile(settings: S, variables?: number): ChartKernel;
}

/** Keeps the settings type of a chart while exporting it. */
export function defineChart<S>(chart: Chart<S>): Chart<S> {
  return chart;
}

/** Empty columns for `rows` points. */
export function points(rows: number): Points {
  return {
    statistic: new Float64Array(rows),
    centre: new Float64Array(rows),
    lower: new Float64Array(rows),
    upper: new Float64Array(rows),
    sigma: new Float64Array(rows),
    z: new Float64Array(rows),
    n: new Float64Array(rows),
  };
}
