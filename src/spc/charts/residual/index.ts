// Residuals of autocorrelated values: what is left after the value before has said what it can.
import { z } from 'zod';
import { CENTRE, type ChartKernel, defineChart, OWN, SIGMA } from '../../chart.ts';
import { completePoint, emptyPoint } from '../../limits.ts';
import { fitSigma, fitSlope, LINE_WIDTH, lineCount, meanX, meanY, observePair, resetLine } from '../../math/line.ts';
import { COUNT, MEAN, SUMMARY_WIDTH, summarise } from '../../math/spread.ts';

/** Parameter: the autoregressive coefficient, NaN while not learnt. */
const PHI = OWN;
const PREVIOUS = OWN + 1;
const PAIRS = OWN + 2;

/** Beyond this a process has no level to come back to. */
const LARGEST = 0.99;

const settings = z.strictObject({
  phi: z
    .number()
    .min(-LARGEST)
    .max(LARGEST)
    .optional()
    .describe('Autoregressive coefficient, -0.99 to 0.99. Default: learnt from the baseline; 0 with typed limits.'),
});

export default defineChart({
  settings,
  lanes: ['residual'],
  kind: 'variables',
  runRules: true,
  reference:
    'Alwan & Roberts (1988), Journal of Business & Economic Statistics 6, 87; Montgomery, 7th ed. (2013), 10.4.2 (AR(1) model)',
  maxSize: 1,
  compile: (chosen: z.infer<typeof settings>): ChartKernel => kernel(chosen.phi, new Float64Array(SUMMARY_WIDTH)),
});

function kernel(typed: number | undefined, summary: Float64Array): ChartKernel {
  // Numbers in arrays: as variables of their own they would be allocated.
  const given = Float64Array.of(typed ?? Number.NaN);
  const pair = new Float64Array(2);
  return {
    width: PAIRS + LINE_WIDTH,
    transform: 'none',
    parameters: 1,
    reset(state, at) {
      state[at + CENTRE] = Number.NaN;
      state[at + SIGMA] = Number.NaN;
      state[at + PHI] = Number.NaN;
      state[at + PREVIOUS] = Number.NaN;
      resetLine(state, at + PAIRS);
    },
    restart(state, at, why) {
      // New limits leave the neighbour where it was.
      if (why === 'gap') state[at + PREVIOUS] = Number.NaN;
    },
    step(state, at, columns, from, to, out, row) {
      // One member; where a plan asks for several, their mean is the individual value.
      summarise(columns.x, from, to, summary);
      const x = summary[MEAN]!;
      if (!Number.isFinite(x)) {
        emptyPoint(out, row);
        return;
      }
      pair[0] = state[at + PREVIOUS]!;
      pair[1] = x;
      state[at + PREVIOUS] = x;
      const isFirst = Number.isNaN(pair[0]);
      const centre = state[at + CENTRE]!;
      let phi = given[0]!;
      if (Number.isNaN(phi)) phi = state[at + PHI]!;
      if (Number.isNaN(phi)) phi = 0;
      // Without a neighbour the value varies by sigma / √(1 − phi²): scaled, it is judged by the same limits.
      out.statistic[row] = isFirst ? (x - centre) * Math.sqrt(1 - phi * phi) : x - centre - phi * (pair[0] - centre);
      out.n[row] = summary[COUNT]!;
      out.centre[row] = 0;
      out.sigma[row] = state[at + SIGMA]!;
      completePoint(out, row, 3, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
      if (!Number.isNaN(centre)) return;
      out.centre[row] = Number.NaN;
      if (!isFirst) observePair(state, at + PAIRS, pair);
    },
    freeze(state, at) {
      const n = lineCount(state, at + PAIRS);
      const free = n - (typed === undefined ? 2 : 1);
      if (free < 1) return false;
      const slope = typed ?? Math.min(LARGEST, Math.max(-LARGEST, fitSlope(state, at + PAIRS)));
      const before = meanX(state, at + PAIRS);
      const sigma = fitSigma(state, at + PAIRS, slope, free);
      const centre = before + (meanY(state, at + PAIRS) - before) / (1 - slope);
      if (!Number.isFinite(sigma) || !Number.isFinite(centre)) return false;
      state[at + PHI] = slope;
      state[at + CENTRE] = centre;
      state[at + SIGMA] = sigma;
      return true;
    },
  };
}
