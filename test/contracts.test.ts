// Every component there is keeps the contract of its kind (test/contract). A component gets its tests by lying in its place;
// one that lies in a place of components and is covered by no contract, or by two, is a failing test.
import { expect, test } from 'vitest';
import { discoverAdapters } from './contract/adapters.ts';
import { discoverCharts } from './contract/charts.ts';
import { discoverIndicators } from './contract/indicators.ts';
import { type Covered, filesIn, foldersIn } from './contract/place.ts';
import { discoverRuleSets } from './contract/rule-sets.ts';
import { discoverHistories, discoverJournals } from './contract/stores.ts';
import { discoverStudies } from './contract/studies.ts';

const covered: Covered = [
  ...(await discoverAdapters()),
  ...(await discoverCharts()),
  ...discoverRuleSets(),
  ...discoverJournals(),
  ...discoverHistories(),
  ...discoverIndicators(),
  ...(await discoverStudies()),
];

/** Everything that plugs in, by the places in which things plug in. */
const there = [
  ...foldersIn('adapters'),
  ...foldersIn('src/spc/charts'),
  ...filesIn('rules/run-rules', '.yaml'),
  'src/journal',
  ...foldersIn('src/history'),
  ...filesIn('src/diagnosis/providers', '.ts').filter((file) => !file.endsWith('.test.ts')),
  ...foldersIn('src/studies'),
  // No kind has components here yet; the first one brings its contract.
  ...foldersIn('rules').filter((folder) => folder !== 'rules/run-rules'),
];

test('every component is covered by exactly one contract, and no contract covers what is not there', () => {
  expect([...covered].sort()).toEqual([...there].sort());
});
