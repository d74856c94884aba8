// The tabular CUSUM with one arm or two: run lengths of the pair from those of its arms.
import { cusumArmArl, cusumArmEvents, cusumArmRun, type Entry } from './cusum-arm.ts';
import { type HeadStart, headStartPhase } from './cusum-head-start.ts';
import { complete, type RunLength, signalAt } from './run-length.ts';

/** A CUSUM chart; all in sigma of the values. */
export interface CusumDesign {
  /** Reference value, above 0: half the shift to be found. */
  readonly k: number;
  /** Decision limit. */
  readonly h: number;
  /** Where each arm starts, 0 … h. */
  readonly headstart: number;
  readonly sides: 'upper' | 'both';
}

/** Points after which the distribution of a pair is given up. */
const MOST_POINTS = 30_000;
/** Points in a block, see run-length.ts. */
const BLOCK = 12;
/** Relative change of the hazard between blocks that counts as none. */
const SETTLED = 1e-10;

/**
 * ARL of a CUSUM chart from its start, for independent normal values.
 *
 * For two arms that start at u: (L⁺(u) L⁻(0) + L⁺(0) L⁻(u) − L⁺(0) L⁻(0)) / (L⁺(0) + L⁻(0)), exact when the arm that does not signal always is at
 * zero by then, which holds as long as 2 u ≤ h + 2 k. Higher head starts are followed until an arm is at zero.
 *
 * @param shift of the mean, in sigma
 * @returns undefined only for a head start above h/2 + k of a chart that forgets too slowly
 * @see Lucas & Crosier (1982), Technometrics 24, 199, appendix; van Dobben de Bruyn (1968), Cumulative Sum Tests
 * @example
 * cusumArl({ k: 0.5, h: 4, headstart: 0, sides: 'both' }, 0)?.toFixed(2); // => '167.68'
 * cusumArl({ k: 0.5, h: 4, headstart: 2, sides: 'both' }, 0)?.toFixed(2); // => '148.70'
 */
export function cusumArl(design: CusumDesign, shift: number): number | undefined {
  const upper = cusumArmArl(design, shift);
  if (design.sides === 'upper') return upper(design.headstart);
  if (!isApart(design)) return cusumRunLength(design, shift)?.arl;
  const lower = cusumArmArl(design, -shift);
  const up = upper(0);
  const down = lower(0);
  const both = up + down;
  return upper(design.headstart) * (down / both) + lower(design.headstart) * (up / both) - (up / both) * down;
}

/**
 * Whole distribution of the run length of a CUSUM chart.
 *
 * For two arms: let A and B be the distributions of the signal's time by the arm that signals first. An arm that does not signal is at zero when the
 * other does, so that the time of the upper arm alone is A + B ∗ (time of the upper arm from zero), and likewise for the lower one; these two
 * equations are solved point by point.
 *
 * @returns undefined when the chart forgets too slowly to be followed
 * @example
 * quantileOf(cusumRunLength({ k: 0.5, h: 4, headstart: 0, sides: 'both' }, 1)!, 0.5); // => 7
 */
export function cusumRunLength(design: CusumDesign, shift: number): RunLength | undefined {
  const atStart: Entry = { after: 0, place: design.headstart, mass: 1 };
  if (design.sides === 'upper') return cusumArmRun(design, shift, [atStart]);
  const apart = isApart(design);
  const phase: HeadStart | undefined = apart
    ? { signals: [0], upper: [atStart], lower: [atStart] }
    : headStartPhase(design, shift);
  if (phase === undefined) return undefined;
  const fromZero: readonly Entry[] = [{ after: 0, place: 0, mass: 1 }];
  const upper = cusumArmRun(design, shift, phase.upper);
  const lower = cusumArmRun(design, -shift, phase.lower);
  const upperFromZero = cusumArmRun(design, shift, fromZero);
  const lowerFromZero = cusumArmRun(design, -shift, fromZero);
  if (upper === undefined || lower === undefined || upperFromZero === undefined || lowerFromZero === undefined)
    return undefined;
  const run = firstOfTwo(phase.signals, upper, lower, upperFromZero, lowerFromZero);
  if (run === undefined || !apart) return run;
  return { ...run, arl: cusumArl(design, shift) ?? run.arl };
}

/**
 * Long-run rate of new events of a CUSUM that is never restarted: each arm raises one when it goes above its limit.
 *
 * @param shift of the mean, in sigma; an arm that is carried up for good raises none
 * @example
 * const design: CusumDesign = { k: 0.5, h: 4, headstart: 0, sides: 'both' };
 * (1 / cusumEventsPerPoint(design, 0)).toFixed(1); // => '127.2'
 */
export function cusumEventsPerPoint(design: CusumDesign, shift: number): number {
  return cusumArmEvents(design, shift) + (design.sides === 'both' ? cusumArmEvents(design, -shift) : 0);
}

/** True when an arm that signals always finds the other at zero: while both are above zero their sum falls by 2 k a point. */
function isApart({ k, h, headstart }: CusumDesign): boolean {
  return 2 * headstart <= h + 2 * k;
}

function firstOfTwo(
  early: readonly number[],
  upper: RunLength,
  lower: RunLength,
  upperFromZero: RunLength,
  lowerFromZero: RunLength,
): RunLength | undefined {
  const a = [0];
  const b = [0];
  const up = [0];
  const down = [0];
  const signals = [0];
  let alive = 1;
  let hazard = 0;
  for (let t = 1; t < MOST_POINTS; ) {
    let signalled = 0;
    const atStart = alive;
    for (let j = 0; j < BLOCK; j++, t++) {
      up.push(signalAt(upperFromZero, t));
      down.push(signalAt(lowerFromZero, t));
      let first = signalAt(upper, t);
      let second = signalAt(lower, t);
      for (let i = 1; i < t; i++) {
        first -= b[i]! * up[t - i]!;
        second -= a[i]! * down[t - i]!;
      }
      a.push(first);
      b.push(second);
      const mass = first + second + (early[t] ?? 0);
      signals.push(mass);
      signalled += mass;
    }
    alive -= signalled;
    if (alive < 1e-13) return complete(signals, 0, 1);
    const was = hazard;
    hazard = signalled / atStart;
    if (t > early.length + BLOCK && Math.abs(hazard / was - 1) < SETTLED) return complete(signals, alive, hazard);
  }
  return undefined;
}
