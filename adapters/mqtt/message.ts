// One message to rows: the product's own JSON forms, any JSON by paths, a plain number, CSV lines.
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
import { compilePath, type PathReader } from './path.ts';
import type { TopicSettings } from './settings.ts';
import { compileFilter, tagName } from './topic.ts';

export interface MessageRow {
  readonly tag: string;
  readonly value: number;
  readonly quality: Quality;
  /** Undefined: the source named none. */
  readonly timeNs: bigint | undefined;
  readonly sourceId: string | undefined;
  readonly context: MeasurementContext;
  readonly text: string | undefined;
  readonly reason: string | undefined;
}

/** What a message gave: its rows, and what of it could not be taken. */
export interface ReadMessage {
  readonly rows: readonly MessageRow[];
  readonly refused: readonly { readonly count: number; readonly reason: string }[];
}

/** Reads the messages of one topic filter; undefined when the topic is not of this filter. */
export type MessageReader = (topic: string, payload: Uint8Array) => ReadMessage | undefined;

/** A payload taken apart: named values, or one nameless value. */
interface Parts {
  readonly values: readonly (readonly [string | undefined, unknown])[];
  readonly time: unknown;
  readonly id: unknown;
  readonly quality: unknown;
  readonly context: unknown;
}

/** Throws a word of refusal, never an error object: a bad payload is data. */
type Take = (payload: unknown) => Parts | string;

/** A reader for one entry of `topics`. */
export function createMessageReader(filter: string, settings: TopicSettings): MessageReader {
  const compiled = compileFilter(filter);
  const take = settings.paths === undefined ? takePlain : takeByPaths(settings);
  return (topic, payload) => {
    const captured = compiled.match(topic);
    if (captured === undefined) return undefined;
    const documents = parsePayload(payload, settings.payload);
    if (typeof documents === 'string') return { rows: [], refused: [{ count: 1, reason: documents }] };
    const rows: MessageRow[] = [];
    const refused: { count: number; reason: string }[] = [];
    for (const document of documents) {
      const parts = take(document);
      const read = typeof parts === 'string' ? parts : readParts(parts);
      if (typeof read === 'string') {
        refused.push({ count: 1, reason: read });
        continue;
      }
      for (const { key, ...row } of read) {
        const tag = tagName(settings.name, topic, captured, key);
        if (row.reason === 'value_invalid') refused.push({ count: 1, reason: 'value_invalid' });
        else if (!isTagName(tag)) refused.push({ count: 1, reason: 'tag_invalid' });
        else rows.push({ ...row, tag });
      }
    }
    return { rows, refused };
  };
}

function parsePayload(payload: Uint8Array, form: TopicSettings['payload']): readonly unknown[] | string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(payload);
  } catch {
    return 'payload_not_utf8';
  }
  if (form === 'number') {
    const value = toNumber(text.trim());
    return typeof value === 'number' ? [value] : 'payload_not_a_number';
  }
  if (form === 'csv') {
    const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
    return lines.length === 0
      ? 'payload_empty'
      : lines.map((line) => line.split(',').map((field) => toNumber(field.trim())));
  }
  try {
    return [parseSourceJson(text)];
  } catch {
    return 'payload_not_json';
  }
}

/** A field as a number where it is one in decimal form, else as it stands. */
function toNumber(field: string): number | string {
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/.test(field) ? Number(field) : field;
}

/** `{t, values: {...}}`, `{value, ts, seq}`, a bare value, or the fields of a CSV line by position from 1. */
function takePlain(payload: unknown): Parts | string {
  const none = { time: undefined, id: undefined, quality: undefined, context: undefined };
  if (Array.isArray(payload)) {
    return { ...none, values: payload.map((field, i) => [String(i + 1), field] as const) };
  }
  if (typeof payload !== 'object' || payload === null) return { ...none, values: [[undefined, payload]] };
  const field = new Map<string, unknown>(Object.entries(payload));
  const time = field.get('t') ?? field.get('ts');
  const id = field.get('id') ?? field.get('seq');
  const common = { time, id, quality: field.get('quality'), context: field.get('context') };
  const values = field.get('values');
  if (typeof values === 'object' && values !== null && !Array.isArray(values)) {
    return { ...common, values: Object.entries(values) };
  }
  if (values !== undefined) return 'values_invalid';
  return field.has('value') ? { ...common, values: [[undefined, field.get('value')]] } : 'value_missing';
}

function takeByPaths(settings: TopicSettings): Take {
  const values = Object.entries(settings.paths ?? {}).map(([key, path]) => [key, compilePath(path)] as const);
  const contexts = Object.entries(settings.context ?? {}).map(([key, path]) => [key, compilePath(path)] as const);
  const [time, id, quality] = [settings.time, settings.id, settings.quality].map(optionalPath);
  return (payload) => {
    const found = values.map(([key, read]) => [key, read(payload)] as const).filter(([, value]) => value !== undefined);
    if (found.length === 0) return 'value_missing';
    return {
      values: found,
      time: time?.(payload),
      id: id?.(payload),
      quality: quality?.(payload),
      context: Object.fromEntries(contexts.map(([key, read]) => [key, read(payload) ?? null])),
    };
  };
}

function optionalPath(path: string | undefined): PathReader | undefined {
  return path === undefined ? undefined : compilePath(path);
}

type KeyedRow = Omit<MessageRow, 'tag'> & { readonly key: string | undefined };

function readParts(parts: Parts): KeyedRow[] | string {
  const quality = readSourceQuality(parts.quality);
  if (quality === undefined) return 'quality_invalid';
  const context = readSourceContext(parts.context);
  if (context === undefined) return 'context_invalid';
  const hasTime = parts.time !== undefined && parts.time !== null;
  const timeNs = hasTime ? parseSourceTime(parts.time) : undefined;
  if (hasTime && timeNs === undefined) return 'time_invalid';
  const sourceId = identity(parts.id, timeNs);
  return parts.values.map(([key, raw]): KeyedRow => {
    const read = readSourceValue(raw, quality);
    if (read === undefined) {
      return { key, value: Number.NaN, quality, timeNs, sourceId, context, text: undefined, reason: 'value_invalid' };
    }
    const reason = read.reason ?? (hasTime ? undefined : 'no_source_time');
    return { key, value: read.value, quality: read.quality, timeNs, sourceId, context, text: read.text, reason };
  });
}

/**
 * An id is an identity as it is. A number is a counter, and a counter begins again when its device restarts:
 * only together with the time it names one message.
 */
function identity(id: unknown, timeNs: bigint | undefined): string | undefined {
  if (typeof id === 'string' && id !== '' && id.length <= 256) return id;
  if (typeof id !== 'number' || !Number.isFinite(id)) return undefined;
  return timeNs === undefined ? String(id) : `${id}@${timeNs}`;
}
