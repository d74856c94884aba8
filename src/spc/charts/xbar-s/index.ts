// Means and standard deviations of subgroups.
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
import { c4 } from '../../math/constants.ts';
import { COUNT, DEVIATION, MEAN, SUMMARY_WIDTH, summarise, summariseDeviation } from '../../math/spread.ts';

export default defineChart({
  settings: z.strictObject({}),
  lanes: ['mean', 's'],
  kind: 'variables',
  runRules: true,
  reference: 'Montgomery, Introduction to Statistical Quality Control, 7th ed. (2013), 6.3; c4(n) exact for every n',
  compile: (): ChartKernel => kernel(new Float64Array(SUMMARY_WIDTH)),
});

/** @param summary scratch of one subgroup */
function kernel(summary: Float64Array): ChartKernel {
  return {
    width: OWN + BASELINE_WIDTH,
    transform: 'none',
    reset(state, at) {
      state[at + CENTRE] = Number.NaN;
      state[at + SIGMA] = Number.NaN;
      resetBaseline(state, at + OWN);
    },
    restart() {
      // Nothing ties one subgroup to the next.
    },
    step(state, at, columns, from, to, out, row) {
      summarise(columns.x, from, to, summary);
      const n = summary[COUNT]!;
      const average = summary[MEAN]!;
      if (!Number.isFinite(average)) {
        emptyPoint(out, row);
        emptyPoint(out, row + 1);
        return;
      }
      const centre = state[at + CENTRE]!;
      const sigma = state[at + SIGMA]!;
      out.statistic[row] = average;
      out.n[row] = n;
      out.centre[row] = centre;
      out.sigma[row] = sigma / Math.sqrt(n);
      completePoint(out, row, 3, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
      summariseDeviation(columns.x, from, to, summary);
      const spread = summary[DEVIATION]!;
      // A single member has a mean but no spread.
      if (Number.isNaN(spread)) emptyPoint(out, row + 1);
      else {
        out.statistic[row + 1] = spread;
        out.n[row + 1] = n;
        out.centre[row + 1] = c4(n) * sigma;
        out.sigma[row + 1] = Math.sqrt(1 - c4(n) * c4(n)) * sigma;
        completePoint(out, row + 1, 3, 0, Number.POSITIVE_INFINITY);
      }
      if (!Number.isNaN(centre)) return;
      learnLocation(state, at + OWN, average, n);
      if (!Number.isNaN(spread)) learnSpread(state, at + OWN, spread / c4(n));
    },
    freeze(state, at) {
      const centre = learntCentre(state, at + OWN);
      const sigma = learntSigma(state, at + OWN);
      if (Number.isNaN(centre) || Number.isNaN(sigma)) return false;
      state[at + CENTRE] = centre;
      state[at + SIGMA] = sigma;
      return true;
    },
  };
}
