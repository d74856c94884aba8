// More than two points a pixel: each pixel column shows its smallest and largest value and the median. No point outside it is lost.
import { median } from 'd3-array';

/** One pixel column of a long series. */
export interface EnvelopeColumn {
  /** px */
  readonly x: number;
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/**
 * Folds one unbroken run of points into pixel columns.
 *
 * @param x pixel positions, ascending
 * @param value finite values, as many as `x`
 * @example
 * envelope([0.2, 0.6, 1.5], [5, 9, 7]); // => [{ x: 0.5, min: 5, median: 7, max: 9 }, { x: 1.5, min: 7, median: 7, max: 7 }]
 */
export function envelope(x: readonly number[], value: readonly number[]): EnvelopeColumn[] {
  const columns: EnvelopeColumn[] = [];
  let start = 0;
  while (start < x.length) {
    const pixel = Math.floor(x[start] ?? 0);
    let end = start;
    let min = Number.POSITIVE_INFINITY;
    let max = Number.NEGATIVE_INFINITY;
    while (end < x.length && Math.floor(x[end] ?? 0) === pixel) {
      const v = value[end] ?? Number.NaN;
      if (v < min) min = v;
      if (v > max) max = v;
      end += 1;
    }
    columns.push({ x: pixel + 0.5, min, median: median(value.slice(start, end)) ?? min, max });
    start = end;
  }
  return columns;
}
