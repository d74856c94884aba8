// Run rules over a finished series: where each holds, by the kernel that also judges live points, and by the conventions it does not take.
import { parseRule, type Rule } from '../spc/rule.ts';
import { compileRules } from '../spc/rule-kernel.ts';
import { impossible } from './study.ts';

/** Which points a rule with zones counts, and how. */
export interface RuleConvention {
  /** `full`: the window must be full; `partial`: a short history at the start counts too. */
  readonly window: 'full' | 'partial';
  /** `beyond`: the newest point itself must lie in the zone; `any`: it may lie elsewhere. */
  readonly last_point: 'beyond' | 'any';
}

/** Sample numbers, counted from 1, at which each sentence holds. Throws PumjilError STUDY_INPUT for a sentence that is none. */
export function ruleLists(
  sentences: Readonly<Record<string, string>>,
  x: Float64Array,
  centre: number,
  sigma: number,
  convention: RuleConvention = { window: 'full', last_point: 'beyond' },
): Record<string, number[]> {
  const names = Object.keys(sentences);
  const rules = names.map((name) => readSentence(name, sentences[name] ?? ''));
  const lists = names.map(() => [] as number[]);
  const z = x.map((value) => score(value - centre, sigma));
  if (convention.last_point === 'any') {
    rules.forEach((rule, r) => {
      if (isCounted(rule)) lists[r] = counted(rule, z, convention.window === 'partial');
    });
  }
  const others = rules
    .map((rule, r) => ({ rule, r }))
    .filter(({ rule }) => convention.last_point !== 'any' || !isCounted(rule));
  // The kernel takes a set of at most 32 rules at a time.
  for (let from = 0; from < others.length; from += 32) {
    const part = others.slice(from, from + 32);
    const kernel = compileRules(
      part.map(({ rule }) => rule),
      { shortHistories: convention.window === 'partial' },
    );
    const state = new Int32Array(kernel.width);
    let previous = Number.NaN;
    x.forEach((value, i) => {
      if (Number.isNaN(value)) return;
      const holds = kernel.step(state, 0, z, i, value > previous ? 1 : value < previous ? -1 : 0);
      part.forEach(({ r }, bit) => {
        if (((holds >>> bit) & 1) === 1) lists[r]?.push(i + 1);
      });
      previous = value;
    });
  }
  return Object.fromEntries(names.map((name, r) => [name, lists[r] ?? []]));
}

function readSentence(name: string, sentence: string): Rule {
  try {
    return parseRule(sentence);
  } catch (error) {
    throw impossible(
      `sentences.${name}`,
      error instanceof Error ? error.message : String(error),
      'Write it like "2 of 3 beyond 2 sigma on one side".',
    );
  }
}

function score(deviation: number, sigma: number): number {
  if (deviation === 0) return 0;
  return deviation / sigma;
}

function isCounted(rule: Rule): rule is Extract<Rule, { sigma: number }> {
  return 'sigma' in rule && rule.zone !== 'within';
}

/** k of the last n beyond, wherever the newest lies; missing values are stepped over. */
function counted(rule: Extract<Rule, { sigma: number }>, z: Float64Array, isPartial: boolean): number[] {
  const found: number[] = [];
  const window: number[] = [];
  z.forEach((value, i) => {
    if (Number.isNaN(value)) return;
    window.push(
      value > rule.sigma && rule.zone !== 'below' ? 1 : value < -rule.sigma && rule.zone !== 'above' ? -1 : 0,
    );
    if (window.length > rule.n) window.shift();
    if (window.length < rule.n && !isPartial) return;
    const above = window.filter((side) => side > 0).length;
    const below = window.filter((side) => side < 0).length;
    const holds =
      rule.sides === 'one'
        ? above >= rule.k || below >= rule.k
        : above + below >= rule.k && (rule.sides === 'either' || (above > 0 && below > 0));
    if (holds) found.push(i + 1);
  });
  return found;
}
