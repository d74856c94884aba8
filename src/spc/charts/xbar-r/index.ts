// Means and ranges of subgroups.
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
import { d2, d3, MAX_RANGE_SIZE } from '../../math/constants.ts';
import { mean, present, range } from '../../math/spread.ts';

export default defineChart({
  settings: z.strictObject({}),
  lanes: ['mean', 'range'],
  kind: 'variables',
  runRules: true,
  reference:
    'Montgomery, Introduction to Statistical Quality Control, 7th ed. (2013), 6.2; d2(n) and d3(n) exact for every n',
  maxSize: MAX_RANGE_SIZE,
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
      const spread = range(columns.x, from, to);
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
      else writePoint(out, row + 1, spread, n, d2(n) * sigma, d3(n) * sigma, 3, 0, Number.POSITIVE_INFINITY);
      if (!Number.isNaN(centre)) return;
      learnLocation(state, at + OWN, average, n);
      if (!Number.isNaN(spread)) learnSpread(state, at + OWN, spread / d2(n));
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
