// Histogram of individual values: about √n bins whose edges lie halfway between the steps of the gauge.

export interface Histogram {
  /** Smallest step between values, NaN when fewer than two different values. */
  readonly resolution: number;
  /** NaN when there are no values. */
  readonly width: number;
  readonly bins: readonly { readonly from: number; readonly to: number; readonly count: number }[];
}

const MAX_DECIMALS = 9;

/**
 * Bins of finite values. A bin holds `from ≤ x < to`; its width is a whole number of gauge steps.
 *
 * @param raw finite values in one unit; single precision is read to its seven digits
 * @see SCREENS §2.1: ≈√n bins, edges aligned to the resolution of the gauge
 * @example
 * histogram([1, 2, 2, 3]).bins.map((bin) => bin.count); // => [3, 1]
 */
export function histogram(raw: readonly number[]): Histogram {
  if (raw.length === 0) return { resolution: Number.NaN, width: Number.NaN, bins: [] };
  const values = raw.map(decimal);
  const low = values.reduce((a, b) => Math.min(a, b));
  const high = values.reduce((a, b) => Math.max(a, b));
  const resolution = resolutionOf(values);
  if (!(high > low)) return single(low, resolution, values.length);
  const steps = Math.round((high - low) / resolution) + 1;
  const wanted = Math.max(1, Math.round(Math.sqrt(values.length)));
  const perBin = Math.max(1, Math.round(steps / wanted));
  const bins = Math.ceil(steps / perBin);
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) {
    const step = Math.round((value - low) / resolution);
    const bin = Math.floor(step / perBin);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const width = clean(perBin * resolution);
  const edge = (i: number): number => clean(low - resolution / 2 + i * perBin * resolution);
  return { resolution, width, bins: counts.map((count, i) => ({ from: edge(i), to: edge(i + 1), count })) };
}

/**
 * The gauge's step as the values show it: the largest of 1, 2, 5 × 10^-k that divides every difference.
 * Values of a continuous source have none: then a thousandth of their range.
 *
 * @example
 * resolutionOf([1.02, 1.04, 1.1]); // => 0.02
 */
export function resolutionOf(values: readonly number[]): number {
  const first = values[0] ?? 0;
  const low = values.reduce((a, b) => Math.min(a, b), first);
  const range = values.reduce((a, b) => Math.max(a, b), first) - low;
  if (!(range > 0)) return Number.NaN;
  const start = Math.floor(Math.log10(range));
  for (let exponent = start; exponent >= start - MAX_DECIMALS && exponent >= -12; exponent--) {
    for (const digit of [5, 2, 1]) {
      const step = digit * 10 ** exponent;
      if (range / step > 100_000) return range / 1000;
      if (values.every((x) => isMultiple((x - low) / step))) return clean(step);
    }
  }
  return range / 1000;
}

/** 286.1000061035156, the nearest single-precision number to 286.1, is that; everything else stays as it is. */
function decimal(x: number): number {
  return Math.fround(x) === x ? Number(x.toPrecision(7)) : x;
}

function isMultiple(ratio: number): boolean {
  return Math.abs(ratio - Math.round(ratio)) < 1e-6 * Math.max(1, Math.abs(ratio) * 1e-3);
}

function single(value: number, resolution: number, count: number): Histogram {
  const half = Math.max(Math.abs(value) * 1e-3, 1e-9) / 2;
  return { resolution, width: clean(2 * half), bins: [{ from: clean(value - half), to: clean(value + half), count }] };
}

/** Removes the dust that decimal steps leave in binary. */
function clean(x: number): number {
  return Number(x.toPrecision(12));
}
