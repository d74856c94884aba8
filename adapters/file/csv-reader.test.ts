import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCsvReader, LONGEST_RECORD } from './csv-reader.ts';

interface Read {
  readonly records: { readonly fields: readonly string[]; readonly line: number }[];
  readonly mistakes: string[];
}

function read(pieces: readonly string[], delimiter = ','): Read {
  const out: Read = { records: [], mistakes: [] };
  const reader = createCsvReader(delimiter, {
    record: (fields, line) => out.records.push({ fields: [...fields], line }),
    mistake: (what, line) => out.mistakes.push(`${line}: ${what}`),
  });
  for (const piece of pieces) reader.push(piece);
  reader.end();
  return out;
}

/** RFC 4180, section 2: the writer the reader must undo. */
function write(rows: readonly (readonly string[])[], delimiter: string, newline: string): string {
  const field = (text: string) =>
    /["\r\n]/.test(text) || text.includes(delimiter) ? `"${text.replaceAll('"', '""')}"` : text;
  return rows.map((row) => row.map(field).join(delimiter) + newline).join('');
}

function cut(text: string, places: readonly number[]): string[] {
  const at = [0, ...places.map((place) => place % (text.length + 1)), text.length].sort((a, b) => a - b);
  return at.slice(1).map((end, i) => text.slice(at[i], end));
}

const field = fc.string({ unit: fc.constantFrom('a', '한', '"', ',', ';', '\n', '\r\n', ' ', '1', '.'), maxLength: 8 });
const table = fc.array(fc.array(field, { minLength: 2, maxLength: 5 }), { maxLength: 8 });

test('what RFC 4180 writes is read back, in pieces of any size', () => {
  fc.assert(
    fc.property(
      table,
      fc.constantFrom(',', ';', '\t'),
      fc.constantFrom('\n', '\r\n'),
      fc.array(fc.nat(200), { maxLength: 12 }),
      (rows, delimiter, newline, places) => {
        const text = write(rows, delimiter, newline);
        const { records, mistakes } = read(cut(text, places), delimiter);
        expect(mistakes).toEqual([]);
        expect(records.map((record) => record.fields)).toEqual(rows);
      },
    ),
    { numRuns: 500 },
  );
});

test('any text in any pieces gives the same as the text at once, and never throws', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r'), maxLength: 40 }),
      fc.array(fc.nat(50)),
      (text, places) => {
        expect(read(cut(text, places))).toEqual(read([text]));
      },
    ),
    { numRuns: 1000 },
  );
});

test('the line of a record is the line on which it begins, with breaks inside quotes counted', () => {
  const { records } = read(['a,b\r\n"x\ny\nz",1\r\n\r\nlast,2']);
  expect(records.map((record) => record.line)).toEqual([1, 2, 6]);
  expect(records[1]?.fields).toEqual(['x\ny\nz', '1']);
});

test('a quote that is never closed, text after a quote and a bare quote are told with their line', () => {
  expect(read(['a\n"b\nc']).mistakes).toEqual(['2: quote_not_closed']);
  expect(read(['a\n"b"c,1\nd,2\n']).mistakes).toEqual(['2: text_after_quote']);
  const bare = read(['a\n5" pipe,1\nd,2\n']);
  expect(bare.mistakes).toEqual(['2: bare_quote']);
  expect(bare.records.map((record) => record.fields[0])).toEqual(['a', 'd']);
});

test('a record without an end does not fill the memory', () => {
  const { mistakes } = read(['a,b\n"', ...Array.from({ length: 30 }, () => 'x'.repeat(LONGEST_RECORD / 20))]);
  expect(mistakes).toEqual(['2: record_too_long']);
});
