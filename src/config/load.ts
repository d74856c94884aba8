// pumjil.yaml → Plan, or all of its mistakes at once.
import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { ZodType, z } from 'zod';
import { PumjilError } from '../errors.ts';
import { checkShifts, checkTimezone } from './calendar-check.ts';
import type { Components } from './components.ts';
import type { Environment } from './fill-in.ts';
import { inWords, nearest } from './nearest.ts';
import { plantPlan, shiftPlan } from './normalise.ts';
import type { Plan } from './plan.ts';
import { configInvalid, type Finding, finding, type Problem } from './problem.ts';
import { readAdapters } from './read-adapters.ts';
import { readCharacteristics } from './read-characteristics.ts';
import { type ReadPart, readPart, type Surroundings } from './read-part.ts';
import { sections } from './schema.ts';
import { isGroup } from './schema-walk.ts';
import { MAX_BYTES, readYaml, wholeFile } from './yaml.ts';

export interface LoadOptions {
  /** File to read. */
  readonly path?: string;
  /** Content instead of a file. */
  readonly text?: string;
  /** Name of the file in messages; default: `path`, or pumjil.yaml. */
  readonly name?: string;
  /** Where relative paths start; default: the folder of `path`, else the current one. */
  readonly folder?: string;
  readonly components: Components;
  readonly env: Environment;
}

/**
 * Reads and checks a configuration.
 *
 * @returns the plan with every default written out; `data_dir` is absolute
 * @throws PumjilError CONFIG_INVALID with all mistakes in `data.problems` (see problemsOf), CONFIG_UNREADABLE when there is no such file
 */
export async function loadPlan(options: LoadOptions): Promise<Plan> {
  const name = options.name ?? options.path ?? 'pumjil.yaml';
  const text = options.text ?? (await readText(options.path, name));
  const folder = options.folder ?? (options.path === undefined ? process.cwd() : dirname(resolve(options.path)));
  if (Buffer.byteLength(text) > MAX_BYTES) {
    throw configInvalid(name, [
      wholeFile('the file is larger than 4 MB', 'Is this the right file? Move data out of it.'),
    ]);
  }
  const yaml = readYaml(text);
  if (yaml.value === undefined) throw configInvalid(name, yaml.problems);
  if (!isGroup(yaml.value)) {
    const what =
      yaml.value === null ? 'the file is empty' : 'the file must consist of settings, such as plant: { id: ansan-1 }';
    throw configInvalid(name, [
      ...yaml.problems,
      wholeFile(what, 'Start from examples/minimal.yaml, or run: pumjil schema'),
    ]);
  }
  const { plan, findings } = await readSections(yaml.value, options.components, { env: options.env, folder });
  const problems: Problem[] = [...yaml.problems, ...findings.map(yaml.place)];
  if (problems.length > 0 || plan === undefined) throw configInvalid(name, problems);
  return plan;
}

async function readText(path: string | undefined, name: string): Promise<string> {
  if (path === undefined)
    throw new PumjilError('CONFIG_UNREADABLE', {
      message: 'no configuration was named',
      hint: 'Give a file: -c pumjil.yaml',
    });
  let bytes: Buffer;
  try {
    // A huge file must not be read only to be refused.
    if ((await stat(path)).size > MAX_BYTES) {
      throw configInvalid(name, [
        wholeFile('the file is larger than 4 MB', 'Is this the right file? Move data out of it.'),
      ]);
    }
    bytes = await readFile(path);
  } catch (cause) {
    if (cause instanceof PumjilError) throw cause;
    // Errors of the file system carry a code.
    const code = (cause as NodeJS.ErrnoException).code;
    const why = code === 'ENOENT' ? 'does not exist' : code === 'EISDIR' ? 'is a folder' : `cannot be read (${code})`;
    throw new PumjilError('CONFIG_UNREADABLE', {
      message: `${name}: the file ${why}`,
      hint:
        code === 'ENOENT'
          ? 'Name the file: pumjil check -c <file>. A first one to copy: examples/minimal.yaml'
          : 'Check the permissions of the file.',
      cause,
    });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw configInvalid(name, [
      wholeFile('the file is not UTF-8 text', 'Save it as UTF-8 in the editor (not as ANSI, CP949 or UTF-16).'),
    ]);
  }
}

interface Read {
  readonly plan: Plan | undefined;
  readonly findings: readonly Finding[];
}

async function readSections(
  file: Readonly<Record<string, unknown>>,
  components: Components,
  around: Surroundings,
): Promise<Read> {
  const findings: Finding[] = [];
  const known = Object.keys(sections);
  for (const key of Object.keys(file)) {
    if (known.includes(key)) continue;
    const near = nearest(key, known);
    const hint = `Sections of this file: ${inWords(known, 20)}.`;
    findings.push(
      finding(
        [key],
        'unknown_key',
        `unknown${near === undefined ? ' section' : `, did you mean ${near}?`}`,
        hint,
        'key',
      ),
    );
  }
  // `adapters:` with nothing below it means none.
  const written = (key: string): unknown => file[key] ?? undefined;
  const read = async <S extends ZodType>(key: string, schema: S): Promise<ReadPart<z.output<S>>> => {
    const part = await readPart(schema, written(key), [key], around);
    findings.push(...part.findings);
    return part;
  };
  const plant = await read('plant', sections.plant);
  if (plant.partial.timezone !== undefined) findings.push(...checkTimezone(plant.partial.timezone));
  const server = await read('server', sections.server);
  const dataDir = await read('data_dir', sections.data_dir);
  const history = await read('history', sections.history);
  const journal = await read('journal', sections.journal);
  const lateness = await read('lateness_ms', sections.lateness_ms);
  const budget = await read('false_alarms_per_day', sections.false_alarms_per_day);
  const shifts = await read('shifts', sections.shifts);
  if (shifts.value !== undefined) findings.push(...checkShifts(shifts.value));
  const adapters = await readAdapters(written('adapters'), components, around);
  const characteristics = await readCharacteristics(written('characteristics'), adapters.known, components, around);
  findings.push(...adapters.findings, ...characteristics.findings);
  if (
    findings.length > 0 ||
    plant.value === undefined ||
    server.value === undefined ||
    dataDir.value === undefined ||
    history.value === undefined ||
    journal.value === undefined ||
    lateness.value === undefined ||
    shifts.value === undefined
  ) {
    return { plan: undefined, findings };
  }
  const plan: Plan = {
    plant: plantPlan(plant.value),
    server: server.value,
    data_dir: resolve(around.folder, dataDir.value),
    history: history.value,
    journal: journal.value,
    lateness_ms: lateness.value,
    ...(budget.value === undefined ? {} : { false_alarms_per_day: budget.value }),
    shifts: shifts.value.map(shiftPlan),
    adapters: adapters.plans,
    characteristics: characteristics.plans,
  };
  return { plan, findings };
}
