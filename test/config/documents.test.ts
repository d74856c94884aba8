// The generated parts of docs/ are up to date, and every configuration in examples/ and every sample is valid.
// PUMJIL_WRITE_DOCS=1 npx vitest run test/config/documents.test.ts writes the generated parts anew.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ZodType, z } from 'zod';
import { loadComponents } from '../../src/cli/load.ts';
import type { Components } from '../../src/config/components.ts';
import { errorDocument, settingsTable } from '../../src/config/document.ts';
import { adapterSchema, characteristicSchema, sections } from '../../src/config/schema.ts';
import { mistakesIn } from '../docs/configuration.ts';

const root = join(import.meta.dirname, '..', '..');
const isWriting = process.env.PUMJIL_WRITE_DOCS !== undefined;
const tables: Readonly<Record<string, readonly [ZodType, string]>> = {
  plant: [sections.plant, ''],
  server: [sections.server, ''],
  general: [
    z.strictObject({
      data_dir: sections.data_dir,
      lateness_ms: sections.lateness_ms,
      false_alarms_per_day: sections.false_alarms_per_day,
    }),
    '',
  ],
  history: [sections.history, ''],
  journal: [sections.journal, ''],
  shifts: [sections.shifts, 'shifts'],
  adapters: [adapterSchema, ''],
  characteristics: [characteristicSchema, ''],
};

let components: Components;
let folder: string;
beforeAll(async () => {
  components = await loadComponents();
  folder = mkdtempSync(join(tmpdir(), 'pumjil-docs-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function check(file: string, generated: string): void {
  if (isWriting) writeFileSync(join(root, file), generated);
  expect(readFileSync(join(root, file), 'utf8')).toBe(generated);
}

test('docs/errors.md is what the catalogue of errors gives', () => {
  check('docs/errors.md', errorDocument());
});

test('the tables of settings in docs/configuration.md are what the schemas give', () => {
  const text = readFileSync(join(root, 'docs', 'configuration.md'), 'utf8');
  const marked = /<!-- settings (\w+) -->\n(?:\n\|(?:.|\n)*?\n(?=\n|$))?/g;
  const names = [...text.matchAll(marked)].map((match) => match[1]);
  expect(names).toEqual([...Object.keys(tables), 'charts']);
  const generated = text.replace(marked, (_whole, name: string) => {
    if (name === 'charts') return `<!-- settings charts -->\n\n${chartTable()}\n`;
    const [schema, base] = tables[name]!;
    return `<!-- settings ${name} -->\n\n${settingsTable(schema, base)}\n`;
  });
  check('docs/configuration.md', generated);
});

// The charts by name; those without settings have no rows.
function chartTable(): string {
  const tablesByChart = [...components.charts].map(([name, chart]) => settingsTable(chart.settings, name).split('\n'));
  const [head = []] = tablesByChart;
  return [...head.slice(0, 2), ...tablesByChart.flatMap((lines) => lines.slice(2))].join('\n');
}

for (const name of readdirSync(join(root, 'examples')).filter((each) => each.endsWith('.yaml'))) {
  test(`examples/${name} is valid`, async () => {
    const text = readFileSync(join(root, 'examples', name), 'utf8');
    expect(await mistakesIn(text, components, folder)).toBe('');
  });
}

for (const name of readdirSync(join(root, 'adapters'))) {
  test(`the sample of the adapter ${name} loads`, async () => {
    const sample = readFileSync(join(root, 'adapters', name, 'sample.yaml'), 'utf8');
    expect(sample).toMatch(/^adapters:/m);
    const whole = `${/^plant:/m.test(sample) ? '' : 'plant: { id: example }\n'}${sample}`;
    expect(await mistakesIn(whole, components, folder)).toBe('');
  });
}
