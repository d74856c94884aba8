// Counts with their sizes, and how they scatter.
import { upperGamma } from '../spc/math/gamma.ts';
import { column, countOf, sumOf } from './column.ts';
import { impossible } from './study.ts';

/** Counts with their sizes; a subgroup lacking either is NaN in both. */
export interface CountColumns {
  readonly counts: Float64Array;
  readonly sizes: Float64Array;
}

/** Reads counts and sizes. Throws PumjilError STUDY_INPUT where they cannot belong together. */
export function readCounts(
  input: { readonly counts: readonly (number | null)[]; readonly sizes?: readonly (number | null)[] | undefined },
  isFraction: boolean,
): CountColumns {
  if (input.sizes !== undefined && input.sizes.length !== input.counts.length)
    throw impossible(
      'sizes',
      `${input.sizes.length} sizes for ${input.counts.length} counts`,
      'Give one number inspected for each count.',
    );
  const x = column(input.counts);
  const n = input.sizes === undefined ? new Float64Array(x.length).fill(1) : column(input.sizes);
  for (let i = 0; i < x.length; i++) {
    if (isFraction && (x[i] ?? 0) > (n[i] ?? Number.NaN))
      throw impossible(
        `counts[${i}]`,
        `${x[i]} defectives among ${n[i]} inspected`,
        'A unit counts once at most: correct the count or the size, or use the chart u for defects.',
      );
    if (!Number.isNaN((x[i] ?? 0) + (n[i] ?? 0))) continue;
    x[i] = Number.NaN;
    n[i] = Number.NaN;
  }
  return { counts: x, sizes: n };
}

/** Pearson's chi-square of counts against one common rate, its degrees of freedom and upper tail. */
export function dispersion(
  { counts: x, sizes: n }: CountColumns,
  isFraction: boolean,
): { readonly statistic: number; readonly df: number; readonly p: number } {
  const rate = sumOf(x) / sumOf(n);
  const df = countOf(x) - 1;
  const terms = x.map((count, i) => {
    const expected = rate * (n[i] ?? Number.NaN);
    return (count - expected) ** 2 / (isFraction ? expected * (1 - rate) : expected);
  });
  const statistic = rate === 0 || (isFraction && rate === 1) ? Number.NaN : sumOf(terms);
  return { statistic, df, p: df >= 1 && !Number.isNaN(statistic) ? upperGamma(df / 2, statistic / 2) : Number.NaN };
}
