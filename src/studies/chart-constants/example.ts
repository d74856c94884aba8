import type { StudyExample } from '../study-example.ts';

export const examples: readonly StudyExample[] = [
  {
    source:
      'ASTM MNL 7, Manual on Presentation of Data and Control Chart Analysis, 8th ed., table of factors, to three and four decimals',
    input: { n: [2, 5, 10] },
    expected: {
      rows: [
        { n: 2, A: 2.121, A2: 1.88, A3: 2.659, c4: 0.7979, B3: 0, B4: 3.267, D3: 0, D4: 3.267, d2: 1.128, d3: 0.853 },
        { n: 5, A: 1.342, A2: 0.577, A3: 1.427, c4: 0.94, B3: 0, B4: 2.089, D3: 0, D4: 2.114, d2: 2.326, d3: 0.864 },
        {
          n: 10,
          A: 0.949,
          A2: 0.308,
          A3: 0.975,
          c4: 0.9727,
          B3: 0.284,
          B4: 1.716,
          D3: 0.223,
          D4: 1.777,
          d2: 3.078,
          d3: 0.797,
        },
      ],
    },
    within: 6e-4,
  },
];
