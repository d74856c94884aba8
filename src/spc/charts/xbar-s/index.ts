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
import { writeNothing, writePoint } from '../../limits.ts';
import { c4 } from '../../math/constants.ts';
import { mean, present, standardDeviation } from '../../math/spread.ts';

export default defineChart({
  settings: z.strictObject({}),
  lanes: ['mean', 's'],
  kind: 'variables',
  runRules: true,
  reference: 'Montgomery, Introduction to Statistical Quality Control, 7th ed. (2013), 6.3; c4(n) exact for every n',
  compile: (): ChartKernel => ({
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
      const n = present(columns.x, from, to);
      const average = mean(columns.x, from, to);
      if (!(average - average === 0)) {
        writeNothing(out, row);
        writeNothing(out, row + 1);
        return;
      }
      const centre = state[at + CENTRE]!;
      const sigma = state[at + SIGMA]!;
      const spread = standardDeviation(columns.x, from, to);
      writePoint(
        out,
        row,
        average,
        n,
        centre,
        sigma / Math.sqrt(n),
        3,
        Number.NEGATIVE_INFINITY,
        Number.POSITIVE_INFINITY,
      );
      // A single member has a mean but no spread.
      if (Number.isNaN(spread)) writeNothing(out, row + 1);
      else
        writePoint(
          out,
          row + 1,
          spread,
          n,
          c4(n) * sigma,
          Math.sqrt(1 - c4(n) * c4(n)) * sigma,
          3,
          0,
          Number.POSITIVE_INFINITY,
        );
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
  }),
});
