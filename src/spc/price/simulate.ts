// Run lengths by simulation, with the rule kernel of the engine itself: for what has no exact solution, and to check what has.
import { normalQuantile } from '../math/normal.ts';
import { seededRandom } from '../math/random.ts';
import { compileRules } from '../rule-kernel.ts';
import type { CusumChartDesign, Design, EwmaChartDesign, RulesDesign } from './design.ts';

/** What a simulation is told. */
export interface SimulationOptions {
  /** How far the mean is off the centre from the first point on, in sigma of the points. */
  readonly shift: number;
  /** Same seed, same numbers. */
  readonly seed: number;
  /** Points at which to stop, so that a design that hardly ever signals ends; default 50 million. */
  readonly mostPoints?: number;
}

/** Run lengths as counted. */
export interface Simulated {
  /** Runs begun; all but perhaps the last have ended in a signal. */
  readonly runs: number;
  /** 1 when the points ran out before the last run signalled, else 0. */
  readonly unfinished: number;
  readonly points: number;
}

/** An average run length from a simulation. */
export interface SimulatedArl {
  readonly arl: number;
  readonly standardError: number;
  /** 99 % interval of the ARL. */
  readonly lower: number;
  readonly upper: number;
  /** Standard deviation of the run length. */
  readonly deviation: number;
  readonly medianRunLength: number;
  readonly runs: number;
  readonly seed: number;
}

const BLOCK = 1024;
const MOST_POINTS = 50_000_000;
const Z99 = normalQuantile(0.995);

/**
 * Simulated average run length of any design, from a start without history.
 *
 * @param options.runs runs to a signal; the standard error falls with its root
 * @example
 * const all = simulateArl(rulesDesign([parseRule('1 of 1 beyond 2 sigma')]), { shift: 0, seed: 1, runs: 20000 });
 * all.lower < 21.98 && 21.98 < all.upper; // => true
 */
export function simulateArl(design: Design, options: SimulationOptions & { readonly runs: number }): SimulatedArl {
  const lengths = new Float64Array(options.runs);
  return summariseRunLengths(lengths, simulateRunLengths(design, options, lengths), options.seed);
}

/**
 * Fills `out` with run lengths, in batches of whatever size the caller likes: other seeds give independent batches, and batches put together are one
 * simulation. Nothing is allocated a point.
 *
 * @param out one run length each; an unfinished last run has the points it got
 * @example
 * const lengths = new Float64Array(100);
 * simulateRunLengths(rulesDesign([parseRule('1 of 1 above 0 sigma')]), { shift: 40, seed: 1 }, lengths).points; // => 100
 */
export function simulateRunLengths(design: Design, options: SimulationOptions, out: Float64Array): Simulated {
  const random = seededRandom(options.seed);
  const values = new Float64Array(BLOCK);
  const stepper = stepperOf(design, values);
  const most = options.mostPoints ?? MOST_POINTS;
  let row = BLOCK;
  let points = 0;
  for (let run = 0; run < out.length; run++) {
    stepper.reset();
    let length = 0;
    for (;;) {
      if (points >= most) {
        out[run] = length;
        return { runs: run + 1, unfinished: 1, points };
      }
      if (row === BLOCK) {
        random.fillNormal(values, 0, BLOCK, options.shift);
        row = 0;
      }
      points += 1;
      length += 1;
      if (stepper.step(row++) !== 0) break;
    }
    out[run] = length;
  }
  return { runs: out.length, unfinished: 0, points };
}

/**
 * Mean, median and 99 % interval of simulated run lengths. Where the last run is unfinished, points over signals estimate the ARL, as for waiting times
 * without memory.
 *
 * @param lengths as filled by `simulateRunLengths`; sorted by this call
 */
export function summariseRunLengths(lengths: Float64Array, simulated: Simulated, seed: number): SimulatedArl {
  const { runs, unfinished, points } = simulated;
  const signals = runs - unfinished;
  const finished = lengths.subarray(0, signals);
  let squares = 0;
  const arl = signals === 0 ? Number.POSITIVE_INFINITY : points / signals;
  for (const length of finished) squares += (length - arl) * (length - arl);
  const deviation = unfinished > 0 ? arl : Math.sqrt(squares / Math.max(1, signals - 1));
  const standardError = deviation / Math.sqrt(Math.max(1, signals));
  finished.sort();
  return {
    arl,
    standardError,
    lower: signals === 0 ? points / -Math.log(0.005) : Math.max(1, arl - Z99 * standardError),
    upper: signals === 0 ? Number.POSITIVE_INFINITY : arl + Z99 * standardError,
    deviation,
    medianRunLength: unfinished > 0 ? Math.ceil(arl * Math.LN2) : (finished[(signals - 1) >> 1] ?? Number.NaN),
    runs,
    seed,
  };
}

/**
 * Simulated long-run rate of new events, the chart going on after each.
 *
 * @param options.points at least 10,000; the first 1,024 are not counted
 * @returns events a point and the standard error of that
 * @example
 * const { rate } = simulateEventRate(rulesDesign([parseRule('1 of 1 above 0 sigma')]), { shift: 0, seed: 1, points: 100000 });
 * Math.abs(rate - 0.25) < 0.01; // => true
 */
export function simulateEventRate(
  design: Design,
  options: { readonly shift: number; readonly seed: number; readonly points: number },
): { readonly rate: number; readonly standardError: number } {
  const random = seededRandom(options.seed);
  const values = new Float64Array(BLOCK);
  const stepper = stepperOf(design, values);
  stepper.reset();
  const blocks = Math.ceil(options.points / BLOCK);
  let before = 0;
  let total = 0;
  let squares = 0;
  for (let block = 0; block < blocks; block++) {
    random.fillNormal(values, 0, BLOCK, options.shift);
    let events = 0;
    for (let row = 0; row < BLOCK; row++) {
      const holds = stepper.step(row);
      for (let rises = holds & ~before; rises !== 0; rises &= rises - 1) events += 1;
      before = holds;
    }
    if (block === 0) continue;
    total += events;
    squares += events * events;
  }
  const counted = blocks - 1;
  const mean = total / counted;
  const variance = Math.max(0, squares / counted - mean * mean);
  return { rate: mean / BLOCK, standardError: Math.sqrt(variance / counted) / BLOCK };
}

/** Takes one value after another; answers with one bit for everything that holds. */
interface Stepper {
  reset(): void;
  step(row: number): number;
}

/** Bit of an EWMA's limits, beside at most 31 rules. */
const LIMITS = 1 << 31;

function stepperOf(design: Design, values: Float64Array): Stepper {
  if (design.use === 'rules') return rulesStepper(design, values);
  return design.use === 'ewma' ? ewmaStepper(design, values) : cusumStepper(design, values);
}

function rulesStepper({ rules, convention }: RulesDesign, values: Float64Array): Stepper {
  const kernel = compileRules(rules, { shortHistories: convention === 'short_histories' });
  const state = new Int32Array(kernel.width);
  let previous = Number.NaN;
  return {
    reset() {
      kernel.reset(state, 0);
      previous = Number.NaN;
    },
    step(row) {
      const z = values[row]!;
      const change = z > previous ? 1 : z < previous ? -1 : 0;
      previous = z;
      return kernel.step(state, 0, values, row, change);
    },
  };
}

function ewmaStepper({ lambda, width, limits, rules }: EwmaChartDesign, values: Float64Array): Stepper {
  const kernel = compileRules(rules);
  const state = new Int32Array(kernel.width);
  const z = new Float64Array(1);
  const rest = 1 - lambda;
  let ewma = 0;
  let variance = 0;
  let previous = Number.NaN;
  return {
    reset() {
      kernel.reset(state, 0);
      ewma = 0;
      variance = limits === 'exact' ? 0 : lambda / (2 - lambda);
      previous = Number.NaN;
    },
    step(row) {
      ewma = rest * ewma + lambda * values[row]!;
      variance = rest * rest * variance + lambda * lambda;
      z[0] = ewma / Math.sqrt(variance);
      const change = ewma > previous ? 1 : ewma < previous ? -1 : 0;
      previous = ewma;
      return (Math.abs(z[0]) > width ? LIMITS : 0) | (rules.length > 0 ? kernel.step(state, 0, z, 0, change) : 0);
    },
  };
}

function cusumStepper({ k, h, headstart, sides }: CusumChartDesign, values: Float64Array): Stepper {
  let upper = 0;
  let lower = 0;
  return {
    reset() {
      upper = headstart;
      lower = headstart;
    },
    step(row) {
      const x = values[row]!;
      upper = Math.max(0, upper + x - k);
      lower = Math.max(0, lower - x - k);
      return (upper > h ? 1 : 0) | (sides === 'both' && lower > h ? 2 : 0);
    },
  };
}
