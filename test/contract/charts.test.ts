// Discovers every chart and every rule set and holds it to its contract.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { Chart } from '../../src/spc/chart.ts';
import type { ChartExample } from '../../src/spc/chart-example.ts';
import { CHARTS } from '../../src/spc/charts/registry.ts';
import { parseRule } from '../../src/spc/rule.ts';
import { chartContract } from './chart.ts';
import { isExact } from './rule-chain.ts';
import { ruleSetContract } from './rule-set.ts';
import { keptPrices, priceOf, ruleSets, rulesDoc, SHIFTS, simulatedArl } from './rules-doc.ts';

const CHART_FOLDER = new URL('../../src/spc/charts/', import.meta.url);
const SET_FOLDER = new URL('../../rules/run-rules/', import.meta.url);

const names = readdirSync(CHART_FOLDER, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .sort();

test('the list of charts in the core equals the folders', () => {
  expect(Object.keys(CHARTS).sort()).toEqual(names);
});

for (const name of names) {
  const { default: chart } = (await import(new URL(`${name}/index.ts`, CHART_FOLDER).href)) as { default: Chart };
  const { example } = (await import(new URL(`${name}/example.ts`, CHART_FOLDER).href)) as { example: ChartExample };
  chartContract(name, { ...chart, example });

  test(`${name}: a README tells what it is for, with formula, source and limits; every setting is described`, () => {
    const readme = readFileSync(new URL(`${name}/README.md`, CHART_FOLDER), 'utf8');
    for (const heading of ['## What it is for', '## Formula', '## Settings', '## Source', '## Limits'])
      expect(readme).toContain(heading);
    const shape = (chart.settings as unknown as { shape: Record<string, { description?: string }> }).shape;
    for (const [setting, schema] of Object.entries(shape)) {
      expect(schema.description, setting).toBeTruthy();
      expect(readme, setting).toContain(`\`${setting}\``);
    }
  });
}

for (const file of readdirSync(SET_FOLDER).filter((name) => name.endsWith('.yaml')))
  ruleSetContract(fileURLToPath(new URL(file, SET_FOLDER)));

test('docs/rules.md is what its generator writes', () => {
  expect(readFileSync(new URL('../../docs/rules.md', import.meta.url), 'utf8')).toBe(
    rulesDoc(ruleSets(), keptPrices()),
  );
});

test('kept prices belong to the sets as they are: exact ones recomputed, simulated ones within their interval', () => {
  for (const set of ruleSets()) {
    const kept = keptPrices().find((price) => price.set === set.id)!;
    expect(kept.rules).toEqual(set.rules.map(({ sentence }) => sentence));
    if (isExact(kept.rules.map(parseRule))) {
      expect(kept).toEqual(priceOf(set, 0, 0));
      continue;
    }
    // Eighteen comparisons at once: intervals of 99 % each would be too narrow, 1.5 times as wide is 99.99 %.
    for (const [i, shift] of SHIFTS.entries()) {
      const { mean, half } = simulatedArl(kept.rules, shift, 3000, 77 + i);
      expect(Math.abs(mean - kept.arl[i]!), `${set.id} at ${shift}`).toBeLessThan(
        1.5 * (half + kept.simulated!.half[i]!),
      );
    }
  }
});
