// Individual values that are not normal: limits at the percentiles that three sigma would cut off a normal distribution.
import { z } from 'zod';
import { CENTRE, type ChartKernel, defineChart, OWN, SIGMA } from '../../chart.ts';
import { emptyPoint } from '../../limits.ts';
import { KEPT_ROOM, keep, resetKept } from '../../math/kept.ts';
import { COUNT, MEAN, SUMMARY_WIDTH, summarise } from '../../math/spread.ts';
import { LOWER, MEDIAN, percentiles, UPPER } from './percentiles.ts';

/** Parameters, NaN while not learnt: distance from the median to the upper limit in sigma, of the six between the limits; … */
const REACH = OWN;
/** … and both limits to the last digit, as long as the learnt ones are in force: a value on its limit is not beyond it. */
const LOW = OWN + 1;
const HIGH = OWN + 2;
const PARAMETERS = 3;
const KEPT = OWN + PARAMETERS;

/** Sigma is a sixth of the distance between the limits, as in ISO 22514-2. */
const WIDTH = 6;

const settings = z.strictObject({
  fit: z
    .enum(['order', 'lognormal', 'weibull'])
    .default('order')
    .describe(
      'Where the percentiles come from: `order` = the sorted baseline itself, or a distribution fitted to it by maximum likelihood.',
    ),
  keep: z
    .int()
    .min(10)
    .max(1000)
    .default(1000)
    .describe('Most baseline values kept for the percentiles; of a longer baseline the first so many count.'),
});

export default defineChart({
  settings,
  lanes: ['x'],
  kind: 'variables',
  runRules: true,
  reference:
    'ISO 22514-2:2017 (percentile method: 0.135 %, 50 %, 99.865 %); Hyndman & Fan (1996), The American Statistician 50, 361, definition 6',
  maxSize: 1,
  compile: (chosen: z.infer<typeof settings>): ChartKernel => kernel(chosen, new Float64Array(SUMMARY_WIDTH)),
});

function kernel({ fit, keep: room }: z.infer<typeof settings>, summary: Float64Array): ChartKernel {
  const isPositive = fit !== 'order';
  const found = new Float64Array(3);
  return {
    width: KEPT + KEPT_ROOM + room,
    transform: 'none',
    parameters: PARAMETERS,
    reset(state, at) {
      state[at + CENTRE] = Number.NaN;
      state[at + SIGMA] = Number.NaN;
      for (let i = 0; i < PARAMETERS; i++) state[at + OWN + i] = Number.NaN;
      resetKept(state, at + KEPT, room);
    },
    restart(state, at, why) {
      if (why === 'gap') return;
      state[at + LOW] = Number.NaN;
      state[at + HIGH] = Number.NaN;
    },
    step(state, at, columns, from, to, out, row) {
      // One member; where a plan asks for several, their mean is the individual value.
      summarise(columns.x, from, to, summary);
      const x = summary[MEAN]!;
      if (!Number.isFinite(x) || (isPositive && x <= 0)) {
        emptyPoint(out, row);
        return;
      }
      const centre = state[at + CENTRE]!;
      const sigma = state[at + SIGMA]!;
      const learnt = state[at + REACH]!;
      const above = (Number.isNaN(learnt) ? WIDTH / 2 : learnt) * sigma;
      const low = state[at + LOW]!;
      const high = state[at + HIGH]!;
      const lower = Number.isNaN(low) ? centre - (WIDTH * sigma - above) : low;
      const upper = Number.isNaN(high) ? centre + above : high;
      const deviation = x - centre;
      const reach = deviation > 0 ? upper - centre : centre - lower;
      out.statistic[row] = x;
      out.n[row] = summary[COUNT]!;
      out.centre[row] = centre;
      out.lower[row] = lower;
      out.upper[row] = upper;
      out.sigma[row] = reach / 3;
      // The distribution has no sigma of its own that would mean the same on both sides.
      out.z[row] = deviation === 0 ? 0 : 3 * (deviation / reach);
      if (Number.isNaN(centre)) keep(state, at + KEPT, room, x);
    },
    freeze(state, at) {
      percentiles(state, at + KEPT, fit, found);
      const sigma = (found[UPPER]! - found[LOWER]!) / WIDTH;
      if (!(sigma < Number.POSITIVE_INFINITY)) return false;
      state[at + CENTRE] = found[MEDIAN]!;
      state[at + SIGMA] = sigma;
      state[at + LOW] = found[LOWER]!;
      state[at + HIGH] = found[UPPER]!;
      state[at + REACH] = sigma === 0 ? WIDTH / 2 : (found[UPPER]! - found[MEDIAN]!) / sigma;
      return true;
    },
  };
}
