// Charts of counts by units inspected: what p, np, u and c have in common.
import { CENTRE, type ChartKernel, OWN, SIGMA } from './chart.ts';
import { completePoint, emptyPoint } from './limits.ts';
import { addTo, totalOf } from './math/compensated.ts';

const COUNTED = OWN;
const INSPECTED = OWN + 2;

/**
 * The kernel of a chart of counts by units inspected, the number inspected varying from subgroup to subgroup.
 *
 * @param rate `isFraction`: each unit counts at most once (binomial, limits up to 1); else counts are without an upper end (Poisson).
 * `isCount`: the count itself is plotted, its centre and limits moving with the number inspected; else the count by unit
 */
export function rateKernel(rate: { readonly isFraction: boolean; readonly isCount: boolean }): ChartKernel {
  return {
    width: OWN + 4,
    transform: 'none',
    reset(state, at) {
      state[at + CENTRE] = Number.NaN;
      state[at + SIGMA] = Number.NaN;
      state.fill(0, at + OWN, at + OWN + 4);
    },
    restart() {
      // Nothing ties one subgroup to the next.
    },
    step(state, at, columns, from, to, out, row) {
      let count = 0;
      let size = 0;
      for (let i = from; i < to; i++) {
        const c = columns.x[i]!;
        const n = columns.size[i]!;
        // A row that cannot be is a missing row.
        if (!(c >= 0 && n > 0 && (!rate.isFraction || c <= n))) continue;
        count += c;
        size += n;
      }
      if (size === 0) {
        emptyPoint(out, row);
        return;
      }
      const centre = state[at + CENTRE]!;
      out.n[row] = size;
      if (rate.isCount) {
        out.statistic[row] = count;
        out.centre[row] = centre * size;
        out.sigma[row] = state[at + SIGMA]! * Math.sqrt(size);
      } else {
        out.statistic[row] = count / size;
        out.centre[row] = centre;
        out.sigma[row] = state[at + SIGMA]! / Math.sqrt(size);
      }
      completePoint(out, row, 3, 0, rate.isFraction ? (rate.isCount ? size : 1) : Number.POSITIVE_INFINITY);
      if (!Number.isNaN(centre)) return;
      addTo(state, at + COUNTED, count);
      addTo(state, at + INSPECTED, size);
    },
    freeze(state, at) {
      const size = totalOf(state, at + INSPECTED);
      if (!(size > 0)) return false;
      const centre = totalOf(state, at + COUNTED) / size;
      state[at + CENTRE] = centre;
      // Sigma of one inspected unit; a subgroup of n units has sigma / √n.
      state[at + SIGMA] = Math.sqrt(rate.isFraction ? centre * (1 - centre) : centre);
      return true;
    },
  };
}
