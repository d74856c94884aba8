import type { StudyExample } from '../study-example.ts';

export const examples: readonly StudyExample[] = [
  {
    source:
      'Montgomery, 7th ed. (2013), table 7.7 (nonconformities of printed circuit boards, 26 samples); variance ratio and statistic by hand, p by SciPy 1.17 (chi2.sf)',
    input: {
      type: 'poisson',
      counts: [21, 24, 16, 12, 15, 5, 28, 20, 31, 25, 20, 24, 16, 19, 10, 17, 13, 22, 18, 39, 30, 24, 16, 19, 17, 15],
    },
    expected: {
      variance_ratio: 2.586666666666667,
      statistic: 64.66666666666667,
      p: 2.309076373722804e-5,
      verdict: { ok: false },
    },
    within: 1e-12,
  },
];
