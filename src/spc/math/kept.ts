// A few values kept in order of size, for exact order statistics of a baseline.
const COUNT = 0;

/** State slots beside the values themselves. */
export const KEPT_ROOM = 1;

/** Forgets every value. */
export function resetKept(state: Float64Array, at: number, room: number): void {
  state.fill(0, at, at + KEPT_ROOM + room);
}

/**
 * Puts one value in its place; once `room` values are there, no more are taken.
 *
 * @example
 * const state = new Float64Array(KEPT_ROOM + 3);
 * for (const x of [5, 1, 3, 9]) keep(state, 0, 3, x);
 * [keptCount(state, 0), keptAt(state, 0, 0), keptAt(state, 0, 2)]; // => [3, 1, 5]
 */
export function keep(state: Float64Array, at: number, room: number, value: number): void {
  const n = state[at + COUNT]!;
  if (n >= room) return;
  const first = at + KEPT_ROOM;
  let place = first + n;
  while (place > first && state[place - 1]! > value) {
    state[place] = state[place - 1]!;
    place -= 1;
  }
  state[place] = value;
  state[at + COUNT] = n + 1;
}

/** Number of values kept. */
export function keptCount(state: Float64Array, at: number): number {
  return state[at + COUNT]!;
}

/** The i-th smallest value, counted from 0. */
export function keptAt(state: Float64Array, at: number, i: number): number {
  return state[at + KEPT_ROOM + i]!;
}

/**
 * Quantile between neighbouring order statistics at position (n + 1) p; the ends are the least and the greatest value.
 *
 * @see Hyndman & Fan (1996), The American Statistician 50, 361, definition 6
 * @example
 * const state = new Float64Array(KEPT_ROOM + 3);
 * for (const x of [5, 1, 3]) keep(state, 0, 3, x);
 * [keptQuantile(state, 0, 0.5), keptQuantile(state, 0, 0.375), keptQuantile(state, 0, 0.01)]; // => [3, 2, 1]
 */
export function keptQuantile(state: Float64Array, at: number, p: number): number {
  const n = keptCount(state, at);
  const place = (n + 1) * p - 1;
  if (n === 0) return Number.NaN;
  if (place <= 0) return keptAt(state, at, 0);
  if (place >= n - 1) return keptAt(state, at, n - 1);
  const below = Math.floor(place);
  const low = keptAt(state, at, below);
  return low + (place - below) * (keptAt(state, at, below + 1) - low);
}
