/** Seed of the plant that `pumjil demo` shows: its thirty healthy days agree with the plant file, see README. */
export const DEFAULT_SEED = 5;
