// Every folder in src/spc/charts keeps the chart contract with the example beside it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import type { Chart } from '../../src/spc/chart.ts';
import type { ChartExample } from '../../src/spc/chart-example.ts';
import { CHARTS } from '../../src/spc/charts/registry.ts';
import { chartContract } from './chart.ts';
import { type Covered, foldersIn, nameOf, ROOT } from './place.ts';

const HEADINGS = ['## What it is for', '## Formula', '## Settings', '## Source', '## Limits'];

/** Registers the contract of every chart. */
export async function discoverCharts(): Promise<Covered> {
  const places = foldersIn('src/spc/charts');
  test('the list of charts in the core equals the folders', () => {
    expect(Object.keys(CHARTS).sort()).toEqual(places.map(nameOf));
  });
  for (const place of places) {
    const file = (name: string) => pathToFileURL(join(ROOT, place, name)).href;
    const { default: chart } = (await import(file('index.ts'))) as { default: Chart };
    const { example, exempt } = (await import(file('example.ts'))) as {
      readonly example: ChartExample;
      readonly exempt?: Readonly<Record<string, string>>;
    };
    chartContract(nameOf(place), { ...chart, example, ...(exempt === undefined ? {} : { exempt }) });
    readme(place, chart);
  }
  return places;
}

function readme(place: string, chart: Chart): void {
  const name = nameOf(place);
  test(`${name}: a README tells what it is for, with formula, source and limits; every setting is described`, () => {
    const text = readFileSync(join(ROOT, place, 'README.md'), 'utf8');
    for (const heading of HEADINGS) expect(text).toContain(heading);
    const shape = (chart.settings as unknown as { shape: Record<string, { description?: string }> }).shape;
    for (const [setting, schema] of Object.entries(shape)) {
      expect(schema.description, setting).toBeTruthy();
      expect(text, setting).toContain(`\`${setting}\``);
    }
  });
}
