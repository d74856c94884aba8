// Example of the chart cusum.
import type { ChartExample } from '../../chart-example.ts';

/** Published data and the numbers they must give. */
export const example: ChartExample = {
  source:
    'Montgomery, Introduction to Statistical Quality Control, 7th ed. (2013), Tables 9.1 and 9.2: target 10, sigma 1, k 0.5, h 5; printed C+ of sample 29 is 5.28, the first beyond 5, after N+ = 7 samples; sums recomputed in exact fractions',
  settings: { k: 0.5, h: 5 },
  limits: { centre: 10, sigma: 1 },
  centre: 10,
  sigma: 1,
  subgroups: [
    [9.45],
    [7.99],
    [9.29],
    [11.66],
    [12.16],
    [10.18],
    [8.04],
    [11.46],
    [9.2],
    [10.34],
    [9.03],
    [11.47],
    [10.51],
    [9.4],
    [10.08],
    [9.37],
    [10.62],
    [10.31],
    [8.52],
    [10.84],
    [10.9],
    [9.33],
    [12.29],
    [11.5],
    [10.6],
    [11.08],
    [10.38],
    [11.62],
    [11.31],
    [10.52],
  ],
  lanes: {
    upper: {
      values: [
        0, 0, 0, 1.16, 2.82, 2.5, 0.04, 1, 0, 0, 0, 0.97, 0.98, 0, 0, 0, 0.12, 0, 0, 0.34, 0.74, 0, 1.79, 2.79, 2.89,
        3.47, 3.35, 4.47, 5.28, 5.3,
      ],
      centre: 0,
      lower: 0,
      upper: 5,
      beyond: [29, 30],
    },
    lower: {
      values: [
        0.05, 1.56, 1.77, 0, 0, 0, 1.46, 0, 0.3, 0, 0.47, 0, 0, 0.1, 0, 0.13, 0, 0, 0.98, 0, 0, 0.17, 0, 0, 0, 0, 0, 0,
        0, 0,
      ],
      centre: 0,
      lower: 0,
      upper: 5,
      beyond: [],
    },
  },
  designs: [
    {
      settings: { h: 4 },
      distribution: 'normal',
      centre: 10,
      sigma: 1,
      size: 1,
      arl: 335.367577627213,
      source:
        'R package spc 0.6.7, xcusum.arl one-sided, k 0.5, h 4; Lucas & Crosier (1982) print 168 for both sides together',
    },
    {
      settings: { k: 0.75, h: 3.34 },
      distribution: 'normal',
      centre: 10,
      sigma: 1,
      size: 4,
      arl: 741.148955858703,
      source: 'R package spc 0.6.7, xcusum.arl one-sided, k 0.75, h 3.34',
    },
  ],
};
