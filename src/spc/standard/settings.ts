// What the streams of one kernel share: the EWMA and CUSUM designs, as constants and as a table of limits.
import { PumjilError } from '../../errors.ts';
import { d2, d3 } from '../math/constants.ts';

/** Designs shared by all streams of one kernel. */
export interface StandardSettings {
  /** EWMA: weight of the newest value, 0.001 to 1. Default 0.2. */
  readonly lambda?: number;
  /** EWMA: half width of the limits in its own sigma. Default 2.962. */
  readonly width?: number;
  /** EWMA: `exact` limits are narrower for the first points after a start. Default exact. */
  readonly limits?: 'exact' | 'asymptotic';
  /** CUSUM: reference value in sigma. Default 0.5. */
  readonly k?: number;
  /** CUSUM: decision interval in sigma. Default 5. */
  readonly h?: number;
  /** Most points of one call of `process`. Default 65,536. */
  readonly block?: number;
  /** What events, and the event hash, call a stream. Default its index: first 0, step 1. */
  readonly numbering?: Numbering;
}

/** The number of a stream: `first` + its index × `step`. A shard so speaks of its streams as the whole plant does, see shards.ts. */
export interface Numbering {
  readonly first: number;
  readonly step: number;
}

/** The settings as the kernels use them. */
export interface StandardDesign {
  readonly lambda: number;
  /** 1 − lambda. */
  readonly rest: number;
  readonly k: number;
  readonly h: number;
  /** Upper limit of the moving range in sigma: d2 + 3 d3 of two, that is D4 d2. */
  readonly rangeLimit: number;
  /** Limit of the EWMA of z after 1, 2 … points, from index 1; the last entry holds for ever. Index 0 is never used. */
  readonly ewmaLimits: Float64Array;
  readonly block: number;
  readonly numbering: Numbering;
}

/**
 * Checks the settings and works out the constants.
 *
 * @throws PumjilError CONFIG_INVALID for a setting out of its range
 * @see Lucas & Saccucci (1990), Technometrics 32, 1, for the limits of the EWMA
 * @example
 * designOf({ limits: 'asymptotic', width: 3 }).ewmaLimits[1]; // => 1
 */
export function designOf(settings: StandardSettings): StandardDesign {
  const { lambda = 0.2, width = 2.962, limits = 'exact', k = 0.5, h = 5, block = 65_536 } = settings;
  const { numbering = { first: 0, step: 1 } } = settings;
  within('lambda', lambda, 0.001, 1);
  within('width', width, Number.MIN_VALUE, 100);
  within('k', k, 0, 100);
  within('h', h, Number.MIN_VALUE, 1e6);
  within('block', block, 1, 1 << 24);
  if (!Number.isInteger(block)) throw outside('block', block, 'a whole number');
  for (const [name, value] of Object.entries(numbering)) {
    within(`numbering.${name}`, value, name === 'step' ? 1 : 0, 1 << 20);
    if (!Number.isInteger(value)) throw outside(`numbering.${name}`, value, 'a whole number');
  }
  const rest = 1 - lambda;
  const rangeLimit = d2(2) + 3 * d3(2);
  return { lambda, rest, k, h, rangeLimit, ewmaLimits: ewmaLimits(lambda, width, limits), block, numbering };
}

/** By repeated multiplication rather than a power, so that every implementation gets the same digits. */
function ewmaLimits(lambda: number, width: number, limits: 'exact' | 'asymptotic'): Float64Array {
  const rest = 1 - lambda;
  const asymptotic = lambda / (2 - lambda);
  const found = [Number.NaN];
  let decay = 1;
  do {
    decay = limits === 'exact' ? decay * (rest * rest) : 0;
    found.push(width * Math.sqrt(asymptotic * (1 - decay)));
  } while (1 - decay !== 1);
  return Float64Array.from(found);
}

function within(name: string, value: number, least: number, most: number): void {
  if (!(value >= least && value <= most)) throw outside(name, value, `from ${least} to ${most}`);
}

function outside(name: string, value: number, range: string): PumjilError {
  return new PumjilError('CONFIG_INVALID', {
    message: `The standard kernel cannot work with ${name} = ${value}.`,
    hint: `Choose ${range}.`,
    data: { name, value },
  });
}
