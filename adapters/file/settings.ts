// Settings of the file adapter: the folder, the dialect and what the columns mean.
import { z } from 'zod';

const column = z.string().min(1);

const mapping = z
  .strictObject({
    time: column
      .optional()
      .describe('Column of the time; without it the file’s own time is used and flagged.')
      .meta({ examples: ['일시'] }),
    part: column
      .optional()
      .describe('Column of the part number; it becomes the context key part.')
      .meta({ examples: ['품번'] }),
    id: column
      .optional()
      .describe('Column that identifies a row (serial number); without it content of the file and row number do.'),
    tag: column.optional().describe('Long format: column that names the tag of each row.'),
    value: z
      .union([
        column.describe('Long format: column of the value.'),
        z.record(z.string().min(1), column).describe('Wide format: name of the tag → its column.'),
      ])
      .describe('Wide format: tag name → column. Long format: the one column of values.')
      .meta({ examples: [{ bore: '내경' }] }),
    size: column.optional().describe('Column of the number inspected, for counts.'),
    context: z
      .record(z.string().min(1), column)
      .default({})
      .describe('Context key (lot, cavity, tool, gauge, operator, order, defect) → column.'),
  })
  .refine((m) => (typeof m.value === 'string') === (m.tag !== undefined), {
    message: 'long format needs both tag and value as columns; wide format has no tag and lists value: { tag: column }',
    path: ['value'],
  })
  .refine((m) => typeof m.value === 'string' || Object.keys(m.value).length > 0, {
    message: 'name at least one value column',
    path: ['value'],
  });

/** Settings below `adapters.<id>` for `use: file`. */
export const fileSettings = z.strictObject({
  folder: z
    .string()
    .min(1)
    .describe('Folder that is watched for files.')
    .meta({ examples: ['./inbox'], path: true }),
  format: z.enum(['csv']).default('csv').describe('Form of the files.'),
  pattern: z
    .string()
    .min(1)
    .default('*.csv')
    .describe('Names of the files taken; * stands for any characters, case does not matter.'),
  encoding: z
    .enum(['auto', 'utf-8', 'cp949'])
    .default('auto')
    .describe('Character encoding; auto = UTF-8, and CP949 where the bytes are not UTF-8.'),
  delimiter: z
    .enum(['auto', ',', ';', '\t', '|'])
    .default('auto')
    .describe('Character between the fields; auto = the one most frequent in the first line.'),
  decimal: z.enum(['.', ',']).default('.').describe('Decimal sign of the values.'),
  header_line: z
    .int()
    .min(1)
    .max(100)
    .default(1)
    .describe('Line that holds the column names; lines above it are skipped.'),
  mapping: mapping.describe('Which column is what.'),
  time_format: z
    .enum(['auto', 'ms', 's', 'iso', 'ymd', 'dmy', 'mdy', 'excel'])
    .default('auto')
    .describe(
      'Form of the time: ms or s since 1970, ISO 8601, year-month-day, day-month-year, month-day-year, an Excel serial day; auto = ms, s, ISO or year first.',
    ),
  timezone: z
    .string()
    .default('UTC')
    .refine(isTimeZone, 'an IANA time zone such as Asia/Seoul')
    .describe('Time zone of times that name none.')
    .meta({ examples: ['Asia/Seoul'] }),
  every_ms: z.int().min(20).max(3600000).default(1000).describe('Time between two looks into the folder.'),
  stable_ms: z
    .int()
    .min(0)
    .max(600000)
    .default(2000)
    .describe('A file is taken when size and time of change have stood still for this long.'),
  done_folder: z
    .string()
    .min(1)
    .default('done')
    .describe('Folder for files that are stored; below `folder` unless absolute.'),
  rejected_folder: z
    .string()
    .min(1)
    .default('rejected')
    .describe('Folder for files with mistakes, each with a <name>.error.txt beside it.'),
  max_mb: z.int().min(1).max(10000).default(500).describe('Larger files are rejected.'),
});

export type FileSettings = z.output<typeof fileSettings>;

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
