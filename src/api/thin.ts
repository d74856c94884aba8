// Thinning of long series for the screen: an envelope that keeps every signal.

/**
 * Which of `values` to draw so that at most about `max` ordinary ones remain: all that must be kept, the first and the last,
 * and of each stretch between them the lowest and the highest, in order.
 *
 * @param values one value a row, in time order; NaN = no value, kept
 * @param mustKeep rows that may never be dropped: signals, excluded points, breaks
 * @param max ordinary rows wanted at most; rows that must be kept come on top
 * @returns indices in rising order
 * @example
 * thin([1, 5, 1, 1, 9, 1], [false, false, false, false, false, false], 4); // => [0, 2, 4, 5]
 */
export function thin(values: readonly number[], mustKeep: readonly boolean[], max: number): number[] {
  const n = values.length;
  if (n <= max) return values.map((_, i) => i);
  const keep = new Uint8Array(n);
  keep[0] = 1;
  keep[n - 1] = 1;
  const buckets = Math.max(1, Math.floor((max - 2) / 2));
  for (let b = 0; b < buckets; b++) {
    const from = 1 + Math.floor((b * (n - 2)) / buckets);
    const to = 1 + Math.floor(((b + 1) * (n - 2)) / buckets);
    let low = -1;
    let high = -1;
    for (let i = from; i < to; i++) {
      const value = values[i] ?? Number.NaN;
      if (mustKeep[i] === true || Number.isNaN(value)) {
        keep[i] = 1;
        continue;
      }
      if (low < 0 || value < (values[low] ?? 0)) low = i;
      if (high < 0 || value > (values[high] ?? 0)) high = i;
    }
    if (low >= 0) keep[low] = 1;
    if (high >= 0) keep[high] = 1;
  }
  const kept: number[] = [];
  for (let i = 0; i < n; i++) if (keep[i] === 1) kept.push(i);
  return kept;
}
