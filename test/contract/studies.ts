// Every folder in src/studies keeps the study contract with the examples beside it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { STUDIES } from '../../src/studies/registry.ts';
import type { Study } from '../../src/studies/study.ts';
import type { StudyExample } from '../../src/studies/study-example.ts';
import { type Covered, foldersIn, nameOf, ROOT } from './place.ts';
import { studyContract } from './study.ts';

/** Registers the contract of every study. */
export async function discoverStudies(): Promise<Covered> {
  const places = foldersIn('src/studies');
  test('the list of studies in the core equals the folders', () => {
    expect(Object.keys(STUDIES).sort()).toEqual(places.map(nameOf));
  });
  test('docs/studies.md names every study', () => {
    const text = readFileSync(join(ROOT, 'docs', 'studies.md'), 'utf8');
    for (const place of places) expect(text).toContain(`| \`${nameOf(place)}\` |`);
  });
  for (const place of places) {
    const file = (name: string) => pathToFileURL(join(ROOT, place, name)).href;
    const { default: study } = (await import(file('index.ts'))) as { default: Study };
    const { examples } = (await import(file('example.ts'))) as { examples: readonly StudyExample[] };
    studyContract(nameOf(place), study, examples);
  }
  return places;
}
