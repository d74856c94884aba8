// Two-sided tabular CUSUM of individual values or subgroup means.
import { z } from 'zod';
import { CENTRE, type ChartKernel, defineChart, OWN, type Points, SIGMA } from '../../chart.ts';
import { LEVEL_WIDTH, learnLevel, levelCentre, levelSigma, resetLevel, restartLevel } from '../../level-baseline.ts';
import { emptyPoint } from '../../limits.ts';
import { COUNT, MEAN, SUMMARY_WIDTH, summarise, summariseDeviation } from '../../math/spread.ts';

/** Slots of one side. The sum is kept times √n, so that subgroups of unequal size add up in the same unit; NaN before the first one. */
const SUM = 0;
/** Consecutive points for which the sum has been above zero, the sum it began with and the total of their √n. */
const RUN = 1;
const BEGAN = 2;
const ROOTS = 3;
const SIDE_WIDTH = 4;

const UP = OWN;
const DOWN = UP + SIDE_WIDTH;
const LEVEL = DOWN + SIDE_WIDTH;

/** What one step does to a side; in an array, since a number handed over as such would be allocated. */
const INCREMENT = 0;
const ROOT = 1;
const HEAD_START = 2;

const settings = z.strictObject({
  k: z
    .number()
    .gt(0)
    .max(5)
    .default(0.5)
    .describe('Reference value in sigma of the plotted mean: half of the shift to be found.'),
  h: z.number().gt(0).max(50).default(5).describe('Decision interval in sigma of the plotted mean.'),
  head_start: z
    .number()
    .min(0)
    .lt(1)
    .default(0)
    .describe('Fast initial response: both sums start at this fraction of h; 0.5 is usual, 0 = none.'),
});

export default defineChart({
  settings,
  lanes: ['upper', 'lower'],
  kind: 'variables',
  runRules: false,
  reference:
    'Page (1954), Biometrika 41, 100; Lucas & Crosier (1982), Technometrics 24, 199 for the head start; Montgomery, 7th ed. (2013), 9.1',
  compile: (chosen: z.infer<typeof settings>): ChartKernel => kernel(chosen, new Float64Array(SUMMARY_WIDTH)),
});

function kernel({ k, h, head_start }: z.infer<typeof settings>, summary: Float64Array): ChartKernel {
  const move = new Float64Array(3);
  return {
    width: LEVEL + LEVEL_WIDTH,
    transform: 'none',
    reset(state, at) {
      state[at + CENTRE] = Number.NaN;
      state[at + SIGMA] = Number.NaN;
      begin(state, at);
      resetLevel(state, at + LEVEL);
    },
    restart(state, at, why) {
      restartLevel(state, at + LEVEL);
      // A gap says nothing about the mean, so the sums go on; new limits give them a new start.
      if (why === 'limits') begin(state, at);
    },
    step(state, at, columns, from, to, out, row) {
      summarise(columns.x, from, to, summary);
      const n = summary[COUNT]!;
      const x = summary[MEAN]!;
      emptyPoint(out, row);
      emptyPoint(out, row + 1);
      if (!Number.isFinite(x)) return;
      out.n[row] = n;
      out.n[row + 1] = n;
      const centre = state[at + CENTRE]!;
      if (Number.isNaN(centre)) {
        summariseDeviation(columns.x, from, to, summary);
        learnLevel(state, at + LEVEL, summary);
        return;
      }
      const sigma = state[at + SIGMA]!;
      const root = Math.sqrt(n);
      const deviation = (x - centre) * root;
      move[ROOT] = root;
      move[HEAD_START] = head_start * h * sigma;
      move[INCREMENT] = deviation - k * sigma;
      addSide(state, at + UP, move);
      move[INCREMENT] = -deviation - k * sigma;
      addSide(state, at + DOWN, move);
      out.upper[row] = (h * sigma) / root;
      out.upper[row + 1] = out.upper[row]!;
      out.statistic[row] = state[at + UP + SUM]! / root;
      out.statistic[row + 1] = state[at + DOWN + SUM]! / root;
      completeSum(out, row);
      completeSum(out, row + 1);
    },
    freeze(state, at) {
      const centre = levelCentre(state, at + LEVEL);
      const sigma = levelSigma(state, at + LEVEL);
      if (Number.isNaN(centre) || Number.isNaN(sigma)) return false;
      state[at + CENTRE] = centre;
      state[at + SIGMA] = sigma;
      begin(state, at);
      return true;
    },
    explain(state, at) {
      const isUp = state[at + UP + SUM]! >= state[at + DOWN + SUM]!;
      const side = at + (isUp ? UP : DOWN);
      const points = state[side + RUN]!;
      // What the run has summed is (mean of its values − centre − K), point by point.
      const climbed = state[side + SUM]! - state[side + BEGAN]! + points * k * state[at + SIGMA]!;
      const shift = climbed / state[side + ROOTS]!;
      return { estimated_mean: state[at + CENTRE]! + (isUp ? shift : -shift), since_points: points };
    },
  };
}

function begin(state: Float64Array, at: number): void {
  for (let i = at + UP; i < at + LEVEL; i++) state[i] = 0;
  state[at + UP + SUM] = Number.NaN;
  state[at + DOWN + SUM] = Number.NaN;
}

/** One step of one side: the sum never falls below zero, and a sum of zero ends the run. */
function addSide(state: Float64Array, at: number, move: Float64Array): void {
  let before = state[at + SUM]!;
  if (Number.isNaN(before)) before = move[HEAD_START]!;
  const sum = before + move[INCREMENT]!;
  if (sum > 0) {
    if (state[at + RUN] === 0) state[at + BEGAN] = before;
    state[at + SUM] = sum;
    state[at + RUN] = state[at + RUN]! + 1;
    state[at + ROOTS] = state[at + ROOTS]! + move[ROOT]!;
    return;
  }
  state[at + SUM] = 0;
  state[at + RUN] = 0;
  state[at + ROOTS] = 0;
}

/** Completes a row whose statistic and upper limit stand. A sum has no sigma of its own: z is in thirds of the way to the limit. */
function completeSum(out: Points, row: number): void {
  const sum = out.statistic[row]!;
  const limit = out.upper[row]!;
  out.centre[row] = 0;
  out.lower[row] = 0;
  out.sigma[row] = limit / 3;
  out.z[row] = sum === 0 ? 0 : (3 * sum) / limit;
}
