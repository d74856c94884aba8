// Time for everything that happens here: the wall clock, except that it never goes back.

/** Part of real time that passes while the wall clock lies behind: after an hour back it has caught up in two. */
const SLOW = 0.5;
/** Lag that is no step: rounding and ordinary discipline of the clock, ms. */
const STEP_MS = 1000;

export interface ClockOptions {
  /** The wall clock, ms since 1970. */
  readonly wall: () => number;
  /** A clock that nobody sets, ms. */
  readonly steady: () => number;
  /** Time that has already been given out, ms: the plant does not start before it. */
  readonly notBeforeMs?: number;
  /** Told once for every step back of more than a second, with its size in ms. */
  readonly onStepBack?: (ms: number) => void;
}

/** The latest time that `notBeforeMs` may ask for: what lies further ahead is a mistake, not a step, ms. */
const MOST_AHEAD_MS = 24 * 3600_000;

/**
 * A clock whose time never decreases. While the wall clock is ahead it is followed, jumps included; when it has been set back,
 * time runs at half speed until the wall clock has caught up: order and intervals stay right, and no two values share a time
 * because an hour came twice.
 *
 * @returns ms since 1970, whole numbers
 * @example
 * let wall = 10_000;
 * let steady = 0;
 * const now = createClock({ wall: () => wall, steady: () => steady });
 * now(); // => 10000
 * wall = 4_000;
 * steady = 100;
 * now(); // => 10050
 */
export function createClock(options: ClockOptions): () => number {
  const { wall, steady } = options;
  const startMs = wall();
  const floorMs = options.notBeforeMs ?? startMs;
  let lastMs = floorMs > startMs && floorMs - startMs <= MOST_AHEAD_MS ? floorMs : startMs;
  let lastSteady = steady();
  let isBehind = false;
  return () => {
    const steadyMs = steady();
    const wallMs = wall();
    const slowMs = lastMs + Math.max(0, steadyMs - lastSteady) * SLOW;
    if (lastMs - wallMs > STEP_MS && !isBehind) options.onStepBack?.(lastMs - wallMs);
    isBehind = wallMs < lastMs;
    lastMs = isBehind ? slowMs : wallMs;
    lastSteady = steadyMs;
    return Math.floor(lastMs);
  };
}

/** The clock of a plant on this machine. */
export function machineClock(notBeforeMs: number, onStepBack?: (ms: number) => void): () => number {
  return createClock({
    wall: () => Date.now(),
    steady: () => performance.now(),
    notBeforeMs,
    ...(onStepBack === undefined ? {} : { onStepBack }),
  });
}
