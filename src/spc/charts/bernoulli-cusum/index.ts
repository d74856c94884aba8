// Cumulative sum of single pass or fail results, for proportions too small for a p chart.
import { z } from 'zod';
import { CENTRE, type ChartKernel, defineChart, OWN, SIGMA } from '../../chart.ts';
import { emptyPoint } from '../../limits.ts';
import { bernoulliCusumLimit, bernoulliCusumSteps } from '../../math/bernoulli-cusum.ts';
import { addTo, totalOf } from '../../math/compensated.ts';

/** The sum in steps of the lattice; before there are limits, in events. */
const LEVEL = OWN;
/** Steps that an event weighs, and the limit in steps. */
const STEPS = OWN + 1;
const LIMIT = OWN + 2;
/** The centre they belong to. */
const TUNED = OWN + 3;
const COUNTED = OWN + 4;
const INSPECTED = OWN + 6;

/** In-control run length where none is asked for: as many units as hold so many events. */
const EVENTS_BETWEEN = 100;

const settings = z
  .strictObject({
    odds_ratio: z
      .number()
      .gt(1)
      .max(100)
      .default(2)
      .describe(
        'Rise that is to be found quickly: odds of an event over those in control. For small proportions, their ratio.',
      ),
    p1: z
      .number()
      .gt(0)
      .lt(1)
      .optional()
      .describe('Proportion that is to be found quickly, above the centre; instead of odds_ratio.'),
    h: z.number().gt(0).max(200).optional().describe('Limit, in events. Without it, the limit follows from anos.'),
    anos: z
      .number()
      .gt(1)
      .max(1e12)
      .optional()
      .describe(
        'Average number of units to a false signal. Without h and anos: units that hold 100 events in control.',
      ),
  })
  .refine(({ h, anos }) => h === undefined || anos === undefined, 'give h or anos, not both');

type Settings = z.infer<typeof settings>;

export default defineChart({
  settings,
  lanes: ['cusum'],
  // A single value 0 or 1 is a unit that passed or failed: its size is 1.
  kind: 'either',
  // Neighbouring points share their past.
  runRules: false,
  reference:
    'Reynolds & Stoumbos (1999), A CUSUM chart for monitoring a proportion when inspecting continuously, JQT 31, 87-108; for records of several units Reynolds & Stoumbos (2000), IIE Transactions 32, 515-535',
  unitSigma: (centre, chosen) => {
    const { odds_ratio, p1 } = settings.parse(chosen ?? {});
    return centre < (p1 ?? shifted(centre, odds_ratio)) ? Math.sqrt(centre * (1 - centre)) : Number.NaN;
  },
  compile: (chosen: Settings): ChartKernel => kernel(chosen),
});

function kernel(chosen: Settings): ChartKernel {
  return {
    width: OWN + 8,
    transform: 'none',
    reset(state, at) {
      state.fill(0, at + OWN, at + OWN + 8);
      state[at + CENTRE] = Number.NaN;
      state[at + SIGMA] = Number.NaN;
      state[at + TUNED] = Number.NaN;
    },
    restart(state, at, why) {
      // A gap says nothing about the proportion, so the sum goes on; new limits give it a new start.
      if (why === 'limits') state[at + LEVEL] = 0;
    },
    step(state, at, columns, from, to, out, row) {
      let count = 0;
      let size = 0;
      for (let i = from; i < to; i++) {
        const c = columns.x[i]!;
        const n = columns.size[i]!;
        if (!(c >= 0 && n > 0 && c <= n)) continue;
        count += c;
        size += n;
      }
      if (size === 0) {
        emptyPoint(out, row);
        return;
      }
      const centre = state[at + CENTRE]!;
      out.n[row] = size;
      if (Number.isNaN(centre)) {
        learn(state, at, chosen, count, size);
        emptyLimits(out.centre, out.lower, out.upper, out.sigma, out.z, row);
        out.statistic[row] = state[at + LEVEL]!;
        return;
      }
      // The only step that takes time and memory: the first one under limits of another centre.
      if (state[at + TUNED] !== centre) tune(state, at, chosen, centre);
      const steps = state[at + STEPS]!;
      // Whole numbers: exact, so that a sum on the limit is never taken for one beyond.
      const level = Math.max(0, state[at + LEVEL]! + count * steps - size);
      const limit = state[at + LIMIT]!;
      state[at + LEVEL] = level;
      out.statistic[row] = level / steps;
      out.centre[row] = 0;
      out.lower[row] = 0;
      out.upper[row] = limit / steps;
      // No sigma: thirds of the way to the limit.
      out.sigma[row] = limit / steps / 3;
      out.z[row] = level === 0 ? 0 : 3 * (level / limit);
    },
    freeze(state, at) {
      const centre = totalOf(state, at + COUNTED) / totalOf(state, at + INSPECTED);
      if (!(centre > 0 && centre < (chosen.p1 ?? 1))) return false;
      state[at + CENTRE] = centre;
      state[at + SIGMA] = Math.sqrt(centre * (1 - centre));
      state[at + LEVEL] = 0;
      tune(state, at, chosen, centre);
      return true;
    },
  };
}

/** Weight of an event and limit for this centre; NaN, so that nothing signals, for a centre that is not below the rise to be found. */
function tune(state: Float64Array, at: number, chosen: Settings, centre: number): void {
  const steps = bernoulliCusumSteps(centre, chosen.p1 ?? shifted(centre, chosen.odds_ratio));
  state[at + TUNED] = centre;
  state[at + STEPS] = steps;
  if (chosen.h === undefined) {
    state[at + LIMIT] = Number.isNaN(steps)
      ? Number.NaN
      : bernoulliCusumLimit(centre, steps, chosen.anos ?? EVENTS_BETWEEN / centre);
  } else {
    // The highest level that is not beyond h; what rounding takes from h · steps is given back.
    state[at + LIMIT] = Math.floor(chosen.h * steps + 1e-9);
  }
}

/** Takes a record into the baseline, and shows the sum against the proportion found so far. */
function learn(state: Float64Array, at: number, chosen: Settings, count: number, size: number): void {
  addTo(state, at + COUNTED, count);
  addTo(state, at + INSPECTED, size);
  const found = totalOf(state, at + COUNTED) / totalOf(state, at + INSPECTED);
  const steps = bernoulliCusumSteps(found, chosen.p1 ?? shifted(found, chosen.odds_ratio));
  state[at + LEVEL] = Number.isNaN(steps) ? 0 : Math.max(0, state[at + LEVEL]! + count - size / steps);
}

function shifted(p: number, oddsRatio: number): number {
  return (oddsRatio * p) / (1 - p + oddsRatio * p);
}

function emptyLimits(
  centre: Float64Array,
  lower: Float64Array,
  upper: Float64Array,
  sigma: Float64Array,
  z: Float64Array,
  row: number,
): void {
  centre[row] = Number.NaN;
  lower[row] = Number.NaN;
  upper[row] = Number.NaN;
  sigma[row] = Number.NaN;
  z[row] = Number.NaN;
}
