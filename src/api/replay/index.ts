// Replays: what other rules, limits or charts would have made of a stream's past. Nothing is stored and nothing changes.
import type { ApiArea } from '../context.ts';
import { StreamParams } from '../contract/points.ts';
import { ReplayAnswer, ReplayBody } from '../contract/replay.ts';
import type { ReplayJson } from '../contract.ts';
import { notFound } from '../failure.ts';

const replays: ApiArea = async (app, { context }) => {
  app.post(
    '/api/streams/:id/replay',
    {
      config: { access: 'engineer' },
      schema: {
        summary: 'Runs the stored measurements of a stream through other rules, limits or charts; changes nothing',
        tags: ['streams'],
        params: StreamParams,
        body: ReplayBody,
        response: { 200: ReplayAnswer },
      },
    },
    async (request) => {
      const { id } = request.params;
      const replay = await context.plant.replay?.(id, request.body);
      if (replay === undefined) throw notFound(`stream ${id}`, 'See /api/streams for their ids.');
      // Numbers without a value become null, as everywhere in the API.
      return JSON.parse(JSON.stringify(replay)) as ReplayJson;
    },
  );
};
export default replays;
