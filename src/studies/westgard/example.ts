import type { StudyExample } from '../study-example.ts';

export const examples: readonly StudyExample[] = [
  {
    source: 'Westgard, Barry, Hunt & Groth (1981), Clin. Chem. 27, 493: rules applied by hand to constructed controls',
    input: { values: [100, 109, 91, 109, 110, 113.5], mean: 100, sd: 4 },
    expected: {
      rules: { '1_2s': [2, 3, 4, 5, 6], '1_3s': [6], '2_2s': [5, 6], R_4s: [3, 4], '4_1s': [] },
      lines: { '-2s': 92, '+0s': 100, '+3s': 112 },
      verdict: { ok: false },
    },
    within: 0,
  },
];
