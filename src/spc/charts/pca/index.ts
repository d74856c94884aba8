// Principal components: T² within the few directions in which variables usually vary, and what is left over beside them (SPE).
import { z } from 'zod';
import { CENTRE, type ChartKernel, defineChart, OWN, SIGMA } from '../../chart.ts';
import { emptyPoint } from '../../limits.ts';
import { fUpperQuantile } from '../../math/beta.ts';
import { symmetricEigen } from '../../math/eigen.ts';
import { chiSquareQuantile } from '../../math/gamma.ts';
import { completeDistance } from '../../one-sided.ts';
import { vectorBaseline } from '../../vector-baseline.ts';
import { meanFactor, putStandard, standardise, standardWidth } from '../../vector-metric.ts';
import { componentsFor, residualLimit } from './model.ts';

const settings = z.strictObject({
  components: z
    .int()
    .min(1)
    .max(15)
    .optional()
    .describe('Number of components; at least one fewer than there are tags. Without it, as many as reach `share`.'),
  share: z
    .number()
    .gt(0)
    .max(1)
    .default(0.8)
    .describe('Share of the variance that the components must explain; all but one component at most.'),
  alpha: z
    .number()
    .gt(0)
    .max(0.2)
    .default(0.0027)
    .describe('Probability of a false alarm at each point of either lane; 0.0027 is that of three sigma.'),
  spe_limit: z
    .enum(['jackson-mudholkar', 'box'])
    .default('jackson-mudholkar')
    .describe('Limit of SPE: by Jackson & Mudholkar (1979), or by Box (1954) as a scaled chi-square.'),
});

export default defineChart({
  settings,
  lanes: ['t2', 'spe'],
  kind: 'variables',
  isMultivariate: true,
  runRules: false,
  reference:
    'Jackson & Mudholkar (1979), Technometrics 21, 341; Box (1954), Annals of Mathematical Statistics 25, 290; Kourti & MacGregor (1996), JQT 28, 409; Montgomery, 7th ed. (2013), 11.7',
  compile: (chosen: z.infer<typeof settings>, variables = 2): ChartKernel => kernel(chosen, variables),
});

function kernel(chosen: z.infer<typeof settings>, p: number): ChartKernel {
  const { alpha, spe_limit } = chosen;
  const standard = OWN;
  // Parameters beside the standard: both limits (of T² for a known mean), components, eigenvalues, and eigenvectors row by row.
  const t2Limit = standard + standardWidth(p);
  const speLimit = t2Limit + 1;
  const components = t2Limit + 2;
  const values = t2Limit + 3;
  const vectors = values + p;
  const newest = vectors + p * p;
  const learning = newest + p;
  const baseline = vectorBaseline(p, 'sample');
  const y = new Float64Array(p + 1);
  const residual = new Float64Array(p);
  const found = new Float64Array(1);
  const alike = componentsFor(new Float64Array(p).fill(1), chosen);
  // Slots 0 to 2 as from t2Limit on, for variables alike and independent: in an array, because numbers of their own would be allocated.
  const known = Float64Array.of(
    chiSquareQuantile(1 - alpha, alike),
    residualLimit(new Float64Array(p - alike).fill(1), alpha, spe_limit),
    alike,
  );

  /** Both statistics of y, into the rows of `out`, and the residual. */
  function judge(state: Float64Array, at: number, statistic: Float64Array, row: number): void {
    const isLearnt = !Number.isNaN(state[at + components]!);
    const count = isLearnt ? state[at + components]! : known[2]!;
    for (let j = 0; j < p; j++) residual[j] = y[j]!;
    let total = 0;
    for (let k = 0; k < count; k++) {
      let score = 0;
      if (!isLearnt) score = y[k]!;
      else for (let j = 0; j < p; j++) score += state[at + vectors + k * p + j]! * y[j]!;
      total += (score * score) / (isLearnt ? state[at + values + k]! : 1);
      if (!isLearnt) residual[k] = 0;
      else for (let j = 0; j < p; j++) residual[j] = residual[j]! - score * state[at + vectors + k * p + j]!;
    }
    statistic[row] = total;
    let rest = 0;
    for (let j = 0; j < p; j++) rest += residual[j]! * residual[j]!;
    statistic[row + 1] = rest;
  }

  return {
    width: learning + baseline.width,
    transform: 'none',
    parameters: newest - OWN,
    reset(state, at) {
      state.fill(Number.NaN, at, at + learning);
      baseline.reset(state, at + learning);
    },
    restart() {
      // Nothing ties one point to the next.
    },
    step(state, at, columns, from, to, out, row) {
      emptyPoint(out, row);
      emptyPoint(out, row + 1);
      standardise(state, at, at + standard, columns, from, to, y);
      const n = y[p]!;
      if (n === 0) return;
      out.n[row] = n;
      out.n[row + 1] = n;
      if (Number.isNaN(state[at + CENTRE]!)) {
        baseline.learn(state, at + learning, columns.x, from, to);
        return;
      }
      for (let j = 0; j < p; j++) state[at + newest + j] = y[j]!;
      judge(state, at, out.statistic, row);
      meanFactor(state, at + standard, n, found);
      const isLearnt = !Number.isNaN(state[at + components]!);
      out.upper[row] = isLearnt ? found[0]! * state[at + t2Limit]! : known[0]!;
      out.upper[row + 1] = isLearnt ? state[at + speLimit]! : known[1]!;
      completeDistance(out, row);
      // Where the components explain everything, nothing is left over to be judged.
      if (Number.isNaN(out.upper[row + 1]!)) emptyPoint(out, row + 1);
      else completeDistance(out, row + 1);
    },
    freeze(state, at) {
      const learnt = baseline.estimate(state, at + learning);
      if ('why' in learnt) return false;
      const eigen = symmetricEigen(learnt.correlation, p);
      const count = componentsFor(eigen.values, chosen);
      const { freedom } = learnt;
      const df = freedom - count + 1;
      putStandard(state, at + standard, p, learnt);
      state[at + t2Limit] = ((count * freedom) / df) * fUpperQuantile(alpha, count, df);
      state[at + speLimit] = residualLimit(eigen.values.subarray(count), alpha, spe_limit);
      state[at + components] = count;
      state.set(eigen.values, at + values);
      state.set(eigen.vectors, at + vectors);
      state[at + CENTRE] = 0;
      state[at + SIGMA] = 1;
      return true;
    },
    refusal(state, at) {
      const learnt = baseline.estimate(state, at + learning);
      return 'why' in learnt ? learnt : { why: 'singular' };
    },
    contributions(state, at, lane) {
      const now = state.subarray(at + newest, at + newest + p);
      y.set(now);
      const statistics = new Float64Array(2);
      judge(state, at, statistics, 0);
      const isLearnt = !Number.isNaN(state[at + components]!);
      const count = isLearnt ? state[at + components]! : known[2]!;
      return Array.from(now, (own, j) => {
        if (lane === 1) return { part: residual[j]! * residual[j]!, z: own };
        let weight = 0;
        for (let k = 0; k < count; k++) {
          if (!isLearnt) weight += k === j ? own : 0;
          else {
            let score = 0;
            for (let i = 0; i < p; i++) score += state[at + vectors + k * p + i]! * now[i]!;
            weight += (score / state[at + values + k]!) * state[at + vectors + k * p + j]!;
          }
        }
        return { part: own * weight, z: own };
      });
    },
  };
}
