// Time between rare events.
import { z } from 'zod';
import {
  BASELINE_WIDTH,
  learnLocation,
  learnSpread,
  learntCentre,
  learntSigma,
  resetBaseline,
} from '../../baseline.ts';
import { CENTRE, type ChartKernel, defineChart, OWN, SIGMA } from '../../chart.ts';
import { completePoint, emptyPoint } from '../../limits.ts';
import { d2 } from '../../math/constants.ts';
import { logGamma } from '../../math/gamma.ts';
import { LOWER, MEDIAN, placeSkewed, UPPER, VALUE } from '../../skewed-limits.ts';
import { LAST, noTimeYet, readerOf } from './durations.ts';

/** Transformed duration before; NaN = none. */
const PREVIOUS = OWN + 1;
const BASELINE = OWN + 2;

/** Exponential times raised to this power are as good as normal. */
const NELSON = 1 / 3.6;
const NELSON_BACK = 3.6;
/** Probability beyond each limit with `weibull`. */
const TAIL = 0.00135;

const settings = z.strictObject({
  input: z
    .enum(['durations', 'readings', 'times', 'counts'])
    .default('durations')
    .describe(
      '`durations`: each value is a time between two events; `readings`: a running clock (operating hours) read at each event; `times`: every value other than 0 is an event at its own source time; `counts`: filled in where from names counts, inspected then being the time under observation.',
    ),
  time_unit: z.enum(['s', 'min', 'h', 'd']).default('h').describe('Unit of the points with `times`.'),
  limits: z
    .enum(['nelson', 'weibull'])
    .default('nelson')
    .describe(
      '`nelson`: individuals chart of time^(1/3.6), shown in the unit of time; `weibull`: the 0.135 %, 50 % and 99.865 % points of a Weibull distribution of the given shape.',
    ),
  shape: z
    .number()
    .gt(0)
    .max(20)
    .default(1)
    .describe('Shape of the Weibull distribution: 1 = exponential, above 1 = wear-out, below 1 = infant mortality.'),
});

type Settings = z.infer<typeof settings>;
export default defineChart({
  settings,
  lanes: ['t'],
  kind: 'either',
  runRules: true,
  reference:
    'Nelson (1994), A control chart for parts-per-million nonconforming items, JQT 26, 239-240; Montgomery, 7th ed. (2013), 7.3.5, p. 332',
  unitSigma: (centre, chosen) => (centre >= 0 ? typedSigma(centre, settings.parse(chosen ?? {})) : Number.NaN),
  compile: (chosen: Settings): ChartKernel =>
    chosen.limits === 'nelson' ? nelsonKernel(chosen) : weibullKernel(chosen),
});

function nelsonKernel(chosen: Settings): ChartKernel {
  const found = new Float64Array(2);
  const read = readerOf(chosen);
  return {
    width: BASELINE + BASELINE_WIDTH,
    transform: 'none',
    reset: (state, at) => reset(state, at, chosen),
    restart: (state, at, why) => restart(state, at, why, chosen),
    step(state, at, columns, from, to, out, row) {
      read(state, at, columns, from, to, found);
      const events = found[0]!;
      if (events === 0) {
        emptyPoint(out, row);
        return;
      }
      const duration = found[1]! / events;
      const centre = state[at + CENTRE]!;
      const y = duration ** NELSON;
      out.statistic[row] = y;
      out.n[row] = events;
      out.centre[row] = centre ** NELSON;
      out.sigma[row] = state[at + SIGMA]!;
      completePoint(out, row, 3, 0, Number.POSITIVE_INFINITY);
      out.statistic[row] = duration;
      out.centre[row] = centre;
      out.lower[row] = out.lower[row]! ** NELSON_BACK;
      out.upper[row] = out.upper[row]! ** NELSON_BACK;
      if (Number.isNaN(centre)) {
        learnLocation(state, at + BASELINE, y, events);
        const moving = Math.abs(y - state[at + PREVIOUS]!);
        if (!Number.isNaN(moving)) learnSpread(state, at + BASELINE, moving / d2(2));
      }
      state[at + PREVIOUS] = y;
    },
    freeze(state, at) {
      const centre = learntCentre(state, at + BASELINE);
      const sigma = learntSigma(state, at + BASELINE);
      if (Number.isNaN(centre) || Number.isNaN(sigma)) return false;
      state[at + CENTRE] = centre ** NELSON_BACK;
      state[at + SIGMA] = sigma;
      return true;
    },
  };
}

function weibullKernel(chosen: Settings): ChartKernel {
  const { shape } = chosen;
  const found = new Float64Array(2);
  const read = readerOf(chosen);
  // In multiples of the median; there the shape decides alone.
  const lower = (-Math.log1p(-TAIL) / Math.LN2) ** (1 / shape);
  const upper = (-Math.log(TAIL) / Math.LN2) ** (1 / shape);
  // Any Weibull time becomes exponential by its shape, and as good as normal by Nelson's power: there thirds are nearly sigmas.
  const straight = shape * NELSON;
  const straightened = new Float64Array(4);
  straightened[MEDIAN] = 1;
  straightened[LOWER] = lower ** straight;
  straightened[UPPER] = upper ** straight;
  return {
    width: BASELINE + BASELINE_WIDTH,
    transform: 'none',
    reset: (state, at) => reset(state, at, chosen),
    restart: (state, at, why) => restart(state, at, why, chosen),
    step(state, at, columns, from, to, out, row) {
      read(state, at, columns, from, to, found);
      const events = found[0]!;
      if (events === 0) {
        emptyPoint(out, row);
        return;
      }
      const duration = found[1]! / events;
      const median = state[at + CENTRE]!;
      out.statistic[row] = duration;
      out.n[row] = events;
      out.centre[row] = median;
      out.sigma[row] = state[at + SIGMA]!;
      out.lower[row] = median * lower;
      out.upper[row] = median * upper;
      straightened[VALUE] = duration === median ? 1 : (duration / median) ** straight;
      placeSkewed(out, row, straightened);
      if (Number.isNaN(median)) learnLocation(state, at + BASELINE, duration ** shape, events);
    },
    freeze(state, at) {
      // For a known shape this is the maximum of the likelihood.
      const scale = learntCentre(state, at + BASELINE) ** (1 / shape);
      if (Number.isNaN(scale)) return false;
      state[at + CENTRE] = scale * Math.LN2 ** (1 / shape);
      state[at + SIGMA] = scale * weibullSigma(shape);
      return true;
    },
  };
}

function reset(state: Float64Array, at: number, { input }: Settings): void {
  state[at + CENTRE] = Number.NaN;
  state[at + SIGMA] = Number.NaN;
  state[at + LAST] = noTimeYet(input);
  state[at + PREVIOUS] = Number.NaN;
  resetBaseline(state, at + BASELINE);
}

function restart(state: Float64Array, at: number, why: 'gap' | 'limits', { input }: Settings): void {
  state[at + PREVIOUS] = Number.NaN;
  // Events may have been missed in a gap: the time that runs is not that since the last event.
  if (why === 'gap') state[at + LAST] = noTimeYet(input);
}

/** Sigma that exponential (`nelson`, of time^(1/3.6)) or Weibull times have around this centre. */
function typedSigma(centre: number, { limits, shape }: Settings): number {
  if (limits === 'weibull') return (centre / Math.LN2 ** (1 / shape)) * weibullSigma(shape);
  const mean = Math.exp(logGamma(1 + NELSON));
  return (centre ** NELSON * Math.sqrt(Math.exp(logGamma(1 + 2 * NELSON)) - mean * mean)) / mean;
}

/** Standard deviation of a Weibull time of scale 1. */
function weibullSigma(shape: number): number {
  const mean = Math.exp(logGamma(1 + 1 / shape));
  return Math.sqrt(Math.exp(logGamma(1 + 2 / shape)) - mean * mean);
}
