// Levey-Jennings chart of a control material or check standard: mean and plain standard deviation of its values.
import { z } from 'zod';
import { CENTRE, defineChart, OWN, SIGMA } from '../../chart.ts';
import { completePoint, emptyPoint } from '../../limits.ts';
import { COUNT, MEAN, SUMMARY_WIDTH, summarise } from '../../math/spread.ts';
import { MOMENTS_WIDTH, momentMean, momentSigma, observeMoment, resetMoments } from '../../moments.ts';

export default defineChart({
  settings: z.strictObject({}),
  lanes: ['x'],
  kind: 'variables',
  runRules: true,
  reference:
    'Levey & Jennings (1950), American Journal of Clinical Pathology 20, 1059; Westgard et al. (1981), Clinical Chemistry 27, 493',
  maxSize: 1,
  compile: () => {
    const summary = new Float64Array(SUMMARY_WIDTH);
    return {
      width: OWN + MOMENTS_WIDTH,
      transform: 'none',
      reset(state, at) {
        state[at + CENTRE] = Number.NaN;
        state[at + SIGMA] = Number.NaN;
        resetMoments(state, at + OWN);
      },
      restart() {
        // Nothing ties one value to the next.
      },
      step(state, at, columns, from, to, out, row) {
        // One member; where a plan asks for several, their mean is the individual value.
        summarise(columns.x, from, to, summary);
        const x = summary[MEAN]!;
        if (!Number.isFinite(x)) {
          emptyPoint(out, row);
          return;
        }
        const centre = state[at + CENTRE]!;
        out.statistic[row] = x;
        out.n[row] = summary[COUNT]!;
        out.centre[row] = centre;
        out.sigma[row] = state[at + SIGMA]!;
        completePoint(out, row, 3, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
        if (Number.isNaN(centre)) observeMoment(state, at + OWN, x);
      },
      freeze(state, at) {
        const sigma = momentSigma(state, at + OWN);
        if (Number.isNaN(sigma)) return false;
        state[at + CENTRE] = momentMean(state, at + OWN);
        state[at + SIGMA] = sigma;
        return true;
      },
    };
  },
});
