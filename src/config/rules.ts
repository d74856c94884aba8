// From `rules:` in the file to the sentences that the engine is given.
import { PumjilError } from '../errors.ts';
import { parseRule } from '../spc/rule.ts';
import { didYouMean, inWords } from './nearest.ts';
import type { RulePlan } from './plan.ts';
import { type Finding, finding, type Key } from './problem.ts';
import type { CharacteristicFile } from './schema.ts';

const MOST_RULES = 32;

/**
 * The rules of one characteristic: the set, less `without`, plus `add`.
 *
 * @param keys where `rules` stands in the file
 * @returns the sentences in the order of the set, and what is wrong
 */
export function resolveRules(
  rules: CharacteristicFile['rules'],
  ruleSets: ReadonlyMap<string, Readonly<Record<string, string>>>,
  keys: readonly Key[],
): { readonly rules: readonly RulePlan[]; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const isShort = typeof rules === 'string';
  const { use, without, add } = isShort ? { use: rules, without: [], add: {} } : rules;
  const set = ruleSets.get(use);
  if (set === undefined) {
    const known = [...ruleSets.keys()].sort();
    const place = isShort ? keys : [...keys, 'use'];
    findings.push(
      finding(
        place,
        'unknown_reference',
        `there is no rule set "${use}"${didYouMean(use, known)}`,
        `Rule sets: ${inWords(known)}.`,
      ),
    );
  }
  const ids = Object.keys(set ?? {});
  if (set !== undefined) {
    for (const [i, id] of without.entries()) {
      if (ids.includes(id)) continue;
      const what = `the rule set ${use} has no rule "${id}"${didYouMean(id, ids)}`;
      findings.push(
        finding([...keys, 'without', i], 'unknown_reference', what, `Rules of ${use}: ${inWords(ids, 32)}.`),
      );
    }
  }
  const kept = ids.filter((id) => !without.includes(id)).map((id) => ({ id, sentence: set?.[id] ?? '' }));
  for (const [id, sentence] of Object.entries(add)) {
    const place = [...keys, 'add', id];
    if (kept.some((rule) => rule.id === id)) {
      const hint = `Give it another id, or switch the one of the set off: without: [${id}].`;
      findings.push(finding(place, 'duplicate', `the rule set ${use} already has a rule ${id}`, hint, 'key'));
      continue;
    }
    const mistake = mistakeIn(sentence);
    if (mistake !== undefined) findings.push(finding(place, 'bad_rule', mistake.message, mistake.hint));
    kept.push({ id, sentence });
  }
  if (kept.length > MOST_RULES) {
    findings.push(
      finding(
        keys,
        'out_of_range',
        `${kept.length} rules are too many; at most ${MOST_RULES}`,
        'Remove some by `without`.',
      ),
    );
  }
  return { rules: kept, findings };
}

function mistakeIn(sentence: string): { readonly message: string; readonly hint: string } | undefined {
  try {
    parseRule(sentence);
    return undefined;
  } catch (error) {
    if (error instanceof PumjilError) return { message: error.message, hint: error.hint };
    throw error;
  }
}
