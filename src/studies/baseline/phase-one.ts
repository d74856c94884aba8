// Phase I: centre and sigma from the subgroups that are used, and which of them lie beyond the limits that follow.
import { c4, d2, d3 } from '../../spc/math/constants.ts';
import { deviationOf, meanOf, medianOf } from '../../spc/math/sample.ts';
import { countOf, movingRanges } from '../column.ts';
import {
  estimateSigma,
  grandMean,
  type SubgroupColumns,
  summariseSubgroups,
} from '../control-chart/subgroup-summary.ts';

/** Median of the range of two standard normal values. */
const MEDIAN_RANGE_OF_TWO = Math.SQRT2 * 0.6744897501960817;

/** Estimates of sigma by name; NaN where the data do not tell it. */
export type Estimates = Readonly<Record<Estimator, number>>;
export const ESTIMATORS = [
  'mr',
  'median_mr',
  'mr_screened',
  'sd',
  'sd_c4',
  'uwave_r',
  'mvlue_r',
  'uwave_sd',
  'mvlue_sd',
  'rmsdf',
] as const;
export type Estimator = (typeof ESTIMATORS)[number];

/** One point beyond its limits: which statistic, how far. */
export interface Beyond {
  readonly sample: number;
  readonly statistic: 'mean' | 'range' | 'sd' | 'value' | 'mr';
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
  /** Departure from the centre in sigma of the statistic. */
  readonly z: number;
}

export interface PhaseOne {
  readonly columns: SubgroupColumns;
  readonly used: number;
  readonly centre: number;
  readonly sigma: number;
  readonly estimates: Estimates;
  readonly beyond: readonly Beyond[];
}

/**
 * Centre, sigma and points beyond, from the subgroups not left out. Excluded subgroups are judged no more and count nowhere.
 *
 * @param subgroups members; single ones make a chart of individuals
 * @param leftOut sample numbers, from 1
 */
export function phaseOne(
  subgroups: readonly (readonly (number | null)[])[],
  leftOut: ReadonlySet<number>,
  estimator: Estimator,
  width: number,
): PhaseOne {
  const kept = subgroups.map((members, i) => (leftOut.has(i + 1) ? [] : members));
  const columns = summariseSubgroups(kept);
  const isIndividual = columns.sizes.every((n) => n <= 1);
  const centre = grandMean(columns);
  const estimates = estimatesOf(columns, kept, isIndividual);
  const sigma = estimates[estimator];
  const beyond: Beyond[] = [];
  const check = (
    statistic: Beyond['statistic'],
    x: Float64Array,
    at: (i: number) => readonly [number, number],
    floor: number,
    offset = 0,
  ): void => {
    x.forEach((value, i) => {
      const [middle, spread] = at(i);
      const lower = Math.max(floor, middle - width * spread);
      const upper = middle + width * spread;
      if (value < lower || value > upper)
        beyond.push({ sample: i + 1 + offset, statistic, value, lower, upper, z: (value - middle) / spread });
    });
  };
  check(
    isIndividual ? 'value' : 'mean',
    columns.mean,
    (i) => [centre, sigma / Math.sqrt(columns.sizes[i] ?? 0)],
    Number.NEGATIVE_INFINITY,
  );
  if (isIndividual) check('mr', movingRanges(columns.mean, 2), () => [d2(2) * sigma, d3(2) * sigma], 0, 1);
  else if (estimator.endsWith('_r'))
    check('range', columns.range, (i) => [d2(columns.sizes[i] ?? 0) * sigma, d3(columns.sizes[i] ?? 0) * sigma], 0);
  else
    check(
      'sd',
      columns.deviation,
      (i) => {
        const c = c4(columns.sizes[i] ?? 0);
        return [c * sigma, sigma * Math.sqrt(1 - c * c)];
      },
      0,
    );
  return {
    columns,
    used: countOf(columns.mean),
    centre,
    sigma,
    estimates,
    beyond: beyond.sort((a, b) => a.sample - b.sample),
  };
}

/** The estimator a chart of such subgroups takes when nobody chooses. */
export function usualEstimator(subgroups: readonly (readonly (number | null)[])[]): Estimator {
  const most = subgroups.reduce((all, members) => Math.max(all, members.length), 0);
  return most <= 1 ? 'mr' : most <= 10 ? 'uwave_r' : 'uwave_sd';
}

function estimatesOf(
  columns: SubgroupColumns,
  kept: readonly (readonly (number | null)[])[],
  isIndividual: boolean,
): Estimates {
  const moving = movingRanges(columns.mean, 2);
  const bar = meanOf(moving);
  const upper = bar * (1 + (3 * d3(2)) / d2(2));
  const screened = bar === 0 ? 0 : meanOf(moving.map((range) => (range < upper ? range : Number.NaN)));
  const none = Number.NaN;
  const all = isIndividual ? columns.mean : Float64Array.from(kept.flat(), (x) => x ?? none);
  const sd = deviationOf(all);
  // Moving ranges of subgroup means tell the spread between them, not that of single values.
  const individual = {
    mr: isIndividual ? bar / d2(2) : none,
    median_mr: isIndividual ? medianOf(moving) / MEDIAN_RANGE_OF_TWO : none,
    mr_screened: isIndividual ? screened / d2(2) : none,
    sd,
    sd_c4: sd / c4(countOf(all)),
  };
  if (isIndividual) return { ...individual, uwave_r: none, mvlue_r: none, uwave_sd: none, mvlue_sd: none, rmsdf: none };
  return { ...individual, ...estimateSigma(columns) };
}
