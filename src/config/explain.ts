// Turns what zod reports into sentences that a plant engineer can act on without the manual.
import type { ZodType, z } from 'zod';
import { didYouMean, inWords, nearest } from './nearest.ts';
import { type Finding, finding, type Key, type ProblemCode } from './problem.ts';
import { alternatives, isGroup, knownKeys, notesOf, schemaAt } from './schema-walk.ts';

type Issue = z.core.$ZodIssue;

/** What the explanation of one part of the file needs to know. */
export interface Explained {
  readonly schema: ZodType;
  /** The part as written, before environment variables are filled in, so that no secret gets into a message. */
  readonly written: unknown;
  /** Where the part stands in the file. */
  readonly base: readonly Key[];
  /** Keys known here although the schema does not name them (such as `use`). */
  readonly alsoKnown?: readonly string[];
}

/** One finding for each thing a person has to change. */
export function explainIssues(issues: readonly Issue[], about: Explained): Finding[] {
  const findings = issues.flatMap((issue) => explainIssue(issue, about));
  // A mistyped key is not missing as well.
  const meant = new Set(findings.flatMap((each) => (each.meant === undefined ? [] : [each.meant.join('\u0000')])));
  return findings
    .filter((each) => each.code !== 'missing' || !meant.has(each.keys.join('\u0000')))
    .map(({ meant: _meant, ...rest }) => rest);
}

/** A finding, and for a mistyped key the one that was meant. */
type Explanation = Finding & { readonly meant?: readonly Key[] };

function explainIssue(issue: Issue, about: Explained): Explanation[] {
  const keys = issue.path.map((key) => (typeof key === 'number' ? key : String(key)));
  const full = [...about.base, ...keys];
  const written = valueAt(about.written, keys);
  if (issue.code === 'unrecognized_keys') {
    const parent = schemaAt(about.schema, keys, about.written) ?? about.schema;
    const known = [...knownKeys(parent, written), ...(keys.length === 0 ? (about.alsoKnown ?? []) : [])];
    return issue.keys.map((key) => unknownKey([...full, key], key, known));
  }
  if (issue.code === 'invalid_union') return explainUnion(issue, keys, written, about);
  if (issue.code === 'invalid_key') {
    const name = String(keys.at(-1));
    const why = issue.issues.map((each) => each.message).join('; ');
    return [finding(full, 'not_allowed', `"${name}" is not a usable name`, why, 'key')];
  }
  const schema = schemaAt(about.schema, keys, about.written);
  const help = schema === undefined ? '' : helpFor(schema);
  if (written === undefined && issue.code !== 'custom') {
    return [finding(full, 'missing', 'missing', help === '' ? `Add ${String(keys.at(-1))}.` : help, 'value')];
  }
  const { code, what, hint } = inSentence(issue, written);
  return [finding(full, code, what, [hint, help].filter((each) => each !== '').join(' '))];
}

function unknownKey(full: readonly Key[], key: string, known: readonly string[]): Explanation {
  const near = nearest(key, known);
  const hint =
    near === undefined
      ? `Known here: ${inWords(known, 30)}.`
      : `Rename it to ${near}, or remove it. Known here: ${inWords(known, 30)}.`;
  const found = finding(
    full,
    'unknown_key',
    `unknown${near === undefined ? ' key' : `, did you mean ${near}?`}`,
    hint,
    'key',
  );
  return near === undefined ? found : { ...found, meant: [...full.slice(0, -1), near] };
}

// Of the forms that a setting may take, the one meant is the one that gets furthest with what is written.
function explainUnion(
  issue: Issue & { code: 'invalid_union' },
  keys: readonly Key[],
  written: unknown,
  about: Explained,
): Explanation[] {
  if (issue.discriminator !== undefined) return explainUse(issue.discriminator, keys, about);
  const schema = schemaAt(about.schema, keys, about.written);
  const full = [...about.base, ...keys];
  const branches = issue.errors.filter((branch) => branch.length > 0);
  const fitting = branches.filter(
    (branch) => !branch.some((each) => each.path.length === 0 && each.code === 'invalid_type'),
  );
  const best = [...(fitting.length > 0 ? fitting : [])].sort((a, b) => weight(a) - weight(b))[0];
  if (best !== undefined) {
    return best.flatMap((each) => explainIssue({ ...each, path: [...keys, ...each.path] } as Issue, about));
  }
  const forms =
    schema === undefined ? [] : [...new Set(alternatives(schema).map((each) => typeInWords(each.def.type)))];
  const help = schema === undefined ? '' : helpFor(schema);
  if (written === undefined) return [finding(full, 'missing', 'missing', help)];
  return [finding(full, 'wrong_type', `expected ${forms.join(' or ')}, found ${inHands(written)}`, help)];
}

// A group that is told apart by one of its keys, usually `use`, and has an unknown word or nothing there.
function explainUse(key: string, keys: readonly Key[], about: Explained): Finding[] {
  const group = keys.at(-1) === key ? keys.slice(0, -1) : keys;
  const schema = schemaAt(about.schema, group, about.written) ?? about.schema;
  const known = constantsOf(schema, key);
  const written = valueAt(about.written, [...group, key]);
  const full = [...about.base, ...group, key];
  const hint = `Write one of ${inWords(known)}.`;
  if (written === undefined) return [finding(full, 'missing', 'missing', hint)];
  return [finding(full, 'not_allowed', `unknown ${inHands(written)}${didYouMean(String(written), known)}`, hint)];
}

function weight(branch: readonly z.core.$ZodIssue[]): number {
  let sum = 0;
  for (const each of branch) sum += each.code === 'unrecognized_keys' ? 1 + each.keys.length : 2;
  return sum;
}

function constantsOf(schema: ZodType, key: string): string[] {
  return alternatives(schema).flatMap((option) => {
    const shape = (option.def as unknown as { shape?: Record<string, ZodType> }).shape?.[key];
    const values = (shape?.def as unknown as { values?: readonly unknown[] } | undefined)?.values;
    return (values ?? []).map(String);
  });
}

function inSentence(issue: Issue, written: unknown): { code: ProblemCode; what: string; hint: string } {
  switch (issue.code) {
    case 'invalid_type':
      return {
        code: 'wrong_type',
        what: `expected ${typeInWords(issue.expected)}, found ${inHands(written)}`,
        hint: typeHint(issue.expected, written),
      };
    case 'invalid_value': {
      const known = issue.values.map(String);
      const near = typeof written === 'string' ? didYouMean(written, known) : '';
      return {
        code: 'not_allowed',
        what: `${inHands(written)} is not allowed${near}`,
        hint: `Write ${known.length === 1 ? '' : 'one of '}${inWords(known, 40)}.`,
      };
    }
    case 'too_small':
      return { code: 'out_of_range', what: limitSentence(issue, written, Number(issue.minimum), 'small'), hint: '' };
    case 'too_big':
      return { code: 'out_of_range', what: limitSentence(issue, written, Number(issue.maximum), 'big'), hint: '' };
    case 'not_multiple_of':
      return { code: 'out_of_range', what: `${inHands(written)} is not a multiple of ${issue.divisor}`, hint: '' };
    case 'invalid_format':
      return { code: 'wrong_type', what: `${inHands(written)} ${formatInWords(issue)}`, hint: '' };
    default:
      return { code: 'not_allowed', what: issue.message, hint: '' };
  }
}

function limitSentence(
  issue: { readonly origin: string; readonly inclusive?: boolean },
  written: unknown,
  limit: number,
  side: 'small' | 'big',
): string {
  const bound = side === 'small' ? 'at least' : 'at most';
  const open = side === 'small' ? 'more than' : 'less than';
  if (issue.origin === 'string') {
    return limit === 1 && side === 'small' ? 'must not be empty' : `must have ${bound} ${limit} characters`;
  }
  if (issue.origin === 'array' || issue.origin === 'set' || issue.origin === 'map') {
    return limit === 1 && side === 'small' ? 'needs at least one entry' : `must have ${bound} ${limit} entries`;
  }
  return `${inHands(written)} is too ${side}; must be ${issue.inclusive === false ? open : bound} ${limit}`;
}

function formatInWords(issue: { readonly format: string; readonly message: string }): string {
  if (issue.format === 'url') return 'is not an address such as http://127.0.0.1:8086';
  if (issue.format === 'regex' && !issue.message.startsWith('Invalid string')) return `is not usable: ${issue.message}`;
  if (issue.format === 'regex') return 'does not have the right form';
  return `is not a valid ${issue.format}`;
}

function typeHint(expected: string, written: unknown): string {
  if (expected === 'string' && (typeof written === 'number' || typeof written === 'boolean')) {
    return `Put it in quotes: "${String(written)}".`;
  }
  const isNumber = expected === 'number' || expected === 'int';
  if (isNumber && typeof written === 'string' && written.trim() !== '' && Number.isFinite(Number(written))) {
    return `Remove the quotes: ${written.trim()}.`;
  }
  if (isNumber && typeof written === 'string' && Number.isFinite(Number.parseFloat(written.replace(',', '.')))) {
    return 'Write the number alone, with a decimal point and without a unit.';
  }
  if (expected === 'array' && !isGroup(written)) return `Put it in brackets: [${String(written)}].`;
  if (expected === 'boolean') return 'Write true or false, without quotes.';
  return '';
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'a group of settings',
  record: 'a group of names with their settings',
  null: 'nothing',
  enum: 'a word',
  literal: 'a word',
};

function typeInWords(type: string): string {
  return TYPE_WORDS[type] ?? type;
}

function inHands(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a group of settings';
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number' && Number.isNaN(value)) return '.nan';
  return String(value);
}

function quoted(value: unknown): string {
  const text = String(value);
  return `"${text.length > 60 ? `${text.slice(0, 57)}…` : text}"`;
}

function helpFor(schema: ZodType): string {
  const { description, example } = notesOf(schema);
  const shown =
    example === undefined ? '' : `For example: ${typeof example === 'string' ? example : JSON.stringify(example)}`;
  return [description ?? '', shown].filter((each) => each !== '').join(' ');
}

function valueAt(root: unknown, keys: readonly Key[]): unknown {
  let here = root;
  for (const key of keys) {
    if (Array.isArray(here)) here = here[Number(key)];
    else if (isGroup(here) && Object.hasOwn(here, String(key))) here = here[String(key)];
    else return undefined;
  }
  return here;
}
