// Streaming CSV (RFC 4180): quotes, doubled quotes, line breaks inside quotes, CRLF or LF. Text comes in pieces of any size.

export type CsvMistake = 'record_too_long' | 'quote_not_closed' | 'text_after_quote' | 'bare_quote';

export interface CsvReader {
  /** Reads on; calls back for every record that is complete. */
  push(text: string): void;
  /** The text is over: a last record without a line break is complete too. */
  end(): void;
}

export interface CsvHandler {
  /** @param line number of the line on which the record begins, from 1 */
  record(fields: readonly string[], line: number): void;
  /** The record beginning at `line` is not CSV; after `record_too_long` and `quote_not_closed` nothing more comes. */
  mistake(what: CsvMistake, line: number): void;
}

/** Longest record in characters: a missing quote must not read a whole file into memory. */
export const LONGEST_RECORD = 1_000_000;

/**
 * A reader that tells records and mistakes in the order of the text. Empty lines are left out.
 *
 * @param delimiter one character that is neither a quote nor a line break
 * @param firstLine number of the line the text begins with
 * @example
 * const records: string[][] = [];
 * const reader = createCsvReader(',', { record: (fields) => records.push([...fields]), mistake: () => undefined });
 * reader.push('a,"b ""c"""\r\n');
 * reader.end();
 * records; // => [['a', 'b "c"']]
 */
export function createCsvReader(delimiter: string, handler: CsvHandler, firstLine = 1): CsvReader {
  let buffer = '';
  let line = firstLine;
  let isBroken = false;

  function breakOff(what: CsvMistake): void {
    handler.mistake(what, line);
    isBroken = true;
    buffer = '';
  }

  /** Reads every complete record of the buffer and keeps what is left. */
  function drain(isEnd: boolean): void {
    let at = 0;
    let nextQuote = buffer.indexOf('"');
    while (at < buffer.length && !isBroken) {
      const newline = buffer.indexOf('\n', at);
      if (nextQuote !== -1 && nextQuote < at) nextQuote = buffer.indexOf('"', at);
      if (nextQuote === -1 || (newline !== -1 && nextQuote > newline)) {
        if (newline === -1 && !isEnd) break;
        const stop = newline === -1 ? buffer.length : newline;
        const last = stop > at && buffer.charCodeAt(stop - 1) === 13 ? stop - 1 : stop;
        if (last > at) handler.record(buffer.slice(at, last).split(delimiter), line);
        line += 1;
        at = stop + 1;
        continue;
      }
      const next = quotedRecord(at, isEnd);
      if (next === -1) break;
      at = next;
    }
    if (isBroken) return;
    buffer = at >= buffer.length ? '' : buffer.slice(at);
    if (buffer.length > LONGEST_RECORD) breakOff('record_too_long');
  }

  /** Reads one record with quotes; gives the place after it, or -1 while it is not complete. */
  function quotedRecord(from: number, isEnd: boolean): number {
    const fields: string[] = [];
    let at = from;
    let breaks = 0;
    let problem: CsvMistake | undefined;
    for (;;) {
      let field: string;
      if (buffer[at] === '"') {
        let text = '';
        let open = at + 1;
        for (;;) {
          const close = buffer.indexOf('"', open);
          // A quote at the very end may be the first of two.
          if (close === -1 || (close + 1 === buffer.length && !isEnd)) {
            if (isEnd) breakOff('quote_not_closed');
            return -1;
          }
          text += buffer.slice(open, close);
          if (buffer[close + 1] !== '"') {
            at = close + 1;
            break;
          }
          text += '"';
          open = close + 2;
        }
        field = text;
        breaks += countBreaks(text);
        const stop = endOfField(at);
        if (stop === buffer.length && !isEnd) return -1;
        if (buffer.slice(at, stop).replace('\r', '') !== '') problem ??= 'text_after_quote';
        at = stop;
      } else {
        const stop = endOfField(at);
        if (stop === buffer.length && !isEnd) return -1;
        const last = buffer[stop] !== delimiter && buffer[stop - 1] === '\r' && stop > at ? stop - 1 : stop;
        field = buffer.slice(at, last);
        if (field.includes('"')) problem ??= 'bare_quote';
        at = stop;
      }
      fields.push(field);
      if (buffer[at] === delimiter) {
        at += 1;
        continue;
      }
      if (problem === undefined) handler.record(fields, line);
      else handler.mistake(problem, line);
      line += breaks + 1;
      return at + 1;
    }
  }

  function endOfField(from: number): number {
    for (let at = from; at < buffer.length; at++) {
      const character = buffer[at];
      if (character === delimiter || character === '\n') return at;
    }
    return buffer.length;
  }

  return {
    push(text) {
      if (isBroken) return;
      buffer += text;
      drain(false);
    },
    end() {
      if (!isBroken) drain(true);
    },
  };
}

function countBreaks(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
