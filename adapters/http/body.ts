// A posted body to rows: JSON (a list or one object), or one JSON object a line (NDJSON).
import {
  isTagName,
  type MeasurementContext,
  parseSourceJson,
  parseSourceTime,
  type Quality,
  readSourceContext,
  readSourceQuality,
  readSourceValue,
} from '../../src/component.ts';

/** Why one row is not taken; part of the public answer, never renamed. */
export type RowCode =
  | 'not_an_object'
  | 'tag_missing'
  | 'tag_invalid'
  | 'too_many_tags'
  | 'value_missing'
  | 'value_invalid'
  | 'time_invalid'
  | 'quality_invalid'
  | 'size_invalid'
  | 'context_invalid'
  | 'id_invalid';

export interface PostedRow {
  readonly tag: string;
  readonly value: number;
  readonly quality: Quality;
  /** Undefined: the source named none. */
  readonly timeNs: bigint | undefined;
  readonly size: number | undefined;
  readonly context: MeasurementContext;
  readonly id: string | undefined;
  readonly text: string | undefined;
  readonly reason: string | undefined;
}

/** The rows of a body, or why the whole body is refused: nothing of it is stored then. */
export type PostedBody = { readonly rows: readonly unknown[] } | { readonly malformed: string };

/**
 * Splits a body into rows, unread.
 *
 * @param contentType of the request; NDJSON is application/x-ndjson, application/ndjson or application/jsonl
 * @example
 * splitBody(new TextEncoder().encode('{"tag":"a"}'), 'application/json'); // => { rows: [{ tag: 'a' }] }
 */
export function splitBody(body: Uint8Array, contentType: string): PostedBody {
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return { malformed: 'the body is not UTF-8' };
  }
  if (/^application\/(?:x-ndjson|ndjson|jsonl)$/.test(type)) return splitLines(text);
  if (type !== '' && type !== 'application/json') {
    return {
      malformed: `the content type ${type.slice(0, 80)} is not taken; send application/json or application/x-ndjson`,
    };
  }
  try {
    const parsed: unknown = parseSourceJson(text);
    if (Array.isArray(parsed)) return { rows: parsed };
    if (typeof parsed === 'object' && parsed !== null) return { rows: [parsed] };
    return { malformed: 'the body is neither a list nor an object' };
  } catch (error) {
    return { malformed: `the body is not JSON: ${messageOf(error)}` };
  }
}

/**
 * Reads one row.
 *
 * @example
 * readRow({ tag: 'leak', value: 0.8, t: 1700000000000 }); // => { tag: 'leak', value: 0.8, quality: 0, timeNs: 1700000000000000000n, size: undefined, context: {}, id: undefined, text: undefined, reason: undefined }
 */
export function readRow(raw: unknown): PostedRow | RowCode {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return 'not_an_object';
  const field = new Map<string, unknown>(Object.entries(raw));
  const tag = field.get('tag');
  if (tag === undefined || tag === null || tag === '') return 'tag_missing';
  if (!isTagName(tag)) return 'tag_invalid';
  const quality = readSourceQuality(field.get('quality'));
  if (quality === undefined) return 'quality_invalid';
  const time = field.get('t');
  const timeNs = time === undefined || time === null ? undefined : parseSourceTime(time);
  if (timeNs === undefined && time !== undefined && time !== null) return 'time_invalid';
  const size = field.get('size') ?? undefined;
  if (size !== undefined && !(typeof size === 'number' && Number.isFinite(size) && size > 0)) return 'size_invalid';
  const context = readSourceContext(field.get('context'));
  if (context === undefined) return 'context_invalid';
  const id = field.get('id') ?? undefined;
  const isId =
    id === undefined || (typeof id === 'string' && id !== '' && id.length <= 256) || Number.isSafeInteger(id);
  if (!isId) return 'id_invalid';
  const text = field.get('text') ?? undefined;
  if (text !== undefined && typeof text !== 'string') return 'value_invalid';
  const given = field.get('value');
  if (given === undefined && text === undefined) return 'value_missing';
  if (text !== undefined && given !== undefined && given !== null) return 'value_invalid';
  const read = readSourceValue(text ?? given, quality);
  if (read === undefined) return 'value_invalid';
  return {
    tag,
    value: read.value,
    quality: read.quality,
    timeNs,
    size,
    context,
    id: id === undefined ? undefined : String(id),
    text: read.text,
    reason: read.reason,
  };
}

function splitLines(text: string): PostedBody {
  const rows: unknown[] = [];
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    try {
      rows.push(parseSourceJson(line));
    } catch (error) {
      return { malformed: `line ${i + 1} is not JSON: ${messageOf(error)}` };
    }
  }
  return { rows };
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 200);
}
