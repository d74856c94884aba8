// Every indicator of the evaluation model keeps the indicator contract, and every provider of evidence is asked.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadModel } from '../../src/diagnosis/model.ts';
import { indicatorContract } from './indicator.ts';
import { type Covered, filesIn, nameOf, ROOT } from './place.ts';

/** Registers the contract of every indicator; covered are the files that give them their evidence. */
export function discoverIndicators(): Covered {
  const model = loadModel();
  for (const { id } of model.indicators) describe(`indicator ${id}`, () => indicatorContract(model, id));

  const providers = filesIn('src/diagnosis/providers', '.ts').filter((file) => !file.endsWith('.test.ts'));
  test('every provider of evidence is asked, and the keys it gives are keys of the model', () => {
    const asks = readFileSync(join(ROOT, 'src', 'diagnosis', 'evidence.ts'), 'utf8');
    const keys = new Set(model.evidence.map(({ id }) => id));
    for (const provider of providers) {
      expect(asks).toContain(`./providers/${nameOf(provider)}`);
      const text = readFileSync(join(ROOT, provider), 'utf8');
      const given = [...keys].filter((key) => new RegExp(`\\b${key}\\b`).test(text));
      expect(given, provider).not.toEqual([]);
    }
  });
  return providers;
}
