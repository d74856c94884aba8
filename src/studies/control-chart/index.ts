// One control chart of a finished series: limits, points beyond them, verdict.
import { z } from 'zod';
import { type Conclusion, conclusion, impossible, type Study } from '../study.ts';
import { countCharts, laneyCharts } from './counts.ts';
import { type AnyFamily, concludeChart } from './family.ts';
import { individuals } from './individuals.ts';
import { mcusumChart, mewmaChart } from './multivariate-memory.ts';
import { gChart, tChart } from './rare.ts';
import { runChart } from './run-chart.ts';
import { shortRun } from './short-run.ts';
import { meanCharts } from './subgroups.ts';
import { t2Individuals, t2Subgroups } from './t-squared.ts';
import { threeWay } from './three-way.ts';
import { cusumChart, ewmaChart, movingAverageChart } from './time-weighted.ts';

const FAMILIES: readonly AnyFamily[] = [
  individuals,
  meanCharts,
  countCharts,
  laneyCharts,
  ewmaChart,
  cusumChart,
  movingAverageChart,
  runChart,
  gChart,
  tChart,
  shortRun,
  threeWay,
  t2Individuals,
  t2Subgroups,
  mcusumChart,
  mewmaChart,
];

const inputs = z.discriminatedUnion(
  'chart',
  // One member at least, as the type wants it.
  FAMILIES.map((family) => family.input) as unknown as readonly [AnyFamily['input']],
  { error: ({ code }) => (code === 'invalid_union' ? `expected one of ${charts().join(', ')}` : undefined) },
);
const outputs = z.union(FAMILIES.map((family) => family.output.extend(conclusion)));

/** Names of all charts of the study. */
function charts(): string[] {
  return FAMILIES.flatMap((family) => family.input.shape.chart.options.map(String));
}

const study: Study<Record<string, unknown>> = {
  title: {
    en: 'Control chart of finished data: limits, points beyond them, verdict',
    ko: '수집된 자료의 관리도: 관리한계, 이탈점, 판정',
  },
  input: inputs,
  output: outputs as unknown as z.ZodType<Conclusion>,
  reference:
    'Montgomery, Introduction to Statistical Quality Control, 7th ed. (2013); ISO 7870 series; each chart names its own',
  run(input) {
    const chart = String(input.chart);
    const family = FAMILIES.find(({ input: own }) => own.shape.chart.options.includes(chart));
    if (family === undefined)
      throw impossible('chart', `there is no chart "${chart}"`, `Use one of: ${charts().join(', ')}.`);
    const result = family.run(input);
    const { judged: _judged, ...shown } = result;
    return { ...shown, ...concludeChart(result, family.reference) };
  },
};
export default study;
