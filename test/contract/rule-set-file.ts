// Sets of run rules and their cases as files.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parse } from 'yaml';

/** A set as its file says it, in the order written. */
export interface RuleSet {
  readonly id: string;
  readonly name: { readonly ko: string; readonly en: string };
  readonly source: string;
  readonly rules: readonly { readonly id: string; readonly sentence: string }[];
}

/** A row of a cases file: points (null = a gap) and the rules that hold at them, `id@point`. */
export interface RuleCase {
  readonly title: string;
  readonly points: readonly (number | null)[];
  readonly holds: readonly string[];
}

/** Reads `rules/run-rules/<set>.yaml`. */
export function readRuleSet(path: string): RuleSet {
  const file = parse(readFileSync(path, 'utf8')) as {
    name: RuleSet['name'];
    source: string;
    rules: Record<string, string>;
  };
  const rules = Object.entries(file.rules).map(([id, sentence]) => ({ id, sentence }));
  return { id: basename(path, '.yaml'), name: file.name, source: file.source.trim(), rules };
}

/** Reads the rows of a cases file; the format is written at its top. */
export function readRuleCases(text: string): readonly RuleCase[] {
  const rows = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'));
  return rows.map((row) => {
    const match = /^(.+?): (.+) -> (.+)$/.exec(row);
    if (match === null) throw new Error(`not a row of a cases file: ${row}`);
    const [, title = '', values = '', holds = ''] = match;
    return { title, points: readPoints(values), holds: holds === 'none' ? [] : holds.split(' ').flatMap(readHolds) };
  });
}

function readPoints(values: string): (number | null)[] {
  const unfolded = values.replace(/\(([^)]*)\)\*(\d+)/g, (_, group: string, times: string) =>
    `${group} `.repeat(Number(times)),
  );
  return unfolded
    .trim()
    .split(/\s+/)
    .flatMap((word) => {
      if (word === 'gap') return [null];
      const [value = '', times = '1'] = word.split('*');
      if (value === '' || Number.isNaN(Number(value))) throw new Error(`not a value: ${word}`);
      return Array.from({ length: Number(times) }, () => Number(value));
    });
}

function readHolds(word: string): string[] {
  const match = /^(.+)@(\d+)(?:-(\d+))?$/.exec(word);
  if (match === null) throw new Error(`not a rule at a point: ${word}`);
  const from = Number(match[2]);
  const to = Number(match[3] ?? match[2]);
  return Array.from({ length: to - from + 1 }, (_, i) => `${match[1]}@${from + i}`);
}
