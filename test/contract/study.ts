// The contract of a study: T1 every reference case, T2 bad input names the field and the fix, T3 same input, same digits,
// T4 verdict, assumptions and source in both languages.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PumjilError } from '../../src/errors.ts';
import { runStudy } from '../../src/studies/run-study.ts';
import type { Study } from '../../src/studies/study.ts';
import type { StudyExample } from '../../src/studies/study-example.ts';
import { undescribed } from './schema.ts';

/** Registers the contract of one study. */
export function studyContract(name: string, study: Study, examples: readonly StudyExample[]): void {
  for (const example of examples)
    test(`T1 ${name}: ${example.source}`, () => {
      expect(differences(runStudy(name, example.input), example.expected, example.within, '')).toEqual([]);
    });

  test(`T2 ${name}: bad input names the field and the fix`, () => {
    expect(examples.length).toBeGreaterThan(0);
    expect(undescribed(study.input).filter((path) => !/\bchart$/.test(path))).toEqual([]);
    for (const bad of [null, 7, 'text', [], [1, 2]]) refusal(name, bad, '');
    for (const { input } of examples)
      for (const [key, value] of Object.entries(input)) {
        for (const bad of ['text', {}, [], [[]], Number.NaN, Number.POSITIVE_INFINITY, true, -1e9, [null, 'x'], [{}]]) {
          if (isAccepted(study, { ...input, [key]: bad })) continue;
          refusal(name, { ...input, [key]: bad }, key);
        }
        const { [key]: _left, ...rest } = input;
        if (!isAccepted(study, rest)) refusal(name, rest, '');
        if (
          Array.isArray(value) &&
          value.length > 0 &&
          !isAccepted(study, { ...input, [key]: [...value.slice(1), 'x'] })
        )
          refusal(name, { ...input, [key]: [...value.slice(1), 'x'] }, key);
      }
  });

  test(`T2 ${name}: whatever comes, there is a result or a STUDY_INPUT, never another error`, () => {
    const number = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(null, 0, -0, 1e300, 1e-300, 1e12 + 1e-3));
    const inputs = fc.constantFrom(...examples.map(({ input }) => input));
    const mutation = fc.oneof(
      fc.array(number, { maxLength: 12 }),
      fc.array(fc.array(number, { maxLength: 5 }), { maxLength: 8 }),
      number,
      fc.string(),
      fc.object({ maxDepth: 1 }),
    );
    fc.assert(
      fc.property(inputs, fc.nat(), mutation, (input, at, value) => {
        const keys = Object.keys(input);
        const mutated = { ...input, [keys[at % keys.length]!]: value };
        const json: unknown = JSON.parse(JSON.stringify(mutated));
        let result: unknown;
        try {
          result = runStudy(name, json);
        } catch (error) {
          expect(error).toBeInstanceOf(PumjilError);
          expect((error as PumjilError).code).toBe('STUDY_INPUT');
          return;
        }
        expect(study.output.safeParse(result).error?.issues ?? []).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  test(`T3 ${name}: the same input gives the same digits and is left as it was`, () => {
    for (const { input } of examples) {
      const kept = structuredClone(input);
      const first = JSON.stringify(runStudy(name, input));
      expect(JSON.stringify(runStudy(name, structuredClone(input)))).toBe(first);
      expect(input).toEqual(kept);
    }
  });

  test(`T4 ${name}: verdict, assumptions and source are there, in Korean and English; the result fits its schema`, () => {
    expect(study.title.en.length * study.title.ko.length * study.reference.length).toBeGreaterThan(0);
    for (const { input } of examples) {
      const result = runStudy(name, input);
      expect(study.output.safeParse(result).error?.issues ?? []).toEqual([]);
      const { verdict, assumptions, source } = study.output.parse(result);
      expect(verdict.en).toMatch(/^[A-Z\d].*\.$/s);
      expect(verdict.ko).toMatch(/[가-힣].*\.$/s);
      expect(assumptions.length).toBeGreaterThan(0);
      for (const { en, ko } of assumptions)
        expect([en, ko]).toEqual([expect.stringMatching(/\w/), expect.stringMatching(/[가-힣]/)]);
      expect(source).toMatch(/\d{4}|ASTM/);
      expect(JSON.stringify(result)).not.toMatch(/NaN|Infinity|undefined/);
    }
  });
}

function isAccepted(study: Study, input: unknown): boolean {
  if (!study.input.safeParse(input).success) return false;
  try {
    study.run(study.input.parse(input));
    return true;
  } catch {
    return false;
  }
}

function refusal(name: string, input: unknown, field: string): void {
  let found: unknown;
  try {
    runStudy(name, input);
  } catch (error) {
    found = error;
  }
  expect(found, JSON.stringify(input)).toBeInstanceOf(PumjilError);
  const { code, message, hint } = found as PumjilError;
  expect(code).toBe('STUDY_INPUT');
  if (field !== '') expect(message).toContain(field);
  expect(hint).toMatch(/^[A-Z].{5,}/);
}

/** What of `expected` is not in `found`, as `path: found, expected`. */
function differences(found: unknown, expected: unknown, within: number, path: string): string[] {
  if (typeof expected === 'number') {
    const error = typeof found === 'number' ? Math.abs(found - expected) : Number.POSITIVE_INFINITY;
    return error <= within * Math.max(1, Math.abs(expected)) || error <= 1e-15
      ? []
      : [`${path}: ${String(found)}, ${expected}`];
  }
  if (Array.isArray(expected)) {
    if (!Array.isArray(found) || found.length !== expected.length)
      return [`${path}: ${JSON.stringify(found)}, ${JSON.stringify(expected)}`];
    return expected.flatMap((inner, i) => differences(found[i], inner, within, `${path}[${i}]`));
  }
  if (typeof expected === 'object' && expected !== null)
    return Object.entries(expected).flatMap(([key, inner]) =>
      differences((found as Record<string, unknown> | undefined)?.[key], inner, within, `${path}.${key}`),
    );
  return found === expected ? [] : [`${path}: ${String(found)}, ${String(expected)}`];
}
