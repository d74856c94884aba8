// Charts of counts whose rate itself wanders: what Laney's p′ and u′ have in common.
import { z } from 'zod';
import { CENTRE, type ChartKernel, OWN, SIGMA } from './chart.ts';
import { completePoint, emptyPoint } from './limits.ts';
import { addTo, totalOf } from './math/compensated.ts';
import { d2 } from './math/constants.ts';

/**
 * Baseline subgroups that are kept until the limits freeze: the moving ranges need the final centre. Older ones are folded into a sum
 * that is linear in the centre: off only where the centre moves across the middle of a pair afterwards, some 0.01 % of sigma_z.
 */
const KEPT = 250;

const COUNTED = OWN;
const INSPECTED = OWN + 2;
/** Subgroups learnt. */
const LEARNT = OWN + 4;
/** 1: the next subgroup has no neighbour before it. */
const IS_BROKEN = OWN + 5;
/** Folded ranges: Σ|Δ| = FOLDED − centre · FOLDED_SLOPE. */
const FOLDED = OWN + 6;
const FOLDED_SLOPE = OWN + 7;
/** Ranges folded. */
const FOLDS = OWN + 8;
/** The rates, then the roots of the numbers inspected; a negative root has no neighbour before it. */
const RATES = OWN + 9;
const ROOTS = RATES + KEPT;

/** Settings of both Laney charts. */
export const laneySettings = z.strictObject({
  sigma_z: z
    .number()
    .positive()
    .default(1)
    .describe(
      'Variation between subgroups in multiples of what the distribution explains; only used where a centre is typed without sigma, else learnt from the baseline.',
    ),
});

/** The setting `sigma_z` of a chart's settings; 1 where there are none. */
export function sigmaZ(settings?: Readonly<Record<string, unknown>>): number {
  return typeof settings?.sigma_z === 'number' ? settings.sigma_z : 1;
}

/**
 * The kernel of Laney's charts: limits centre ± 3 · sigma_z · √(variance of one unit / n), with sigma_z the mean moving range of the
 * baseline's z divided by d2(2). Slot SIGMA holds sigma_z · sigma of one unit, so typed limits may bring their own.
 *
 * @param rate `isFraction`: each unit counts at most once (binomial, limits up to 1); else Poisson
 */
export function laneyKernel(rate: { readonly isFraction: boolean }): ChartKernel {
  return {
    width: ROOTS + KEPT,
    transform: 'none',
    reset(state, at) {
      state.fill(0, at, at + ROOTS + KEPT);
      state[at + CENTRE] = Number.NaN;
      state[at + SIGMA] = Number.NaN;
      state[at + IS_BROKEN] = 1;
    },
    restart(state, at) {
      state[at + IS_BROKEN] = 1;
    },
    step(state, at, columns, from, to, out, row) {
      let count = 0;
      let size = 0;
      for (let i = from; i < to; i++) {
        const c = columns.x[i]!;
        const n = columns.size[i]!;
        if (!(c >= 0 && n > 0 && (!rate.isFraction || c <= n))) continue;
        count += c;
        size += n;
      }
      if (size === 0) {
        emptyPoint(out, row);
        return;
      }
      const centre = state[at + CENTRE]!;
      out.statistic[row] = count / size;
      out.n[row] = size;
      out.centre[row] = centre;
      out.sigma[row] = state[at + SIGMA]! / Math.sqrt(size);
      completePoint(out, row, 3, 0, rate.isFraction ? 1 : Number.POSITIVE_INFINITY);
      if (!Number.isNaN(centre)) return;
      addTo(state, at + COUNTED, count);
      addTo(state, at + INSPECTED, size);
      // What drops out of the ring is folded before its place is taken.
      if (state[at + LEARNT]! >= KEPT) fold(state, at);
      const slot = state[at + LEARNT]! % KEPT;
      state[at + RATES + slot] = count / size;
      state[at + ROOTS + slot] = state[at + IS_BROKEN] === 1 ? -Math.sqrt(size) : Math.sqrt(size);
      state[at + LEARNT] = state[at + LEARNT]! + 1;
      state[at + IS_BROKEN] = 0;
    },
    freeze(state, at) {
      const centre = totalOf(state, at + COUNTED) / totalOf(state, at + INSPECTED);
      const learnt = state[at + LEARNT]!;
      let ranges = state[at + FOLDS]!;
      let total = ranges === 0 ? 0 : state[at + FOLDED]! - centre * state[at + FOLDED_SLOPE]!;
      for (let i = Math.max(1, learnt - KEPT + 1); i < learnt; i++) {
        if (state[at + ROOTS + (i % KEPT)]! < 0) continue;
        total += Math.abs(change(state, at, i, centre));
        ranges += 1;
      }
      if (ranges === 0) return false;
      state[at + CENTRE] = centre;
      // z = Δ / sigma of one unit, and that sigma times sigma_z: it cancels.
      state[at + SIGMA] = total / ranges / d2(2);
      return true;
    },
    explain(state, at) {
      const centre = state[at + CENTRE]!;
      const unit = Math.sqrt(rate.isFraction ? centre * (1 - centre) : centre);
      return { sigma_z: state[at + SIGMA]! / unit };
    },
  };
}

/** Takes the oldest range of the ring into the folded sum, its sign as the centre stands now. */
function fold(state: Float64Array, at: number): void {
  const i = state[at + LEARNT]! - KEPT + 1;
  const root = state[at + ROOTS + (i % KEPT)]!;
  if (root < 0) return;
  const centre = totalOf(state, at + COUNTED) / totalOf(state, at + INSPECTED);
  const before = Math.abs(state[at + ROOTS + ((i - 1) % KEPT)]!);
  const sign = change(state, at, i, centre) < 0 ? -1 : 1;
  state[at + FOLDED] = state[at + FOLDED]! + sign * change(state, at, i, 0);
  state[at + FOLDED_SLOPE] = state[at + FOLDED_SLOPE]! + sign * (root - before);
  state[at + FOLDS] = state[at + FOLDS]! + 1;
}

/** From subgroup i − 1 to i: the change of (rate − centre) · √n. */
function change(state: Float64Array, at: number, i: number, centre: number): number {
  const now = i % KEPT;
  const before = (i - 1) % KEPT;
  return (
    (state[at + RATES + now]! - centre) * state[at + ROOTS + now]! -
    (state[at + RATES + before]! - centre) * Math.abs(state[at + ROOTS + before]!)
  );
}
