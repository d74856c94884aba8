// One mistake in a configuration: where it is, what is wrong, what to write instead.
import { PumjilError } from '../errors.ts';

export type Key = string | number;

/** Stable words for the kinds of mistakes; for programs, the message is for people. */
export type ProblemCode =
  | 'yaml'
  | 'unknown_key'
  | 'missing'
  | 'wrong_type'
  | 'out_of_range'
  | 'not_allowed'
  | 'unknown_reference'
  | 'duplicate'
  | 'contradiction'
  | 'bad_rule'
  | 'secret_literal'
  | 'environment'
  | 'secret_file'
  | 'component';

/** A mistake without its place in the text. `at` says whether the key or its value is at fault. */
export interface Finding {
  readonly keys: readonly Key[];
  readonly at: 'key' | 'value';
  readonly message: string;
  readonly hint: string;
  readonly code: ProblemCode;
}

export interface Problem {
  /** Line and column in the file, from 1. */
  readonly line: number;
  readonly column: number;
  /** The setting in words, for instance `adapters.press3.port`. */
  readonly path: string;
  /** The setting as a path of keys, for forms. */
  readonly keys: readonly Key[];
  readonly message: string;
  readonly hint: string;
  readonly code: ProblemCode;
}

/**
 * A path of keys as people read it.
 *
 * @example
 * pathInWords(['shifts', 0, 'from']); // => 'shifts[1].from'
 */
export function pathInWords(keys: readonly Key[]): string {
  let text = '';
  // People count from one, and so does the line beside it.
  for (const key of keys) text += typeof key === 'number' ? `[${key + 1}]` : text === '' ? key : `.${key}`;
  return text;
}

/** A finding about `keys`; the message starts with the path. */
export function finding(
  keys: readonly Key[],
  code: ProblemCode,
  what: string,
  hint: string,
  at: 'key' | 'value' = 'value',
): Finding {
  const where = pathInWords(keys);
  return { keys, at, code, message: where === '' ? what : `${where}: ${what}`, hint };
}

/**
 * The error that carries all problems of one configuration in `data.problems`, in the order of their lines.
 *
 * @param file name of the file as the person knows it
 */
export function configInvalid(file: string, problems: readonly Problem[]): PumjilError {
  const sorted = [...problems].sort((a, b) => a.line - b.line || a.column - b.column);
  const first = sorted[0];
  const count = sorted.length === 1 ? '1 mistake' : `${sorted.length} mistakes`;
  return new PumjilError('CONFIG_INVALID', {
    message: `${file}: ${count}${first === undefined ? '' : `, the first in line ${first.line}: ${first.message}`}`,
    hint: first === undefined ? 'Run: pumjil check' : first.hint,
    data: { file, problems: sorted },
  });
}

/** The problems that a CONFIG_INVALID error carries; empty for any other error. */
export function problemsOf(error: unknown): readonly Problem[] {
  if (!(error instanceof PumjilError) || error.code !== 'CONFIG_INVALID') return [];
  // configInvalid is the only place that fills this field.
  return (error.data.problems ?? []) as readonly Problem[];
}

/**
 * One problem as it is printed: place, message, and the remedy on a line of its own.
 *
 * @example
 * printProblem('p.yaml', { line: 3, column: 5, path: 'a', keys: ['a'], code: 'missing', message: 'a: missing', hint: 'Write it.' }); // => 'p.yaml:3:5 a: missing\n    Write it.'
 */
export function printProblem(file: string, problem: Problem): string {
  const hint = problem.hint === '' ? '' : `\n    ${problem.hint}`;
  return `${file}:${problem.line}:${problem.column} ${problem.message}${hint}`;
}
