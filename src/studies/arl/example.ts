import type { StudyExample } from '../study-example.ts';

export const examples: readonly StudyExample[] = [
  {
    source: 'Champ & Woodall (1987), Technometrics 29, 393, table 1: rules 1, 2, 3 and 4 in control, as printed',
    input: { scheme: 'shewhart+WE rules', rules: [1, 2, 3, 4], shift: [0] },
    expected: { arl: [91.75] },
    within: 1e-4,
  },
  {
    source: 'Lucas & Saccucci (1990), Technometrics 32, 1, table 3: lambda 0.4, L 3.054, as printed',
    input: { scheme: 'ewma', lambda: 0.4, L: 3.054, shift: [0, 0.5, 1, 1.5] },
    expected: { arl: [500, 71.2, 14.3, 5.9] },
    within: 0.01,
  },
  {
    source: 'Lucas & Crosier (1982), Technometrics 24, 199, table 1: k 0.5, h 4, as printed',
    input: { scheme: 'cusum', k: 0.5, h: 4, shift: [0, 1] },
    expected: { arl: [168, 8.38] },
    within: 3e-3,
  },
  {
    source: 'Montgomery, 7th ed. (2013), 6.2.5: three sigma limits give one false alarm in 370 points',
    input: { scheme: 'rules', sentences: ['1 of 1 beyond 3 sigma'], shift: [0] },
    expected: { arl: [370.4] },
    within: 1e-4,
  },
];
