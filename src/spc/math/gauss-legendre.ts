// Gauss-Legendre quadrature: the nodes and weights that integrate polynomials of degree 2n − 1 exactly.

/** Nodes, ascending, and their weights. */
export interface Quadrature {
  readonly nodes: Float64Array;
  readonly weights: Float64Array;
}

/**
 * Gauss-Legendre rule of n nodes on [low, high].
 *
 * @param n 1 … 2000
 * @see Abramowitz & Stegun (1964), 25.4.29-30; Newton's method on the three-term recurrence, 22.7.10
 * @example
 * const { nodes, weights } = gaussLegendre(3, 0, 1);
 * (weights[0]! * nodes[0]! ** 4 + weights[1]! * nodes[1]! ** 4 + weights[2]! * nodes[2]! ** 4).toFixed(12); // => '0.200000000000'
 */
export function gaussLegendre(n: number, low: number, high: number): Quadrature {
  const nodes = new Float64Array(n);
  const weights = new Float64Array(n);
  const half = (high - low) / 2;
  const middle = (high + low) / 2;
  for (let i = 0; i < (n + 1) >> 1; i++) {
    let x = i === n - 1 - i ? 0 : Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    let slope = 1;
    for (let round = 0; round < 20; round++) {
      let before = 1;
      let value = x;
      for (let k = 2; k <= n; k++) {
        const next = ((2 * k - 1) * x * value - (k - 1) * before) / k;
        before = value;
        value = next;
      }
      slope = (n * (x * value - before)) / (x * x - 1);
      const step = value / slope;
      x -= step;
      if (Math.abs(step) < 1e-15) break;
    }
    const weight = (half * 2) / ((1 - x * x) * slope * slope);
    nodes[i] = middle - half * x;
    nodes[n - 1 - i] = middle + half * x;
    weights[i] = weight;
    weights[n - 1 - i] = weight;
  }
  return { nodes, weights };
}
