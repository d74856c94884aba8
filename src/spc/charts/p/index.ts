// Fraction nonconforming, number inspected varying.
import { z } from 'zod';
import { defineChart } from '../../chart.ts';
import { rateKernel } from '../../rate-chart.ts';

export default defineChart({
  settings: z.strictObject({}),
  lanes: ['p'],
  kind: 'attributes',
  runRules: true,
  reference: 'Montgomery, Introduction to Statistical Quality Control, 7th ed. (2013), 7.2',
  unitSigma: (centre) => Math.sqrt(centre * (1 - centre)),
  compile: () => rateKernel({ isFraction: true, isCount: false }),
});
