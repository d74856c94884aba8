// Example of the chart xbar-s.
import type { ChartExample } from '../../chart-example.ts';

/** Published data and the numbers they must give. */
export const example: ChartExample = {
  source:
    'Soft drink fill heights, Montgomery, Introduction to Statistical Quality Control, 7th ed. (2013), exercise data of chapter 6 (15 subgroups of 10, as in the R package IQCC); numbers agree with the R package qcc 3.0 to 1e-9',
  settings: {},
  limits: { baseline: 15 },
  centre: 0.0566666666666667,
  sigma: 1.12390268987014,
  subgroups: [
    [2.5, 0.5, 2, -1, 1, -1, 0.5, 1.5, 0.5, -1.5],
    [0, 0, 0.5, 1, 1.5, 1, -1, 1, 1.5, -1],
    [1.5, 1, 1, -1, 0, -1.5, -1, -1, 1, -1],
    [0, 0.5, -2, 0, -1, 1.5, -1.5, 0, -2, -1.5],
    [0, 0, 0, -0.5, 0.5, 1, -0.5, -0.5, 0, 0],
    [1, -0.5, 0, 0, 0, 0.5, -1, 1, -2, 1],
    [1, -1, -1, -1, 0, 1.5, 0, 1, 0, 0],
    [0, -1.5, -0.5, 1.5, 0, 0, 0, -1, 0.5, -0.5],
    [-2, -1.5, 1.5, 1.5, 0, 0, 0.5, 1, 0, 1],
    [-0.5, 3.5, 0, -1, 3.5, -1.5, 3, -1, 1, 0.5],
    [0, 1.5, 0, 0, 2, -1.5, 0.5, -0.5, 2, -1],
    [0, -2, -0.5, 0, -0.5, 2, 1.5, 0, 0.5, -1],
    [-1, -0.5, -0.5, -1, 0, 0.5, 0.5, -1.5, -1, -1],
    [0.5, 1, -1, -0.5, -2, -1, -1.5, 0, 1.5, 1.5],
    [1, 0, 1.5, 1.5, 1, -1, 0, 1, -2, -1.5],
  ],
  lanes: {
    mean: {
      values: [0.5, 0.45, -0.1, -0.6, 0, 0, 0.05, -0.15, 0.2, 0.75, 0.3, 0, -0.55, -0.15, 0.15],
      centre: 0.0566666666666667,
      lower: -1.00956104384718,
      upper: 1.12289437718052,
      beyond: [],
    },
    s: {
      values: [
        1.33333333333333, 0.926462807312486, 1.12546286774228, 1.17378779077727, 0.471404520791032, 0.97182531580755,
        0.895978670381041, 0.818195847242238, 1.18321595661992, 1.93290225079053, 1.20646407139026, 1.15470053837925,
        0.685160159703149, 1.24833222073827, 1.2703892666773,
      ],
      centre: 1.09317437451239,
      lower: 0.310139644209188,
      upper: 1.8762091048156,
      beyond: [10],
    },
  },
  designs: [
    {
      settings: {},
      distribution: 'normal',
      centre: 10,
      sigma: 2,
      size: 3,
      arl: 370.3983473449592,
      source: '1/p of a normal point beyond three sigma',
    },
  ],
};
