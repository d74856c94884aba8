// Reads the arguments of one command; a mistake is told with the nearest option.
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { didYouMean, inWords } from '../config/nearest.ts';
import { PumjilError } from '../errors.ts';

export interface Arguments {
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
  readonly positionals: readonly string[];
}

/** An error of the command line: exit code 2. */
export function usageError(message: string, hint: string): PumjilError {
  return new PumjilError('CLI_USAGE', { message, hint });
}

/**
 * Options and positionals of a command.
 *
 * @param options as for node:util parseArgs, without `multiple`
 * @param mostPositionals how many words besides options there may be
 * @throws PumjilError CLI_USAGE for an unknown option, a missing value or a word too many
 * @example
 * readArguments(['-c', 'a.yaml'], { config: { type: 'string', short: 'c' } }, 0).values.config; // => 'a.yaml'
 */
export function readArguments(
  args: readonly string[],
  options: ParseArgsOptionsConfig,
  mostPositionals: number,
): Arguments {
  const { tokens } = parseArgs({ args: [...args], options, allowPositionals: true, strict: false, tokens: true });
  const known = Object.keys(options).map((name) => `--${name}`);
  const values: Record<string, string | boolean> = {};
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
    if (option === undefined) {
      const hint = known.length === 0 ? 'This command has no options.' : `Options: ${inWords(known, 30)}.`;
      throw usageError(`unknown option ${token.rawName}${didYouMean(token.rawName, known)}`, hint);
    }
    if (option.type === 'boolean') {
      if (token.value !== undefined)
        throw usageError(`${token.rawName} takes no value`, `Write ${token.rawName} alone.`);
      values[token.name] = true;
      continue;
    }
    const isMissing = token.value === undefined || (!token.inlineValue && /^--?[A-Za-z]/.test(token.value));
    if (isMissing) throw usageError(`${token.rawName} needs a value`, `Write ${token.rawName} <value>.`);
    values[token.name] = token.value ?? '';
  }
  const extra = positionals[mostPositionals];
  if (extra !== undefined)
    throw usageError(`"${extra}" is not expected here`, 'See --help for what the command takes.');
  return { values, positionals };
}

/** The value of a text option, or undefined. */
export function textOption(args: Arguments, name: string): string | undefined {
  const value = args.values[name];
  return typeof value === 'string' ? value : undefined;
}

/**
 * The value of a number option.
 *
 * @throws PumjilError CLI_USAGE when it is no number or outside [least, most]
 */
export function numberOption(args: Arguments, name: string, least: number, most: number): number | undefined {
  const text = textOption(args, name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== '' && value >= least && value <= most) return value;
  throw usageError(`--${name} ${text} is not a number from ${least} to ${most}`, `For example: --${name} ${least}`);
}
