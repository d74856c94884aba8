// The 0.135, 50 and 99.865 % percentiles of a sorted baseline: its own order statistics, or those of a fitted distribution.
import { KEPT_ROOM, keptCount, keptQuantile } from '../../math/kept.ts';
import { normalQuantile } from '../../math/normal.ts';

/** Slots of the answer. */
export const LOWER = 0;
export const MEDIAN = 1;
export const UPPER = 2;

/** As ISO 22514-2 rounds the normal probability below minus three sigma. */
const TAIL = 0.00135;

/**
 * Writes the three percentiles to `out`; NaN where the baseline holds too few values, or values all alike that no distribution fits.
 *
 * @param kept values in order of size, see kept.ts; for the two distributions all above 0
 * @see Johnson, Kotz & Balakrishnan, Continuous Univariate Distributions 1, 2nd ed. (1994), chapters 14 and 21 for the likelihoods
 * @example
 * const kept = new Float64Array(KEPT_ROOM + 4);
 * for (const x of [1, 2, 4, 8]) keep(kept, 0, 4, x);
 * const out = new Float64Array(3);
 * percentiles(kept, 0, 'lognormal', out);
 * out[MEDIAN]?.toFixed(6); // => '2.828427'
 */
export function percentiles(
  kept: Float64Array,
  at: number,
  fit: 'order' | 'lognormal' | 'weibull',
  out: Float64Array,
): void {
  const n = keptCount(kept, at);
  out.fill(Number.NaN);
  if (n < 2) return;
  if (fit === 'order') {
    out[LOWER] = keptQuantile(kept, at, TAIL);
    out[MEDIAN] = keptQuantile(kept, at, 0.5);
    out[UPPER] = keptQuantile(kept, at, 1 - TAIL);
    return;
  }
  const first = at + KEPT_ROOM;
  let mean = 0;
  for (let i = first; i < first + n; i++) mean += Math.log(kept[i]!) / n;
  let squares = 0;
  for (let i = first; i < first + n; i++) squares += (Math.log(kept[i]!) - mean) ** 2;
  const deviation = Math.sqrt(squares / n);
  if (!(deviation > 0)) return;
  if (fit === 'lognormal') {
    const reach = -normalQuantile(TAIL) * deviation;
    for (let i = LOWER; i <= UPPER; i++) out[i] = Math.exp(mean + (i - MEDIAN) * reach);
    return;
  }
  weibull(kept, first, n, mean, deviation, out);
}

/** Newton's method on the equation of the shape; values are taken relative to their geometric mean, so that no power overflows. */
function weibull(
  kept: Float64Array,
  first: number,
  n: number,
  mean: number,
  deviation: number,
  out: Float64Array,
): void {
  // ln of a Weibull value has standard deviation π / (√6 shape).
  let shape = Math.PI / (Math.sqrt(6) * deviation);
  let powers = 0;
  for (let round = 0; round < 60; round++) {
    powers = 0;
    let pulls = 0;
    let second = 0;
    for (let i = first; i < first + n; i++) {
      const u = Math.log(kept[i]!) - mean;
      const power = Math.exp(shape * u);
      powers += power;
      pulls += u * power;
      second += u * u * power;
    }
    const pull = pulls / powers;
    const step = (pull - 1 / shape) / (second / powers - pull * pull + 1 / (shape * shape));
    const next = Math.max(shape - step, shape / 4);
    if (Math.abs(next - shape) <= 1e-15 * shape) break;
    shape = next;
  }
  const scale = mean + Math.log(powers / n) / shape;
  out[LOWER] = Math.exp(scale + Math.log(-Math.log1p(-TAIL)) / shape);
  out[MEDIAN] = Math.exp(scale + Math.log(Math.LN2) / shape);
  out[UPPER] = Math.exp(scale + Math.log(-Math.log(TAIL)) / shape);
}
