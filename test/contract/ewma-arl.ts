// Exact average run length of an EWMA chart with fixed limits, by its integral equation.
/**
 * Zero-state ARL of a two-sided EWMA with asymptotic limits, normal points shifted by `shift` sigma.
 *
 * L(u) = 1 + (1/λ) ∫ L(y) φ((y − (1 − λ)u)/λ − shift) dy over (−h, h), solved on Gauss-Legendre nodes.
 *
 * @see Crowder (1987), Technometrics 29, 401
 */
export function ewmaArl(lambda: number, width: number, shift: number): number {
  const h = width * Math.sqrt(lambda / (2 - lambda));
  const { nodes, weights } = gaussLegendre(80);
  const kernel = (from: number, to: number) => {
    const z = (to - (1 - lambda) * from) / lambda - shift;
    return Math.exp((-z * z) / 2) / (lambda * Math.sqrt(2 * Math.PI));
  };
  const rows = nodes.map((u, i) => [
    ...nodes.map((y, j) => (i === j ? 1 : 0) - h * weights[j]! * kernel(h * u, h * y)),
    1,
  ]);
  const solution = solve(rows);
  return 1 + nodes.reduce((total, y, j) => total + h * weights[j]! * kernel(0, h * y) * solution[j]!, 0);
}

/** Nodes and weights on (−1, 1), by Newton's method on Legendre polynomials. */
function gaussLegendre(n: number): { readonly nodes: number[]; readonly weights: number[] } {
  const nodes: number[] = [];
  const weights: number[] = [];
  for (let i = 1; i <= n; i++) {
    let x = Math.cos((Math.PI * (i - 0.25)) / (n + 0.5));
    let slope = 0;
    for (let round = 0; round < 50; round++) {
      let before = 1;
      let value = x;
      for (let k = 2; k <= n; k++) [before, value] = [value, ((2 * k - 1) * x * value - (k - 1) * before) / k];
      slope = (n * (x * value - before)) / (x * x - 1);
      x -= value / slope;
    }
    nodes.push(x);
    weights.push(2 / ((1 - x * x) * slope * slope));
  }
  return { nodes, weights };
}

/** Gaussian elimination with pivoting; each row carries its right-hand side. */
function solve(rows: number[][]): number[] {
  const n = rows.length;
  for (let c = 0; c < n; c++) {
    let pivot = c;
    for (let r = c + 1; r < n; r++) if (Math.abs(rows[r]![c]!) > Math.abs(rows[pivot]![c]!)) pivot = r;
    [rows[c], rows[pivot]] = [rows[pivot]!, rows[c]!];
    for (let r = c + 1; r < n; r++) {
      const factor = rows[r]![c]! / rows[c]![c]!;
      for (let k = c; k <= n; k++) rows[r]![k]! -= factor * rows[c]![k]!;
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let r = n - 1; r >= 0; r--) {
    let rest = rows[r]![n]!;
    for (let k = r + 1; k < n; k++) rest -= rows[r]![k]! * x[k]!;
    x[r] = rest / rows[r]![r]!;
  }
  return x;
}
