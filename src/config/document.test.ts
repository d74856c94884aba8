import { expect, test } from 'vitest';
import { z } from 'zod';
import { ERROR_CATALOGUE } from '../errors.ts';
import { errorDocument, settingsTable } from './document.ts';

test('a settings table names every setting with form, default and meaning, nested ones by their path', () => {
  const table = settingsTable(
    z.strictObject({
      port: z.int().min(0).max(65_535).default(80).describe('Port | of screens.'),
      tags: z.record(z.string(), z.strictObject({ kind: z.enum(['a', 'b']).describe('Kind.') })).describe('Tags.'),
      list: z.array(z.strictObject({ id: z.string().describe('Id.') })).describe('List.'),
    }),
    'x',
  );
  expect(table).toContain('| `x.port` | whole number, 0 to 65535 | `80` | Port \\| of screens. |');
  expect(table).toContain('| `x.tags.<name>.kind` | `a`, `b` | required | Kind. |');
  expect(table).toContain('| `x.list[].id` | text | required | Id. |');
});

test('the error document has every code with both languages', () => {
  const text = errorDocument();
  for (const [code, { en, ko }] of Object.entries(ERROR_CATALOGUE)) {
    expect(text).toContain(`| \`${code}\` | ${en} | ${ko} |`);
  }
});
