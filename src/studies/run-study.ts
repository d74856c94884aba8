// Runs a study by its name: input checked, numbers that are none written as null, keys that nobody reads told.
import { z } from 'zod';
import { PumjilError } from '../errors.ts';
import { STUDIES } from './registry.ts';
import type { Study } from './study.ts';

/** A study's result as JSON. */
export type StudyResult = Readonly<Record<string, unknown>>;

/**
 * The study of this name.
 *
 * @throws PumjilError STUDY_UNKNOWN when there is none
 */
export function findStudy(name: string): Study {
  const study = Object.hasOwn(STUDIES, name) ? STUDIES[name] : undefined;
  if (study !== undefined) return study;
  throw new PumjilError('STUDY_UNKNOWN', {
    message: `there is no study "${name}"`,
    hint: `Studies: ${Object.keys(STUDIES).join(', ')}.`,
    data: { study: name },
  });
}

/**
 * Runs a study. What comes back is plain JSON: null where there is no value; `ignored` lists keys of the input that the study does not know.
 *
 * @param input as read from JSON
 * @throws PumjilError STUDY_UNKNOWN, or STUDY_INPUT whose message names the field and whose hint the remedy
 * @example
 * runStudy('chart-constants', { n: 5 }).verdict; // => { ok: true, en: 'Factors of 1 subgroup sizes for limits of ± 3 sigma.', ko: '군 크기 1개에 대한 ±3 시그마 한계 계수입니다.' }
 */
export function runStudy(name: string, input: unknown): StudyResult {
  const study = findStudy(name);
  const parsed = study.input.safeParse(input);
  if (!parsed.success) throw refused(name, parsed.error.issues[0]);
  const result = plain(study.run(parsed.data)) as Record<string, unknown>;
  const ignored = unknownKeys(input, parsed.data);
  return ignored.length === 0 ? result : { ...result, ignored };
}

/**
 * The JSON Schemas of what a study takes and gives.
 *
 * @throws PumjilError STUDY_UNKNOWN when there is none of this name
 */
export function studySchemas(name: string): { readonly input: unknown; readonly output: unknown } {
  const { input, output } = findStudy(name);
  return {
    input: z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }),
    output: z.toJSONSchema(output, { io: 'output', unrepresentable: 'any' }),
  };
}

type Issue = z.core.$ZodIssue;

function refused(name: string, found: Issue | undefined): PumjilError {
  const issue = found === undefined ? undefined : deepest(found);
  const path = issue?.path ?? [];
  const field = path.reduce<string>(
    (all, part) =>
      typeof part === 'number' ? `${all}[${part}]` : all === '' ? String(part) : `${all}.${String(part)}`,
    '',
  );
  const why = (issue?.message ?? 'not as documented').replace(/^Invalid input: /, '');
  return new PumjilError('STUDY_INPUT', {
    message: `${name}: ${field === '' ? 'the input' : field}: ${why}`,
    hint: remedy(field, issue),
    data: { study: name, field },
  });
}

/** Of a union the variant that came furthest tells most. */
function deepest(issue: Issue): Issue {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return issue;
  const candidates = issue.errors.flatMap((errors) => errors.slice(0, 1)).map(deepest);
  const best = candidates.reduce((a, b) => (b.path.length > a.path.length ? b : a));
  return { ...best, path: [...issue.path, ...best.path] };
}

function remedy(field: string, issue: Issue | undefined): string {
  const where = field === '' ? 'the input' : `"${field}"`;
  if (issue?.path.length === 0 && issue.code === 'invalid_type')
    return 'Give one JSON object with the fields of the study.';
  switch (issue?.code) {
    case 'invalid_type':
      return issue.input === undefined && /received undefined/.test(issue.message)
        ? `Add ${where}: a value of type ${issue.expected}.`
        : `Make ${where} a value of type ${issue.expected}; write null where a value is missing.`;
    case 'too_small':
      return `Make ${where} at least ${String(issue.minimum)}${issue.origin === 'array' ? ' long' : ''}.`;
    case 'too_big':
      return `Make ${where} at most ${String(issue.maximum)}${issue.origin === 'array' ? ' long' : ''}.`;
    case 'invalid_value':
      return `Write one of: ${issue.values.map((value) => JSON.stringify(value)).join(', ')}.`;
    default:
      return `Correct ${where}; its form is printed by: pumjil study <name> --schema`;
  }
}

function unknownKeys(input: unknown, parsed: unknown): string[] {
  if (!isRecord(input) || !isRecord(parsed)) return [];
  return Object.keys(input).filter((key) => !Object.hasOwn(parsed, key));
}

/** JSON has no NaN and no infinity: null takes their place, typed arrays become lists. */
function plain(x: unknown): unknown {
  if (typeof x === 'number') return Number.isFinite(x) ? x : null;
  if (Array.isArray(x)) return x.map(plain);
  if (ArrayBuffer.isView(x)) return Array.from(x as Float64Array, plain);
  if (!isRecord(x)) return x;
  return Object.fromEntries(
    Object.entries(x)
      .filter(([, inner]) => inner !== undefined)
      .map(([key, inner]) => [key, plain(inner)]),
  );
}

function isRecord(x: unknown): x is Record<string, unknown> {
  return typeof x === 'object' && x !== null && !Array.isArray(x) && !ArrayBuffer.isView(x);
}
