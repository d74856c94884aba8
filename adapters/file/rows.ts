// From the fields of a record to measurements: which column is what, and what a record must have.
import { BAD, type Context, GOOD, isTagName, type MeasurementContext, type OpenBatch } from '../../src/component.ts';
import type { FileSettings } from './settings.ts';
import { createTimeReader } from './time-column.ts';

/** Why a file is rejected; line 0 = the file as a whole. */
export interface Mistake {
  readonly line: number;
  readonly en: string;
  readonly ko: string;
}

export interface RowReader {
  /** Most measurements one record gives. */
  readonly width: number;
  /**
   * Reads one record. Without a batch it only checks.
   *
   * @param id identity of the record, told to the journal with each of its values
   * @returns the mistake that makes the record unusable
   */
  read(fields: readonly string[], line: number, id?: string, into?: OpenBatch): Mistake | undefined;
}

interface Columns {
  readonly count: number;
  readonly time: number | undefined;
  readonly id: number | undefined;
  readonly size: number | undefined;
  readonly tag: number | undefined;
  readonly values: readonly { readonly tag: number; readonly column: number }[];
  readonly contexts: readonly { readonly key: string; readonly column: number }[];
}

/** Contexts remembered so that equal ones are one object; more are forgotten together. */
const MOST_CONTEXTS = 10_000;

/**
 * A reader for the records below this header, or the columns that are missing.
 *
 * @param fileTimeNs time of the file, for mappings without a time column
 */
export function createRowReader(
  header: readonly string[],
  settings: FileSettings,
  context: Context,
  fileTimeNs: bigint,
): RowReader | readonly Mistake[] {
  const found = findColumns(header, settings, context);
  if ('mistakes' in found) return found.mistakes;
  const columns = found.columns;
  const readTime = createTimeReader(settings.time_format, settings.timezone);
  const known = new Map<string, MeasurementContext>();

  function contextOf(fields: readonly string[]): MeasurementContext | undefined {
    if (columns.contexts.length === 0) return undefined;
    let key = '';
    for (const { column } of columns.contexts) key += `${fields[column]}\u0000`;
    let made = known.get(key);
    if (made === undefined) {
      const entries = columns.contexts.map(({ key: name, column }) => [name, (fields[column] ?? '').trim()] as const);
      made = Object.fromEntries(entries.filter(([, text]) => text !== ''));
      if (known.size >= MOST_CONTEXTS) known.clear();
      known.set(key, made);
    }
    return made;
  }

  function addValue(into: OpenBatch, tag: number, field: string, timeNs: bigint, extras: Extras): void {
    const text = field.trim();
    if (text === '') return;
    const value = readNumber(settings.decimal === ',' ? text.replace(',', '.') : text);
    if (Number.isNaN(value)) into.add(tag, value, BAD, timeNs, { ...extras, reason: 'not_a_number' });
    else into.add(tag, value, GOOD, timeNs, extras);
  }

  return {
    width: columns.values.length,
    read(fields, line, id, into) {
      if (fields.length !== columns.count && !hasOnlyEmptyExtras(fields, columns.count)) {
        return {
          line,
          en: `${fields.length} fields where the header has ${columns.count}`,
          ko: `필드가 ${fields.length}개입니다. 머리글은 ${columns.count}개입니다`,
        };
      }
      const timeText = columns.time === undefined ? '' : (fields[columns.time] ?? '');
      const timeNs = columns.time === undefined ? fileTimeNs : readTime(timeText);
      if (timeNs === undefined) {
        return {
          line,
          en: `'${timeText}' is not a time (time_format: ${settings.time_format})`,
          ko: `'${timeText}'은(는) 시각으로 읽을 수 없습니다 (time_format: ${settings.time_format})`,
        };
      }
      const sizeText = columns.size === undefined ? '' : (fields[columns.size] ?? '').trim();
      const size = sizeText === '' ? undefined : readNumber(sizeText);
      if (size !== undefined && !(size > 0)) {
        return { line, en: `'${sizeText}' is not a number inspected`, ko: `'${sizeText}'은(는) 검사 수량이 아닙니다` };
      }
      const name = columns.tag === undefined ? undefined : (fields[columns.tag] ?? '').trim();
      if (name !== undefined && !isTagName(name)) {
        return { line, en: `'${name}' does not name a tag`, ko: `'${name}'은(는) 태그 이름이 아닙니다` };
      }
      if (into === undefined) return undefined;
      const ownId = columns.id === undefined ? '' : (fields[columns.id] ?? '').trim();
      const extras: Extras = {
        context: contextOf(fields),
        sourceId: ownId === '' ? id : ownId,
        size,
        reason: columns.time === undefined ? 'no_source_time' : undefined,
      };
      for (const { tag, column } of columns.values) {
        addValue(into, name === undefined ? tag : context.tag(name), fields[column] ?? '', timeNs, extras);
      }
      return undefined;
    },
  };
}

interface Extras {
  readonly context: MeasurementContext | undefined;
  readonly sourceId: string | undefined;
  readonly size: number | undefined;
  readonly reason: string | undefined;
}

function findColumns(
  header: readonly string[],
  settings: FileSettings,
  context: Context,
): { readonly columns: Columns } | { readonly mistakes: readonly Mistake[] } {
  const names = header.map(plainName);
  const mistakes: Mistake[] = [];
  const line = settings.header_line;

  function find(name: string): number {
    const wanted = plainName(name);
    const at = names.indexOf(wanted);
    if (at === -1) {
      const there = names.slice(0, 30).join(', ').slice(0, 400);
      mistakes.push({
        line,
        en: `there is no column '${wanted}'; the columns are: ${there}`,
        ko: `'${wanted}' 열이 없습니다. 있는 열: ${there}`,
      });
    } else if (names.indexOf(wanted, at + 1) !== -1) {
      mistakes.push({ line, en: `there are two columns '${wanted}'`, ko: `'${wanted}' 열이 두 개입니다` });
    }
    return at;
  }
  const optional = (name: string | undefined) => (name === undefined ? undefined : find(name));

  const { mapping } = settings;
  const named = Object.entries({ ...(mapping.part === undefined ? {} : { part: mapping.part }), ...mapping.context });
  const columns: Columns = {
    count: trimmedLength(names),
    time: optional(mapping.time),
    id: optional(mapping.id),
    size: optional(mapping.size),
    tag: optional(mapping.tag),
    values:
      typeof mapping.value === 'string'
        ? [{ tag: -1, column: find(mapping.value) }]
        : Object.entries(mapping.value).map(([tag, name]) => ({ tag: context.tag(tag), column: find(name) })),
    contexts: named.map(([key, name]) => ({ key, column: find(name) })),
  };
  return mistakes.length > 0 ? { mistakes } : { columns };
}

/** Column names are compared without surrounding blanks and in composed form: macOS writes Korean decomposed. */
function plainName(name: string): string {
  return name.trim().normalize('NFC');
}

/** Number of columns without nameless ones at the end, which spreadsheets like to add. */
function trimmedLength(names: readonly string[]): number {
  let length = names.length;
  while (length > 0 && names[length - 1] === '') length -= 1;
  return length;
}

function hasOnlyEmptyExtras(fields: readonly string[], count: number): boolean {
  if (fields.length < count) return false;
  for (let i = count; i < fields.length; i++) if (fields[i]?.trim() !== '') return false;
  return true;
}

/** A decimal number, or NaN: hexadecimal, `Infinity` and words are none. */
function readNumber(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value)) return Number.NaN;
  return /^[+-]?0[xob]/i.test(text) ? Number.NaN : value;
}
