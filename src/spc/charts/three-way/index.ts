// Three-way chart: means with limits from their own moving range, that moving range, and the spread within subgroups.
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
import { c4, d2, d3, MAX_RANGE_SIZE } from '../../math/constants.ts';
import { COUNT, DEVIATION, MEAN, RANGE, SUMMARY_WIDTH, summarise, summariseDeviation } from '../../math/spread.ts';

/** Parameters, in units of the sigma in force: sigma of the baseline's means, sigma within; and the size of its subgroups. NaN while not learnt. */
const MEANS = OWN;
const WITHIN = OWN + 1;
const SIZE = OWN + 2;
const PARAMETERS = 3;

const PREVIOUS = OWN + PARAMETERS;
/** Members of the subgroup before. */
const PREVIOUS_SIZE = PREVIOUS + 1;
/** Total of 1/n and number of the baseline's subgroups: their harmonic mean is the size that the means stand for. */
const INVERSE = PREVIOUS + 2;
const SUBGROUPS = PREVIOUS + 3;
const BETWEEN_LEARNT = PREVIOUS + 4;
const WITHIN_LEARNT = BETWEEN_LEARNT + BASELINE_WIDTH;

const settings = z.strictObject({
  within: z
    .enum(['range', 's'])
    .default('range')
    .describe(
      'Spread shown in the third lane, from which sigma within is learnt: `range`, or `s` for large subgroups.',
    ),
  sigma_within: z
    .number()
    .gt(0)
    .optional()
    .describe('Sigma within subgroups that goes with typed limits. Default: all of the typed sigma.'),
});

export default defineChart({
  settings,
  lanes: ['mean', 'mr', 'within'],
  kind: 'variables',
  runRules: true,
  reference: 'Wheeler & Chambers, Understanding Statistical Process Control, 3rd ed. (2010), three-way charts',
  minSize: 2,
  maxSize: MAX_RANGE_SIZE,
  compile: (chosen: z.infer<typeof settings>): ChartKernel =>
    kernel(chosen, new Float64Array(SUMMARY_WIDTH), new Float64Array(2)),
});

function kernel(
  { within, sigma_within }: z.infer<typeof settings>,
  summary: Float64Array,
  sigmas: Float64Array,
): ChartKernel {
  const isRange = within === 'range';
  return {
    width: WITHIN_LEARNT + BASELINE_WIDTH,
    transform: 'none',
    parameters: PARAMETERS,
    reset(state, at) {
      state.fill(0, at, at + WITHIN_LEARNT + BASELINE_WIDTH);
      for (let i = 0; i < OWN + PARAMETERS; i++) state[at + i] = Number.NaN;
      state[at + PREVIOUS] = Number.NaN;
      resetBaseline(state, at + BETWEEN_LEARNT);
      resetBaseline(state, at + WITHIN_LEARNT);
    },
    restart(state, at) {
      state[at + PREVIOUS] = Number.NaN;
    },
    step(state, at, columns, from, to, out, row) {
      summarise(columns.x, from, to, summary);
      const n = summary[COUNT]!;
      const average = summary[MEAN]!;
      if (!Number.isFinite(average)) {
        for (let lane = 0; lane < 3; lane++) emptyPoint(out, row + lane);
        return;
      }
      summariseDeviation(columns.x, from, to, summary);
      const spread = isRange ? summary[RANGE]! : summary[DEVIATION]!;
      const worth = isRange ? d2(n) : c4(n);
      const centre = state[at + CENTRE]!;
      const previous = state[at + PREVIOUS]!;
      sigmasOf(state, at, n, state[at + PREVIOUS_SIZE]!, sigma_within, sigmas);
      const all = state[at + SIGMA]!;
      const sigmaWithin = shareWithin(state, at, sigma_within) * all;
      out.statistic[row] = average;
      out.n[row] = n;
      out.centre[row] = centre;
      out.sigma[row] = sigmas[0]! * all;
      completePoint(out, row, 3, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
      const moving = Math.abs(average - previous);
      if (Number.isNaN(moving)) emptyPoint(out, row + 1);
      else {
        // The root mean square of both sigmas: with equal sizes simply the sigma of a mean.
        const sigma = all * Math.sqrt((sigmas[0]! * sigmas[0]! + sigmas[1]! * sigmas[1]!) / 2);
        out.statistic[row + 1] = moving;
        out.n[row + 1] = n;
        out.centre[row + 1] = d2(2) * sigma;
        out.sigma[row + 1] = d3(2) * sigma;
        completePoint(out, row + 1, 3, 0, Number.POSITIVE_INFINITY);
      }
      // A single member has a mean but no spread.
      if (Number.isNaN(spread)) emptyPoint(out, row + 2);
      else {
        out.statistic[row + 2] = spread;
        out.n[row + 2] = n;
        out.centre[row + 2] = worth * sigmaWithin;
        out.sigma[row + 2] = (isRange ? d3(n) : Math.sqrt(1 - worth * worth)) * sigmaWithin;
        completePoint(out, row + 2, 3, 0, Number.POSITIVE_INFINITY);
      }
      state[at + PREVIOUS] = average;
      state[at + PREVIOUS_SIZE] = n;
      if (!Number.isNaN(centre)) return;
      learnLocation(state, at + WITHIN_LEARNT, average, n);
      if (!Number.isNaN(spread)) learnSpread(state, at + WITHIN_LEARNT, spread / worth);
      if (!Number.isNaN(moving)) learnSpread(state, at + BETWEEN_LEARNT, moving / d2(2));
      state[at + INVERSE] = state[at + INVERSE]! + 1 / n;
      state[at + SUBGROUPS] = state[at + SUBGROUPS]! + 1;
    },
    freeze(state, at) {
      const centre = learntCentre(state, at + WITHIN_LEARNT);
      const sigmaWithin = learntSigma(state, at + WITHIN_LEARNT);
      const sigmaMeans = learntSigma(state, at + BETWEEN_LEARNT);
      if (Number.isNaN(centre) || Number.isNaN(sigmaWithin) || Number.isNaN(sigmaMeans)) return false;
      const size = state[at + SUBGROUPS]! / state[at + INVERSE]!;
      // Squares of shares, which neither under- nor overflow.
      const scale = Math.max(sigmaMeans, sigmaWithin);
      const means = scale === 0 ? 0 : sigmaMeans / scale;
      const inside = scale === 0 ? 0 : sigmaWithin / scale;
      const sigma = scale * Math.sqrt(Math.max(0, means * means - (inside * inside) / size) + inside * inside);
      state[at + CENTRE] = centre;
      state[at + SIGMA] = sigma;
      state[at + MEANS] = sigma === 0 ? 0 : sigmaMeans / sigma;
      state[at + WITHIN] = sigma === 0 ? 0 : sigmaWithin / sigma;
      state[at + SIZE] = size;
      return true;
    },
  };
}

/** Sigma within, in units of the sigma in force: learnt; with typed limits the typed one, or all of it. */
function shareWithin(state: Float64Array, at: number, typed: number | undefined): number {
  const share = state[at + WITHIN]!;
  if (!Number.isNaN(share)) return share;
  const sigma = state[at + SIGMA]!;
  return typed === undefined || !(typed < sigma) ? 1 : typed / sigma;
}

/** Sigma of a mean of n values, and of one of `before` values, into `sigmas`, in units of the sigma in force. */
function sigmasOf(
  state: Float64Array,
  at: number,
  n: number,
  before: number,
  typed: number | undefined,
  sigmas: Float64Array,
): void {
  const inside = shareWithin(state, at, typed);
  const means = state[at + MEANS]!;
  const size = state[at + SIZE]!;
  const between = Number.isNaN(means) ? 1 - inside * inside : means * means - (inside * inside) / size;
  for (let i = 0; i < 2; i++) {
    const members = i === 0 ? n : before;
    // Means that vary less than their members let expect: nothing between, and the sigma of a mean falls with √n.
    if (between < 0) sigmas[i] = means * Math.sqrt(size / members);
    else if (members === size) sigmas[i] = means;
    else sigmas[i] = Math.sqrt(between + (inside * inside) / members);
  }
}
