import { example as iMr } from '../../spc/charts/i-mr/example.ts';
import type { StudyExample } from '../study-example.ts';

const values = iMr.subgroups.map(([x]) => x).slice(0, 'baseline' in iMr.limits ? iMr.limits.baseline : undefined);

export const examples: readonly StudyExample[] = [
  {
    source: iMr.source,
    input: { values },
    expected: { centre: iMr.centre, sigma: iMr.sigma, estimator: 'mr', used: values.length },
    within: 1e-9,
  },
  {
    source: 'Subgroups of two with the ranges 2, 2, 2, 20: by hand sigma = mean range / d2(2), then without the last',
    input: {
      subgroups: [
        [9, 11],
        [9, 11],
        [9, 11],
        [0, 20],
      ],
      exclude: [{ sample: 4, reason: 'gauge not zeroed' }],
    },
    expected: {
      centre: 10,
      sigma: 2 / 1.1283791670955126,
      excluded: [{ sample: 4, reason: 'gauge not zeroed' }],
      steps: [
        { excluded: [], used: 4, centre: 10, sigma: 6.5 / 1.1283791670955126 },
        { excluded: [4], used: 3, centre: 10, sigma: 2 / 1.1283791670955126, beyond: [] },
      ],
    },
    within: 1e-12,
  },
];
