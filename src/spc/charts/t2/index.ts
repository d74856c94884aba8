// Hotelling's T²: several variables judged together, one vector or the mean of a subgroup of vectors at a time.
import { z } from 'zod';
import { CENTRE, type ChartKernel, defineChart, OWN, SIGMA } from '../../chart.ts';
import { emptyPoint } from '../../limits.ts';
import { fUpperQuantile } from '../../math/beta.ts';
import { chiSquareQuantile } from '../../math/gamma.ts';
import { completeDistance } from '../../one-sided.ts';
import { dependentVariable, vectorBaseline } from '../../vector-baseline.ts';
import {
  conditionalParts,
  distance,
  meanFactor,
  putStandard,
  putWhitening,
  standardise,
  standardWidth,
  whiteningWidth,
} from '../../vector-metric.ts';

const settings = z.strictObject({
  alpha: z
    .number()
    .gt(0)
    .max(0.2)
    .default(0.0027)
    .describe('Probability of a false alarm at each point; 0.0027 is that of three sigma.'),
  covariance: z
    .enum(['sample', 'successive'])
    .default('sample')
    .describe(
      'Single vectors: covariance of all about their mean (`sample`), or of `successive` differences, which slow drifts in the baseline do not widen. Subgroups: always that within.',
    ),
});

export default defineChart({
  settings,
  lanes: ['t2'],
  kind: 'variables',
  isMultivariate: true,
  runRules: false,
  reference:
    'Hotelling (1947); Tracy, Young & Mason (1992), Journal of Quality Technology 24, 88; Mason, Young & Tracy (1995), JQT 27, 99; Montgomery, 7th ed. (2013), 11.3',
  compile: (chosen: z.infer<typeof settings>, variables = 2): ChartKernel => kernel(chosen, variables),
});

function kernel({ alpha, covariance }: z.infer<typeof settings>, p: number): ChartKernel {
  const standard = OWN;
  const whitening = standard + standardWidth(p);
  // Parameter: the limit for a mean that is known; NaN while not learnt.
  const limit = whitening + whiteningWidth(p);
  const parameters = limit + 1 - OWN;
  const newest = limit + 1;
  const learning = newest + p;
  const baseline = vectorBaseline(p, covariance);
  const y = new Float64Array(p + 1);
  const found = new Float64Array(1);
  // In an array: a number of its own would be allocated.
  const known = Float64Array.of(chiSquareQuantile(1 - alpha, p));
  return {
    width: learning + baseline.width,
    transform: 'none',
    parameters,
    reset(state, at) {
      state.fill(Number.NaN, at, at + learning);
      baseline.reset(state, at + learning);
    },
    restart(state, at) {
      baseline.restart(state, at + learning);
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
      for (let j = 0; j < p; j++) state[at + newest + j] = y[j]!;
      distance(state, at + whitening, p, y, 0, found);
      out.statistic[row] = found[0]!;
      meanFactor(state, at + standard, n, found);
      const learnt = state[at + limit]!;
      out.upper[row] = Number.isNaN(learnt) ? known[0]! : found[0]! * learnt;
      completeDistance(out, row);
    },
    freeze(state, at) {
      const learnt = baseline.estimate(state, at + learning);
      if ('why' in learnt || !putWhitening(state, at + whitening, p, learnt.correlation)) return false;
      putStandard(state, at + standard, p, learnt);
      const { freedom } = learnt;
      const df = freedom - p + 1;
      state[at + limit] = ((p * freedom) / df) * fUpperQuantile(alpha, p, df);
      state[at + CENTRE] = 0;
      state[at + SIGMA] = 1;
      return true;
    },
    refusal(state, at) {
      const learnt = baseline.estimate(state, at + learning);
      return 'why' in learnt ? learnt : { why: 'singular', variable: dependentVariable(learnt.correlation, p) };
    },
    contributions: (state, at) => conditionalParts(state, at + whitening, state.slice(at + newest, at + newest + p)),
  };
}
