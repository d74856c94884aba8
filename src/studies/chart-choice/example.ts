import { example as p } from '../../spc/charts/p/example.ts';
import { example as xbarR } from '../../spc/charts/xbar-r/example.ts';
import type { StudyExample } from '../study-example.ts';

export const examples: readonly StudyExample[] = [
  {
    source: `${xbarR.source}: the book charts them as means and ranges`,
    input: { subgroups: xbarR.subgroups.slice(0, 25) },
    expected: { chart: 'xbar-r', split: false },
    within: 0,
  },
  {
    source:
      'Montgomery, 7th ed. (2013), 7.3.5: where defects are rare, most counts are zero and a chart of the time or number between them serves better',
    input: { counts: [0, 0, 1, 0, 0, 0, 0, 1, 0, 0], sizes: Array(10).fill(50) },
    expected: { chart: 'g', alternatives: ['bernoulli-cusum'] },
    within: 0,
  },
  {
    source: `${p.source}; Pearson's chi-square of these counts (SciPy 1.17) speaks of more scatter than binomial`,
    input: { counts: [12, 3, 25, 4, 22, 2, 30, 5, 18, 1], sizes: Array(10).fill(50) },
    expected: { chart: 'laney-p', alternatives: ['np'] },
    within: 0,
  },
];
