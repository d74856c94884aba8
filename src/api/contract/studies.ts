// Studies and what every one of them answers.
import * as z from 'zod';
import { words } from './vocabulary.ts';

export const StudiesAnswer = z
  .object({
    studies: z.array(
      z.object({
        name: z.string(),
        title: words,
        reference: z.string(),
        input: z.record(z.string(), z.unknown()).describe('JSON Schema of the input.'),
      }),
    ),
  })
  .meta({ id: 'Studies' });

export const StudyAnswer = z
  .looseObject({
    verdict: words.extend({ ok: z.boolean().nullable().describe('null: cannot be told.') }),
    assumptions: z.array(words.extend({ name: z.string(), holds: z.boolean().nullable() })),
    source: z.string(),
    ignored: z.array(z.string()).optional().describe('Keys of the input that the study does not know.'),
  })
  .meta({ id: 'StudyResult' })
  .describe('Beside these, the figures of the study.');
