// Example of the chart t.
import type { ChartExample } from '../../chart-example.ts';

/** Published data and the numbers they must give. */
export const example: ChartExample = {
  source:
    'Times between failures of a valve in hours, Montgomery, Introduction to Statistical Quality Control, 7th ed. (2013), Table 7.14; limits recomputed with exact constants in independent programs (R, NumPy)',
  settings: {},
  limits: { baseline: 20 },
  centre: 430.040951789758,
  sigma: 2.092311380138105,
  subgroups: [
    [286],
    [948],
    [536],
    [124],
    [816],
    [729],
    [4],
    [143],
    [431],
    [8],
    [2837],
    [596],
    [81],
    [227],
    [603],
    [492],
    [1199],
    [1214],
    [2831],
    [96],
  ],
  lanes: {
    t: {
      values: [286, 948, 536, 124, 816, 729, 4, 143, 431, 8, 2837, 596, 81, 227, 603, 492, 1199, 1214, 2831, 96],
      centre: 430.040951789758,
      lower: 0,
      upper: 6933.418139581168,
      beyond: [],
    },
  },
  designs: [
    {
      settings: {},
      distribution: 'exponential',
      centre: 68.73732447163367,
      sigma: 0.9991531063971191,
      mean: 100,
      size: 1,
      arl: 1325.2534471956697,
      source: '1/p of an exponential time beyond the limits of its own centre and sigma',
    },
    {
      settings: { limits: 'weibull' },
      distribution: 'exponential',
      centre: 100,
      sigma: 144.26950408889635,
      mean: 144.26950408889635,
      size: 1,
      arl: 370.3703703703703,
      source: '1/p of an exponential time beyond its 0.135 % and 99.865 % points',
    },
  ],
};
