// pumjil bench: measures this very machine, so that one knows how large a plant it carries.
import { existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { PumjilError } from '../errors.ts';
import { type Arguments, numberOption, readArguments, textOption, usageError } from './arguments.ts';
import type { Measured } from './bench-measure.ts';
import type { BenchLanguage } from './bench-text.ts';
import type { Command, CommandIo } from './command.ts';

export const command: Command = {
  summary: { en: 'Measures this machine: how many values a second it can judge, make durable and keep.' },
  usage: `
Usage: pumjil bench [--seconds 20] [--language ko|en] [-c pumjil.yaml | --data <folder>] [--json]

Measures each part of a value's way alone and then the whole way, on the disk where the plant's data lie or will lie, and says
how large a plant that carries and what limits it. Needs a few hundred MB there meanwhile, in a folder of its own that it removes;
a plant that runs on this machine goes on, but both then get less of it.

      --seconds <n>        how long it measures, 1 to 600; default 20
      --language <ko|en>   default that of the plant, ko without one
  -c, --config <file>      configuration whose data folder is meant; default pumjil.yaml if there is one, else this folder
      --data <folder>      a folder on the disk that is meant
      --json               result as JSON

Exit: 0 done, 1 could not be measured or was stopped, 2 command line wrong

Examples:
  pumjil bench
  pumjil bench --seconds 60 --language en
  pumjil bench --data /srv/pumjil --json
`,
  async run(args, io) {
    const read = readArguments(
      args,
      {
        seconds: { type: 'string' },
        language: { type: 'string' },
        config: { type: 'string', short: 'c' },
        data: { type: 'string' },
        json: { type: 'boolean' },
      },
      0,
    );
    const seconds = numberOption(read, 'seconds', 1, 600) ?? 20;
    if (textOption(read, 'data') !== undefined && textOption(read, 'config') !== undefined)
      throw usageError('both -c and --data are given', 'Name the configuration or the data folder, not both.');
    const language = await languageOf(read, io);
    const place = existing(await placeOf(read, io));
    const folder = ownFolder(place);
    try {
      const freeBytes = free(place);
      const rows = await measured(folder, seconds, io);
      if (rows === undefined) {
        io.stderr.write('stopped before everything was measured\n');
        return 1;
      }
      const { benchVerdict, printBench } = await import('./bench-text.ts');
      const machine = {
        cpu: cpus()[0]?.model.trim() ?? 'unknown processor',
        cores: availableParallelism(),
        memoryGb: Number((totalmem() / 1e9).toPrecision(3)),
        node: process.versions.node,
      };
      const result = { machine, folder: place, freeBytes, rows, verdict: benchVerdict(rows, freeBytes) };
      io.stdout.write(
        read.values.json === true ? `${JSON.stringify(result, null, 2)}\n` : printBench(result, language),
      );
      return 0;
    } finally {
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  },
};

/** The rows; undefined when it was stopped. */
async function measured(folder: string, seconds: number, io: CommandIo): Promise<readonly Measured[] | undefined> {
  const { measureMachine } = await import('./bench-measure.ts');
  const rows: Measured[] = [];
  if (io.isTerminal) io.stderr.write(`measuring for ${seconds} s `);
  for await (const row of measureMachine(folder, seconds, io.signal)) {
    rows.push(row);
    if (io.isTerminal) io.stderr.write('.');
  }
  if (io.isTerminal) io.stderr.write('\n');
  return io.signal.aborted ? undefined : rows;
}

async function languageOf(read: Arguments, io: CommandIo): Promise<BenchLanguage> {
  const given = textOption(read, 'language');
  if (given === 'ko' || given === 'en') return given;
  if (given !== undefined) throw usageError(`--language ${given} is not known`, 'Write ko or en.');
  const file = resolve(io.cwd, textOption(read, 'config') ?? 'pumjil.yaml');
  const text = await readFile(file, 'utf8').catch(() => '');
  const [{ readYaml }, { isGroup }] = await Promise.all([
    import('../config/yaml.ts'),
    import('../config/schema-walk.ts'),
  ]);
  // A configuration with mistakes still says its language.
  const { value } = readYaml(text);
  return isGroup(value) && isGroup(value.plant) && value.plant.language === 'en' ? 'en' : 'ko';
}

/** Where the data lie or will lie. */
async function placeOf(read: Arguments, io: CommandIo): Promise<string> {
  const isNamed = textOption(read, 'data') !== undefined || textOption(read, 'config') !== undefined;
  if (!isNamed && !existsSync(resolve(io.cwd, 'pumjil.yaml'))) return io.cwd;
  const { dataDir } = await import('./data-dir.ts');
  return dataDir(read, 'data', io);
}

/** The folder, or the nearest one above it that is there already. */
function existing(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : existing(dirname(folder));
}

function ownFolder(place: string): string {
  try {
    return mkdtempSync(join(place, 'pumjil-bench-'));
  } catch (cause) {
    throw new PumjilError('DATA_DIR_UNWRITABLE', {
      message: `${place} cannot be written`,
      hint: 'Name a folder on the disk that is meant: pumjil bench --data <folder>',
      cause,
    });
  }
}

function free(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}
