// The run chart with the tests of Anhøj: is there anything but chance in the order of the values?
import { z } from 'zod';
import { binomialAtMost } from '../../spc/math/beta.ts';
import { medianOf } from '../../spc/math/sample.ts';
import { enoughPoints } from '../assumptions.ts';
import { column, countOf } from '../column.ts';
import { figure, values } from '../fields.ts';
import { defineFamily } from './family.ts';

export const runChart = defineFamily({
  input: z.object({ chart: z.enum(['run']), values }),
  output: z.object({
    median: figure,
    n_useful: z.int().describe('Values off the median.'),
    longest_run: z.int(),
    longest_run_max: z.int().nullable().describe('A longer run is a signal.'),
    n_crossings: z.int(),
    n_crossings_min: z.int().nullable().describe('Fewer crossings are a signal.'),
    signal: z.boolean(),
  }),
  reference: 'Anhøj & Olesen (2014), PLoS ONE 9, e113825; Chen (2010), J. Clinical Epidemiology 63, 1044',
  run(input) {
    const x = column(input.values);
    const median = medianOf(x);
    let useful = 0;
    let crossings = 0;
    let run = 0;
    let longest = 0;
    let last = 0;
    let longestEnd = 0;
    x.forEach((value, i) => {
      const side = value > median ? 1 : value < median ? -1 : 0;
      if (side === 0) return;
      useful += 1;
      if (last !== 0 && side !== last) crossings += 1;
      run = side === last ? run + 1 : 1;
      last = side;
      if (run > longest) {
        longest = run;
        longestEnd = i + 1;
      }
    });
    const most = useful >= 1 ? Math.round(Math.log2(useful)) + 3 : Number.NaN;
    const least = useful >= 2 ? fairCoinQuantile(0.05, useful - 1) : Number.NaN;
    const isShift = longest > most;
    const isFew = crossings < least;
    return {
      median,
      n_useful: useful,
      longest_run: longest,
      longest_run_max: most,
      n_crossings: crossings,
      n_crossings_min: least,
      signal: isShift || isFew,
      judged: {
        points: countOf(x),
        signals: isShift ? [longestEnd] : isFew ? [x.length] : [],
        assumptions: [enoughPoints(useful, 10)],
        none:
          useful < 2
            ? {
                en: 'No test: fewer than two values lie off the median.',
                ko: '검정 불가: 중앙값을 벗어난 값이 두 개 미만입니다.',
              }
            : undefined,
      },
    };
  },
});

/** Smallest k with P(heads ≤ k) ≥ p in n throws of a fair coin. */
function fairCoinQuantile(p: number, n: number): number {
  let low = 0;
  let high = n;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (binomialAtMost(middle, n, 0.5) >= p * (1 - 1e-12)) high = middle;
    else low = middle + 1;
  }
  return low;
}
