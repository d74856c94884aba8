import type { StudyExample } from '../study-example.ts';

export const examples: readonly StudyExample[] = [
  {
    source: 'Nelson (1984), J. Quality Technology 16, 237: definitions applied by hand to constructed values',
    input: {
      values: [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 3.5, 2.5, -2.5, 2.5],
      center: 0,
      sigma: 1,
      sentences: { twice: '2 of 2 beyond 2 sigma on both sides' },
    },
    expected: {
      rules: { nelson1: [10], nelson2: [9, 10, 11], nelson3: [], nelson5: [11, 13], we4: [8, 9, 10, 11] },
      sentences: { twice: [12, 13] },
    },
    within: 0,
  },
];
