import type { StudyExample } from '../study-example.ts';

export const examples: readonly StudyExample[] = [
  {
    source:
      'Duncan, 5th ed. (1986): of one subgroup d2*² is the mean square range, in closed form 2 for two values and 2 + 3√3/π for three',
    input: {
      pairs: [
        [2, 1],
        [3, 1],
      ],
    },
    expected: { d2star: [Math.SQRT2, Math.sqrt(2 + (3 * Math.sqrt(3)) / Math.PI)] },
    within: 1e-14,
  },
];
