// Run chart: values about the median of the baseline, with Anhøj's tests of the longest run and of the number of crossings.
import { z } from 'zod';
import { CENTRE, type ChartKernel, defineChart, OWN, type Points, SIGMA } from '../../chart.ts';
import { emptyPoint } from '../../limits.ts';
import { KEPT_ROOM, keep, keptAt, keptCount, resetKept } from '../../math/kept.ts';
import { COUNT, MEAN, SUMMARY_WIDTH, summarise } from '../../math/spread.ts';
import { MOMENTS_WIDTH, momentSigma, observeMoment, resetMoments } from '../../moments.ts';

/** Points off the median since the start or the last break: the useful ones. */
const USEFUL = OWN;
/** Side of the newest useful point, +1 or -1; 0 before the first. */
const SIDE = OWN + 1;
const CURRENT_RUN = OWN + 2;
const LONGEST_RUN = OWN + 3;
const CROSSINGS = OWN + 4;
/** The 5 % quantile of the crossings of useful − 1 fair steps, and the probabilities of at most, and of exactly, so many. */
const LEAST = OWN + 5;
const AT_MOST = OWN + 6;
const EXACTLY = OWN + 7;
const MOMENTS = OWN + 8;
const KEPT = MOMENTS + MOMENTS_WIDTH;

const LEVEL = 0.05;

const settings = z.strictObject({
  keep: z
    .int()
    .min(4)
    .max(1000)
    .default(200)
    .describe('Most baseline values kept for the median; of a longer baseline the first so many count.'),
});

export default defineChart({
  settings,
  lanes: ['x', 'longest_run', 'crossings'],
  kind: 'variables',
  runRules: false,
  reference: 'Anhøj & Olesen (2014), PLoS ONE 9, e113825; Anhøj (2015), PLoS ONE 10, e0121349',
  maxSize: 1,
  compile: (chosen: z.infer<typeof settings>): ChartKernel => kernel(chosen.keep, new Float64Array(SUMMARY_WIDTH)),
});

function kernel(room: number, summary: Float64Array): ChartKernel {
  return {
    width: KEPT + KEPT_ROOM + room,
    transform: 'none',
    reset(state, at) {
      state[at + CENTRE] = Number.NaN;
      state[at + SIGMA] = Number.NaN;
      begin(state, at);
      resetMoments(state, at + MOMENTS);
      resetKept(state, at + KEPT, room);
    },
    restart(state, at) {
      begin(state, at);
    },
    step(state, at, columns, from, to, out, row) {
      // One member; where a plan asks for several, their mean is the individual value.
      summarise(columns.x, from, to, summary);
      const x = summary[MEAN]!;
      for (let lane = 0; lane < 3; lane++) emptyPoint(out, row + lane);
      if (!Number.isFinite(x)) return;
      const centre = state[at + CENTRE]!;
      out.statistic[row] = x;
      out.n[row] = summary[COUNT]!;
      out.centre[row] = centre;
      if (Number.isNaN(centre)) {
        keep(state, at + KEPT, room, x);
        observeMoment(state, at + MOMENTS, x);
        return;
      }
      if (x !== centre) count(state, at, x > centre ? 1 : -1);
      const useful = state[at + USEFUL]!;
      if (useful === 0) return;
      plot(out, row + 1, useful, state[at + LONGEST_RUN]!);
      out.upper[row + 1] = Math.round(Math.log2(useful)) + 3;
      plot(out, row + 2, useful, state[at + CROSSINGS]!);
      out.centre[row + 2] = (useful - 1) / 2;
      out.lower[row + 2] = state[at + LEAST]!;
    },
    freeze(state, at) {
      const n = keptCount(state, at + KEPT);
      const sigma = momentSigma(state, at + MOMENTS);
      if (Number.isNaN(sigma)) return false;
      const low = keptAt(state, at + KEPT, Math.floor((n - 1) / 2));
      const high = keptAt(state, at + KEPT, Math.floor(n / 2));
      state[at + CENTRE] = low + (high - low) / 2;
      state[at + SIGMA] = sigma;
      begin(state, at);
      return true;
    },
    explain: (state, at) => ({
      useful_points: state[at + USEFUL]!,
      longest_run: state[at + LONGEST_RUN]!,
      crossings: state[at + CROSSINGS]!,
      run_now: state[at + CURRENT_RUN]!,
    }),
  };
}

function begin(state: Float64Array, at: number): void {
  for (let i = at + USEFUL; i <= at + LEAST; i++) state[i] = 0;
  state[at + AT_MOST] = 1;
  state[at + EXACTLY] = 1;
}

/** Takes one useful point. */
function count(state: Float64Array, at: number, side: number): void {
  const before = state[at + SIDE]!;
  const isSame = side === before;
  state[at + SIDE] = side;
  state[at + CURRENT_RUN] = isSame ? state[at + CURRENT_RUN]! + 1 : 1;
  if (state[at + CURRENT_RUN]! > state[at + LONGEST_RUN]!) state[at + LONGEST_RUN] = state[at + CURRENT_RUN]!;
  const steps = state[at + USEFUL]!;
  state[at + USEFUL] = steps + 1;
  if (before === 0) return;
  if (!isSame) state[at + CROSSINGS] = state[at + CROSSINGS]! + 1;
  growQuantile(state, at, steps);
}

/** The quantile of one step more, from the distribution at the quantile of the step before: Pascal's rule. */
function growQuantile(state: Float64Array, at: number, steps: number): void {
  let least = state[at + LEAST]!;
  let atMost = state[at + AT_MOST]! - state[at + EXACTLY]! / 2;
  let exactly = (state[at + EXACTLY]! * steps) / (2 * (steps - least));
  while (atMost < LEVEL) {
    exactly *= (steps - least) / (least + 1);
    least += 1;
    atMost += exactly;
  }
  state[at + LEAST] = least;
  state[at + AT_MOST] = atMost;
  state[at + EXACTLY] = exactly;
}

/** A point without z: what is counted has no sigma. */
function plot(out: Points, row: number, n: number, statistic: number): void {
  out.statistic[row] = statistic;
  out.n[row] = n;
}
