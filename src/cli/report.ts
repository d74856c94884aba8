// How errors are told on the command line.
import { printProblem, problemsOf } from '../config/problem.ts';
import { PumjilError } from '../errors.ts';
import type { CommandIo } from './command.ts';

/**
 * Writes an error to stderr: its message, its problems with their lines, and the remedy.
 *
 * @returns exit code: 2 when the command line was wrong, else 1
 */
export function reportError(error: unknown, io: Pick<CommandIo, 'stderr' | 'env'>): number {
  if (!(error instanceof PumjilError)) {
    const text = error instanceof Error ? error.message : String(error);
    io.stderr.write(
      `pumjil: unexpected error: ${text}\n    This is a fault of Pumjil. Please report it with the lines below.\n`,
    );
    io.stderr.write(`${error instanceof Error ? (error.stack ?? '') : ''}\n`);
    return 1;
  }
  const problems = problemsOf(error);
  const file = typeof error.data.file === 'string' ? error.data.file : 'pumjil.yaml';
  if (problems.length > 0) {
    for (const problem of problems) io.stderr.write(`${printProblem(file, problem)}\n`);
    io.stderr.write(
      `pumjil: ${file}: ${problems.length === 1 ? '1 mistake' : `${problems.length} mistakes`} (${error.code})\n`,
    );
    return 1;
  }
  io.stderr.write(`pumjil: ${error.message} (${error.code})\n${error.hint === '' ? '' : `    ${error.hint}\n`}`);
  if (io.env.PUMJIL_DEBUG !== undefined) io.stderr.write(`${error.stack ?? ''}\n`);
  return error.code === 'CLI_USAGE' ? 2 : 1;
}
