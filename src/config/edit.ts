// Changes single settings of pumjil.yaml; comments, order and layout of the rest stay.
import { open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isAlias, isCollection, isMap, isScalar, parseDocument, Scalar, stringify } from 'yaml';
import { PumjilError } from '../errors.ts';
import { type Key, pathInWords } from './problem.ts';

export interface Edit {
  readonly keys: readonly Key[];
  /** JSON data; undefined removes the setting. */
  readonly value: unknown;
}

/**
 * The text with its settings changed. A plain value is replaced where it stands and not a byte elsewhere changes; adding, removing and
 * groups go through the document, which keeps comments but may lay out the touched group anew.
 *
 * @throws PumjilError CONFIG_INVALID when the text is no YAML or a path leads through a plain value
 * @example
 * editText('a: 1 # one\nb: 2\n', [{ keys: ['a'], value: 3 }]); // => 'a: 3 # one\nb: 2\n'
 */
export function editText(text: string, edits: readonly Edit[]): string {
  return edits.reduce(applyEdit, text);
}

function applyEdit(text: string, edit: Edit): string {
  const document = parseDocument(text, { uniqueKeys: false, version: '1.2', schema: 'core' });
  const where = pathInWords(edit.keys);
  if (document.errors.length > 0) {
    throw new PumjilError('CONFIG_INVALID', {
      message: `${where} cannot be changed: the file is not valid YAML`,
      hint: 'Run pumjil check, correct the file, then change it here again.',
    });
  }
  const node = document.getIn(edit.keys, true);
  const isPlain = edit.value === null || typeof edit.value !== 'object';
  if (
    isScalar(node) &&
    node.range &&
    isPlain &&
    edit.value !== undefined &&
    node.anchor === undefined &&
    node.type !== Scalar.BLOCK_LITERAL &&
    node.type !== Scalar.BLOCK_FOLDED
  ) {
    const [start, end] = node.range;
    return text.slice(0, start) + scalarText(edit.value, node) + text.slice(end);
  }
  for (let depth = 1; depth < edit.keys.length; depth += 1) {
    const parent = document.getIn(edit.keys.slice(0, depth), true);
    if (parent === undefined || parent === null || isCollection(parent) || (isScalar(parent) && parent.value === null))
      continue;
    const what = isAlias(parent) ? 'an alias' : 'a plain value';
    throw new PumjilError('CONFIG_INVALID', {
      message: `${where} cannot be changed: ${pathInWords(edit.keys.slice(0, depth))} is ${what}`,
      hint: 'Change that one instead.',
    });
  }
  if (edit.value === undefined) document.deleteIn(edit.keys);
  else setIn(document, edit);
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

function setIn(document: ReturnType<typeof parseDocument>, edit: Edit): void {
  for (let depth = 1; depth < edit.keys.length; depth += 1) {
    const keys = edit.keys.slice(0, depth);
    const parent = document.getIn(keys, true);
    // `shifts:` with nothing below it becomes a group.
    if (isScalar(parent) && parent.value === null) document.deleteIn(keys);
  }
  const value = document.createNode(edit.value);
  document.setIn(edit.keys, value);
  const parent = document.getIn(edit.keys.slice(0, -1), true);
  if (isMap(parent) && parent.flow === true && isCollection(value)) value.flow = true;
}

// The new value in the manner of the old: texts keep their kind of quotes where they had any.
function scalarText(value: unknown, old: Scalar): string {
  // JSON's quotes are YAML's double quotes; a line break inside them stays an escape.
  if (typeof value === 'string' && /[\n\r]/.test(value)) return JSON.stringify(value);
  const scalar = new Scalar(value);
  if (typeof value === 'string' && (old.type === Scalar.QUOTE_DOUBLE || old.type === Scalar.QUOTE_SINGLE))
    scalar.type = old.type;
  // Inside a list, so that a text which only a flow collection misreads is quoted too.
  const line = stringify([scalar], { lineWidth: 0, collectionStyle: 'flow', flowCollectionPadding: false }).trim();
  return line.slice(1, -1);
}

/**
 * Changes settings in a file: read, change, check, write beside it, rename over it. Readers see the old file or the new one, whole.
 *
 * @param check called with the new text before anything is written; throws when it must not be taken (see loadPlan)
 * @returns the new text
 * @throws PumjilError CONFIG_UNREADABLE when the file cannot be read or written; whatever `check` throws
 */
export async function editFile(
  path: string,
  edits: readonly Edit[],
  check: (text: string) => Promise<unknown>,
): Promise<string> {
  try {
    // A link stays a link.
    const target = await realpath(path);
    const text = await readFile(target, 'utf8');
    const changed = editText(text, edits);
    if (changed === text) return text;
    await check(changed);
    await replaceFile(target, changed);
    return changed;
  } catch (cause) {
    if (cause instanceof PumjilError) throw cause;
    throw new PumjilError('CONFIG_UNREADABLE', {
      message: `${path} cannot be changed: ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: 'Check that the file exists and that the account which runs Pumjil may write it and its folder.',
      cause,
    });
  }
}

async function replaceFile(target: string, text: string): Promise<void> {
  const beside = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`);
  try {
    const { mode } = await stat(target);
    const file = await open(beside, 'w', mode);
    try {
      await file.writeFile(text, 'utf8');
      await file.sync();
    } finally {
      await file.close();
    }
    await renameOver(beside, target);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

// On Windows a virus scanner or an editor may hold the file for a moment.
async function renameOver(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await rename(from, to);
    } catch (error) {
      // Errors of the file system carry a code.
      const code = (error as NodeJS.ErrnoException).code ?? '';
      if (attempt >= 10 || !['EPERM', 'EBUSY', 'EACCES'].includes(code) || process.platform !== 'win32') throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
