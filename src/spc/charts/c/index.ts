// Number of nonconformities in a constant area of opportunity.
import { z } from 'zod';
import { defineChart } from '../../chart.ts';
import { rateKernel } from '../../rate-chart.ts';

export default defineChart({
  settings: z.strictObject({}),
  lanes: ['c'],
  // A single value is a count over one area of opportunity: its size is 1.
  kind: 'either',
  runRules: true,
  reference: 'Montgomery, Introduction to Statistical Quality Control, 7th ed. (2013), 7.3.1, p. 318',
  unitSigma: (centre) => Math.sqrt(centre),
  compile: () => rateKernel({ isFraction: false, isCount: true }),
});
