// The EWMA chart: exact run lengths by the integral equation of its path, and the long-run rate of crossings.
import { gaussLegendre } from '../math/gauss-legendre.ts';
import { absorptionTimes } from '../math/markov.ts';
import { normalDensity, normalTail } from '../math/normal.ts';
import { geometricRunLength, type RunLength, runLengthOf } from './run-length.ts';

/** A two-sided EWMA chart that starts at its centre. */
export interface EwmaDesign {
  /** Weight of the newest value, above 0, at most 1. */
  readonly lambda: number;
  /** Half width of the limits, in sigma of the EWMA. */
  readonly width: number;
  /** `asymptotic`: the same limits from the first point on; `exact`: limits from the variance after so many points. */
  readonly limits: 'asymptotic' | 'exact';
}

/** Most points × nodes² of a followed run. */
const MOST_WORK = 1e9;
/** Limits then are as close to where they go as thirteen digits tell. */
const STEADY = 1e-14;

/**
 * ARL of an EWMA chart, for independent normal values.
 *
 * With limits ±h the ARL from u satisfies L(u) = 1 + ∫ L(y) φ((y − (1 − λ) u)/λ − shift)/λ dy over (−h, h), solved at Gauss-Legendre nodes; errors
 * shrink exponentially with their number, and are below 1e-10 here. Exact limits are followed point by point until they stand still.
 *
 * @param shift how far the mean is off the centre, in sigma of the values averaged
 * @param steady (1 − λ)^2t below which exact limits count as standing still; a larger one is faster and less exact
 * @see Crowder (1987), Technometrics 29, 401; Knoth (2003), Sequential Analysis 22, 241 for moving limits
 * @example
 * ewmaArl({ lambda: 0.1, width: 2.814, limits: 'asymptotic' }, 1).toFixed(4); // => '10.3307'
 * ewmaArl({ lambda: 0.1, width: 2.7, limits: 'exact' }, 0).toFixed(2); // => '356.10'
 */
export function ewmaArl(design: EwmaDesign, shift: number, steady = STEADY): number {
  if (design.lambda === 1) return 1 / (normalTail(design.width - shift) + normalTail(design.width + shift));
  const path = pathOf(design, shift, steady);
  const { nodes, size } = path;
  const h = path.limitAt(Number.POSITIVE_INFINITY);
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++)
      matrix[i * size + j] = path.weights[j]! * h * path.density(nodes[i]! * h, nodes[j]! * h);
  const exits = nodes.map((node) => path.exit(node * h, Number.POSITIVE_INFINITY));
  const arl = absorptionTimes(matrix, exits, size);
  // The masses at the nodes when limits stand still, and the points survived until then.
  let masses = new Float64Array(size);
  let points = 1;
  for (let j = 0; j < size; j++) masses[j] = path.first(j);
  for (let t = 2; path.moves(t); t++) {
    const next = new Float64Array(size);
    let alive = 0;
    for (let i = 0; i < size; i++) alive += masses[i]!;
    points += alive;
    if (alive < 1e-20) return points;
    path.step(masses, next, t);
    masses = next;
  }
  for (let i = 0; i < size; i++) points += masses[i]! * arl[i]!;
  return points;
}

/**
 * Whole distribution of the run length of an EWMA chart, by following the masses at the nodes from point to point.
 *
 * @param shift how far the mean is off the centre, in sigma of the values averaged
 * @returns undefined for a λ so small that following it would take seconds
 * @example
 * quantileOf(ewmaRunLength({ lambda: 0.2, width: 2.962, limits: 'asymptotic' }, 0)!, 0.5); // => 348
 */
export function ewmaRunLength(design: EwmaDesign, shift: number): RunLength | undefined {
  if (design.lambda === 1)
    return geometricRunLength(normalTail(design.width - shift) + normalTail(design.width + shift));
  const path = pathOf(design, shift, STEADY);
  const { size } = path;
  const matrix = new Float64Array(size * size);
  const exits = new Float64Array(size);
  let isSteady = false;
  let warmUp = 1;
  while (path.moves(warmUp + 1)) warmUp += 1;
  // State `size` is the start.
  const start = new Float64Array(size + 1);
  start[size] = 1;
  return runLengthOf(
    {
      size: size + 1,
      start,
      warmUp,
      step(from, to, t) {
        to[size] = 0;
        if (t === 1) {
          for (let j = 0; j < size; j++) to[j] = path.first(j);
          return path.exit(0, 1);
        }
        let signalled = 0;
        if (path.moves(t)) {
          for (let i = 0; i < size; i++) signalled += from[i]! * path.exit(path.place(i, t - 1), t);
          path.step(from, to, t);
          return signalled;
        }
        if (!isSteady) {
          isSteady = true;
          for (let i = 0; i < size; i++) {
            const u = path.place(i, t);
            exits[i] = path.exit(u, t);
            for (let j = 0; j < size; j++)
              matrix[i * size + j] = path.limitAt(t) * path.weights[j]! * path.density(u, path.place(j, t));
          }
        }
        to.fill(0);
        for (let i = 0; i < size; i++) {
          const mass = from[i]!;
          signalled += mass * exits[i]!;
          const row = i * size;
          for (let j = 0; j < size; j++) to[j] = to[j]! + mass * matrix[row + j]!;
        }
        return signalled;
      },
    },
    MOST_WORK / size,
  );
}

/**
 * Long-run rate at which an EWMA that is never restarted leaves its limits: chance that a point is beyond and the one before was not.
 *
 * @param shift how far the mean is off the centre, in sigma of the values averaged
 * @example
 * ewmaEventsPerPoint({ lambda: 1, width: 3, limits: 'asymptotic' }, 0).toFixed(8); // => '0.00269251'
 */
export function ewmaEventsPerPoint({ lambda, width }: EwmaDesign, shift: number): number {
  const sigma = Math.sqrt(lambda / (2 - lambda));
  const h = width * sigma;
  if (lambda === 1) {
    const beyond = normalTail(width - shift) + normalTail(width + shift);
    return beyond * (1 - beyond);
  }
  const { nodes, weights } = gaussLegendre(nodesFor(h, lambda), -h, h);
  let rate = 0;
  for (let i = 0; i < nodes.length; i++) {
    const centre = (1 - lambda) * nodes[i]!;
    const exit = normalTail((h - centre) / lambda - shift) + normalTail((h + centre) / lambda + shift);
    rate += ((weights[i]! * normalDensity((nodes[i]! - shift) / sigma)) / sigma) * exit;
  }
  return rate;
}

/** The path of one EWMA at nodes that follow its limits. */
interface Path {
  readonly size: number;
  /** On (−1, 1). */
  readonly nodes: Float64Array;
  readonly weights: Float64Array;
  limitAt(t: number): number;
  /** True while the limits of point t differ from those of the point before. */
  moves(t: number): boolean;
  place(i: number, t: number): number;
  /** Density of the next value y after u. */
  density(u: number, y: number): number;
  /** Chance that point t is beyond its limits after u. */
  exit(u: number, t: number): number;
  /** Mass at node j after the first point. */
  first(j: number): number;
  /** Masses after point t from those after t − 1. */
  step(from: Float64Array, to: Float64Array, t: number): void;
}

function pathOf({ lambda, width, limits }: EwmaDesign, shift: number, steady: number): Path {
  const rest = 1 - lambda;
  const asymptotic = width * Math.sqrt(lambda / (2 - lambda));
  const size = nodesFor(asymptotic, lambda);
  const { nodes, weights } = gaussLegendre(size, -1, 1);
  const left = (t: number) => (limits === 'asymptotic' ? 0 : rest ** (2 * t));
  const limitAt = (t: number) => asymptotic * Math.sqrt(1 - (left(t) < steady ? 0 : left(t)));
  const scale = 1 / (lambda * Math.sqrt(2 * Math.PI));
  const density = (u: number, y: number) => {
    const z = (y - rest * u) / lambda - shift;
    // Far out it is below the rounding error of everything it could be added to.
    return z > 12 || z < -12 ? 0 : Math.exp((-z * z) / 2) * scale;
  };
  return {
    size,
    nodes,
    weights,
    limitAt,
    moves: (t) => limits === 'exact' && left(t - 1) >= steady,
    place: (i, t) => nodes[i]! * limitAt(t),
    density,
    exit(u, t) {
      const h = limitAt(t);
      return normalTail((h - rest * u) / lambda - shift) + normalTail((h + rest * u) / lambda + shift);
    },
    first: (j) => limitAt(1) * weights[j]! * density(0, nodes[j]! * limitAt(1)),
    step(from, to, t) {
      const h = limitAt(t);
      const before = limitAt(t - 1);
      for (let j = 0; j < size; j++) {
        let mass = 0;
        for (let i = 0; i < size; i++) mass += from[i]! * density(nodes[i]! * before, nodes[j]! * h);
        to[j] = mass * h * weights[j]!;
      }
    },
  };
}

/** Nodes for a kernel of sigma λ on (−h, h). */
function nodesFor(h: number, lambda: number): number {
  return Math.ceil(30 + (5 * h) / lambda);
}
