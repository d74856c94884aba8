// Finite Markov chains, solved without a single subtraction: every digit is right even where one way out in 10^30 decides.

/**
 * Expected number of steps until a chain is left, from each state.
 *
 * @param moves `size` × `size` probabilities, row by row; what a state keeps for itself is not read but follows from the others. Overwritten.
 * @param exits probability of leaving the chain from each state. Overwritten.
 * @returns one number a state; Infinity where the chain is never left
 * @see Grassmann, Taksar & Heyman (1985), Operations Research 33, 1107; O'Cinneide (1996), Numer. Math. 73, 507 for its accuracy
 * @example
 * [...absorptionTimes(Float64Array.of(0, 0.5, 0.5, 0), Float64Array.of(0.5, 0.5), 2)]; // => [2, 2]
 */
export function absorptionTimes(moves: Float64Array, exits: Float64Array, size: number): Float64Array {
  const times = new Float64Array(size).fill(1);
  const leaves = new Float64Array(size);
  for (let n = size - 1; n >= 0; n--) {
    // State n is cut out: who would go there goes on to wherever n leads.
    let out = exits[n]!;
    for (let j = 0; j < n; j++) out += moves[n * size + j]!;
    leaves[n] = out;
    for (let i = 0; i < n; i++) {
      const factor = moves[i * size + n]! / out;
      if (factor === 0) continue;
      for (let j = 0; j < n; j++) moves[i * size + j] = moves[i * size + j]! + factor * moves[n * size + j]!;
      exits[i] = exits[i]! + factor * exits[n]!;
      times[i] = times[i]! + factor * times[n]!;
    }
  }
  for (let n = 0; n < size; n++) {
    let total = times[n]!;
    for (let j = 0; j < n; j++) total += moves[n * size + j]! * times[j]!;
    times[n] = total / leaves[n]!;
  }
  return times;
}

/**
 * Long-run share of time a chain spends in each state.
 *
 * @param moves as for `absorptionTimes`; all states must lead to state 0. Overwritten.
 * @example
 * [...stationaryShares(Float64Array.of(0, 0.25, 0.75, 0), 2)]; // => [0.75, 0.25]
 */
export function stationaryShares(moves: Float64Array, size: number): Float64Array {
  for (let n = size - 1; n > 0; n--) {
    let out = 0;
    for (let j = 0; j < n; j++) out += moves[n * size + j]!;
    for (let i = 0; i < n; i++) {
      const factor = moves[i * size + n]! / out;
      moves[i * size + n] = factor;
      if (factor === 0) continue;
      for (let j = 0; j < n; j++) moves[i * size + j] = moves[i * size + j]! + factor * moves[n * size + j]!;
    }
  }
  const shares = new Float64Array(size);
  shares[0] = 1;
  let total = 1;
  for (let n = 1; n < size; n++) {
    let share = 0;
    for (let i = 0; i < n; i++) share += shares[i]! * moves[i * size + n]!;
    shares[n] = share;
    total += share;
  }
  return shares.map((share) => share / total);
}
