import { example as iMr } from '../../spc/charts/i-mr/example.ts';
import { example as p } from '../../spc/charts/p/example.ts';
import { example as xbarR } from '../../spc/charts/xbar-r/example.ts';
import type { StudyExample } from '../study-example.ts';

/** Montgomery, 7th ed. (2013), table 9.1: 20 values from N(10, 1), then 10 from N(11, 1). */
const TABLE_9_1 = [
  9.45, 7.99, 9.29, 11.66, 12.16, 10.18, 8.04, 11.46, 9.2, 10.34, 9.03, 11.47, 10.51, 9.4, 10.08, 9.37, 10.62, 10.31,
  8.52, 10.84, 10.9, 9.33, 12.29, 11.5, 10.6, 11.08, 10.38, 11.62, 11.31, 10.52,
];

export const examples: readonly StudyExample[] = [
  {
    source: 'Montgomery, 7th ed. (2013), tables 9.1 and 9.11 (lambda 0.1, L 2.7), as printed',
    input: { chart: 'ewma', values: TABLE_9_1, target: 10, sigma: 1, lambda: 0.1, L: 2.7 },
    expected: { lcl_asymptotic: 9.38, ucl_asymptotic: 10.62, signals_time_varying: [29, 30], verdict: { ok: false } },
    within: 1e-3,
  },
  {
    source:
      'Montgomery, 7th ed. (2013), table 9.2 (k ½, h 5): C+ is 5.28 at sample 29, seven periods above zero, as printed',
    input: { chart: 'cusum', values: TABLE_9_1, target: 10, sigma: 1, k: 0.5, h: 5 },
    expected: {
      H: 5,
      signals_upper: [29, 30],
      signals_lower: [],
      estimate_upper: { at: 29, start: 23, shift: 0.5 + 5.28 / 7 },
    },
    within: 1e-9,
  },
  {
    source: `${iMr.source}, as individuals`,
    input: {
      chart: 'i-mr',
      values: iMr.subgroups.map(([x]) => x),
      ...('baseline' in iMr.limits ? { baseline_n: iMr.limits.baseline } : {}),
    },
    expected: { center: iMr.centre, sigma_hat: iMr.sigma },
    within: 1e-9,
  },
  {
    source: xbarR.source,
    input: {
      chart: 'xbar-r',
      subgroups: xbarR.subgroups.slice(0, 'baseline' in xbarR.limits ? xbarR.limits.baseline : undefined),
    },
    expected: { sigma_hat: xbarR.sigma, xbar_chart: { center: xbarR.centre } },
    within: 1e-9,
  },
  {
    source: p.source,
    input: {
      chart: 'p',
      counts: p.subgroups.map(([x]) => x),
      sizes: p.subgroups.map(([, n]) => n),
      ...('baseline' in p.limits ? { baseline_n: p.limits.baseline } : {}),
    },
    expected: { center: p.centre },
    within: 1e-9,
  },
  {
    source:
      'Anhøj & Olesen (2014): longest run above round(log2 n) + 3, crossings below the 5 % point of the binomial distribution, by hand for 24 values in two halves',
    input: { chart: 'run', values: [...Array(12).fill(1), ...Array(12).fill(2)] },
    expected: {
      median: 1.5,
      n_useful: 24,
      longest_run: 12,
      longest_run_max: 8,
      n_crossings: 1,
      n_crossings_min: 8,
      signal: true,
    },
    within: 0,
  },
  {
    source:
      'Benneyan (2001): geometric distribution, by hand: mean 2, p = 1/3, sigma = √6; (2/3)^17 ≤ 0.00135 < (2/3)^16',
    input: { chart: 'g', values: [1, 3, 2, 2] },
    expected: {
      mean: 2,
      p_hat: 1 / 3,
      ucl_3sigma: 2 + 3 * Math.sqrt(6),
      lcl_3sigma: 0,
      prob_limits: { q00135: 0, q50: 1, q99865: 16 },
    },
    within: 1e-14,
  },
  {
    source:
      'Wheeler (1995): means 1, 3, 2 and ranges 2 by hand; with d2(2) = 2/√π the variance between is π/4 (1.5² − 2²/2)',
    input: {
      chart: 'three-way',
      subgroups: [
        [0, 2],
        [2, 4],
        [1, 3],
      ],
    },
    expected: {
      i_chart: { center: 2, sigma: (1.5 * Math.sqrt(Math.PI)) / 2 },
      sigma_within_r: Math.sqrt(Math.PI),
      sigma_between: Math.sqrt(Math.PI) / 4,
    },
    within: 1e-14,
  },
  {
    source: 'Hotelling (1947): corners and middle of a square by hand, covariance the unit matrix',
    input: {
      chart: 't2-individuals',
      rows: [
        [0, 0],
        [2, 0],
        [0, 2],
        [2, 2],
        [1, 1],
      ],
    },
    expected: {
      mean: [1, 1],
      cov: [
        [1, 0],
        [0, 1],
      ],
      t2: [2, 2, 2, 2, 0],
      beyond_phase1: [],
    },
    within: 1e-14,
  },
  {
    source: 'Lowry et al. (1992): with lambda 1 the statistic is T² itself, by hand',
    input: {
      chart: 'mewma',
      lambda: 1,
      h: 3,
      target: [0, 0],
      cov: [
        [1, 0],
        [0, 4],
      ],
      rows: [
        [1, 2],
        [0, 4],
      ],
    },
    expected: { t2_exact: [2, 4], t2_asymptotic: [2, 4], signals_exact: [2], final_z: [0, 4] },
    within: 1e-14,
  },
  {
    source: 'Farnum (1992): deviations from nominal and Z of two parts by hand',
    input: {
      chart: 'short-run',
      values: [11, 21, 9, 19, 11, 21],
      part: ['A', 'B', 'A', 'B', 'A', 'B'],
      nominal: { A: 10, B: 20 },
    },
    expected: {
      dnom: { deviation: [1, 1, -1, -1, 1, 1], mr_bar: 0.8 },
      z_by_part: { part_mean: { A: 31 / 3, B: 61 / 3 }, part_sigma: { A: Math.sqrt(Math.PI), B: Math.sqrt(Math.PI) } },
    },
    within: 1e-14,
  },
  {
    source: 'Laney (2002): rates 0.1 and 0.3 of 100 by hand; z = ∓ 0.1 / 0.04, one moving range of 5',
    input: { chart: 'laney-p', counts: [10, 30], sizes: [100, 100] },
    expected: { center: 0.2, z: [-2.5, 2.5], sigma_z: (5 * Math.sqrt(Math.PI)) / 2, lcl: [0, 0] },
    within: 1e-14,
  },
];
