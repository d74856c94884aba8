// The Bernoulli CUSUM on its lattice: how far a unit moves it, how long it runs in control, and the limit for a wanted run length.

/** Units are taken together where one event weighs more than this: the run length is then off by less than 0.2 %. */
const MOST_STEPS = 5000;
/** The longest lattice that is searched for a limit, in weights of an event. */
const MOST_EVENTS = 200;

/**
 * Steps that one event goes up while every unit goes one down: 1/γ of the sequential test of p0 against p1, rounded to a whole number so
 * that the statistic stays on a lattice.
 *
 * @param p0 probability of an event in control, between 0 and 1
 * @param p1 probability that is to be found quickly, above p0, below 1
 * @returns at least 2; NaN for probabilities that cannot be
 * @see Reynolds & Stoumbos (1999), Journal of Quality Technology 31, 87-108
 * @example
 * bernoulliCusumSteps(0.01, 0.02); // => 69
 */
export function bernoulliCusumSteps(p0: number, p1: number): number {
  if (!(p0 > 0 && p0 < p1 && p1 < 1)) return Number.NaN;
  const down = Math.log1p(-p0) - Math.log1p(-p1);
  return Math.max(2, Math.round((Math.log(p1 / p0) + down) / down));
}

/**
 * Average number of units to the first signal, starting at 0: S ← max(0, S − 1 + steps · event), signal where S > limit. Exact, by the
 * Markov chain of the lattice: it goes down one step at a time, so that the time from s follows from that from s − 1.
 *
 * @param p probability of an event, above 0, at most 1
 * @param steps whole number, at least 2
 * @param limit whole number, at least 0
 * @see Brook & Evans (1972), Biometrika 59, 539 for the chain
 * @example
 * bernoulliCusumAnos(0.5, 2, 0); // => 2
 * bernoulliCusumAnos(0.1, 7, 28).toFixed(4); // => '815.1432'
 */
export function bernoulliCusumAnos(p: number, steps: number, limit: number): number {
  const up = steps - 1;
  if (up > limit) return 1 / p;
  // E(s) = a + (1 − d) · E(s − 1). An event leads from s to s + up, whose time is these maps s + 1 … s + up one after the other. Windows of
  // that length are put together from blocks of that length: the rest of one block, and the beginning of the next. Nothing cancels.
  const restA = new Float64Array(limit + 2);
  const restD = new Float64Array(limit + 2);
  const beginA = new Float64Array(limit + 1);
  const beginD = new Float64Array(limit + 1);
  for (let s = limit; s >= 1; s--) {
    const blockEnd = Math.min(limit, Math.ceil(s / up) * up);
    const isLast = s === blockEnd;
    const top = s + up;
    let a = 1;
    let d = p;
    if (top <= limit) {
      const kept = 1 - beginD[top]!;
      const windowA = beginA[top]! + (isLast ? 0 : kept * restA[s + 1]!);
      const windowD = beginD[top]! + (isLast ? 0 : kept * restD[s + 1]!);
      const rest = 1 - p + p * windowD;
      a = (1 + p * windowA) / rest;
      d = (p * windowD) / rest;
    }
    // From s − 1 through s to the end of its block.
    restA[s] = isLast ? a : restA[s + 1]! + (1 - restD[s + 1]!) * a;
    restD[s] = isLast ? d : restD[s + 1]! + (1 - restD[s + 1]!) * d;
    beginA[s] = a;
    beginD[s] = d;
    if ((s - 1) % up !== 0) continue;
    // The block is whole: from its beginning to each of its states.
    for (let i = s + 1; i <= blockEnd; i++) {
      const kept = 1 - beginD[i]!;
      beginA[i] = beginA[i]! + kept * beginA[i - 1]!;
      beginD[i] = beginD[i]! + kept * beginD[i - 1]!;
    }
  }
  return (1 + p * restA[1]!) / (p * restD[1]!);
}

/**
 * Smallest limit whose average number of units to a false signal is at least `anos`.
 *
 * @param p0 probability of an event in control
 * @param steps from `bernoulliCusumSteps`
 * @param anos units; where it is below 1/p0, every event signals
 * @returns limit in steps; a run length beyond reach gives that of 200 events
 * @example
 * bernoulliCusumLimit(0.1, 7, 815); // => 28
 */
export function bernoulliCusumLimit(p0: number, steps: number, anos: number): number {
  const together = Math.ceil(steps / MOST_STEPS);
  const p = -Math.expm1(together * Math.log1p(-p0));
  const weight = Math.max(2, Math.round(steps / together));
  let low = 0;
  let high = weight;
  const reached = (limit: number): boolean => bernoulliCusumAnos(p, weight, limit) * together >= anos;
  while (!reached(high)) {
    if (high >= MOST_EVENTS * weight) return MOST_EVENTS * steps;
    low = high;
    high = Math.min(high * 2, MOST_EVENTS * weight);
  }
  while (low < high) {
    const middle = (low + high) >> 1;
    if (reached(middle)) high = middle;
    else low = middle + 1;
  }
  return high * together;
}
