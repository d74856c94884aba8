// A run rule is a sentence: its grammar, and what it says in plain words. How it runs is rule-kernel.ts.
import { PumjilError } from '../errors.ts';

/** A rule as data. `k of n`; sigma in units of the statistic's own sigma. */
export type Rule =
  | {
      readonly zone: 'beyond' | 'within' | 'above' | 'below';
      readonly k: number;
      readonly n: number;
      readonly sigma: number;
      readonly sides: 'one' | 'either' | 'both';
    }
  | { readonly zone: 'trending' | 'alternating'; readonly k: number; readonly n: number };

const COUNT = '([1-9]|[12][0-9]|3[0-2])';

/**
 * The whole grammar as one regular expression, usable as `pattern` of a JSON Schema.
 *
 * @example
 * new RegExp(RULE_PATTERN).test('2 of 3 beyond 2 sigma on one side'); // => true
 */
export const RULE_PATTERN = `^${COUNT} of ${COUNT} (?:(beyond|within|above|below) ([0-9]{1,2}(?:\\.[0-9]{1,4})?) sigma(?: on (one side|either side|both sides))?|(trending|alternating))$`;

/** Rule 1 of every set, and the only rule of lanes that take no run rules: one point beyond its own limits. */
export const LIMIT_RULE: Rule = { zone: 'beyond', k: 1, n: 1, sigma: 3, sides: 'either' };

/** Most rules in one set: one bit each. */
export const MAX_RULES = 32;

/**
 * Reads a rule sentence.
 *
 * @throws PumjilError RULE_INVALID when it is not a sentence of the grammar or can never hold
 * @example
 * parseRule('9 of 9 beyond 0 sigma on one side').n; // => 9
 */
export function parseRule(sentence: string): Rule {
  const match = new RegExp(RULE_PATTERN).exec(sentence);
  if (match === null)
    throw invalid(
      sentence,
      'is not understood',
      'Write it like "2 of 3 beyond 2 sigma on one side" or "6 of 6 trending".',
    );
  const k = Number(match[1]);
  const n = Number(match[2]);
  if (k > n) throw invalid(sentence, `asks for ${k} of only ${n} points`, 'The first number is at most the second.');
  const order = match[6];
  if (order === 'trending' || order === 'alternating') {
    const least = order === 'trending' ? 2 : 3;
    if (k !== n) throw invalid(sentence, `leaves points out of a series`, `Write "${n} of ${n} ${order}".`);
    if (n < least) throw invalid(sentence, `is too short`, `A rule with "${order}" needs at least ${least} points.`);
    return { zone: order, k, n };
  }
  // The pattern admits exactly these words in groups 3 and 5.
  const zone = match[3] as 'beyond' | 'within' | 'above' | 'below';
  const sides = (match[5] ?? 'either').split(' ')[0] as 'one' | 'either' | 'both';
  const sigma = Number(match[4]);
  const isOneSided = zone === 'above' || zone === 'below';
  if (sides === 'both' && (isOneSided || n < 2))
    throw invalid(sentence, 'can never hold', 'Both sides need at least two points and "beyond" or "within".');
  if (zone === 'within' && sigma === 0 && sides !== 'either')
    throw invalid(sentence, 'can never hold', 'A point on the centre line is on no side.');
  return { zone, k, n, sigma, sides: isOneSided ? 'either' : sides };
}

/**
 * Writes a rule as its sentence; `parseRule` of it gives the rule back.
 *
 * @example
 * printRule({ zone: 'trending', k: 6, n: 6 }); // => '6 of 6 trending'
 */
export function printRule(rule: Rule): string {
  if (!('sigma' in rule)) return `${rule.k} of ${rule.n} ${rule.zone}`;
  const sides = rule.sides === 'one' ? ' on one side' : rule.sides === 'both' ? ' on both sides' : '';
  return `${rule.k} of ${rule.n} ${rule.zone} ${rule.sigma} sigma${sides}`;
}

/** Which way a signal points: above the centre line (or rising), below it (or falling). */
export type Side = 'above' | 'below';

/**
 * The rule in plain words, for alarms.
 *
 * @param side where the signal points, when known; ignored by rules that look at both sides
 * @example
 * describeRule(parseRule('9 of 9 beyond 0 sigma on one side'), 'ko', 'above'); // => '최근 9점이 모두 중심선 위'
 * describeRule(parseRule('2 of 3 beyond 2 sigma on one side'), 'en', 'below'); // => '2 or more of the last 3 points are below -2 sigma'
 */
export function describeRule(rule: Rule, language: 'ko' | 'en', side?: Side): string {
  const { k, n, zone } = rule;
  if (!('sigma' in rule)) {
    const way = zone === 'alternating' ? 'both' : (side ?? 'none');
    return language === 'ko' ? `최근 ${n}점이 ${TREND_KO[way]}` : `the last ${n} points ${TREND_EN[way]}`;
  }
  if (n === 1 && zone === 'beyond' && rule.sigma === 3) return LIMIT_WORDS[language][side ?? 'none'];
  const words = zoneWords(rule, language, side);
  if (language === 'ko') {
    if (n === 1) return `최근 점이 ${words}`;
    return k === n ? `최근 ${n}점이 모두 ${words}` : `최근 ${n}점 중 ${k}점 이상이 ${words}`;
  }
  if (n === 1) return `the last point is ${words}`;
  return k === n ? `the last ${n} points are all ${words}` : `${k} or more of the last ${n} points are ${words}`;
}

const TREND_KO = {
  above: '계속 증가',
  below: '계속 감소',
  none: '계속 증가 또는 계속 감소',
  both: '번갈아 증가와 감소를 반복',
};
const TREND_EN = {
  above: 'rise steadily',
  below: 'fall steadily',
  none: 'rise or fall steadily',
  both: 'alternate up and down',
};
const LIMIT_WORDS = {
  ko: { above: '관리상한(UCL)을 벗어남', below: '관리하한(LCL)을 벗어남', none: '관리한계를 벗어남' },
  en: {
    above: 'one point above the upper control limit (UCL)',
    below: 'one point below the lower control limit (LCL)',
    none: 'one point beyond the control limits',
  },
};

function zoneWords(rule: Extract<Rule, { sigma: number }>, language: 'ko' | 'en', side: Side | undefined): string {
  const { sigma, sides } = rule;
  const isKo = language === 'ko';
  const known =
    rule.zone === 'above'
      ? 'above'
      : rule.zone === 'below'
        ? 'below'
        : sides === 'one' || rule.n === 1
          ? side
          : undefined;
  const line = isKo ? '중심선' : 'the centre line';
  if (rule.zone === 'within') {
    const band = isKo ? `±${sigma}σ 안` : `within ±${sigma} sigma`;
    if (sides === 'either') return band;
    if (sides === 'both') return isKo ? `중심선 양쪽 ${band}` : `${band}, on both sides of ${line}`;
    if (known === undefined) return isKo ? `중심선 같은 쪽 ${band}` : `${band}, on the same side of ${line}`;
    const sign = known === 'above' ? '+' : '-';
    return isKo ? `중심선과 ${sign}${sigma}σ 사이` : `between ${line} and ${sign}${sigma} sigma`;
  }
  if (known !== undefined) {
    const sign = known === 'above' ? '+' : '-';
    const edge = sigma === 0 ? line : isKo ? `${sign}${sigma}σ` : `${sign}${sigma} sigma`;
    return isKo ? `${edge} ${known === 'above' ? '위' : '아래'}` : `${known} ${edge}`;
  }
  if (sides === 'one') {
    if (sigma === 0) return isKo ? '중심선의 같은 쪽' : `on the same side of ${line}`;
    return isKo ? `같은 쪽 ${sigma}σ 밖` : `beyond ${sigma} sigma on the same side`;
  }
  const outside = isKo ? `±${sigma}σ 밖` : `beyond ±${sigma} sigma`;
  if (sides === 'both') return isKo ? `중심선 양쪽 ${outside}` : `${outside}, on both sides of ${line}`;
  return outside;
}

function invalid(sentence: string, why: string, hint: string): PumjilError {
  return new PumjilError('RULE_INVALID', { message: `Rule "${sentence}" ${why}.`, hint, data: { sentence } });
}
