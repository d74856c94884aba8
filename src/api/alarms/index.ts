// Alarms, what people do with them, and events.
import type { FastifyRequest } from 'fastify';
import { alarmOrder } from '../../alarm/order.ts';
import type { CommandEntry } from '../../journal/journal.ts';
import type { ApiArea, ApiContext } from '../context.ts';
import {
  AcknowledgeBody,
  AlarmParams,
  AlarmQueryParams,
  AlarmsAnswer,
  CauseBody,
  CloseBody,
  CommandAnswer,
  CommentBody,
  EventQueryParams,
  EventsAnswer,
  ShelveBody,
  UnshelveBody,
} from '../contract/alarms.ts';
import type { CommandJson } from '../contract.ts';
import { notFound } from '../failure.ts';
import { alarmJson, eventJson, falsePerPoint } from '../json.ts';
import type { AlarmQuery, EventQuery } from '../plant.ts';

const tags = ['alarms'];
const MAX_SEARCHED = 5000;

const VERBS = [
  { verb: 'acknowledge', summary: 'Acknowledge an alarm', body: AcknowledgeBody },
  { verb: 'cause', summary: 'Write down the cause', body: CauseBody },
  { verb: 'comment', summary: 'Add a comment', body: CommentBody },
  { verb: 'shelve', summary: 'Shelve until a time', body: ShelveBody },
  { verb: 'unshelve', summary: 'Take from the shelf', body: UnshelveBody },
  { verb: 'close', summary: 'Close an alarm', body: CloseBody },
] as const;

const alarms: ApiArea = async (app, { context }) => {
  const { plant } = context;

  app.get(
    '/api/alarms',
    {
      config: { access: 'viewer' },
      schema: {
        summary:
          'The newest alarms: open ones by class, then the rarer signal, then the newest; closed ones the newest first',
        tags,
        querystring: AlarmQueryParams,
        response: { 200: AlarmsAnswer },
      },
    },
    async (request) => {
      const { open, stream, from, to, limit } = request.query;
      const query: AlarmQuery = {
        limit,
        ...(open === undefined ? {} : { open: open === 'true' }),
        ...(stream === undefined ? {} : { series: stream }),
        ...(from === undefined ? {} : { fromMs: from }),
        ...(to === undefined ? {} : { toMs: to }),
      };
      const rows = await plant.alarms(query);
      const ranked = rows.map((row) => ({ ...row, falsePerPoint: falsePerPoint(row, context) })).sort(alarmOrder);
      return { nowMs: context.now(), alarms: ranked.map((row) => alarmJson(row, context)) };
    },
  );

  for (const { verb, summary, body } of VERBS) {
    app.post(
      `/api/alarms/:id/${verb}`,
      {
        config: { access: 'operator' },
        schema: { summary, tags, params: AlarmParams, body, response: { 200: CommandAnswer } },
      },
      async (request) => command(request, request.params.id, verb, request.body, context),
    );
  }

  app.get(
    '/api/events',
    {
      config: { access: 'viewer' },
      schema: { summary: 'Events in order', tags, querystring: EventQueryParams, response: { 200: EventsAnswer } },
    },
    async (request) => {
      const { kind, stream, from, to, after, limit } = request.query;
      const query: EventQuery = {
        limit,
        ...(kind === undefined ? {} : { kind }),
        ...(stream === undefined ? {} : { series: stream }),
        ...(from === undefined ? {} : { fromMs: from }),
        ...(to === undefined ? {} : { toMs: to }),
        ...(after === undefined ? {} : { afterSeq: after }),
      };
      const rows = await plant.events(query);
      return { nowMs: context.now(), events: rows.map((row) => eventJson(row, plant)) };
    },
  );
};
export default alarms;

interface CommandBody {
  readonly commandId: string;
  readonly text?: string | undefined;
  readonly cause?: string;
  readonly untilMs?: number;
}

async function command(
  request: FastifyRequest,
  id: string,
  verb: CommandEntry['verb'],
  body: CommandBody,
  context: ApiContext,
): Promise<CommandJson> {
  const { plant } = context;
  await findAlarm(id, context);
  const { commandId, text, cause, untilMs } = body;
  const author = request.user?.name ?? '';
  const entry = { kind: 'command', atMs: context.now(), author, id: commandId, verb, alarm: id } as const;
  const seq = await plant.submit({ ...entry, text, cause, untilMs });
  return { seq, alarm: alarmJson(await findAlarm(id, context), context) };
}

async function findAlarm(id: string, context: ApiContext) {
  // More than one, so that a plant that does not look for the id itself is still searched.
  const rows = await context.plant.alarms({ id, limit: MAX_SEARCHED });
  const row = rows.find((alarm) => alarm.id === id);
  if (row === undefined) throw notFound(`alarm ${id}`, 'See /api/alarms for their ids.');
  return row;
}
