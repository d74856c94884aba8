// Means and ranges of subgroups.
import { z } from 'zod';
import { defineChart } from '../../chart.ts';
import { d2, d3, MAX_RANGE_SIZE } from '../../math/constants.ts';
import { RANGE } from '../../math/spread.ts';
import { meanKernel } from '../../mean-chart.ts';

export default defineChart({
  settings: z.strictObject({}),
  lanes: ['mean', 'range'],
  kind: 'variables',
  runRules: true,
  reference:
    'Montgomery, Introduction to Statistical Quality Control, 7th ed. (2013), 6.2; d2(n) and d3(n) exact for every n',
  minSize: 2,
  maxSize: MAX_RANGE_SIZE,
  compile: () =>
    meanKernel({
      column: RANGE,
      complete() {
        // The range is part of every summary.
      },
      worth(n, out) {
        out[0] = d2(n);
        out[1] = d3(n);
      },
    }),
});
