import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { didYouMean } from '../config/nearest.ts';
import { PumjilError } from '../errors.ts';
import { type Arguments, readArguments, textOption, usageError } from './arguments.ts';
import type { Command, CommandIo } from './command.ts';
import { MOST_CHARACTERS, readLines } from './lines.ts';

export const command: Command = {
  summary: { en: 'Runs a statistical study on data in JSON: charts, run rules, baseline, change point …' },
  usage: `
Usage: pumjil study                              lists the studies
       pumjil study <name> [--input <file.json>]  runs one; without --input it reads JSON from stdin
       pumjil study <name> --schema               prints the JSON Schema of its input and output
       pumjil study --batch [--input <file>]      runs many, one JSON a line

  --input <file>  reads the input from a file instead of stdin
  --json          one line of JSON, also for the list
  --batch         takes lines {"id", "study", "input"}, writes lines {"id", "output"} or {"id", "error"} in the same order

The result is JSON on stdout; null means no value. It says its verdict in English and Korean, what it rests on, and its source.
Exit codes: 0 done (with --batch: every line was answered), 1 input refused, 2 command line wrong.

Examples:
  pumjil study
  echo '{"n":[5]}' | pumjil study chart-constants
  pumjil study control-chart --input ewma.json
`,
  async run(args, io) {
    const flags = { type: 'boolean' } as const;
    const parsed = readArguments(args, { input: { type: 'string' }, json: flags, batch: flags, schema: flags }, 1);
    const { STUDIES } = await import('../studies/registry.ts');
    const [name] = parsed.positionals;
    if (parsed.values.batch === true) {
      if (name !== undefined)
        throw usageError(`--batch takes no study, not "${name}"`, 'Each line names its own study.');
      return await batch(parsed, io);
    }
    if (name === undefined) {
      for (const option of ['input', 'schema'] as const)
        if (parsed.values[option] !== undefined)
          throw usageError(`--${option} needs a study`, `Write: pumjil study <name> --${option}`);
      return await list(parsed, io);
    }
    if (!Object.hasOwn(STUDIES, name))
      throw usageError(
        `there is no study "${name}"${didYouMean(name, Object.keys(STUDIES))}`,
        `Studies: ${Object.keys(STUDIES).join(', ')}.`,
      );
    if (parsed.values.schema === true) return await schema(name, io);
    return await one(name, parsed, io);
  },
};

async function list(parsed: Arguments, io: CommandIo): Promise<number> {
  const { STUDIES } = await import('../studies/registry.ts');
  const studies = Object.entries(STUDIES).map(([name, { title, reference }]) => ({ name, title, reference }));
  if (parsed.values.json === true) {
    io.stdout.write(`${JSON.stringify(studies)}\n`);
    return 0;
  }
  const width = Math.max(...studies.map(({ name }) => name.length));
  for (const { name, title } of studies) io.stdout.write(`${name.padEnd(width)}  ${title.en}\n`);
  return 0;
}

async function schema(name: string, io: CommandIo): Promise<number> {
  const { studySchemas } = await import('../studies/run-study.ts');
  io.stdout.write(`${JSON.stringify(studySchemas(name), null, 2)}\n`);
  return 0;
}

async function one(name: string, parsed: Arguments, io: CommandIo): Promise<number> {
  const { runStudy } = await import('../studies/run-study.ts');
  const result = runStudy(name, parseJson(name, await wholeInput(parsed, io)));
  const isOneLine = parsed.values.json === true;
  io.stdout.write(`${isOneLine ? JSON.stringify(result) : JSON.stringify(result, null, 2)}\n`);
  return 0;
}

/** Text of the file or of stdin. */
async function wholeInput(parsed: Arguments, io: CommandIo): Promise<string> {
  const file = textOption(parsed, 'input');
  if (file !== undefined) return await readInput(resolve(io.cwd, file), file);
  if (io.stdin === undefined)
    throw usageError('no input', 'Pipe JSON into the command, or name a file: --input file.json');
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of io.stdin) {
    text += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    if (text.length > MOST_CHARACTERS) throw tooLong('the input');
  }
  return text + decoder.decode();
}

async function readInput(path: string, shown: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new PumjilError('STUDY_INPUT', {
      message: `cannot read ${shown}`,
      hint: 'Check that the file exists and may be read.',
      cause,
    });
  }
}

function parseJson(name: string, text: string): unknown {
  if (text.length > MOST_CHARACTERS) throw tooLong('the input');
  try {
    return JSON.parse(text);
  } catch (cause) {
    const why = text.trim() === '' ? 'the input is empty' : `the input is not JSON: ${String(cause)}`;
    throw new PumjilError('STUDY_INPUT', {
      message: `${name}: ${why}`,
      hint: 'Give one JSON object; write null, not NaN, where a value is missing.',
      data: { study: name, field: '' },
      cause,
    });
  }
}

function tooLong(what: string): PumjilError {
  return new PumjilError('STUDY_INPUT', {
    message: `${what} is longer than ${MOST_CHARACTERS / 2 ** 20} million characters`,
    hint: 'A study takes up to a million values a column: take a shorter period, or every nth value.',
  });
}

async function batch(parsed: Arguments, io: CommandIo): Promise<number> {
  const { runStudy } = await import('../studies/run-study.ts');
  const file = textOption(parsed, 'input');
  const source = file === undefined ? io.stdin : [await readInput(resolve(io.cwd, file), file)];
  if (source === undefined)
    throw usageError('no input', 'Pipe lines of JSON into the command, or name a file: --input file.jsonl');
  for await (const line of readLines(source)) {
    if (io.signal.aborted) return 1;
    if (line !== undefined && line.trim() === '') continue;
    io.stdout.write(`${JSON.stringify(answerLine(line, runStudy))}\n`);
  }
  return 0;
}

/** Answers one line; `undefined` is a line too long to keep. */
function answerLine(
  line: string | undefined,
  run: (name: string, input: unknown) => unknown,
): { readonly id: unknown; readonly output?: unknown; readonly error?: unknown } {
  let id: unknown = null;
  try {
    if (line === undefined) throw tooLong('the line');
    const asked = parseJson('batch', line);
    if (typeof asked !== 'object' || asked === null || Array.isArray(asked))
      throw new PumjilError('STUDY_INPUT', {
        message: 'the line is not an object',
        hint: 'Write {"id": …, "study": "<name>", "input": {…}} on each line.',
      });
    const { id: given = null, study, input } = asked as Readonly<Record<string, unknown>>;
    id = given;
    if (typeof study !== 'string')
      throw new PumjilError('STUDY_INPUT', {
        message: 'study: missing',
        hint: 'Name the study of the line: "study": "control-chart".',
        data: { field: 'study' },
      });
    return { id, output: run(study, input) };
  } catch (error) {
    if (!(error instanceof PumjilError)) throw error;
    const { code, message, hint, data } = error;
    return { id, error: { code, message, hint, ...data } };
  }
}
