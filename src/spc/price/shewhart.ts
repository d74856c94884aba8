// Limits alone: run length and operating characteristic in closed form.
import { normalBetween, normalTail } from '../math/normal.ts';
import { geometricRunLength, type RunLength } from './run-length.ts';

/**
 * Run length of a chart with limits and no other rule, for independent normal points.
 *
 * @param width distance of either limit from the centre, in sigma of the plotted statistic
 * @param shift how far the mean is off the centre, in the same unit
 * @see Montgomery, Introduction to Statistical Quality Control, 7th ed. (2013), 6.2.7
 * @example
 * shewhartRunLength(3, 0).arl.toFixed(2); // => '370.40'
 */
export function shewhartRunLength(width: number, shift: number): RunLength {
  return geometricRunLength(normalTail(width - shift) + normalTail(width + shift));
}

/**
 * Operating characteristic of a chart of means: probability that a shift is not seen in the first subgroup after it, and the ARL.
 *
 * @param chart.size members of a subgroup
 * @param chart.width distance of the limits from the centre, in sigma of the mean
 * @param shift of the mean, in sigma of the individual values
 * @see Montgomery, 7th ed. (2013), 6.2.6
 * @example
 * meanChartCharacteristic({ size: 5, width: 3 }, 1).beta.toFixed(4); // => '0.7775'
 */
export function meanChartCharacteristic(
  chart: { readonly size: number; readonly width: number },
  shift: number,
): { readonly beta: number; readonly arl: number } {
  const moved = shift * Math.sqrt(chart.size);
  const seen = normalTail(chart.width - moved) + normalTail(chart.width + moved);
  return { beta: normalBetween(-chart.width - moved, chart.width - moved), arl: 1 / seen };
}
