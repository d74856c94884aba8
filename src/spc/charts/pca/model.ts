// The choices of a principal component model: how many components, and how much may be left over beside them.
import { chiSquareQuantile } from '../../math/gamma.ts';
import { normalQuantile } from '../../math/normal.ts';

/** A component with less variance than this, of one in each variable, is rounding. */
const LEAST_VARIANCE = 1e-12;

/**
 * Number of components: as many as are asked for, or as many as explain the share; always at least one left over, and none without variance.
 *
 * @param eigenvalues of the correlation matrix, descending
 * @example
 * componentsFor(Float64Array.of(2.4, 1, 0.5, 0.1), { share: 0.8 }); // => 2
 */
export function componentsFor(
  eigenvalues: Float64Array,
  { components, share }: { readonly components?: number | undefined; readonly share: number },
): number {
  const p = eigenvalues.length;
  const most = Math.max(1, Math.min(p - 1, eigenvalues.filter((value) => value > LEAST_VARIANCE).length));
  if (components !== undefined) return Math.min(components, most);
  const whole = eigenvalues.reduce((total, value) => total + value, 0);
  let explained = 0;
  let count = 0;
  while (count < most) {
    explained += eigenvalues[count]!;
    count += 1;
    // A share that is reached but for rounding is reached.
    if (explained >= (share - 1e-12) * whole) break;
  }
  return count;
}

/**
 * Upper limit of the sum of squared residuals; NaN where nothing is left over.
 *
 * @param left eigenvalues of the components that are not used
 * @see Jackson & Mudholkar (1979), Technometrics 21, 341; Box (1954), Annals of Mathematical Statistics 25, 290
 * @example
 * residualLimit(Float64Array.of(1, 1, 1), 0.05, 'box').toFixed(6); // => '7.814728'
 */
export function residualLimit(left: Float64Array, alpha: number, by: 'jackson-mudholkar' | 'box'): number {
  let theta1 = 0;
  let theta2 = 0;
  let theta3 = 0;
  for (const each of left) {
    const value = Math.max(0, each);
    theta1 += value;
    theta2 += value * value;
    theta3 += value * value * value;
  }
  if (!(theta1 > LEAST_VARIANCE)) return Number.NaN;
  if (by === 'box') return (theta2 / theta1) * chiSquareQuantile(1 - alpha, (theta1 * theta1) / theta2);
  const h0 = 1 - (2 * theta1 * theta3) / (3 * theta2 * theta2);
  const root = 1 + (normalQuantile(1 - alpha) * Math.sqrt(2 * theta2 * h0 * h0)) / theta1;
  const inside = root + (theta2 * h0 * (h0 - 1)) / (theta1 * theta1);
  // Few unequal eigenvalues can make the exponent meaningless; Box's approximation always exists.
  if (!(h0 > 0.001 && inside > 0)) return residualLimit(left, alpha, 'box');
  return theta1 * inside ** (1 / h0);
}
