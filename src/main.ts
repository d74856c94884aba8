#!/usr/bin/env node
// The entrance: finds the command, runs it, turns errors into sentences and exit codes.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { usageError } from './cli/arguments.ts';
import type { Command, CommandIo } from './cli/command.ts';
import { processIo } from './cli/process-io.ts';
import { reportError } from './cli/report.ts';
import { didYouMean, inWords } from './config/nearest.ts';

/**
 * Runs one command line.
 *
 * @param argv words after `pumjil`
 * @returns exit code: 0 done, 1 problems found or work failed, 2 command line wrong
 */
export async function main(argv: readonly string[], io: CommandIo): Promise<number> {
  try {
    const [first, ...rest] = argv;
    if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
      return await help(rest[0], first === undefined ? io.stderr : io.stdout, first === undefined ? 2 : 0);
    }
    const name = first === '--version' || first === '-v' ? 'version' : first;
    const command = await findCommand(name);
    if (command === undefined) throw await unknownCommand(name);
    const beforeDashes = rest.includes('--') ? rest.slice(0, rest.indexOf('--')) : rest;
    if (beforeDashes.includes('--help') || beforeDashes.includes('-h')) {
      io.stdout.write(`${command.usage.trim()}\n`);
      return 0;
    }
    return await command.run(rest, io);
  } catch (error) {
    return reportError(error, io);
  }
}

async function help(name: string | undefined, out: CommandIo['stdout'], code: number): Promise<number> {
  if (name !== undefined) {
    const command = await findCommand(name);
    if (command === undefined) throw await unknownCommand(name);
    out.write(`${command.usage.trim()}\n`);
    return code;
  }
  const commands = await allCommands();
  const width = Math.max(...commands.map(([each]) => each.length));
  out.write('pumjil — collects quality data from machines, watches it with control charts, diagnoses.\n\n');
  out.write('Usage: pumjil <command> [options]\n\n');
  for (const [each, command] of commands) out.write(`  ${each.padEnd(width)}  ${command.summary.en}\n`);
  out.write('\nHelp on one command: pumjil <command> --help\n');
  return code;
}

async function unknownCommand(name: string): Promise<Error> {
  const names = await commandNames();
  return usageError(`there is no command "${name}"${didYouMean(name, names)}`, `Commands: ${inWords(names, 40)}.`);
}

async function allCommands(): Promise<[string, Command][]> {
  const found: [string, Command][] = [];
  for (const name of await commandNames()) {
    const command = await findCommand(name);
    if (command !== undefined) found.push([name, command]);
  }
  return found;
}

async function findCommand(name: string): Promise<Command | undefined> {
  if (!(await commandNames()).includes(name)) return undefined;
  const file = join(commandFolder(), `${name}${ownExtension()}`);
  const imported = (await import(pathToFileURL(file).href)) as { readonly command?: Command };
  return imported.command;
}

// Looked up in the text: importing the helpers beside the commands would load the whole server to print a list.
async function commandNames(): Promise<string[]> {
  const extension = ownExtension();
  const files = (await readdir(commandFolder())).filter(
    (name) => name.endsWith(extension) && !name.endsWith(`.test${extension}`),
  );
  const isCommand = await Promise.all(
    files.map(async (name) => /^export const command\b/m.test(await readFile(join(commandFolder(), name), 'utf8'))),
  );
  return files
    .filter((name, i) => isCommand[i] === true && !name.endsWith('.d.ts'))
    .map((name) => name.slice(0, -extension.length))
    .sort();
}

function commandFolder(): string {
  return join(import.meta.dirname, 'cli');
}

function ownExtension(): string {
  return import.meta.filename.endsWith('.ts') ? '.ts' : '.js';
}

/** Runs the command line of this process and sets its exit code. */
export async function start(): Promise<void> {
  process.exitCode = await main(process.argv.slice(2), processIo());
  // A driver that keeps a handle open must not keep a finished command alive.
  setTimeout(() => process.exit(), 2000).unref();
}

if (import.meta.main) await start();
