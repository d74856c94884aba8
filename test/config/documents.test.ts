// The generated parts of docs/ are up to date, and every configuration printed there or in examples/ is valid.
// PUMJIL_WRITE_DOCS=1 npx vitest run test/config/documents.test.ts writes the generated parts anew.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ZodType, z } from 'zod';
import { loadComponents } from '../../src/cli/load.ts';
import type { Components } from '../../src/config/components.ts';
import { errorDocument, settingsTable } from '../../src/config/document.ts';
import { loadPlan } from '../../src/config/load.ts';
import { printProblem, problemsOf } from '../../src/config/problem.ts';
import { adapterSchema, characteristicSchema, sections } from '../../src/config/schema.ts';

const root = join(import.meta.dirname, '..', '..');
const isWriting = process.env.PUMJIL_WRITE_DOCS !== undefined;
const tables: Readonly<Record<string, readonly [ZodType, string]>> = {
  plant: [sections.plant, ''],
  server: [sections.server, ''],
  general: [z.strictObject({ data_dir: sections.data_dir, lateness_ms: sections.lateness_ms }), ''],
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

// A fragment is one entry of `characteristics` over these adapters.
const AROUND = `plant: { id: example }
adapters:
  press3: { use: modbus, host: 127.0.0.1, tags: {
    cushion: { register: holding, address: 102 }, melt_temp: { register: holding, address: 104 }, weight: { register: holding, address: 106 },
    cavity: { register: holding, address: 108 }, part_no: { register: holding, address: 110 }, lot: { register: holding, address: 112 } } }
  cell7: { use: opcua, endpoint: "opc.tcp://127.0.0.1:4840", tags: { bore: { node: "ns=2;s=Bore" } } }
characteristics:
`;

async function mistakesIn(text: string): Promise<string> {
  const env: Record<string, string> = {};
  for (const [, name = ''] of text.matchAll(/(?<!\$)\$\{(\w+)\}/g)) env[name] = 'a-long-enough-secret';
  for (const [, file = ''] of text.matchAll(/"file:([^"]+)"/g)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), 'a-long-enough-secret\n');
  }
  try {
    await loadPlan({ text, folder, components, env });
    return '';
  } catch (error) {
    if (problemsOf(error).length === 0) throw error;
    return problemsOf(error)
      .map((problem) => printProblem('example', problem))
      .join('\n');
  }
}

const blocks = [
  ...readFileSync(join(root, 'docs', 'configuration.md'), 'utf8').matchAll(/^```yaml( fragment)?\n([\s\S]*?)^```$/gm),
];

test('docs/configuration.md has examples', () => {
  expect(blocks.length).toBeGreaterThan(8);
});

for (const [i, [, fragment, text = '']] of blocks.entries()) {
  test(`example ${i + 1} of docs/configuration.md is valid`, async () => {
    expect(await mistakesIn(fragment === undefined ? text : AROUND + text)).toBe('');
  });
}

for (const name of readdirSync(join(root, 'examples')).filter((each) => each.endsWith('.yaml'))) {
  test(`examples/${name} is valid`, async () => {
    expect(await mistakesIn(readFileSync(join(root, 'examples', name), 'utf8'))).toBe('');
  });
}

for (const name of readdirSync(join(root, 'adapters'))) {
  test(`the sample of the adapter ${name} loads`, async () => {
    const sample = readFileSync(join(root, 'adapters', name, 'sample.yaml'), 'utf8');
    expect(sample).toMatch(/^adapters:/m);
    expect(await mistakesIn(`${/^plant:/m.test(sample) ? '' : 'plant: { id: example }\n'}${sample}`)).toBe('');
  });
}
