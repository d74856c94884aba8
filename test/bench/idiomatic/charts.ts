// Control charts as objects, one a stream, as one would write them first: fields, arrays of numbers, an object a point.
import { c4, d2, d3 } from '../../../src/spc/math/constants.ts';
import { NELSON, RecentPoints } from './rules.ts';

/** One plotted point. */
export interface PlainPoint {
  readonly statistic: string;
  readonly value: number;
  readonly centre: number;
  readonly lower: number;
  readonly upper: number;
  readonly z: number;
  /** Bits of the rules that hold; for a spread lane bit 0 = beyond its limits. */
  readonly holds: number;
}

export interface PlainChart {
  /** @param sizes number inspected of each count, for p and u */
  step(values: readonly number[], sizes: readonly number[]): PlainPoint[];
}

/** Limits in force: centre and sigma of single values. */
export interface PlainLimits {
  readonly centre: number;
  readonly sigma: number;
}

/** A chart by its name, with Nelson's rules on the first lane and typed limits. */
export function plainChart(use: string, limits: PlainLimits): PlainChart {
  switch (use) {
    case 'i-mr':
      return new IndividualsChart(limits);
    case 'xbar-r':
      return new MeanRangeChart(limits);
    case 'xbar-s':
      return new MeanDeviationChart(limits);
    case 'p':
      return new RateChart('p', limits.centre, Math.sqrt(limits.centre * (1 - limits.centre)), 1);
    case 'u':
      return new RateChart('u', limits.centre, Math.sqrt(limits.centre), Infinity);
    case 'ewma':
      return new EwmaChart(limits, 0.2, 2.962);
    default:
      throw new Error(`no plain chart ${use}`);
  }
}

class IndividualsChart implements PlainChart {
  private readonly recent = new RecentPoints();
  private previous: number | undefined;
  private readonly limits: PlainLimits;

  constructor(limits: PlainLimits) {
    this.limits = limits;
  }

  step(values: readonly number[]): PlainPoint[] {
    const x = mean(values);
    const { centre, sigma } = this.limits;
    const points = [withRules(this.recent, point('x', x, centre, sigma))];
    if (this.previous !== undefined)
      points.push(beyond(point('mr', Math.abs(x - this.previous), d2(2) * sigma, d3(2) * sigma, 3, 0)));
    this.previous = x;
    return points;
  }
}

class MeanRangeChart implements PlainChart {
  private readonly recent = new RecentPoints();
  private readonly limits: PlainLimits;

  constructor(limits: PlainLimits) {
    this.limits = limits;
  }

  step(values: readonly number[]): PlainPoint[] {
    const { centre, sigma } = this.limits;
    const n = values.length;
    const range = Math.max(...values) - Math.min(...values);
    return [
      withRules(this.recent, point('mean', mean(values), centre, sigma / Math.sqrt(n))),
      beyond(point('range', range, d2(n) * sigma, d3(n) * sigma, 3, 0)),
    ];
  }
}

class MeanDeviationChart implements PlainChart {
  private readonly recent = new RecentPoints();
  private readonly limits: PlainLimits;

  constructor(limits: PlainLimits) {
    this.limits = limits;
  }

  step(values: readonly number[]): PlainPoint[] {
    const { centre, sigma } = this.limits;
    const n = values.length;
    const average = mean(values);
    const s = Math.sqrt(values.reduce((sum, x) => sum + (x - average) ** 2, 0) / (n - 1));
    return [
      withRules(this.recent, point('mean', average, centre, sigma / Math.sqrt(n))),
      beyond(point('s', s, c4(n) * sigma, sigma * Math.sqrt(1 - c4(n) ** 2), 3, 0)),
    ];
  }
}

class RateChart implements PlainChart {
  private readonly recent = new RecentPoints();
  private readonly name: string;
  private readonly centre: number;
  private readonly sigma: number;
  private readonly ceiling: number;

  constructor(name: string, centre: number, sigma: number, ceiling: number) {
    this.name = name;
    this.centre = centre;
    this.sigma = sigma;
    this.ceiling = ceiling;
  }

  step(counts: readonly number[], sizes: readonly number[]): PlainPoint[] {
    const count = counts.reduce((sum, x) => sum + x, 0);
    const size = sizes.reduce((sum, x) => sum + x, 0);
    const own = point(this.name, count / size, this.centre, this.sigma / Math.sqrt(size), 3, 0, this.ceiling);
    return [withRules(this.recent, own)];
  }
}

class EwmaChart implements PlainChart {
  private average: number;
  private variance = 0;
  private readonly limits: PlainLimits;
  private readonly lambda: number;
  private readonly width: number;

  constructor(limits: PlainLimits, lambda: number, width: number) {
    this.limits = limits;
    this.lambda = lambda;
    this.width = width;
    this.average = limits.centre;
  }

  step(values: readonly number[]): PlainPoint[] {
    const rest = 1 - this.lambda;
    this.average = this.lambda * mean(values) + rest * this.average;
    this.variance = rest ** 2 * this.variance + this.lambda ** 2 / values.length;
    const { centre, sigma } = this.limits;
    return [beyond(point('ewma', this.average, centre, sigma * Math.sqrt(this.variance), this.width))];
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}

function point(
  statistic: string,
  value: number,
  centre: number,
  sigma: number,
  width = 3,
  floor = -Infinity,
  ceiling = Infinity,
): PlainPoint {
  return {
    statistic,
    value,
    centre,
    lower: Math.max(floor, centre - width * sigma),
    upper: Math.min(ceiling, centre + width * sigma),
    z: (value - centre) / sigma,
    holds: 0,
  };
}

function withRules(recent: RecentPoints, own: PlainPoint): PlainPoint {
  return { ...own, holds: recent.add({ z: own.z, x: own.value }, NELSON) };
}

function beyond(own: PlainPoint): PlainPoint {
  return { ...own, holds: own.value < own.lower || own.value > own.upper ? 1 : 0 };
}
