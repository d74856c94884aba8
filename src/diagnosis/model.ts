// The evaluation model: dimensions, indicators, thresholds and evidence keys, read from model.yaml.
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import * as z from 'zod';
import { PumjilError } from '../errors.ts';

const Words = z.object({ ko: z.string(), en: z.string() });
const Level = Words.extend({ level: z.int().min(0).max(5) });

const Compute = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('ratio_pct'), num: z.string(), den: z.string() }),
  z.strictObject({ op: z.literal('value'), key: z.string() }),
  z.strictObject({ op: z.literal('f1_pct'), tp: z.string(), fp: z.string(), fn: z.string() }),
]);

const IndicatorSchema = z.strictObject({
  id: z.string(),
  dimension: z.string(),
  weight: z.number().positive(),
  ko: z.string(),
  en: z.string(),
  what_ko: z.string(),
  what_en: z.string(),
  type: z.enum(['auto', 'hybrid']),
  evidence_class: z.enum(['live', 'record']),
  compute: Compute,
  direction: z.enum(['higher', 'lower']),
  thresholds: z.array(z.number()).length(5),
  unit: z.string(),
  min_evidence: z.strictObject({ key: z.string(), n: z.number() }),
  on_missing: z.enum(['zero', 'unassessed']),
  zero_if: z.string().optional(),
  guard: z.strictObject({ indicator: z.string(), below: z.number(), cap: z.number() }).optional(),
  min_attachments: z.number().optional(),
  critical: z.boolean().optional(),
  levels: z.array(Level).length(6),
  anchors: z.array(z.string()),
});

const ModelSchema = z.strictObject({
  meta: Words.extend({ id: z.string(), version: z.string(), basis: z.string() }),
  area: Words.extend({ id: z.string() }),
  eps: z.number(),
  dimensions: z.array(Words.extend({ id: z.string(), weight: z.number(), stages: z.array(Level).length(6) })),
  multipliers: z.record(z.string(), z.record(z.string(), z.number())),
  evidence: z.array(Words.extend({ id: z.string(), unit: z.string(), window: z.string() })),
  indicators: z.array(IndicatorSchema),
});

const BenchmarkSchema = z.object({
  references: z.array(
    Words.extend({ id: z.string(), value: z.number(), unit: z.string(), year: z.int(), source: z.string() }),
  ),
});

export type EvaluationModel = z.output<typeof ModelSchema>;
export type IndicatorModel = z.output<typeof IndicatorSchema>;
export type ComputeModel = z.output<typeof Compute>;
export type References = z.output<typeof BenchmarkSchema>['references'];

/**
 * The model that this version carries.
 *
 * @throws PumjilError COMPONENT_INVALID when the file is damaged
 * @example
 * loadModel().indicators.length; // => 21
 */
export function loadModel(): EvaluationModel {
  return read('model.yaml', ModelSchema);
}

/** The policy's figures, to be shown only as 참고 비교 / for reference. */
export function loadReferences(): References {
  return read('benchmarks.yaml', BenchmarkSchema).references;
}

function read<S extends z.ZodType>(file: string, schema: S): z.output<S> {
  const parsed = schema.safeParse(parse(readFileSync(new URL(file, import.meta.url), 'utf8')));
  if (parsed.success) return parsed.data;
  throw new PumjilError('COMPONENT_INVALID', {
    message: `diagnosis/${file}: ${z.prettifyError(parsed.error)}`,
    hint: 'Install Pumjil again; this file belongs to it.',
  });
}

/**
 * Evidence keys an indicator reads, its own first, those of `min_evidence` and `zero_if` after them, none twice.
 *
 * @example
 * keysOf(loadModel().indicators[0]); // => ['tags_critical_live', 'tags_critical_total']
 */
export function keysOf(indicator: IndicatorModel): string[] {
  const keys = [...computeKeys(indicator.compute), ...indicator.min_evidence.key.split('+')];
  if (indicator.zero_if !== undefined) keys.push(indicator.zero_if);
  return [...new Set(keys)];
}

/** Evidence keys of the formula alone. */
export function computeKeys(compute: ComputeModel): string[] {
  switch (compute.op) {
    case 'ratio_pct':
      return [compute.num, compute.den];
    case 'value':
      return [compute.key];
    case 'f1_pct':
      return [compute.tp, compute.fp, compute.fn];
  }
}
