// Which data folder a command means: named itself, or by a configuration.
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { isGroup } from '../config/schema-walk.ts';
import { readYaml } from '../config/yaml.ts';
import { PumjilError } from '../errors.ts';
import { type Arguments, textOption } from './arguments.ts';
import type { CommandIo } from './command.ts';

/**
 * The data folder. Only its name is taken from the configuration: one whose secrets are not set here must not stand in the way.
 *
 * @param option name of the option that gives the folder itself; `config` gives the configuration
 * @throws PumjilError CONFIG_UNREADABLE
 */
export async function dataDir(read: Arguments, option: string, io: Pick<CommandIo, 'cwd'>): Promise<string> {
  const given = textOption(read, option);
  if (given !== undefined) return resolve(io.cwd, given);
  const file = resolve(io.cwd, textOption(read, 'config') ?? 'pumjil.yaml');
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new PumjilError('CONFIG_UNREADABLE', {
      message: `${file} cannot be read`,
      hint: `Name the configuration with -c, or the data folder with --${option}.`,
      cause,
    });
  }
  const { value } = readYaml(text);
  const named = isGroup(value) && typeof value.data_dir === 'string' ? value.data_dir : './data';
  return resolve(dirname(file), named);
}
