// Charts of subgroup means or medians with a lane of spread: what X̄-R, X̄-S and median-R have in common.
import { BASELINE_WIDTH, learnLocation, learnSpread, learntCentre, learntSigma, resetBaseline } from './baseline.ts';
import { CENTRE, type ChartKernel, OWN, SIGMA } from './chart.ts';
import { completePoint, emptyPoint } from './limits.ts';
import { COUNT, MEAN, SUMMARY_WIDTH, summarise } from './math/spread.ts';

/** What the second lane shows of a subgroup. Numbers go through arrays: a number returned from a call would be allocated. */
export interface SpreadLane {
  /** Where in the summary the spread stands; NaN there = none. */
  readonly column: number;
  /** Completes the summary of x[from..to), which holds count, mean and range already. */
  complete(x: Float64Array, from: number, to: number, summary: Float64Array): void;
  /** Writes the expected spread of n normal values of sigma 1 to `out[0]` and its standard deviation to `out[1]`. */
  worth(n: number, out: Float64Array): void;
}

/** What the first lane shows of a subgroup. */
export interface LocationLane {
  /** Writes the location of x[from..to) over the mean in the summary, which holds count, mean and range already. */
  complete(x: Float64Array, from: number, to: number, summary: Float64Array): void;
  /** Writes to `out[0]` by what sigma is divided to give the standard error of the location of n normal values: √n for the mean. */
  divisor(n: number, out: Float64Array): void;
}

/** The mean, which every summary holds. */
const MEAN_LANE: LocationLane = {
  complete() {
    // The mean is part of every summary.
  },
  divisor(n, out) {
    out[0] = Math.sqrt(n);
  },
};

/**
 * The kernel of a chart of locations with a lane of spread below: centre and sigma learnt from the baseline, locations weighted by their
 * number of members.
 */
export function meanKernel(spreadLane: SpreadLane, locationLane: LocationLane = MEAN_LANE): ChartKernel {
  // Scratch of one subgroup.
  const summary = new Float64Array(SUMMARY_WIDTH);
  const worth = new Float64Array(2);
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
      locationLane.complete(columns.x, from, to, summary);
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
      locationLane.divisor(n, worth);
      out.sigma[row] = sigma / worth[0]!;
      completePoint(out, row, 3, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
      spreadLane.complete(columns.x, from, to, summary);
      const spread = summary[spreadLane.column]!;
      // A single member has a mean but no spread.
      if (Number.isNaN(spread)) emptyPoint(out, row + 1);
      else {
        spreadLane.worth(n, worth);
        out.statistic[row + 1] = spread;
        out.n[row + 1] = n;
        out.centre[row + 1] = worth[0]! * sigma;
        out.sigma[row + 1] = worth[1]! * sigma;
        completePoint(out, row + 1, 3, 0, Number.POSITIVE_INFINITY);
      }
      if (!Number.isNaN(centre)) return;
      learnLocation(state, at + OWN, average, n);
      if (!Number.isNaN(spread)) learnSpread(state, at + OWN, spread / worth[0]!);
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
