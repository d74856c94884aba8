// The plant, its shifts and its characteristics.
import type { ShiftPlan } from '../../config/plan.ts';
import type { ApiArea } from '../context.ts';
import { CharacteristicsAnswer, PlantAnswer } from '../contract/plant.ts';
import type { ShiftJson } from '../contract.ts';
import { characteristicJson } from '../json.ts';

const plantArea: ApiArea = async (app, { context }) => {
  const { plant } = context;

  app.get(
    '/api/plant',
    {
      config: { access: 'viewer' },
      schema: { summary: 'Plant, shifts, version and clock', tags: ['plant'], response: { 200: PlantAnswer } },
    },
    async () => ({
      plant: { ...plant.plan.plant, name: { ...plant.plan.plant.name } },
      shifts: plant.plan.shifts.map(shiftJson),
      version: context.version,
      nowMs: context.now(),
      startedMs: plant.health().startedMs,
    }),
  );

  app.get(
    '/api/characteristics',
    {
      config: { access: 'viewer' },
      schema: { summary: 'All characteristics', tags: ['plant'], response: { 200: CharacteristicsAnswer } },
    },
    async () => {
      const streams = plant.streams();
      return { characteristics: plant.plan.characteristics.map((c) => characteristicJson(c, streams)) };
    },
  );
};
export default plantArea;

function shiftJson(shift: ShiftPlan): ShiftJson {
  const { id, from, to } = shift;
  const name = shift.name === undefined ? null : { ...shift.name };
  return { id, name, from, to, breaks: [...shift.breaks], days: [...shift.days] };
}
