// One step of the mean of a series: where it leaves the least scatter, and whether chance would do as much.
import { addTo, totalOf } from '../../spc/math/compensated.ts';
import { deviationOf, meanOf } from '../../spc/math/sample.ts';

/** A split of a series in two. */
export interface Step {
  /** Values before the change; 0 = there is no split. */
  readonly tau: number;
  readonly before: number;
  readonly after: number;
  readonly whole: number;
  readonly rest: number;
  readonly explained: number;
  readonly logRatio: number;
  readonly cusum: Float64Array;
  readonly taylor: number;
  readonly range: number;
}

/** The split that leaves the least scatter. */
export function findStep(x: Float64Array): Step {
  const n = x.length;
  const mean = meanOf(x);
  const sigma = deviationOf(x);
  // Relative to a power of two near sigma: squares neither overflow nor vanish, and nothing is rounded.
  const unit = sigma > 0 ? 2 ** Math.max(-1022, Math.min(1023, Math.floor(Math.log2(sigma)))) : 1;
  const cusum = new Float64Array(n);
  const total = new Float64Array(2);
  let tau = 0;
  let best = -1;
  let taylor = 0;
  let farthest = -1;
  for (let i = 0; i < n; i++) {
    addTo(total, 0, ((x[i] ?? 0) - mean) / unit);
    const sum = totalOf(total, 0);
    cusum[i] = sum * unit;
    if (i === n - 1) break;
    const explained = (sum * sum * n) / ((i + 1) * (n - i - 1));
    if (explained > best) {
      best = explained;
      tau = i + 1;
    }
    if (Math.abs(sum) > farthest) {
      farthest = Math.abs(sum);
      taylor = i + 1;
    }
  }
  const before = meanOf(x.subarray(0, tau));
  const after = meanOf(x.subarray(tau));
  const rest = n < 2 ? Number.NaN : scatter(x.subarray(0, tau), unit) + scatter(x.subarray(tau), unit);
  const whole = n < 2 ? Number.NaN : scatter(x, unit);
  const least = cusum.reduce((a, b) => Math.min(a, b), 0);
  const most = cusum.reduce((a, b) => Math.max(a, b), 0);
  return {
    tau,
    before,
    after,
    whole: whole * unit * unit,
    rest: rest * unit * unit,
    explained: (whole - rest) * unit * unit,
    logRatio: whole === 0 ? Number.NaN : (n / 2) * Math.log(whole / rest),
    cusum,
    taylor,
    range: n < 2 ? Number.NaN : most - least,
  };
}

/** Sum of squares about the own mean, in unit². */
function scatter(x: Float64Array, unit: number): number {
  const sigma = x.length < 2 ? 0 : deviationOf(x) / unit;
  return sigma * sigma * (x.length - 1);
}

/**
 * Bound of Worsley on the largest of the n − 1 two-sample tests, by the extreme-value approximation.
 *
 * @see Yao & Davis (1986), Sankhya A 48, 339
 */
export function criticalLogRatio(alpha: number, n: number): number {
  if (n < 5) return Number.NaN;
  const logLog = Math.log(Math.log(n));
  const a = Math.sqrt(2 * logLog);
  const b = 2 * logLog + Math.log(logLog) / 2 - Math.log(Math.PI) / 2;
  const largest = (b - Math.log(-Math.log(1 - alpha) / 2)) / a;
  return (largest * largest) / 2;
}

/** True when a step explains more than chance would with probability alpha. */
export function isStep(found: Step, alpha: number): boolean {
  return found.logRatio > criticalLogRatio(alpha, found.cusum.length);
}
