// Multivariate EWMA: an average of several variables that remembers, judged by its statistical distance from the centre.
import { z } from 'zod';
import { CENTRE, type ChartKernel, defineChart, OWN, SIGMA } from '../../chart.ts';
import { emptyPoint } from '../../limits.ts';
import { mewmaLimit } from '../../math/mewma-arl.ts';
import { completeDistance } from '../../one-sided.ts';
import { dependentVariable, vectorBaseline } from '../../vector-baseline.ts';
import {
  conditionalParts,
  distance,
  putStandard,
  putWhitening,
  standardise,
  standardWidth,
  whiteningWidth,
} from '../../vector-metric.ts';

const settings = z.strictObject({
  lambda: z.number().min(0.01).max(1).default(0.1).describe('Weight of the newest vector, 0.01 to 1 (1 = T² chart).'),
  h: z
    .number()
    .gt(0)
    .max(1000)
    .optional()
    .describe('Upper limit of the statistic. Without it, the limit follows from arl0, lambda and the number of tags.'),
  arl0: z
    .number()
    .min(10)
    .max(100_000)
    .default(370)
    .describe('Points from one false alarm to the next, on average; only used without h.'),
  limits: z
    .enum(['exact', 'asymptotic'])
    .default('exact')
    .describe(
      'Covariance of the average: `exact` is smaller for the first points after a start and finds an early shift sooner, `asymptotic` is that of later points.',
    ),
});

export default defineChart({
  settings,
  lanes: ['mewma'],
  kind: 'variables',
  isMultivariate: true,
  runRules: false,
  reference:
    'Lowry, Woodall, Champ & Rigdon (1992), Technometrics 34, 46; Runger & Prabhu (1996), JASA 91, 1701; Montgomery, 7th ed. (2013), 11.4',
  compile: (chosen: z.infer<typeof settings>, variables = 2): ChartKernel => kernel(chosen, variables),
});

function kernel({ lambda, h, arl0, limits }: z.infer<typeof settings>, p: number): ChartKernel {
  const isExact = limits === 'exact';
  const standard = OWN;
  const whitening = standard + standardWidth(p);
  const parameters = whitening + whiteningWidth(p) - OWN;
  /** The average, standardised, and its variance in units of that of one vector. */
  const average = whitening + whiteningWidth(p);
  const variance = average + p;
  const learning = variance + 1;
  const baseline = vectorBaseline(p, 'sample');
  const y = new Float64Array(p + 1);
  const found = new Float64Array(1);
  // Solving for it takes milliseconds, so it waits until there is something to judge.
  const limit = Float64Array.of(h ?? Number.NaN);
  const rest = Float64Array.of(1 - lambda);
  return {
    width: learning + baseline.width,
    transform: 'none',
    parameters,
    reset(state, at) {
      state.fill(Number.NaN, at, at + average);
      state.fill(0, at + average, at + learning);
      baseline.reset(state, at + learning);
    },
    restart(state, at, why) {
      // A gap says nothing about the mean, so the average goes on; new limits give it a new start.
      if (why === 'limits') state.fill(0, at + average, at + learning);
    },
    step(state, at, columns, from, to, out, row) {
      emptyPoint(out, row);
      standardise(state, at, at + standard, columns, from, to, y);
      const n = y[p]!;
      if (n === 0) return;
      out.n[row] = n;
      if (Number.isNaN(state[at + CENTRE]!)) {
        baseline.learn(state, at + learning, columns.x, from, to);
        return;
      }
      if (Number.isNaN(limit[0]!)) limit[0] = mewmaLimit(lambda, p, arl0);
      for (let j = 0; j < p; j++) state[at + average + j] = rest[0]! * state[at + average + j]! + lambda * y[j]!;
      state[at + variance] = rest[0]! * rest[0]! * state[at + variance]! + lambda * lambda;
      distance(state, at + whitening, p, state, at + average, found);
      out.statistic[row] = found[0]! / (isExact ? state[at + variance]! : lambda / (2 - lambda));
      out.upper[row] = limit[0]!;
      completeDistance(out, row);
    },
    freeze(state, at) {
      const learnt = baseline.estimate(state, at + learning);
      if ('why' in learnt || !putWhitening(state, at + whitening, p, learnt.correlation)) return false;
      putStandard(state, at + standard, p, learnt);
      state[at + CENTRE] = 0;
      state[at + SIGMA] = 1;
      state.fill(0, at + average, at + learning);
      return true;
    },
    refusal(state, at) {
      const learnt = baseline.estimate(state, at + learning);
      return 'why' in learnt ? learnt : { why: 'singular', variable: dependentVariable(learnt.correlation, p) };
    },
    contributions(state, at) {
      const spread = isExact ? state[at + variance]! : lambda / (2 - lambda);
      const now = state.slice(at + average, at + average + p);
      return conditionalParts(state, at + whitening, now, 1 / Math.sqrt(spread));
    },
  };
}
