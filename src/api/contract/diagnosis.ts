// The first diagnosis.
import * as z from 'zod';
import { figure, timeMs, words } from './vocabulary.ts';

export const IndicatorAnswer = z
  .object({
    id: z.string(),
    dimension: z.string(),
    name: words,
    formula: words,
    status: z.enum(['computed', 'absent', 'unassessed', 'insufficient', 'not_applicable']),
    value: figure,
    unit: z.string(),
    level: z.number().int().min(0).max(5).nullable(),
    n: z.number(),
    fromMs: timeMs,
    toMs: timeMs,
    thresholds: z.array(z.number()),
    levelText: words.nullable(),
    evidence: z.array(z.object({ key: z.string(), ko: z.string(), en: z.string(), value: figure, source: z.string() })),
    weight: z.number(),
    next: words.nullable().describe('What would raise the level.'),
  })
  .meta({ id: 'Indicator' });

export const DiagnosisAnswer = z
  .object({
    atMs: timeMs,
    modelId: z.string(),
    modelVersion: z.string(),
    area: z.object({
      id: z.string(),
      ko: z.string(),
      en: z.string(),
      score: figure,
      coverage: z.number(),
      dimensions: z.array(
        z.object({
          id: z.string(),
          ko: z.string(),
          en: z.string(),
          score: figure,
          held: z.boolean(),
          stage: z.object({ level: z.number().int(), ko: z.string(), en: z.string() }).nullable(),
        }),
      ),
    }),
    indicators: z.array(IndicatorAnswer),
    references: z
      .array(
        z.object({
          id: z.string(),
          ko: z.string(),
          en: z.string(),
          value: z.number(),
          unit: z.string(),
          source: z.string(),
        }),
      )
      .describe('Figures of the policy; show them only with the words 참고 비교 / for reference.'),
  })
  .meta({ id: 'Diagnosis' });
