// A published example of a chart, kept beside it: what the contract checks and the README shows.
import type { LimitsPlan } from '../config/plan.ts';

/** What one lane must show when the limits of the example are in force. */
export interface ExampleLane {
  /** Statistic of each subgroup; null = no value. */
  readonly values: readonly (number | null)[];
  /** Limits: one number when they are the same at every point; NaN where the lane has none. */
  readonly centre: number | readonly number[];
  readonly lower: number | readonly number[];
  readonly upper: number | readonly number[];
  /** Subgroups beyond their limits, counted from 1. */
  readonly beyond: readonly number[];
}

/** A design whose in-control run length is known exactly. */
export interface ExampleDesign {
  readonly settings: Readonly<Record<string, unknown>>;
  /** `geometric` and `exponential`: single values with the mean `mean`, or `centre` where that is not given. */
  readonly distribution: 'normal' | 'binomial' | 'poisson' | 'geometric' | 'exponential';
  readonly mean?: number;
  readonly centre: number;
  readonly sigma: number;
  /** Members of a subgroup (numbers of all its vectors), or units inspected. */
  readonly size: number;
  /** Mean number of points to the first one beyond the limits of lane 0, limits known. */
  readonly arl: number;
  readonly source: string;
}

export interface ChartExample {
  /** Where the data are published and where the expected numbers come from. */
  readonly source: string;
  readonly settings: Readonly<Record<string, unknown>>;
  /** How the example gets its limits. */
  readonly limits: LimitsPlan;
  /** Limits learnt, in terms of the individual values. */
  readonly centre: number;
  readonly sigma: number;
  /** Variables of one vector, for multivariate charts. */
  readonly variables?: number;
  /** Members of each subgroup; for attributes one pair `[count, inspected]`; for multivariate charts the vectors one after the other. */
  readonly subgroups: readonly (readonly number[])[];
  /** For a chart that takes either: the subgroups are pairs `[count, inspected]`. */
  readonly isCounted?: boolean;
  /** For a chart that pools parts: the index of each subgroup's part. */
  readonly keys?: readonly number[];
  readonly lanes: Readonly<Record<string, ExampleLane>>;
  readonly designs: readonly ExampleDesign[];
}
