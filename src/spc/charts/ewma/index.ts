// Exponentially weighted moving average of individual values or subgroup means.
import { z } from 'zod';
import { CENTRE, type ChartKernel, defineChart, OWN, SIGMA } from '../../chart.ts';
import { LEVEL_WIDTH, learnLevel, levelCentre, levelSigma, resetLevel, restartLevel } from '../../level-baseline.ts';
import { completePoint, emptyPoint } from '../../limits.ts';
import { COUNT, MEAN, SUMMARY_WIDTH, summarise, summariseDeviation } from '../../math/spread.ts';

/** EWMA less its start (the centre, or the first value while there are no limits). */
const DEPARTURE = OWN;
/** Variance of the EWMA in units of sigma². */
const VARIANCE = OWN + 1;
/** First value, before there are limits. */
const START = OWN + 2;
const LEVEL = OWN + 3;

const settings = z.strictObject({
  lambda: z
    .number()
    .gt(0)
    .max(1)
    .default(0.2)
    .describe('Weight of the newest value, above 0, at most 1 (1 = Shewhart chart).'),
  width: z.number().gt(0).max(10).default(2.962).describe('Half width of the limits in sigma of the EWMA.'),
  limits: z
    .enum(['exact', 'asymptotic'])
    .default('exact')
    .describe(
      '`exact`: narrower for the first points after a start; `asymptotic`: the same width from the first point on.',
    ),
});

export default defineChart({
  settings,
  lanes: ['ewma'],
  kind: 'variables',
  runRules: false,
  reference: 'Lucas & Saccucci (1990), Technometrics 32, 1; Montgomery, 7th ed. (2013), 9.2',
  compile: (chosen: z.infer<typeof settings>): ChartKernel => kernel(chosen, new Float64Array(SUMMARY_WIDTH)),
});

function kernel({ lambda, width, limits }: z.infer<typeof settings>, summary: Float64Array): ChartKernel {
  const isExact = limits === 'exact';
  return {
    width: LEVEL + LEVEL_WIDTH,
    transform: 'none',
    reset(state, at) {
      state[at + CENTRE] = Number.NaN;
      state[at + SIGMA] = Number.NaN;
      state[at + START] = Number.NaN;
      begin(state, at);
      resetLevel(state, at + LEVEL);
    },
    restart(state, at, why) {
      restartLevel(state, at + LEVEL);
      // A gap says nothing about the mean, so the average goes on; new limits give it a new start.
      if (why === 'limits') begin(state, at);
    },
    step(state, at, columns, from, to, out, row) {
      summarise(columns.x, from, to, summary);
      const n = summary[COUNT]!;
      const x = summary[MEAN]!;
      if (!Number.isFinite(x)) {
        emptyPoint(out, row);
        return;
      }
      const centre = state[at + CENTRE]!;
      if (Number.isNaN(centre)) {
        summariseDeviation(columns.x, from, to, summary);
        if (Number.isNaN(state[at + START]!)) state[at + START] = x;
        learnLevel(state, at + LEVEL, summary);
      }
      const start = Number.isNaN(centre) ? state[at + START]! : centre;
      const rest = 1 - lambda;
      const deviation = rest * state[at + DEPARTURE]! + lambda * (x - start);
      const variance = rest * rest * state[at + VARIANCE]! + (lambda * lambda) / n;
      state[at + DEPARTURE] = deviation;
      state[at + VARIANCE] = variance;
      out.statistic[row] = deviation;
      out.n[row] = n;
      out.centre[row] = 0;
      out.sigma[row] = state[at + SIGMA]! * Math.sqrt(isExact ? variance : lambda / (2 - lambda) / n);
      completePoint(out, row, width, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
      // Judged as a deviation, so that a large centre costs no digits; shown in the unit of the values.
      out.statistic[row] = start + deviation;
      out.centre[row] = centre;
      out.lower[row] = centre + out.lower[row]!;
      out.upper[row] = centre + out.upper[row]!;
    },
    freeze(state, at) {
      const centre = levelCentre(state, at + LEVEL);
      const sigma = levelSigma(state, at + LEVEL);
      if (Number.isNaN(centre) || Number.isNaN(sigma)) return false;
      state[at + CENTRE] = centre;
      state[at + SIGMA] = sigma;
      begin(state, at);
      return true;
    },
  };
}

function begin(state: Float64Array, at: number): void {
  state[at + DEPARTURE] = 0;
  state[at + VARIANCE] = 0;
}
