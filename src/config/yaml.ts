// YAML as this product accepts it: plain data, every value with its line, nothing that can surprise.
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { type Finding, finding, type Key, type Problem, pathInWords } from './problem.ts';

export interface YamlText {
  readonly document: Document;
  /** Maps are objects, keys are texts as written; undefined when the text is no YAML at all. */
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** Gives a finding its line: that of the key or value itself, else that of the nearest parent. */
  place(found: Finding): Problem;
}

/** Largest file, bytes. */
export const MAX_BYTES = 4 * 1024 * 1024;
const MAX_DEPTH = 40;
/** Nodes after all aliases are written out: far above any plant, far below what hurts. */
const MAX_NODES = 500_000;
const MAX_ALIASES = 1000;
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Reads YAML 1.2 with the hazards refused by line: duplicate keys, tags other than the core ones, merge keys, names that reach into
 * JavaScript's prototypes, nesting deeper than 40, and aliases that multiply.
 *
 * @param text at most MAX_BYTES
 * @example
 * readYaml('a: { b: 1 }').value; // => { a: { b: 1 } }
 */
export function readYaml(text: string): YamlText {
  const lines = new LineCounter();
  const clean = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const document = parseDocument(clean, {
    lineCounter: lines,
    strict: true,
    // Found below, with the line of the first one in the message.
    uniqueKeys: false,
    prettyErrors: false,
    version: '1.2',
    schema: 'core',
    merge: false,
  });
  const problems: Problem[] = [];
  const at = (offset: number, path: readonly Key[], message: string, hint: string, code: Problem['code']): void => {
    const { line, col } = lines.linePos(offset);
    problems.push({
      line: Math.max(1, line),
      column: Math.max(1, col),
      path: pathInWords(path),
      keys: path,
      message,
      hint,
      code,
    });
  };
  for (const error of document.errors)
    at(error.pos[0], [], `not valid YAML: ${error.message}`, yamlHint(error.code), 'yaml');
  for (const warning of document.warnings) {
    const tag = /^Unresolved tag: (?:tag:yaml\.org,2002:)?(.*)$/s.exec(warning.message)?.[1];
    const what =
      tag === undefined
        ? `YAML: ${warning.message}`
        : `the tag ${tag.startsWith('!') ? '' : '!!'}${tag} is not allowed`;
    const hint = 'Remove the word that starts with "!"; if it belongs to the text, put the text in quotes.';
    at(warning.pos[0], [], what, tag === undefined ? '' : hint, 'yaml');
  }
  const place = (found: Finding): Problem => {
    const { line, col } = lines.linePos(offsetOf(document, found));
    return {
      line,
      column: col,
      path: pathInWords(found.keys),
      keys: found.keys,
      message: found.message,
      hint: found.hint,
      code: found.code,
    };
  };
  if (document.errors.length > 0) return { document, value: undefined, problems, place };

  let nodes = 0;
  let aliases = 0;
  let isStopped = false;
  const stop = (node: Node, path: readonly Key[], message: string, hint: string): undefined => {
    if (!isStopped) at(node.range?.[0] ?? 0, path, message, hint, 'yaml');
    isStopped = true;
    return undefined;
  };
  const plain = (node: unknown, path: readonly Key[], open: readonly unknown[]): unknown => {
    if (isStopped || node === null || node === undefined) return node ?? null;
    // Every value of a parsed document is a Node.
    const here = node as Node;
    nodes += 1;
    if (nodes > MAX_NODES)
      return stop(
        here,
        path,
        `more than ${MAX_NODES} values once aliases are written out`,
        'Write fewer aliases (*name).',
      );
    if (path.length > MAX_DEPTH)
      return stop(
        here,
        path,
        `nested deeper than ${MAX_DEPTH} levels`,
        'No setting lies that deep; check brackets and indentation.',
      );
    if (isAlias(node)) {
      aliases += 1;
      const target = node.resolve(document);
      if (aliases > MAX_ALIASES) return stop(here, path, `more than ${MAX_ALIASES} aliases`, 'Write the values out.');
      if (target === undefined || open.includes(target))
        return stop(here, path, `the alias *${node.source} refers to itself or to nothing`, 'Write the value out.');
      return plain(target, path, open);
    }
    if (isScalar(node)) return node.value;
    if (isSeq(node)) return node.items.map((item, i) => plain(item, [...path, i], [...open, node]));
    if (!isMap(node)) return null;
    const result: Record<string, unknown> = {};
    const seen = new Map<string, number>();
    for (const pair of node.items) {
      const key = keyText(pair.key);
      // A key of a parsed document is a Node.
      const offset = (pair.key as Node | null)?.range?.[0] ?? here.range?.[0] ?? 0;
      if (key === undefined) {
        at(offset, path, `${pathInWords(path)}: a key must be a single word`, 'Put quotes around the key.', 'yaml');
        continue;
      }
      const keys = [...path, key];
      if (FORBIDDEN_KEYS.has(key)) {
        at(offset, keys, `${pathInWords(keys)}: this name is not allowed`, 'Choose another name.', 'yaml');
        continue;
      }
      if (key === '<<') {
        at(
          offset,
          keys,
          `${pathInWords(path)}: merge keys (<<) are not supported`,
          'Write the keys out, or use an alias for the whole value.',
          'yaml',
        );
        continue;
      }
      const first = seen.get(key);
      if (first !== undefined) {
        at(
          offset,
          keys,
          `${pathInWords(keys)}: written twice, first in line ${first}`,
          'Keep one of the two, or give the second another name.',
          'duplicate',
        );
        continue;
      }
      seen.set(key, lines.linePos(offset).line);
      result[key] = plain(pair.value, keys, [...open, node]);
    }
    return result;
  };
  const value = plain(document.contents, [], []);
  return { document, value: isStopped ? undefined : value, problems, place };
}

function keyText(key: unknown): string | undefined {
  if (!isScalar(key)) return undefined;
  if (typeof key.value === 'string') return key.value;
  // 007 or 1e3 as a part number stays as written.
  return key.source ?? String(key.value);
}

function offsetOf(document: Document, found: Finding): number {
  let node: unknown = document.contents;
  let offset = rangeStart(node) ?? 0;
  for (const [depth, key] of found.keys.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    if (isSeq(node)) {
      const item = node.items[Number(key)];
      if (item === undefined) return offset;
      node = item;
      offset = rangeStart(item) ?? offset;
      continue;
    }
    if (!isMap(node)) return offset;
    const pair = node.items.find((each) => keyText(each.key) === String(key));
    if (pair === undefined) return offset;
    const isLast = depth === found.keys.length - 1;
    const keyStart = rangeStart(pair.key) ?? offset;
    const valueStart = rangeStart(pair.value);
    // A group that starts on the next line is named by its key: that is the line a person looks for.
    const useKey =
      (isLast && found.at === 'key') || valueStart === undefined || (!isScalar(pair.value) && !isAlias(pair.value));
    offset = useKey ? keyStart : valueStart;
    node = pair.value;
  }
  return offset;
}

function rangeStart(node: unknown): number | undefined {
  // Parsed nodes carry a range; anything else has none.
  return (node as Node | null | undefined)?.range?.[0];
}

function yamlHint(code: string): string {
  if (code === 'TAB_AS_INDENT') return 'Indent with spaces, never with the tab key.';
  if (code === 'BAD_INDENT')
    return 'Check the indentation of this line and of the one above; every "{" and "[" needs its closing bracket.';
  if (code === 'MISSING_CHAR') return 'A quote, bracket or comma is missing here or in the line above.';
  if (code === 'BLOCK_AS_IMPLICIT_KEY' || code === 'MULTILINE_IMPLICIT_KEY')
    return 'Is a ":" or a quote missing in the line above?';
  if (code === 'MULTIPLE_DOCS') return 'Remove the "---": one file is one configuration.';
  return 'Put texts with special characters (: # { } [ ] % & * !) in quotes.';
}

/** A finding that the whole file is at fault. */
export function wholeFile(message: string, hint: string): Problem {
  return { ...finding([], 'yaml', message, hint), line: 1, column: 1, path: '' };
}
