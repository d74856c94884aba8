// A CUSUM pair with a head start so high that both arms may be near their limits: followed until one of them is at zero.
import { gaussLegendre } from '../math/gauss-legendre.ts';
import { normalBetween, normalDensity, normalTail } from '../math/normal.ts';
import type { Entry } from './cusum-arm.ts';

/** What became of a pair by the time one arm is at zero. */
export interface HeadStart {
  /** Entry t: probability of a signal at point t while both arms were above zero. */
  readonly signals: readonly number[];
  /** Where and when the upper arm goes on, when at least one arm is at zero. */
  readonly upper: readonly Entry[];
  readonly lower: readonly Entry[];
}

/** Points after which a pair whose arms hardly come down is given up. */
const MOST_POINTS = 400;
const NODES = 60;

/**
 * Follows both arms while both are above zero. They then take the same steps in opposite directions and lose k each, so their sum is known and one
 * number, where the upper arm stands, says it all.
 *
 * @param design k above 0; all in sigma of the values
 * @returns undefined when k is so small that this takes more than 400 points
 */
export function headStartPhase(
  design: { readonly k: number; readonly h: number; readonly headstart: number },
  shift: number,
): HeadStart | undefined {
  const { k, h, headstart } = design;
  const signals = [0];
  const upper: Entry[] = [];
  const lower: Entry[] = [];
  let places = Float64Array.of(headstart);
  let masses = Float64Array.of(1);
  let sum = 2 * headstart;
  for (let t = 1; places.length > 0; t++) {
    if (t > MOST_POINTS) return undefined;
    sum -= 2 * k;
    const step = { places, masses, mean: shift - k };
    // The upper arm signals above h, the lower one where the upper stands below sum − h.
    signals.push(massAbove(step, h) + massBelow(step, sum - h));
    const top = Math.max(sum, 0);
    for (const [place, mass] of massesOn(step, top, h)) {
      upper.push({ after: t, place, mass });
      lower.push({ after: t, place: 0, mass });
    }
    for (const [place, mass] of massesOn(step, sum - h, Math.min(sum, 0))) {
      upper.push({ after: t, place: 0, mass });
      lower.push({ after: t, place: sum - place, mass });
    }
    if (sum <= 0) {
      const mass = massBetween(step, sum, 0);
      upper.push({ after: t, place: 0, mass });
      lower.push({ after: t, place: 0, mass });
      break;
    }
    const still = massesOn(step, Math.max(0, sum - h), Math.min(h, sum));
    places = Float64Array.from(still, ([place]) => place);
    masses = Float64Array.from(still, ([, mass]) => mass);
  }
  return { signals, upper, lower };
}

/** Masses before a point, and the mean of its step. */
interface Step {
  readonly places: Float64Array;
  readonly masses: Float64Array;
  readonly mean: number;
}

/** Where the upper arm stands after the step, as masses at nodes of (low, high). */
function massesOn({ places, masses, mean }: Step, low: number, high: number): [place: number, mass: number][] {
  if (!(low < high)) return [];
  const { nodes, weights } = gaussLegendre(NODES, low, high);
  return Array.from(nodes, (place, j) => {
    let density = 0;
    for (let i = 0; i < places.length; i++) density += masses[i]! * normalDensity(place - places[i]! - mean);
    return [place, density * weights[j]!];
  });
}

function massAbove({ places, masses, mean }: Step, line: number): number {
  return masses.reduce((total, mass, i) => total + mass * normalTail(line - places[i]! - mean), 0);
}

function massBelow({ places, masses, mean }: Step, line: number): number {
  return masses.reduce((total, mass, i) => total + mass * normalTail(places[i]! + mean - line), 0);
}

function massBetween({ places, masses, mean }: Step, low: number, high: number): number {
  return masses.reduce(
    (total, mass, i) => total + mass * normalBetween(low - places[i]! - mean, high - places[i]! - mean),
    0,
  );
}
