// Points as a plant yields them, for every contender alike: mostly in control, some streams shifted or drifting, a few values bad or late.
import { seeded } from '../measure.ts';

/** Columns of points and what is known of their streams. */
export interface PlantData {
  readonly streams: number;
  readonly ix: Uint32Array;
  readonly x: Float64Array;
  readonly t: Float64Array;
  /** Of each stream. */
  readonly centre: Float64Array;
  readonly sigma: Float64Array;
}

/** How the next point finds its stream: each equally likely, by Zipf's law, or every stream once in order (a dense frame). */
export type Arrival = 'uniform' | 'zipf' | 'frame';

/** One point in so many is bad, or late. */
const BAD_EVERY = 2000;
const LATE_EVERY = 2000;
/** Half width of the specification and of the plausible range, in sigma. */
export const SPEC_SIGMAS = 4.5;
export const PLAUSIBLE_SIGMAS = 50;

/** Points of a plant; the same for the same arguments. */
export function plantData(streams: number, points: number, arrival: Arrival): PlantData {
  const random = seeded(streams * 7 + arrival.length);
  const centre = Float64Array.from({ length: streams }, () => 1 + 99 * random.uniform());
  const sigma = Float64Array.from(centre, (value) => value * (0.001 + 0.01 * random.uniform()));
  const ix = new Uint32Array(points);
  const x = new Float64Array(points);
  const t = new Float64Array(points);
  const pick = picker(streams, arrival, random);
  for (let i = 0; i < points; i++) {
    const s = pick(i);
    ix[i] = s;
    // One stream in twenty is off by one sigma for a while, and comes back.
    const isShifted = s % 20 === 3 && (i >>> 16) % 4 === 1;
    x[i] = centre[s]! + sigma[s]! * (random.normal() + (isShifted ? 1 : 0));
    t[i] = i;
    const chance = random.uniform();
    if (chance < 1 / BAD_EVERY) x[i] = chance < 0.5 / BAD_EVERY ? Number.NaN : centre[s]! + 60 * sigma[s]!;
    else if (chance < 1 / BAD_EVERY + 1 / LATE_EVERY) t[i] = -1;
  }
  return { streams, ix, x, t, centre, sigma };
}

function picker(streams: number, arrival: Arrival, random: ReturnType<typeof seeded>): (i: number) => number {
  if (arrival === 'frame') return (i) => i % streams;
  if (arrival === 'uniform') return () => Math.floor(random.uniform() * streams);
  // Zipf with exponent 1: the inverse of the logarithm of the rank; ranks are scattered over the streams.
  const step = scatter(streams);
  return () => (Math.min(streams - 1, Math.floor(streams ** random.uniform())) * step) % streams;
}

/** A multiplier that visits every stream: coprime to their number, near the golden section. */
function scatter(streams: number): number {
  for (let step = Math.max(1, Math.floor(streams * 0.618)); ; step++) if (gcd(step, streams) === 1) return step;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
