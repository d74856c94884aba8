// What a study is: one computation on finished data, asked by the command line, the API and the screens alike.
import { type ZodType, z } from 'zod';
import { PumjilError } from '../errors.ts';

/** A text in both languages of the product. */
export interface Text {
  readonly en: string;
  readonly ko: string;
}

/** A study: the default export of `src/studies/<name>/index.ts`. */
export interface Study<I = unknown, O extends Conclusion = Conclusion> {
  /** What it answers, in one line. */
  readonly title: Text;
  /** What it takes; every field described. */
  readonly input: ZodType<I>;
  /** What it gives, as JSON: null where there is no value. */
  readonly output: ZodType<O>;
  /** Where the formulas are published. */
  readonly reference: string;
  /** Pure: the same input gives the same digits. NaN means no value. Throws PumjilError STUDY_INPUT for what no schema can refuse. */
  run(input: I): O;
}

const text = z.object({ en: z.string(), ko: z.string() });

/** What every study says beside its figures. */
export const conclusion = {
  verdict: text
    .extend({ ok: z.boolean().nullable().describe('true: nothing speaks against it; null: cannot be told.') })
    .describe('The answer in one sentence.'),
  assumptions: z
    .array(
      text.extend({
        name: z.string(),
        holds: z.boolean().nullable().describe('null: not checked, or cannot be.'),
      }),
    )
    .describe('What the figures rest on, and what to do where it fails.'),
  source: z.string().describe('Where the formulas are published.'),
};

const conclusionSchema = z.object(conclusion);

/** Verdict, assumptions and source: the part of a result that is the same for all studies. */
export type Conclusion = z.infer<typeof conclusionSchema>;
export type Verdict = Conclusion['verdict'];
export type Assumption = Conclusion['assumptions'][number];

/** Keeps the types of a study while exporting it. */
export function defineStudy<I, O extends Conclusion>(study: Study<I, O>): Study<I, O> {
  return study;
}

/** The error of an input that has the right form but cannot be: names the field and the remedy. */
export function impossible(field: string, why: string, hint: string): PumjilError {
  return new PumjilError('STUDY_INPUT', { message: `${field}: ${why}`, hint, data: { field } });
}
