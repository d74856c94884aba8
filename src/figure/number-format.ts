// How numbers are written on a figure: the same digits on screen, paper and in the table.

/**
 * Number of decimals the data were recorded with, at most 6: the smallest that prints every value exactly.
 * Averages have no end of decimals: give the individual values, or a resolution of the gauge.
 * A device that sends single precision says 286.1000061035156 for 286.1: such a value is read to its seven digits.
 *
 * @example
 * decimalsOf([12.04, 11.9, 12]); // => 2
 */
export function decimalsOf(values: Iterable<number>): number {
  let most = 0;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    while (most < 6 && !isExact(value, most)) most += 1;
    if (most === 6) break;
  }
  return most;
}

/**
 * Decimals that show a spread with about three significant digits: for averages and limits.
 *
 * @param spread a width in the unit of the data, for instance sigma
 * @example
 * decimalsForSpread(0.0141); // => 4
 */
export function decimalsForSpread(spread: number): number {
  if (!Number.isFinite(spread) || spread <= 0) return 3;
  return Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(spread))));
}

/**
 * Fixed decimals; `–` for no value. A minus sign is the typographic one, so that columns line up.
 *
 * @example
 * formatNumber(-1.005, 2); // => '−1.00'
 */
export function formatNumber(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return '–';
  const text = value.toFixed(decimals);
  const isZero = Number(text) === 0;
  return isZero ? text.replace('-', '') : text.replace('-', '−');
}

function isExact(value: number, decimals: number): boolean {
  const rounded = Number(value.toFixed(decimals));
  const isSingle = Math.fround(value) === value;
  return Math.abs(rounded - value) <= Math.abs(value) * (isSingle ? 6e-8 : 1e-12);
}
