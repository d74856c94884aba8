// The first diagnosis of a plant: evidence, levels, scores, and the policy's figures beside them.
import type { Diagnosis } from '../api/plant.ts';
import { assessInfrastructure } from './assess.ts';
import { collectEvidence } from './evidence.ts';
import { type EvaluationModel, loadModel, loadReferences, type References } from './model.ts';
import type { EvidenceSource } from './records.ts';

/**
 * Diagnoses the infrastructure of a plant at the time of the source. The same records give the same diagnosis.
 *
 * @param source questions to the plant's own records
 * @param model read from its file when left out; who diagnoses often reads it once
 */
export async function diagnose(
  source: EvidenceSource,
  model: EvaluationModel = loadModel(),
  references: References = loadReferences(),
): Promise<Diagnosis> {
  const evidence = await collectEvidence(source);
  const { area, indicators } = assessInfrastructure(evidence, source.plan.plant, model);
  return {
    atMs: source.nowMs,
    modelId: model.meta.id,
    modelVersion: model.meta.version,
    area,
    indicators,
    references: references.map(({ id, ko, en, value, unit, year, source: from }) => ({
      id,
      ko,
      en,
      value,
      unit,
      source: `${from} (${year})`,
    })),
  };
}
