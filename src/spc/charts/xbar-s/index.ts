// Means and standard deviations of subgroups.
import { z } from 'zod';
import { defineChart } from '../../chart.ts';
import { c4 } from '../../math/constants.ts';
import { DEVIATION, summariseDeviation } from '../../math/spread.ts';
import { meanKernel } from '../../mean-chart.ts';

export default defineChart({
  settings: z.strictObject({}),
  lanes: ['mean', 's'],
  kind: 'variables',
  runRules: true,
  reference: 'Montgomery, Introduction to Statistical Quality Control, 7th ed. (2013), 6.3; c4(n) exact for every n',
  minSize: 2,
  compile: () =>
    meanKernel({
      column: DEVIATION,
      complete: summariseDeviation,
      worth(n, out) {
        out[0] = c4(n);
        out[1] = Math.sqrt(1 - c4(n) * c4(n));
      },
    }),
});
