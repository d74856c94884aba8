// What an estimated centre and sigma do to a run length: the ARL becomes a random number, different in every plant.
import { c4, d2, d3 } from '../math/constants.ts';
import { chiSquareQuantile, logGamma, lowerGamma } from '../math/gamma.ts';
import { gaussLegendre } from '../math/gauss-legendre.ts';
import { normalDensity } from '../math/normal.ts';

/** How limits were learnt. */
export interface BaselineEstimate {
  /** Subgroups of the baseline, at least 2. */
  readonly subgroups: number;
  /** Members of a subgroup; 1 for individual values. */
  readonly size: number;
  /** Mean moving range of two (individual values), mean range, mean standard deviation, or pooled standard deviation. */
  readonly estimator: 'moving_range' | 'range' | 'deviation' | 'pooled';
}

/** Where the ARL lies for limits estimated like this, over all plants that did the same. */
export interface ArlRange {
  /** Mean of the ARL; Infinity where the baseline is so short that it has no finite mean. */
  readonly mean: number;
  /** 5 % of plants have a shorter one. */
  readonly lower: number;
  /** 5 % of plants have a longer one. */
  readonly upper: number;
  /** Degrees of freedom that the estimate of sigma is worth. */
  readonly degreesOfFreedom: number;
}

/**
 * Degrees of freedom that an estimate of sigma is worth: those of the chi distribution with the same coefficient of variation.
 *
 * With v the squared coefficient of variation of the estimate: mean range d3²/(m d2²), mean standard deviation (1 − c4²)/(m c4²), mean of the m − 1
 * moving ranges [(m − 1) d3² + 2 (m − 2) (1/3 + (2 √3 − 4)/π)]/((m − 1) d2)², the last term being the covariance of neighbouring ranges. The
 * answer solves (1 − c4(ν + 1)²)/c4(ν + 1)² = v. Pooled: m (n − 1), exactly.
 *
 * @see Patnaik (1950), Biometrika 37, 78; Cryer & Ryan (1990), J. Quality Technology 22, 187 for moving ranges
 * @example
 * sigmaFreedom({ subgroups: 25, size: 5, estimator: 'pooled' }); // => 100
 * sigmaFreedom({ subgroups: 1000, size: 1, estimator: 'moving_range' }).toFixed(0); // => '605'
 */
export function sigmaFreedom({ subgroups: m, size, estimator }: BaselineEstimate): number {
  if (estimator === 'pooled') return m * (size - 1);
  let variation: number;
  if (estimator === 'moving_range') {
    const covariance = 1 / 3 + (2 * Math.sqrt(3) - 4) / Math.PI;
    const spread = (m - 1) * d3(2) ** 2 + 2 * Math.max(0, m - 2) * covariance;
    variation = spread / ((m - 1) * d2(2)) ** 2;
  } else if (estimator === 'range') variation = d3(size) ** 2 / (m * d2(size) ** 2);
  else variation = (1 / c4(size) ** 2 - 1) / m;
  let low = 1e-3;
  let high = 1 / variation + 10;
  for (let round = 0; round < 100; round++) {
    const middle = (low + high) / 2;
    if (1 / chiMean(middle) ** 2 - 1 > variation) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * Distribution of the ARL over estimated limits. The centre is off by a normal error of 1/√m sigma of the plotted statistic, sigma by a factor
 * chi/(√ν c4(ν + 1)). The logarithm of the ARL is smooth in both, so that it is interpolated by polynomials between some sixty exact solutions.
 *
 * @param arlOf the exact ARL when the limits' sigma is `stretch` times the true one and the mean `shift` true sigma off the centre line
 * @param chart.shift true shift of the mean, 0 = in control
 * @param chart.isSymmetric the ARL is the same for `shift` and −`shift`
 * @param chart.exponent κ, where the ARL grows like exp(κ stretch²/2): 9 for limits at 3 sigma; its mean is infinite unless κ < ν c4(ν + 1)²
 * @see Quesenberry (1993), J. Quality Technology 25, 237; Chen (1997), Statistica Sinica 7, 789; Jardim, Chakraborti & Epprecht (2020), J. Quality Technology 52, 198
 * @example
 * const baseline: BaselineEstimate = { subgroups: 25, size: 5, estimator: 'deviation' };
 * const range = arlRange((stretch, shift) => shewhartRunLength(3 * stretch, shift).arl, baseline, { shift: 0, isSymmetric: true, exponent: 9 });
 * range.lower < 370 && 370 < range.upper; // => true
 */
export function arlRange(
  arlOf: (stretch: number, shift: number) => number,
  baseline: BaselineEstimate,
  chart: { readonly shift: number; readonly isSymmetric: boolean; readonly exponent: number },
): ArlRange {
  const degreesOfFreedom = sigmaFreedom(baseline);
  const nu = degreesOfFreedom;
  // An estimate is unbiased, except the pooled one, which is not corrected.
  const unit = baseline.estimator === 'pooled' ? 1 : chiMean(nu);
  const stretchAt = (p: number) => Math.sqrt(chiSquareQuantile(p, nu) / nu) / unit;
  const stiffness = nu * unit * unit;
  const excess = stiffness - chart.exponent;
  const hasMean = excess > 0;
  const lowest = stretchAt(1e-7);
  // Where the mean is dominated by rare, far too wide limits, the integral must reach out to them.
  const reach = hasMean ? Math.min(4, Math.sqrt(Math.max(0, nu - 1) / excess) + 5 / Math.sqrt(2 * excess)) : 0;
  const highest = Math.max(stretchAt(1 - 1e-7), reach);
  const sigmaOfCentre = 1 / Math.sqrt(baseline.subgroups);
  const far = 5 * sigmaOfCentre;

  const known = new Map<string, number>();
  const logArl = interpolation(
    (centre, stretch) => {
      const shift = chart.shift - centre;
      const key = `${(chart.isSymmetric ? Math.abs(shift) : shift).toFixed(12)} ${stretch}`;
      const value = known.get(key) ?? Math.log(arlOf(stretch, shift));
      known.set(key, value);
      return value;
    },
    [-far, far, lowest, highest],
  );

  const centres = gaussLegendre(40, -far, far);
  const stretches = gaussLegendre(80, lowest, highest);
  const logNorm = Math.log(2) + (nu / 2) * Math.log(stiffness / 2) - logGamma(nu / 2);
  const rows: Row[] = [];
  let mean = 0;
  for (let i = 0; i < centres.nodes.length; i++) {
    const centre = centres.nodes[i]!;
    const chance = (centres.weights[i]! * normalDensity(centre / sigmaOfCentre)) / sigmaOfCentre;
    const logAt = logArl(centre);
    for (let j = 0; j < stretches.nodes.length; j++) {
      const s = stretches.nodes[j]!;
      const logChance = logNorm + (nu - 1) * Math.log(s) - (stiffness * s * s) / 2;
      mean += chance * stretches.weights[j]! * Math.exp(logChance + logAt(s));
    }
    rows.push({ chance, logAt });
  }
  // Wider limits always mean a longer run, so that an ARL stands for a factor of sigma.
  const shareBelow = (log: number) => {
    let share = 0;
    for (const { chance, logAt } of rows) {
      const stretch = rootOf((s) => logAt(s) - log, lowest, highest);
      share += chance * lowerGamma(nu / 2, (stiffness * stretch * stretch) / 2);
    }
    return share;
  };
  const quantile = (p: number) => Math.exp(rootOf((log) => shareBelow(log) - p, 0, MOST_LOG));
  return {
    mean: hasMean ? mean : Number.POSITIVE_INFINITY,
    lower: quantile(0.05),
    upper: quantile(0.95),
    degreesOfFreedom,
  };
}

/** Logarithm of the longest ARL told apart. */
const MOST_LOG = 200;

/** One error of the centre: its chance, and the logarithm of the ARL by the factor of sigma. */
interface Row {
  readonly chance: number;
  logAt(stretch: number): number;
}

/** Where an increasing function crosses zero, by bisection; an end of the interval when it does not. */
function rootOf(f: (x: number) => number, low: number, high: number): number {
  let a = low;
  let b = high;
  for (let round = 0; round < 40; round++) {
    const middle = (a + b) / 2;
    if (f(middle) < 0) a = middle;
    else b = middle;
  }
  return (a + b) / 2;
}

/** Mean of a chi variable with ν degrees of freedom over √ν: c4(ν + 1), for any ν. */
function chiMean(nu: number): number {
  return Math.sqrt(2 / nu) * Math.exp(logGamma((nu + 1) / 2) - logGamma(nu / 2));
}

const CENTRES = 13;
const STRETCHES = 9;

/** A polynomial through f at Chebyshev points of a rectangle [x from, x to, y from, y to]; given x first, then y. */
function interpolation(
  f: (x: number, y: number) => number,
  [x0, x1, y0, y1]: readonly [number, number, number, number],
): (x: number) => (y: number) => number {
  const xs = chebyshevPoints(CENTRES, x0, x1);
  const ys = chebyshevPoints(STRETCHES, y0, y1);
  const columns = Array.from(ys, (y) => Float64Array.from(xs, (x) => f(x, y)));
  return (x) => {
    const values = Float64Array.from(columns, (column) => barycentric(xs, column, x));
    return (y) => barycentric(ys, values, y);
  };
}

function chebyshevPoints(n: number, low: number, high: number): Float64Array {
  return Float64Array.from(
    { length: n },
    (_, i) => (low + high) / 2 - ((high - low) / 2) * Math.cos((Math.PI * (i + 0.5)) / n),
  );
}

/** Value at x of the polynomial through Chebyshev points of the first kind. */
function barycentric(xs: Float64Array, values: Float64Array, x: number): number {
  const n = xs.length;
  let above = 0;
  let below = 0;
  for (let i = 0; i < n; i++) {
    const distance = x - xs[i]!;
    if (distance === 0) return values[i]!;
    const weight = ((i % 2 === 0 ? 1 : -1) * Math.sin((Math.PI * (i + 0.5)) / n)) / distance;
    above += weight * values[i]!;
    below += weight;
  }
  return above / below;
}
