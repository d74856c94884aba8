// The distribution of the run length: how many points until the first signal.

/**
 * A run that ends at its first signal, as masses over states. The caller keeps the masses; `step` moves them by one point and lets those
 * that signal go.
 */
export interface Run {
  readonly size: number;
  /** Masses before the first point. */
  readonly start: Float64Array;
  /** Steps at the start that are unlike the others; what follows is one and the same step for ever. */
  readonly warmUp: number;
  /** Last point after which masses still come in from outside; default 0. */
  readonly entersUntil?: number;
  /** Writes the masses after point `t` (1, 2 …) into `to` and returns the mass that signalled. */
  step(from: Float64Array, to: Float64Array, t: number): number;
}

/** Distribution of a run length, complete: after the last entry the last 12 repeat for ever, each time multiplied by 1 − `hazard`. */
export interface RunLength {
  /** Mean number of points to the first signal, the ARL. Infinity when there is none. */
  readonly arl: number;
  /** Standard deviation of the run length. */
  readonly deviation: number;
  /** Entry t: probability that point t is the first signal; entry 0 is 0. */
  readonly signals: Float64Array;
  /** Entry t: probability of no signal among the first t points; entry 0 is 1. */
  readonly survival: Float64Array;
  readonly hazard: number;
}

/** Points after which the tail repeats: long enough for sets of rules whose chains swing with a period of 2, 3, 4, 6 or 12. */
const PERIOD = 12;
/** Relative difference between two periods at which the tail counts as settled. */
const SETTLED = 2e-13;
/** Probability of no signal that counts as none. */
const NOTHING = 1e-25;

/**
 * Follows a run until what is left of it decays evenly, to twelve digits in every state, and sums the rest as a geometric series. The work
 * depends on how fast the chart forgets, not on the ARL. Every term is positive, so that no digit is lost however rare signals are.
 *
 * @param most multiplications at which to give up
 * @returns the distribution, or undefined when it has not settled after `most` points × states
 * @see Brook & Evans (1972), Biometrika 59, 539; Seneta, Non-negative Matrices and Markov Chains (1981), chapter 1 for the ratios
 * @example
 * const coin: Run = { size: 1, start: Float64Array.of(1), warmUp: 0, step: (from, to) => { to[0] = from[0]! / 2; return from[0]! / 2; } };
 * runLengthOf(coin, 1000)?.arl; // => 2
 */
export function runLengthOf(run: Run, most: number): RunLength | undefined {
  const signals = [0];
  let now = run.start.slice();
  let then = new Float64Array(run.size);
  const before = new Float64Array(run.size);
  for (let t = 1; ; ) {
    before.set(now);
    let signalled = 0;
    for (let j = 0; j < PERIOD; j++, t++) {
      const mass = run.step(now, then, t);
      signals.push(mass);
      signalled += mass;
      [now, then] = [then, now];
    }
    let alive = 0;
    for (let i = 0; i < run.size; i++) alive += now[i]!;
    if (alive <= NOTHING && t > (run.entersUntil ?? 0) + 1) return complete(signals, 0, 1);
    if (t > run.warmUp + PERIOD && spread(before, now) < SETTLED) {
      return complete(signals, alive, signalled / (alive + signalled));
    }
    if (t * run.size > most) return undefined;
  }
}

/**
 * A run length that is geometric: every point signals with the same probability.
 *
 * @param probability of a signal at a point, 0 … 1
 * @example
 * geometricRunLength(0.01).arl; // => 100
 */
export function geometricRunLength(probability: number): RunLength {
  const signals = [0];
  let alive = 1;
  let signalled = 0;
  for (let j = 0; j < PERIOD; j++) {
    const mass = alive * probability;
    signals.push(mass);
    signalled += mass;
    alive *= 1 - probability;
  }
  const { signals: first, survival, hazard } = complete(signals, alive, signalled / (alive + signalled));
  // The closed forms keep the last digits.
  const arl = 1 / probability;
  return { arl, deviation: Math.sqrt(1 - probability) / probability, signals: first, survival, hazard };
}

/**
 * Makes a run length from what signalled at points 1, 2 … (entry 0 is 0), what was left alive, and the share of those alive that signals in the
 * twelve points after, and in every twelve after that.
 */
export function complete(masses: readonly number[], alive: number, hazard: number): RunLength {
  const last = masses.length - 1;
  const signals = Float64Array.from(masses);
  const survival = new Float64Array(last + 1);
  survival[last] = alive;
  for (let t = last; t > 0; t--) survival[t - 1] = survival[t]! + signals[t]!;
  let mean = 0;
  let second = 0;
  for (let t = last - 1; t >= 0; t--) {
    mean += survival[t]!;
    second += (2 * t + 1) * survival[t]!;
  }
  const rest = alive === 0 ? 0 : (1 - hazard) / hazard;
  for (let t = Math.max(0, last - PERIOD); t < last && rest > 0; t++) {
    mean += survival[t]! * rest;
    second += survival[t]! * rest * (2 * t + 1 + (2 * PERIOD) / hazard);
  }
  const deviation = mean === Number.POSITIVE_INFINITY ? mean : Math.sqrt(Math.max(0, second - mean * mean));
  return { arl: mean, deviation, signals, survival, hazard };
}

/**
 * Probability that there is no signal among the first t points.
 *
 * @param t a whole number of points, at least 0
 * @example
 * survivalAt(geometricRunLength(0.5), 3); // => 0.125
 */
export function survivalAt({ survival, hazard }: RunLength, t: number): number {
  const last = survival.length - 1;
  if (t <= last) return survival[t]!;
  const periods = Math.ceil((t - last) / PERIOD);
  return survival[t - periods * PERIOD]! * Math.exp(periods * Math.log1p(-hazard));
}

/**
 * Probability that point t is the first signal.
 *
 * @param t a whole number of points, at least 0
 * @example
 * signalAt(geometricRunLength(0.5), 3); // => 0.125
 */
export function signalAt({ signals, hazard }: RunLength, t: number): number {
  const last = signals.length - 1;
  if (t <= last) return signals[t]!;
  const periods = Math.ceil((t - last) / PERIOD);
  return signals[t - periods * PERIOD]! * Math.exp(periods * Math.log1p(-hazard));
}

/**
 * Quantile of the run length: the smallest number of points by which a signal has come with probability at least p.
 *
 * @param p at least 0, below 1; 0.5 gives the median run length
 * @returns a whole number of points, or Infinity
 * @example
 * quantileOf(geometricRunLength(0.0026997960632601866), 0.5); // => 257
 */
export function quantileOf(run: RunLength, p: number): number {
  if (!(p >= 0 && p < 1)) return Number.NaN;
  const left = 1 - p;
  const last = run.survival.length - 1;
  let high = last;
  if (run.survival[last]! > left) {
    if (!(run.hazard > 0)) return Number.POSITIVE_INFINITY;
    const periods = Math.log(left / run.survival[last]!) / Math.log1p(-run.hazard);
    high = last + PERIOD * Math.ceil(periods + 1);
  }
  let low = -1;
  // survival(low) > left ≥ survival(high)
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (survivalAt(run, middle) > left) low = middle;
    else high = middle;
  }
  return high;
}

/** Largest over smallest ratio of two states' change over one period, less 1; infinite while a state is still filled or emptied. */
function spread(before: Float64Array, after: Float64Array): number {
  let least = Number.POSITIVE_INFINITY;
  let most = 0;
  for (let i = 0; i < before.length; i++) {
    // Masses too small for a full number of digits say nothing.
    if (before[i]! < 1e-290 && after[i]! < 1e-290) continue;
    const ratio = after[i]! / before[i]!;
    if (ratio < least) least = ratio;
    if (ratio > most) most = ratio;
  }
  return most / least - 1;
}
