// Medians and ranges of subgroups.
import { z } from 'zod';
import { defineChart } from '../../chart.ts';
import { d2, d3, MAX_RANGE_SIZE, medianError } from '../../math/constants.ts';
import { COUNT, MEAN, RANGE } from '../../math/spread.ts';
import { meanKernel } from '../../mean-chart.ts';

export default defineChart({
  settings: z.strictObject({}),
  lanes: ['median', 'range'],
  kind: 'variables',
  runRules: true,
  reference:
    'AIAG, Statistical Process Control, 2nd ed. (2005), median and range charts; Nelson (1982), Control chart for medians, JQT 14, 226-227; standard error of the median, d2(n) and d3(n) exact for every n',
  minSize: 2,
  maxSize: MAX_RANGE_SIZE,
  compile: () => {
    const sorted = new Float64Array(MAX_RANGE_SIZE);
    return meanKernel(
      {
        column: RANGE,
        complete() {
          // The range is part of every summary.
        },
        worth(n, out) {
          out[0] = d2(n);
          out[1] = d3(n);
        },
      },
      {
        complete(x, from, to, summary) {
          const n = summary[COUNT]!;
          summary[MEAN] = Number.NaN;
          if (n === 0 || n > MAX_RANGE_SIZE) return;
          sort(x, from, to, sorted);
          const low = sorted[(n - 1) >> 1]!;
          const high = sorted[n >> 1]!;
          summary[MEAN] = low + (high - low) / 2;
        },
        divisor(n, out) {
          out[0] = 1 / medianError(n);
        },
      },
    );
  },
});

/** The members that are there, ascending, by insertion: subgroups are small. */
function sort(x: Float64Array, from: number, to: number, sorted: Float64Array): void {
  let n = 0;
  for (let i = from; i < to; i++) {
    const value = x[i]!;
    if (Number.isNaN(value)) continue;
    let j = n;
    for (; j > 0 && sorted[j - 1]! > value; j--) sorted[j] = sorted[j - 1]!;
    sorted[j] = value;
    n += 1;
  }
}
