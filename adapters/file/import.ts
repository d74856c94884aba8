// One file: checked whole in a first pass, made into batches in a second. Memory stays at a few pieces of the file.
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { Context, OpenBatch } from '../../src/component.ts';
import { type CsvMistake, createCsvReader } from './csv-reader.ts';
import { createRowReader, type Mistake, type RowReader } from './rows.ts';
import type { FileSettings } from './settings.ts';
import type { DecoderFactory, Encoding } from './text-decoder.ts';

/** A file as it was when it was checked. */
export interface CheckedFile {
  readonly path: string;
  readonly bytes: number;
  readonly modifiedMs: number;
  readonly encoding: Encoding;
  readonly delimiter: string;
  /** Beginning of the SHA-256 of the content: with the row number it identifies a row. */
  readonly hash: string;
  readonly records: number;
  /** Why it is rejected; empty = it can be imported. */
  readonly mistakes: readonly Mistake[];
  /** The content, where it is small. */
  readonly content: Uint8Array | undefined;
}

/** Rows a batch. */
export const BATCH_ROWS = 2000;
/** Mistakes listed; the rest is counted. */
export const MOST_MISTAKES = 1000;
const PIECE_BYTES = 256 * 1024;

const CSV_MISTAKES: Readonly<Record<CsvMistake, readonly [string, string]>> = {
  record_too_long: ['the record is longer than a million characters', '한 행이 백만 자를 넘습니다'],
  quote_not_closed: ['the quote that opens here is never closed', '열린 따옴표가 닫히지 않았습니다'],
  text_after_quote: ['there is text after a closing quote', '닫는 따옴표 뒤에 글자가 있습니다'],
  bare_quote: ['there is a quote inside a field without quotes', '따옴표로 묶지 않은 필드 안에 따옴표가 있습니다'],
};

/** First pass: reads the whole file and lists what is wrong with it. */
export async function checkFile(
  path: string,
  settings: FileSettings,
  context: Context,
  decoders: DecoderFactory,
): Promise<CheckedFile> {
  const file = await open(path);
  try {
    const stat = await file.stat();
    const content = stat.size <= PIECE_BYTES ? new Uint8Array(await file.readFile()) : undefined;
    const facts = { path, bytes: stat.size, modifiedMs: stat.mtimeMs, content };
    if (stat.size > settings.max_mb * 2 ** 20) {
      const mb = Math.ceil(stat.size / 2 ** 20);
      const mistake = {
        line: 0,
        en: `the file has ${mb} MB, max_mb is ${settings.max_mb}`,
        ko: `파일이 ${mb} MB로 max_mb(${settings.max_mb})를 넘습니다`,
      };
      return { ...facts, encoding: 'utf-8', delimiter: '', hash: '', records: 0, mistakes: [mistake] };
    }
    const encodings = candidates(content ?? (await head(path)), settings.encoding);
    for (const [i, encoding] of encodings.entries()) {
      const checked = await checkAs(encoding, facts, settings, context, decoders);
      if (checked !== undefined) return { ...facts, ...checked };
      if (i === encodings.length - 1) break;
    }
    const mistake = {
      line: 0,
      en: `the bytes are not ${encodings.join(' and not ')}`,
      ko: `파일이 ${encodings.join(', ')} 문자 집합이 아닙니다`,
    };
    return { ...facts, encoding: 'utf-8', delimiter: '', hash: '', records: 0, mistakes: [mistake] };
  } finally {
    await file.close();
  }
}

/** Second pass: the rows of a checked file in batches. Gives up with `undefined` when the file is no longer what was checked. */
export async function* readBatches(
  checked: CheckedFile,
  settings: FileSettings,
  context: Context,
  decoders: DecoderFactory,
): AsyncGenerator<OpenBatch | undefined> {
  const full: OpenBatch[] = [];
  let batch = context.batch(BATCH_ROWS);
  let records = 0;
  let rows: RowReader | undefined;
  const fileTimeNs = BigInt(Math.round(checked.modifiedMs)) * 1_000_000n;
  const parser = openParser(settings, checked.delimiter, {
    header(fields) {
      const reader = createRowReader(fields, settings, context, fileTimeNs);
      if ('read' in reader) rows = reader;
    },
    record(fields, line) {
      records += 1;
      if (batch.length > 0 && batch.length + (rows?.width ?? 0) > BATCH_ROWS) {
        full.push(batch);
        batch = context.batch(BATCH_ROWS);
      }
      rows?.read(fields, line, `${checked.hash}:${records}`, batch);
    },
    mistake: () => undefined,
  });
  const decode = decoders(checked.encoding);
  for await (const piece of pieces(checked)) {
    if (piece === undefined) {
      yield undefined;
      return;
    }
    parser.push(decode(piece) ?? '');
    yield* full.splice(0);
  }
  parser.push(decode() ?? '');
  parser.end();
  if (batch.length > 0) full.push(batch);
  yield* full;
}

/** First pass in one encoding; undefined when the bytes are not of it. */
async function checkAs(
  encoding: Encoding,
  facts: Pick<CheckedFile, 'path' | 'bytes' | 'modifiedMs' | 'content'>,
  settings: FileSettings,
  context: Context,
  decoders: DecoderFactory,
): Promise<Omit<CheckedFile, keyof typeof facts> | undefined> {
  const mistakes: Mistake[] = [];
  let records = 0;
  let hasHeader = false;
  let rows: RowReader | undefined;
  const note = (mistake: Mistake) => {
    if (mistakes.length < MOST_MISTAKES) mistakes.push(mistake);
  };
  const parser = openParser(settings, undefined, {
    header(fields) {
      hasHeader = true;
      const reader = createRowReader(fields, settings, context, 0n);
      if ('read' in reader) rows = reader;
      else for (const mistake of reader) note(mistake);
    },
    record(fields, line) {
      records += 1;
      const mistake = rows?.read(fields, line);
      if (mistake !== undefined) note(mistake);
    },
    mistake(what, line) {
      note({ line, en: CSV_MISTAKES[what][0], ko: CSV_MISTAKES[what][1] });
    },
  });
  const decode = decoders(encoding);
  const hash = createHash('sha256');
  for await (const piece of pieces(facts)) {
    if (piece === undefined) {
      note({ line: 0, en: 'the file changed while it was read', ko: '읽는 동안 파일이 바뀌었습니다' });
      break;
    }
    hash.update(piece);
    const text = decode(piece);
    if (text === undefined) return undefined;
    parser.push(text);
  }
  const tail = decode();
  if (tail === undefined) return undefined;
  parser.push(tail);
  parser.end();
  if (!hasHeader && mistakes.length === 0) {
    note({ line: settings.header_line, en: 'there are no column names', ko: '열 이름이 없습니다' });
  }
  return { encoding, delimiter: parser.delimiter(), hash: hash.digest('hex').slice(0, 24), records, mistakes };
}

interface ParserHandler {
  header(fields: readonly string[]): void;
  record(fields: readonly string[], line: number): void;
  mistake(what: CsvMistake, line: number): void;
}

interface Parser {
  push(text: string): void;
  end(): void;
  delimiter(): string;
}

/** Skips to the header, finds the delimiter in it and reads on. */
function openParser(settings: FileSettings, delimiter: string | undefined, handler: ParserHandler): Parser {
  let waiting = '';
  let skipped = 1;
  let used = delimiter ?? (settings.delimiter === 'auto' ? undefined : settings.delimiter);
  let reader: ReturnType<typeof createCsvReader> | undefined;
  let isFirst = true;

  function begin(): void {
    used ??= frequentDelimiter(waiting);
    reader = createCsvReader(
      used,
      {
        record(fields, line) {
          if (!isFirst) return handler.record(fields, line);
          isFirst = false;
          handler.header(fields);
        },
        mistake: handler.mistake,
      },
      settings.header_line,
    );
    reader.push(waiting);
    waiting = '';
  }

  return {
    push(text) {
      if (reader !== undefined) return reader.push(text);
      waiting += text;
      while (skipped < settings.header_line) {
        const at = waiting.indexOf('\n');
        if (at === -1) return;
        waiting = waiting.slice(at + 1);
        skipped += 1;
      }
      if (waiting.includes('\n') || waiting.length > PIECE_BYTES) begin();
    },
    end() {
      if (reader === undefined && skipped === settings.header_line) begin();
      reader?.end();
    },
    delimiter: () => used ?? ',',
  };
}

/** The separator most frequent in the first line, outside quotes. */
function frequentDelimiter(text: string): string {
  const counts = new Map<string, number>([',', ';', '\t', '|'].map((sign) => [sign, 0]));
  let isQuoted = false;
  for (const character of text) {
    if (character === '"') isQuoted = !isQuoted;
    if (isQuoted) continue;
    if (character === '\n') break;
    const count = counts.get(character);
    if (count !== undefined) counts.set(character, count + 1);
  }
  return [...counts].reduce((best, next) => (next[1] > best[1] ? next : best))[0];
}

function candidates(head: Uint8Array, encoding: FileSettings['encoding']): Encoding[] {
  if (encoding === 'cp949') return ['cp949'];
  if (encoding === 'utf-8') return ['utf-8'];
  if (head[0] === 0xff && head[1] === 0xfe) return ['utf-16le'];
  if (head[0] === 0xfe && head[1] === 0xff) return ['utf-16be'];
  return ['utf-8', 'cp949'];
}

async function head(path: string): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(4), 0, 4, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** The bytes in pieces; `undefined` when size or time of change are no longer those of the check. */
async function* pieces(
  facts: Pick<CheckedFile, 'path' | 'bytes' | 'modifiedMs' | 'content'>,
): AsyncGenerator<Uint8Array | undefined> {
  if (facts.content !== undefined) {
    yield facts.content;
    return;
  }
  const file = await open(facts.path);
  try {
    for (let at = 0; ; ) {
      const { buffer, bytesRead } = await file.read(new Uint8Array(PIECE_BYTES), 0, PIECE_BYTES, at);
      const stat = await file.stat();
      if (stat.size !== facts.bytes || stat.mtimeMs !== facts.modifiedMs) {
        yield undefined;
        return;
      }
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
      at += bytesRead;
    }
  } finally {
    await file.close();
  }
}
