// What a client reads when something fails: `{ code, message, hint }` and a status, never a stack trace.
import type { FastifyError, FastifyInstance } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { type ErrorCode, PumjilError } from '../errors.ts';
import type { ApiContext } from './context.ts';
import type { ErrorJson } from './contract.ts';

const STATUS: Readonly<Partial<Record<ErrorCode, number>>> = {
  API_BAD_REQUEST: 400,
  API_UNAUTHORISED: 401,
  API_FORBIDDEN: 403,
  API_NOT_FOUND: 404,
  API_TOO_MANY: 429,
  CONFIG_INVALID: 400,
  RULE_INVALID: 400,
  USER_INVALID: 400,
  MATH_TOO_FEW_VALUES: 400,
  REPLAY_EMPTY: 404,
  STUDY_INPUT: 400,
  STUDY_UNKNOWN: 404,
  JOURNAL_FULL: 503,
  JOURNAL_FAILED: 503,
  HISTORY_UNREACHABLE: 503,
};

const MESSAGES: Readonly<Record<number, string>> = {
  408: 'the request took too long to arrive',
  413: 'the request is larger than this route takes',
  414: 'the address is too long',
  415: 'the content type is not one that this route takes',
  431: 'the headers are too large',
};

/** Installs the answers for errors and for addresses that do not exist. */
export function answerFailures(app: FastifyInstance, context: ApiContext): void {
  app.setErrorHandler((error: FastifyError | PumjilError, request, reply) => {
    const { status, body } = failure(error);
    if (status >= 500) context.log.error({ error, route: request.routeOptions.url }, 'request failed');
    if (status === 503) reply.header('retry-after', '5');
    reply.code(status).type('application/json; charset=utf-8').send(JSON.stringify(body));
  });
  app.setNotFoundHandler((_request, reply) => {
    reply.code(404).type('application/json; charset=utf-8').send(JSON.stringify(notFoundBody));
  });
}

const notFoundBody: ErrorJson = {
  code: 'API_NOT_FOUND',
  message: 'there is nothing at this address',
  hint: 'See /api/openapi.json for what there is.',
};

/**
 * Status and body for an error.
 *
 * @example
 * failure(notFound('stream x', 'See /api/streams.')).status; // => 404
 */
export function failure(error: FastifyError | PumjilError): { readonly status: number; readonly body: ErrorJson } {
  if (error instanceof PumjilError) {
    const status = STATUS[error.code] ?? 500;
    const body: ErrorJson = { code: error.code, message: error.message, hint: error.hint };
    return { status, body: Object.keys(error.data).length === 0 ? body : { ...body, data: { ...error.data } } };
  }
  if (hasZodFastifySchemaValidationErrors(error)) {
    const first = error.validation[0];
    const path = (first?.instancePath ?? '').replace(/^\//, '').replaceAll('/', '.');
    const where =
      path === '' ? (error.validationContext ?? 'request') : `${error.validationContext ?? 'request'} ${path}`;
    return badRequest(400, `${where}: ${first?.message ?? 'not as documented'}`, { path });
  }
  const status = error.statusCode ?? 500;
  if (status >= 400 && status < 500)
    return badRequest(status, MESSAGES[status] ?? 'the request is malformed', undefined);
  const body: ErrorJson = {
    code: 'API_FAILED',
    message: 'the server could not answer this request',
    hint: 'Try again; if it stays, look into the log of the server.',
  };
  return { status: 500, body };
}

function badRequest(
  status: number,
  message: string,
  data: Record<string, unknown> | undefined,
): { status: number; body: ErrorJson } {
  const hint = 'See /api/openapi.json for the form of this request.';
  return { status, body: { code: 'API_BAD_REQUEST', message, hint, ...(data === undefined ? {} : { data }) } };
}

/** The error of a thing that does not exist. */
export function notFound(what: string, hint: string): PumjilError {
  return new PumjilError('API_NOT_FOUND', { message: `there is no ${what}`, hint });
}
