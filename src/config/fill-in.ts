// Fills in what a configuration only points at: environment variables, secret files, paths relative to the file.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ZodType } from 'zod';
import { type Finding, finding, type Key } from './problem.ts';
import { childSchema, isGroup, notesOf } from './schema-walk.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface FillIn {
  /** Schema of the part; undefined where its component is unknown. */
  readonly schema: ZodType | undefined;
  readonly written: unknown;
  /** Where the part stands in the file. */
  readonly base: readonly Key[];
  readonly env: Environment;
  /** Folder of the configuration file. */
  readonly folder: string;
}

export interface FilledIn {
  readonly value: unknown;
  readonly findings: readonly Finding[];
}

const SECRET_NAMES = /^(?:.*_)?(?:password|passphrase|token|secret)$/;
const MAX_SECRET_BYTES = 65_536;

/**
 * Replaces `${NAME}` by environment variables in every text (`$${` stands for a plain `${`), reads `file:path` where a setting is a
 * secret, and makes paths absolute where the schema marks them as such. A secret written in plain is a finding.
 * Secret is a setting whose schema says so, or whose name ends in password, passphrase, token or secret.
 */
export async function fillIn(part: FillIn): Promise<FilledIn> {
  const findings: Finding[] = [];
  const walk = async (
    written: unknown,
    keys: readonly Key[],
    schema: ZodType | undefined,
    isNamed: boolean,
  ): Promise<unknown> => {
    if (typeof written === 'string') return fillText(written, keys, schema, isNamed, part, findings);
    if (Array.isArray(written)) {
      const items: unknown[] = [];
      for (const [i, item] of written.entries())
        items.push(await walk(item, [...keys, i], step(schema, i, written)?.schema, false));
      return items;
    }
    if (!isGroup(written)) return written;
    const group: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(written)) {
      const next = step(schema, key, written);
      group[key] = await walk(value, [...keys, key], next?.schema, next?.isNamed ?? false);
    }
    return group;
  };
  return { value: await walk(part.written, part.base, part.schema, false), findings };
}

function step(schema: ZodType | undefined, key: Key, value: unknown): ReturnType<typeof childSchema> {
  return schema === undefined ? undefined : childSchema(schema, key, value);
}

async function fillText(
  written: string,
  keys: readonly Key[],
  schema: ZodType | undefined,
  isNamed: boolean,
  part: FillIn,
  findings: Finding[],
): Promise<string> {
  const notes = schema === undefined ? {} : notesOf(schema);
  const isSecret = notes.secret ?? (isNamed && SECRET_NAMES.test(String(keys.at(-1))));
  const filled = fillEnvironment(written, keys, part.env, findings);
  if (isSecret && written.startsWith('file:'))
    return readSecret(filled.slice('file:'.length), keys, part.folder, findings);
  if (isSecret && written !== '' && !written.includes('${')) findings.push(literalSecret(keys));
  else if (!isSecret && holdsSecret(written)) findings.push(literalSecret(keys));
  if (notes.path === true && filled !== '') return resolve(part.folder, filled);
  return filled;
}

function fillEnvironment(written: string, keys: readonly Key[], env: Environment, findings: Finding[]): string {
  return written.replace(/\$?\$\{([^}]*)\}/g, (whole, name: string) => {
    if (whole.startsWith('$$')) return whole.slice(1);
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      const hint = `Write \${NAME} with letters, digits and "_"; a plain "\${" is written "$\${".`;
      findings.push(finding(keys, 'environment', `\${${name}} is not the name of an environment variable`, hint));
      return '';
    }
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    if (value === undefined || value === '') {
      const state = value === undefined ? 'not set' : 'empty';
      const hint = `Set it before starting, for instance: export ${name}=… (PowerShell: $env:${name} = "…").`;
      findings.push(finding(keys, 'environment', `the environment variable ${name} is ${state}`, hint));
      return '';
    }
    return value;
  });
}

async function readSecret(name: string, keys: readonly Key[], folder: string, findings: Finding[]): Promise<string> {
  const path = resolve(folder, name.trim());
  const hint =
    'Put the secret, and nothing else, into that file; the account that runs Pumjil must be able to read it.';
  try {
    const bytes = await readFile(path);
    const text = bytes.toString('utf8').replace(/\r?\n$/, '');
    if (text !== '' && bytes.length <= MAX_SECRET_BYTES) return text;
    findings.push(
      finding(keys, 'secret_file', `the secret file ${path} is ${text === '' ? 'empty' : 'larger than 64 KB'}`, hint),
    );
  } catch (error) {
    // Errors of readFile carry a code.
    const code = (error as NodeJS.ErrnoException).code;
    const why = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`;
    findings.push(finding(keys, 'secret_file', `the secret file ${path} ${why}`, hint));
  }
  return '';
}

function literalSecret(keys: readonly Key[]): Finding {
  const name = keys
    .map(String)
    .slice(-2)
    .join('_')
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase();
  return finding(
    keys,
    'secret_literal',
    'a secret must not stand in this file',
    `Write "\${${name}}" here and set that environment variable, or write "file:path" of a file that holds it.`,
  );
}

// Secrets in places that are not named so: a key block, or a password inside an address.
function holdsSecret(written: string): boolean {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(written)) return true;
  const password = /^[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:([^\s/@]+)@/i.exec(written)?.[1];
  return password !== undefined && !password.includes('${');
}
