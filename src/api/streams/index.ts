// Streams: as they stand now, their points, measurements and histogram, and what an engineer may change.
import type { CharacteristicPlan } from '../../config/plan.ts';
import { valueTags } from '../../config/source.ts';
import { PumjilError } from '../../errors.ts';
import type { ApiArea, ApiContext } from '../context.ts';
import {
  HistogramAnswer,
  HistogramQueryParams,
  MeasurementsAnswer,
  PointsAnswer,
  RangeQueryParams,
  StreamParams,
} from '../contract/points.ts';
import { ExcludeBody, LimitsBody, StreamDetailAnswer, StreamsAnswer, SubmittedAnswer } from '../contract/streams.ts';
import type { StreamJson } from '../contract.ts';
import { notFound } from '../failure.ts';
import { adapterJson, characteristicJson, rulesJson, streamJson } from '../json.ts';
import type { StreamNow } from '../plant.ts';
import { readHistogram, readMeasurements, readPoints } from './read.ts';

const tags = ['streams'];

const streams: ApiArea = async (app, { context }) => {
  const { plant } = context;

  app.get(
    '/api/streams',
    { config: { access: 'viewer' }, schema: { summary: 'All streams now', tags, response: { 200: StreamsAnswer } } },
    async () => ({ nowMs: context.now(), streams: plant.streams().flatMap((s) => shown(s, context)) }),
  );

  app.get(
    '/api/streams/:id',
    {
      config: { access: 'viewer' },
      schema: {
        summary: 'One stream with its characteristic, rules and adapter',
        tags,
        params: StreamParams,
        response: { 200: StreamDetailAnswer },
      },
    },
    async (request) => {
      const { stream, plan } = find(request.params.id, context);
      const [tag = ''] = valueTags(plan.from);
      const adapter = plant.health().adapters.find((a) => a.id === tag.split('/')[0]);
      return {
        nowMs: context.now(),
        stream: streamJson(stream, plan),
        characteristic: characteristicJson(plan, plant.streams()),
        rules: rulesJson(plan),
        adapter: adapter === undefined ? null : adapterJson(adapter),
      };
    },
  );

  app.get(
    '/api/streams/:id/points',
    {
      config: { access: 'viewer' },
      schema: {
        summary: 'Points of all lanes, thinned by an envelope that keeps every signal',
        tags,
        params: StreamParams,
        querystring: RangeQueryParams,
        response: { 200: PointsAnswer },
      },
    },
    async (request) => readPoints(find(request.params.id, context).stream.id, request.query, context),
  );

  app.get(
    '/api/streams/:id/measurements',
    {
      config: { access: 'viewer' },
      schema: {
        summary: 'Measurements, thinned by an envelope that keeps every bad one',
        tags,
        params: StreamParams,
        querystring: RangeQueryParams,
        response: { 200: MeasurementsAnswer },
      },
    },
    async (request) => readMeasurements(find(request.params.id, context).stream.id, request.query, context),
  );

  app.get(
    '/api/streams/:id/histogram',
    {
      config: { access: 'viewer' },
      schema: {
        summary: 'Histogram of good values with normal fits',
        tags,
        params: StreamParams,
        querystring: HistogramQueryParams,
        response: { 200: HistogramAnswer },
      },
    },
    async (request) => {
      const { stream, plan } = find(request.params.id, context);
      return readHistogram(stream, plan, request.query, context);
    },
  );

  app.post(
    '/api/streams/:id/limits',
    {
      config: { access: 'engineer' },
      schema: {
        summary: 'Put new limits in force, as the next version',
        tags,
        params: StreamParams,
        body: LimitsBody,
        response: { 200: SubmittedAnswer },
      },
    },
    async (request) => {
      const { stream, plan } = find(request.params.id, context);
      const { id } = stream;
      if ('all' in plan.from)
        throw new PumjilError('API_BAD_REQUEST', {
          message: `The limits of ${id} cannot be typed: it judges several tags together.`,
          hint: 'Change its chart or baseline in the configuration; the limits are then learnt anew.',
        });
      const { centre, sigma, reason } = request.body;
      const author = request.user?.name ?? '';
      const atMs = context.now();
      return { seq: await plant.submit({ kind: 'limits', atMs, author, reason, stream: id, centre, sigma }) };
    },
  );

  app.post(
    '/api/streams/:id/exclude',
    {
      config: { access: 'engineer' },
      schema: {
        summary: 'Exclude one point from judgement, with a reason',
        tags,
        params: StreamParams,
        body: ExcludeBody,
        response: { 200: SubmittedAnswer },
      },
    },
    async (request) => {
      const { id } = find(request.params.id, context).stream;
      const { point, reason } = request.body;
      const author = request.user?.name ?? '';
      const atMs = context.now();
      return { seq: await plant.submit({ kind: 'exclude', atMs, author, reason, stream: id, point }) };
    },
  );
};
export default streams;

/** A stream whose characteristic left the plan is kept in the history but not shown. */
function shown(stream: StreamNow, context: ApiContext): StreamJson[] {
  const plan = planOf(stream.characteristic, context);
  return plan === undefined ? [] : [streamJson(stream, plan)];
}

function find(id: string, context: ApiContext): { readonly stream: StreamNow; readonly plan: CharacteristicPlan } {
  const stream = context.plant.stream(id);
  const plan = stream === undefined ? undefined : planOf(stream.characteristic, context);
  if (stream === undefined || plan === undefined) throw notFound(`stream ${id}`, 'See /api/streams for their ids.');
  return { stream, plan };
}

function planOf(characteristic: string, context: ApiContext): CharacteristicPlan | undefined {
  return context.plant.plan.characteristics.find((c) => c.id === characteristic);
}
