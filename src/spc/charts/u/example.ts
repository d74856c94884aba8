// Example of the chart u.
import type { ChartExample } from '../../chart-example.ts';

/** Published data and the numbers they must give. */
export const example: ChartExample = {
  source:
    'Defects in dyed cloth, Montgomery, Introduction to Statistical Quality Control, 7th ed. (2013), Table 7.11 (area inspected varies); numbers agree with the R package qcc 3.0 to 1e-9',
  settings: {},
  limits: { baseline: 10 },
  centre: 1.42325581395349,
  sigma: 1.1930028558027386,
  subgroups: [
    [14, 10],
    [12, 8],
    [20, 13],
    [11, 10],
    [7, 9.5],
    [10, 10],
    [21, 12],
    [16, 10.5],
    [19, 12],
    [23, 12.5],
  ],
  lanes: {
    u: {
      values: [1.4, 1.5, 1.53846153846154, 1.1, 0.736842105263158, 1, 1.75, 1.52380952380952, 1.58333333333333, 1.84],
      centre: 1.42325581395349,
      lower: [
        0.291473930126865, 0.157885199983939, 0.430617436636932, 0.291473930126865, 0.262072101865218,
        0.291473930126865, 0.390085034040934, 0.318749790965259, 0.390085034040934, 0.410959322777849,
      ],
      upper: [
        2.55503769778011, 2.68862642792304, 2.41589419127004, 2.55503769778011, 2.58443952604176, 2.55503769778011,
        2.45642659386604, 2.52776183694172, 2.45642659386604, 2.43555230512913,
      ],
      beyond: [],
    },
  },
  designs: [
    {
      settings: {},
      distribution: 'poisson',
      centre: 2,
      sigma: Math.SQRT2,
      size: 8,
      arl: 438.2674454575935,
      source: '1/p, Poisson probabilities summed in an independent program (SciPy 1.17)',
    },
  ],
};
