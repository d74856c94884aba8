// Nonconformities per unit whose true rate varies more (or less) than the Poisson: Laney's u′.
import { defineChart } from '../../chart.ts';
import { laneyKernel, laneySettings, sigmaZ } from '../../laney-chart.ts';

export default defineChart({
  settings: laneySettings,
  lanes: ['u'],
  kind: 'attributes',
  runRules: true,
  reference: 'Laney (2002), Improved control charts for attributes, Quality Engineering 14(4), 531-537',
  unitSigma: (centre, settings) => Math.sqrt(centre) * sigmaZ(settings),
  compile: () => laneyKernel({ isFraction: false }),
});
