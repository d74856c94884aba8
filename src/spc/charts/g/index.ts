// Units (or opportunities) between rare events.
import { z } from 'zod';
import { CENTRE, type ChartKernel, defineChart, OWN, type Points, SIGMA } from '../../chart.ts';
import { completePoint, emptyPoint } from '../../limits.ts';
import { addTo, totalOf } from '../../math/compensated.ts';
import { LOWER, MEDIAN, placeSkewed, UPPER, VALUE } from '../../skewed-limits.ts';

/** Units without an event since the last one. */
const OPEN = OWN;
const TOTAL = OWN + 1;
const EVENTS = OWN + 3;

/** Probability beyond each limit with `probability`, and the normal quantile of 1 − TAIL. */
const TAIL = 0.00135;
const TAIL_Z = 2.9999769927034015;
const LOW_EXPONENT = -Math.log1p(-TAIL);
const HIGH_EXPONENT = -Math.log(TAIL);

const settings = z.strictObject({
  input: z
    .enum(['gaps', 'counts'])
    .default('gaps')
    .describe(
      '`gaps`: each value is a number of units between two events; `counts`: filled in where from names counts.',
    ),
  limits: z
    .enum(['three_sigma', 'probability'])
    .default('three_sigma')
    .describe(
      '`three_sigma`: mean ± 3 sigma of the geometric distribution; `probability`: its 0.135 %, 50 % and 99.865 % points.',
    ),
});

export default defineChart({
  settings,
  lanes: ['g'],
  kind: 'either',
  runRules: true,
  reference:
    'Benneyan (2001), Health Care Management Science 4, 305-318; Kaminsky, Benneyan, Davis & Burke (1992), JQT 24, 63',
  unitSigma: (centre) => (centre >= 0 ? Math.sqrt(centre * (centre + 1)) : Number.NaN),
  compile: (chosen: z.infer<typeof settings>): ChartKernel => kernel(chosen),
});

function kernel({ input, limits }: z.infer<typeof settings>): ChartKernel {
  const isCounted = input === 'counts';
  const isProbability = limits === 'probability';
  const scale = new Float64Array(4);
  return {
    width: OWN + 4,
    transform: 'none',
    reset(state, at) {
      state[at + CENTRE] = Number.NaN;
      state[at + SIGMA] = Number.NaN;
      state.fill(0, at + OWN, at + OWN + 4);
    },
    restart(state, at, why) {
      // Events may have been missed in a gap; the distribution has no memory, so the count begins anew.
      if (why === 'gap') state[at + OPEN] = 0;
    },
    step(state, at, columns, from, to, out, row) {
      let events = 0;
      let units = 0;
      let open = state[at + OPEN]!;
      for (let i = from; i < to; i++) {
        const x = columns.x[i]!;
        if (!(x >= 0 && x < Number.POSITIVE_INFINITY)) continue;
        if (!isCounted) {
          events += 1;
          units += x;
          continue;
        }
        const n = columns.size[i]!;
        if (!(n > 0 && x <= n)) continue;
        open += n - x;
        if (x === 0) continue;
        events += x;
        units += open;
        open = 0;
      }
      state[at + OPEN] = open;
      if (events === 0) {
        emptyPoint(out, row);
        return;
      }
      const mean = state[at + CENTRE]!;
      out.statistic[row] = units / events;
      out.n[row] = events;
      out.centre[row] = mean;
      out.sigma[row] = state[at + SIGMA]! / Math.sqrt(events);
      completePoint(out, row, 3, 0, Number.POSITIVE_INFINITY);
      if (Number.isNaN(mean)) {
        addTo(state, at + TOTAL, units);
        state[at + EVENTS] = state[at + EVENTS]! + events;
        return;
      }
      scale[VALUE] = out.statistic[row]!;
      if (isProbability) {
        probabilityLimits(out, row);
        scale[MEDIAN] = out.centre[row]!;
        scale[LOWER] = out.lower[row]!;
        scale[UPPER] = out.upper[row]!;
      } else {
        const reach = 3 * out.sigma[row]!;
        scale[LOWER] = mean - reach;
        scale[UPPER] = mean + reach;
        middleOf(scale, out.n, row, out.centre);
      }
      placeSkewed(out, row, scale);
    },
    freeze(state, at) {
      const events = state[at + EVENTS]!;
      if (events === 0) return false;
      const mean = totalOf(state, at + TOTAL) / events;
      state[at + CENTRE] = mean;
      state[at + SIGMA] = Math.sqrt(mean * (mean + 1));
      return true;
    },
  };
}

/** Median of the mean of so many gaps, into the scale. */
function middleOf(scale: Float64Array, events: Float64Array, row: number, means: Float64Array): void {
  const mean = means[row]!;
  const n = events[row]!;
  const root = 1 - 1 / (9 * n);
  const median =
    n === 1
      ? Math.max(0, Math.ceil(Math.LN2 / Math.log1p(1 / mean)) - 1)
      : Math.max(0, (mean + 0.5) * root * root * root - 0.5);
  // A typed sigma far below that of the distribution leaves its median outside the limits.
  scale[MEDIAN] = median > scale[LOWER]! ? median : mean;
}

/** Puts the 0.135 %, 50 % and 99.865 % points into a row that holds the mean as its centre. */
function probabilityLimits(out: Points, row: number): void {
  const mean = out.centre[row]!;
  const events = out.n[row]!;
  if (events === 1) {
    // Smallest whole gap k with P(gap ≤ k) ≥ 1 − exp(−exponent): P(gap > k) = (mean/(mean + 1))^(k + 1).
    const step = Math.log1p(1 / mean);
    out.lower[row] = Math.max(0, Math.ceil(LOW_EXPONENT / step) - 1);
    out.centre[row] = Math.max(0, Math.ceil(Math.LN2 / step) - 1);
    out.upper[row] = Math.max(0, Math.ceil(HIGH_EXPONENT / step) - 1);
    return;
  }
  // The mean of several gaps: gamma of as many degrees, by Wilson and Hilferty's cube root.
  const middle = 1 - 1 / (9 * events);
  const reach = TAIL_Z / (3 * Math.sqrt(events));
  const low = Math.max(0, middle - reach);
  const high = middle + reach;
  const scale = mean + 0.5;
  out.lower[row] = Math.max(0, scale * low * low * low - 0.5);
  out.centre[row] = Math.max(0, scale * middle * middle * middle - 0.5);
  out.upper[row] = Math.max(0, scale * high * high * high - 0.5);
}
