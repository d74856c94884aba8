// The price of a rule: what a set of rules or a chart costs in false alarms, and what it finds for that.
import { PumjilError } from '../../errors.ts';
import type { Rule } from '../rule.ts';
import { cusumArl, cusumEventsPerPoint, cusumRunLength } from './cusum.ts';
import { type Design, rulesDesign } from './design.ts';
import { type ArlRange, arlRange, type BaselineEstimate } from './estimated-limits.ts';
import { newEventsPerPoint } from './event-rate.ts';
import { ewmaArl, ewmaEventsPerPoint, ewmaRunLength } from './ewma.ts';
import { chainRunLength, compileRuleChain } from './rule-chain.ts';
import { quantileOf } from './run-length.ts';
import { type SimulatedArl, simulateArl, simulateEventRate } from './simulate.ts';
import { zoneProbabilities } from './zones.ts';

/** Shifts for which a price says how soon they are seen, in sigma of the plotted points. */
export const PRICED_SHIFTS = [0.5, 1, 1.5, 2, 3] as const;
export type PricedShift = (typeof PRICED_SHIFTS)[number];

/** How much a plant plots under the rules priced. */
export interface PlantRate {
  /** Points a day over all streams. */
  readonly pointsPerDay: number;
}

export interface Interval {
  readonly lower: number;
  readonly upper: number;
}

/** The price, for independent normal points and, unless `range` says more, known limits. */
export interface Price {
  /** Mean number of points to the first (false) signal while in control. */
  readonly arl0: number;
  /** Mean number of points to the first signal after a shift of so many sigma, from the first point on. */
  readonly arlBySigma: Readonly<Record<PricedShift, number>>;
  /** Points by which half of all charts in control have signalled. */
  readonly medianRunLength: number;
  /** Long-run rate of new events in control, each rule raising its own, the chart going on after each; exact except for an EWMA with rules. */
  readonly newEventsPerPoint: number;
  readonly falseAlarmsPerDay: number;
  readonly method: 'exact' | 'simulated';
  /** 99 % interval of `arl0`, when simulated. */
  readonly interval?: Interval;
  /** 99 % intervals of `arlBySigma`, when simulated. */
  readonly intervalBySigma?: Readonly<Record<PricedShift, Interval>>;
  /** Where `arl0` lies when limits were learnt from a baseline; only for exact prices. */
  readonly range?: ArlRange;
}

export interface PriceOptions {
  /** How limits were learnt; without it they count as known. */
  readonly baseline?: BaselineEstimate;
  /** Runs of a simulation, default 40,000: about 1 % of the ARL either way. */
  readonly runs?: number;
  /** Seed of a simulation, default 1. */
  readonly seed?: number;
}

/** Runs whose 99 % interval is about 1.3 % of the ARL. */
const RUNS = 40_000;
const EVENT_POINTS = 4_000_000;
/** Beyond these the equations of an EWMA grow beyond any use. */
const LEAST_LAMBDA = 0.005;
const WIDEST = 20;

/**
 * Prices a set of rules or a chart: exactly where that is possible (zone rules by a Markov chain, EWMA and CUSUM by integral equations), else by
 * simulation with an interval. The same answer for the same arguments, so that a caller may keep it.
 *
 * @param priced rules as the engine takes them, or a design
 * @throws PumjilError CONFIG_INVALID for an EWMA with λ outside [0.005, 1] or wider than 20 sigma, a CUSUM with k ≤ 0 or a head start outside [0, h], a width or h not above 0
 * @see Champ & Woodall (1987), Technometrics 29, 393; Crowder (1987), Technometrics 29, 401; Lucas & Crosier (1982), Technometrics 24, 199
 * @example
 * const standard = ['1 of 1 beyond 3 sigma', '9 of 9 beyond 0 sigma on one side'].map(parseRule);
 * const cost = price(standard, { pointsPerDay: 24000 });
 * [cost.method, cost.arl0.toFixed(1), cost.arlBySigma[1].toFixed(1)]; // => ['exact', '216.7', '17.1']
 */
export function price(priced: readonly Rule[] | Design, rate: PlantRate, options: PriceOptions = {}): Price {
  const design = 'use' in priced ? priced : rulesDesign(priced);
  check(design);
  const exact = solverOf(design);
  const events = eventsPerPoint(design, options);
  const falseAlarmsPerDay = events * rate.pointsPerDay;
  if (exact !== undefined) {
    const inControl = exact.inControl();
    const shifted = PRICED_SHIFTS.map((shift) => exact.arl(1, shift));
    if (inControl !== undefined && shifted.every((arl) => arl !== undefined))
      return {
        arl0: inControl.arl,
        arlBySigma: bySigma(shifted),
        medianRunLength: inControl.median,
        newEventsPerPoint: events,
        falseAlarmsPerDay,
        method: 'exact',
        ...rangeOf(design, exact, options.baseline),
      };
  }
  const [inControl, ...shifted] = [0, ...PRICED_SHIFTS].map((shift, i) =>
    simulateArl(design, { shift, runs: options.runs ?? RUNS, seed: (options.seed ?? 1) + i }),
  ) as [SimulatedArl, ...SimulatedArl[]];
  return {
    arl0: inControl.arl,
    arlBySigma: bySigma(shifted.map(({ arl }) => arl)),
    medianRunLength: inControl.medianRunLength,
    newEventsPerPoint: events,
    falseAlarmsPerDay,
    method: 'simulated',
    interval: intervalOf(inControl),
    intervalBySigma: bySigma(shifted.map(intervalOf)),
  };
}

/** How a design is solved exactly. Undefined answers: not within reasonable time. */
interface Solver {
  inControl(): { readonly arl: number; readonly median: number } | undefined;
  /** ARL when the limits' sigma is `stretch` times the true one. */
  arl(stretch: number, shift: number): number | undefined;
  readonly isSymmetric: boolean;
  /** See `arlRange`. */
  readonly exponent: number;
}

function solverOf(design: Design): Solver | undefined {
  if (design.use === 'rules') return rulesSolver(design.rules, compileRuleChain(design.rules, design.convention));
  if (design.use === 'cusum') {
    const stretched = (stretch: number) => ({
      ...design,
      k: design.k * stretch,
      h: design.h * stretch,
      headstart: design.headstart * stretch,
    });
    return {
      inControl: () => summaryOf(cusumRunLength(design, 0)),
      arl: (stretch, shift) => cusumArl(stretched(stretch), shift),
      isSymmetric: design.sides === 'both',
      exponent: 4 * design.k * design.h,
    };
  }
  if (design.rules.length > 0) return undefined;
  return {
    inControl: () => summaryOf(ewmaRunLength(design, 0)),
    arl: (stretch, shift) =>
      // A range is read to two digits, and asks for many solutions.
      ewmaArl({ ...design, width: design.width * stretch }, shift, stretch === 1 ? undefined : 1e-4),
    isSymmetric: true,
    exponent: design.width ** 2,
  };
}

function rulesSolver(rules: readonly Rule[], chain: ReturnType<typeof compileRuleChain>): Solver | undefined {
  if (chain === undefined) return undefined;
  const run = (stretch: number, shift: number) => chainRunLength(chain, zoneProbabilities(chain.lines, shift, stretch));
  return {
    inControl: () => summaryOf(run(1, 0)),
    arl: (stretch, shift) => run(stretch, shift)?.arl,
    isSymmetric: rules.every(({ zone }) => zone !== 'above' && zone !== 'below'),
    // The rule that wide limits hinder least decides; a point is within wide limits all the more.
    exponent: rules.reduce(
      (least, rule) => Math.min(least, 'sigma' in rule && rule.zone !== 'within' ? rule.k * rule.sigma ** 2 : 0),
      Number.POSITIVE_INFINITY,
    ),
  };
}

function eventsPerPoint(design: Design, options: PriceOptions): number {
  if (design.use === 'rules') return newEventsPerPoint(design.rules, 0);
  if (design.use === 'cusum') return cusumEventsPerPoint(design, 0);
  if (design.rules.length === 0) return ewmaEventsPerPoint(design, 0);
  return simulateEventRate(design, { shift: 0, seed: options.seed ?? 1, points: EVENT_POINTS }).rate;
}

function rangeOf(
  design: Design,
  solver: Solver,
  baseline: BaselineEstimate | undefined,
): { readonly range?: ArlRange } {
  // Without rules nothing ever signals, whatever the limits.
  if (baseline === undefined || (design.use === 'rules' && design.rules.length === 0)) return {};
  const { isSymmetric, exponent } = solver;
  const arl = (stretch: number, shift: number) => solver.arl(stretch, shift) ?? Number.NaN;
  return { range: arlRange(arl, baseline, { shift: 0, isSymmetric, exponent }) };
}

function summaryOf(run: Parameters<typeof quantileOf>[0] | undefined): ReturnType<Solver['inControl']> {
  return run === undefined ? undefined : { arl: run.arl, median: quantileOf(run, 0.5) };
}

function intervalOf({ lower, upper }: SimulatedArl): Interval {
  return { lower, upper };
}

function bySigma<T>(values: readonly T[]): Readonly<Record<PricedShift, T>> {
  // One value for each of PRICED_SHIFTS, in their order.
  return Object.fromEntries(PRICED_SHIFTS.map((shift, i) => [shift, values[i]])) as Record<PricedShift, T>;
}

function check(design: Design): void {
  if (design.use === 'rules') return;
  if (design.use === 'ewma') {
    if (design.lambda >= LEAST_LAMBDA && design.lambda <= 1 && design.width > 0 && design.width <= WIDEST) return;
    throw invalid(
      `EWMA with lambda ${design.lambda} and width ${design.width}`,
      `lambda from ${LEAST_LAMBDA} to 1; width above 0, at most ${WIDEST}`,
    );
  }
  const { k, h, headstart } = design;
  if (k > 0 && h > 0 && headstart >= 0 && headstart <= h) return;
  throw invalid(`CUSUM with k ${k}, h ${h} and head start ${headstart}`, 'k and h above 0; head start from 0 to h');
}

function invalid(what: string, wanted: string): PumjilError {
  return new PumjilError('CONFIG_INVALID', { message: `There is no ${what}.`, hint: `Use ${wanted}.` });
}
