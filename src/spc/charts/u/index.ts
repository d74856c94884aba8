// Nonconformities per unit, number inspected varying.
import { z } from 'zod';
import { defineChart } from '../../chart.ts';
import { rateKernel } from '../../rate-chart.ts';

export default defineChart({
  settings: z.strictObject({}),
  lanes: ['u'],
  kind: 'attributes',
  runRules: true,
  reference: 'Montgomery, Introduction to Statistical Quality Control, 7th ed. (2013), 7.3',
  unitSigma: (centre) => Math.sqrt(centre),
  compile: () => rateKernel({ isFraction: false, isCount: false }),
});
