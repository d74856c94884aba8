// What a streaming chart is: settings, lanes, and a kernel that turns one subgroup into one point a lane.
import type { ZodType } from 'zod';

/** Members as columns. For attribute charts x is a count and `size` the number inspected. */
export interface Columns {
  readonly x: Float64Array;
  readonly size: Float64Array;
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

/**
 * One chart with its settings fixed. State belongs to the caller: `width` numbers from `at`, of which slot CENTRE and slot SIGMA are
 * the limits in force in terms of the individual values, NaN while the baseline is learnt. No method allocates or throws.
 */
export interface ChartKernel {
  readonly width: number;
  /** Scale on which the values are judged; with `ln`, centre is the median in the unit of the values and sigma that of ln(value). */
  readonly transform: 'none' | 'ln';
  /** As if no subgroup had ever come; no limits. */
  reset(state: Float64Array, at: number): void;
  /** Forgets what ties the next subgroup to the one before: after a `gap`, or under new `limits`. Limits and baseline stay. */
  restart(state: Float64Array, at: number, why: 'gap' | 'limits'): void;
  /**
   * Turns the members [from, to) of one subgroup into rows `row … row + lanes − 1` of `out`. While there are no limits the subgroup
   * also goes into the baseline. A subgroup without a value leaves the state as it is and gives NaN.
   */
  step(state: Float64Array, at: number, columns: Columns, from: number, to: number, out: Points, row: number): void;
  /** Makes limits from the baseline; false when it holds too little to tell sigma (the baseline then goes on). */
  freeze(state: Float64Array, at: number): boolean;
}

/** A chart: the default export of `src/spc/charts/<name>/index.ts`. */
export interface Chart<S = unknown> {
  /** Settings below `chart` without `use`. */
  readonly settings: ZodType<S>;
  /** Names of the plotted statistics; the first is the location, on which run rules act. */
  readonly lanes: readonly string[];
  /** What the members are: measured values, or counts with their number inspected. */
  readonly kind: 'variables' | 'attributes';
  /** False: the first lane, too, takes only rule 1 (its points are not independent, so run rules would cry wolf). */
  readonly runRules: boolean;
  /** Where the formulas are published. */
  readonly reference: string;
  /** Smallest subgroup that tells a spread; 1 where not given. */
  readonly minSize?: number;
  /** Largest subgroup the chart can take, where there is a limit. */
  readonly maxSize?: number;
  /**
   * Attributes: the sigma of one inspected unit that a typed centre brings with it, by the chart's distribution; NaN for a centre that
   * cannot be.
   */
  readonly unitSigma?: (centre: number) => number;
  compile(settings: S): ChartKernel;
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
