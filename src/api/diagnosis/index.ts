// The first diagnosis, computed from the plant's own records.
import type { ApiArea } from '../context.ts';
import { DiagnosisAnswer } from '../contract/diagnosis.ts';
import { figure } from '../json.ts';

const diagnosis: ApiArea = async (app, { context }) => {
  app.get(
    '/api/diagnosis',
    {
      config: { access: 'viewer' },
      schema: {
        summary: 'Infrastructure indicators with evidence',
        tags: ['diagnosis'],
        response: { 200: DiagnosisAnswer },
      },
    },
    async () => {
      const { area, indicators, references, ...rest } = await context.plant.diagnosis();
      return {
        ...rest,
        area: { ...area, score: figure(area.score), dimensions: area.dimensions.map((d) => ({ ...d })) },
        indicators: indicators.map((indicator) => ({
          ...indicator,
          value: figure(indicator.value),
          thresholds: [...indicator.thresholds],
          evidence: indicator.evidence.map((e) => ({ ...e, value: figure(e.value) })),
        })),
        references: references.map((r) => ({ ...r })),
      };
    },
  );
};
export default diagnosis;
