// Everything the standard kernel judges, as one would write it first: an object a stream, a list of its latest points, a method a test.
// Also the definition that the kernel is tested against.

import type { StandardStream } from '../../../src/spc/standard/kernel.ts';
import { SIGNALS } from '../../../src/spc/standard/layout.ts';
import { NELSON, RecentPoints } from './rules.ts';

/** EWMA and CUSUM designs. */
export interface PlainDesign {
  readonly lambda: number;
  readonly width: number;
  readonly isExact: boolean;
  readonly k: number;
  readonly h: number;
}

/** Upper limit of the moving range of two: d2 + 3 d3 of two values, 2/√π and √(2 − 4/π). */
export const RANGE_LIMIT = 2 / Math.sqrt(Math.PI) + 3 * Math.sqrt(2 - 4 / Math.PI);

/** One stream of individual values with typed limits. */
export class StandardChart {
  count = 0;
  mean = 0;
  squares = 0;
  ewma = 0;
  cusumUp = 0;
  cusumDown = 0;
  private readonly stream: StandardStream;
  private readonly design: PlainDesign;
  private readonly signals: number;
  private recent = new RecentPoints();
  private previous: number | undefined;
  private newest = Number.NEGATIVE_INFINITY;
  private decay = 1;
  private active = 0;

  constructor(stream: StandardStream, design: PlainDesign) {
    this.stream = stream;
    this.design = design;
    this.signals = stream.signals ?? 0xffff;
  }

  /** Takes a value; returns the tests that hold now and did not before. */
  add(x: number, t: number): number {
    if (!this.isPlausible(x)) return this.refuse(SIGNALS.bad);
    if (!(t >= this.newest)) return this.refuse(SIGNALS.late);
    this.newest = t;
    const holds = this.judge(x);
    const rises = holds & ~this.active;
    this.active = holds;
    return rises;
  }

  gap(): void {
    this.recent = new RecentPoints();
    this.previous = undefined;
    this.active &= ~(0xff | SIGNALS.range);
  }

  private refuse(signal: number): number {
    const rises = signal & ~this.active;
    this.active |= signal;
    return rises;
  }

  private isPlausible(x: number): boolean {
    const { lower = Number.NEGATIVE_INFINITY, upper = Number.POSITIVE_INFINITY } = this.stream.plausible ?? {};
    // A value so far out that its z, or a difference of two values, would overflow is not plausible either.
    const isNumber = Math.abs(x) <= Number.MAX_VALUE / 4;
    const { limits } = this.stream;
    const isNear = limits === undefined || Math.abs(x - limits.centre) <= 1e300 * limits.sigma;
    return isNumber && isNear && x >= lower && x <= upper;
  }

  private judge(x: number): number {
    this.count += 1;
    const deviation = x - this.mean;
    this.mean += deviation / this.count;
    this.squares += deviation * (x - this.mean);
    const { spec = {}, limits } = this.stream;
    let holds = 0;
    if (x > (spec.upper ?? Number.POSITIVE_INFINITY)) holds |= SIGNALS.specUpper;
    if (x < (spec.lower ?? Number.NEGATIVE_INFINITY)) holds |= SIGNALS.specLower;
    if (limits === undefined) return holds & this.signals;
    const { lambda, width, isExact, k, h } = this.design;
    const perSigma = 1 / limits.sigma;
    const z = (x - limits.centre) * perSigma;
    holds |= this.recent.add({ z, x }, NELSON);
    if (this.previous !== undefined && Math.abs((x - this.previous) * perSigma) > RANGE_LIMIT) holds |= SIGNALS.range;
    this.previous = x;
    this.ewma = lambda * z + (1 - lambda) * this.ewma;
    this.decay *= (1 - lambda) * (1 - lambda);
    const share = isExact ? 1 - this.decay : 1;
    if (Math.abs(this.ewma) > width * Math.sqrt((lambda / (2 - lambda)) * share)) holds |= SIGNALS.ewma;
    this.cusumUp = Math.max(0, this.cusumUp + (z - k));
    this.cusumDown = Math.max(0, this.cusumDown + (-z - k));
    if (this.cusumUp > h) holds |= SIGNALS.cusumUp;
    if (this.cusumDown > h) holds |= SIGNALS.cusumDown;
    return holds & this.signals;
  }
}
