// Individual values and their moving range of two.
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
import { d2, d3 } from '../../math/constants.ts';
import { COUNT, MEAN, SUMMARY_WIDTH, summarise } from '../../math/spread.ts';

const PREVIOUS = OWN;
const BASELINE = OWN + 1;

const settings = z.strictObject({
  transform: z
    .enum(['none', 'ln'])
    .default('none')
    .describe('Scale of the limits: `none`, or `ln` for right-skewed values above zero (roughness, leak rate).'),
});

export default defineChart({
  settings,
  lanes: ['x', 'mr'],
  kind: 'variables',
  runRules: true,
  reference:
    'Montgomery, Introduction to Statistical Quality Control, 7th ed. (2013), 6.4; Limpert, Stahel & Abbt (2001) for ln',
  maxSize: 1,
  compile: ({ transform }: z.infer<typeof settings>): ChartKernel => {
    const isLn = transform === 'ln';
    const summary = new Float64Array(SUMMARY_WIDTH);
    return {
      width: BASELINE + BASELINE_WIDTH,
      transform,
      reset(state, at) {
        state[at + CENTRE] = Number.NaN;
        state[at + SIGMA] = Number.NaN;
        state[at + PREVIOUS] = Number.NaN;
        resetBaseline(state, at + BASELINE);
      },
      restart(state, at) {
        state[at + PREVIOUS] = Number.NaN;
      },
      step(state, at, columns, from, to, out, row) {
        // One member; where a plan asks for several, their mean is the individual value.
        summarise(columns.x, from, to, summary);
        const x = summary[MEAN]!;
        const y = isLn ? Math.log(x) : x;
        if (!Number.isFinite(y)) {
          emptyPoint(out, row);
          emptyPoint(out, row + 1);
          return;
        }
        const centre = state[at + CENTRE]!;
        const sigma = state[at + SIGMA]!;
        const moving = Math.abs(y - state[at + PREVIOUS]!);
        out.statistic[row] = y;
        out.n[row] = summary[COUNT]!;
        out.centre[row] = isLn ? Math.log(centre) : centre;
        out.sigma[row] = sigma;
        completePoint(out, row, 3, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
        if (isLn) {
          out.statistic[row] = x;
          out.centre[row] = centre;
          out.lower[row] = Math.exp(out.lower[row]!);
          out.upper[row] = Math.exp(out.upper[row]!);
        }
        if (Number.isNaN(moving)) emptyPoint(out, row + 1);
        else {
          out.statistic[row + 1] = moving;
          out.n[row + 1] = summary[COUNT]!;
          out.centre[row + 1] = d2(2) * sigma;
          out.sigma[row + 1] = d3(2) * sigma;
          completePoint(out, row + 1, 3, 0, Number.POSITIVE_INFINITY);
        }
        if (Number.isNaN(centre)) {
          learnLocation(state, at + BASELINE, y, 1);
          if (!Number.isNaN(moving)) learnSpread(state, at + BASELINE, moving / d2(2));
        }
        state[at + PREVIOUS] = y;
      },
      freeze(state, at) {
        const centre = learntCentre(state, at + BASELINE);
        const sigma = learntSigma(state, at + BASELINE);
        if (Number.isNaN(centre) || Number.isNaN(sigma)) return false;
        state[at + CENTRE] = isLn ? Math.exp(centre) : centre;
        state[at + SIGMA] = sigma;
        return true;
      },
    };
  },
});
