// Fraction nonconforming whose true level varies more (or less) than the binomial: Laney's p′.
import { defineChart } from '../../chart.ts';
import { laneyKernel, laneySettings, sigmaZ } from '../../laney-chart.ts';

export default defineChart({
  settings: laneySettings,
  lanes: ['p'],
  kind: 'attributes',
  runRules: true,
  reference: 'Laney (2002), Improved control charts for attributes, Quality Engineering 14(4), 531-537',
  unitSigma: (centre, settings) => Math.sqrt(centre * (1 - centre)) * sigmaZ(settings),
  compile: () => laneyKernel({ isFraction: true }),
});
