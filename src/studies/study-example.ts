// A published example of a study, kept beside it: what the contract checks.

export interface StudyExample {
  /** Where the data are published and where the expected numbers come from: as printed, or recomputed and by what. */
  readonly source: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** A part of the result. */
  readonly expected: Readonly<Record<string, unknown>>;
  /** Largest error of a number, relative (below 1 absolute): as many digits as are printed. */
  readonly within: number;
}
