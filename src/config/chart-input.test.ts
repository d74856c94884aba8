// Charts that take single values or counts, and centres that are typed without sigma, with the charts of this installation.
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineAdapter } from '../component.ts';
import { CHARTS } from '../spc/charts/registry.ts';
import type { Components } from './components.ts';
import { loadPlan } from './load.ts';
import type { CharacteristicPlan } from './plan.ts';
import { printProblem, problemsOf } from './problem.ts';

const press = defineAdapter({
  settings: z.strictObject({}),
  async probe() {},
  async *collect() {},
});
const components: Components = {
  adapters: new Map([['press', { load: async () => press }]]),
  charts: new Map(Object.entries(CHARTS)),
  ruleSets: new Map([['standard', { N1: '1 of 1 beyond 3 sigma' }]]),
};
const COUNTS = 'from: { count: one/ng, inspected: one/total }';

async function load(settings: string): Promise<CharacteristicPlan> {
  const text = `plant: { id: a }\nadapters: { one: { use: press } }\ncharacteristics:\n  x: { ${settings} }\n`;
  const plan = await loadPlan({ text, folder: '.', components, env: {} });
  return plan.characteristics[0]!;
}

async function mistakes(settings: string): Promise<string[]> {
  const error: unknown = await load(settings).then(
    () => undefined,
    (caught: unknown) => caught,
  );
  return problemsOf(error).map((problem) => printProblem('f', problem).split('\n')[0] ?? '');
}

test('a chart that reads gaps or counts is told by its source which', async () => {
  expect((await load('from: one/gap, chart: g')).chart).toMatchObject({ use: 'g', input: 'gaps' });
  expect((await load(`${COUNTS}, chart: g`)).chart).toMatchObject({ use: 'g', input: 'counts' });
  expect((await load(`${COUNTS}, chart: { use: t, shape: 2, limits: weibull }`)).chart).toMatchObject({
    input: 'counts',
    shape: 2,
  });
  expect((await load('from: one/hours, chart: { use: t, input: readings }')).chart.input).toBe('readings');
});

test('an input that the source cannot deliver is a contradiction', async () => {
  expect(await mistakes(`${COUNTS}, chart: { use: t, input: readings }`)).toEqual([
    'f:4:79 characteristics.x.chart.input: from names counts, but the chart t is told to read "readings"',
  ]);
  expect(await mistakes('from: one/gap, chart: { use: g, input: counts }')).toEqual([
    'f:4:47 characteristics.x.chart.input: the chart g is told to read counts, but from names a single value',
  ]);
});

test('a c chart and a Bernoulli CUSUM take a single tag as well as counts; np, p and u do not', async () => {
  for (const use of ['c', 'bernoulli-cusum'])
    for (const from of ['from: one/ng', COUNTS]) expect((await load(`${from}, chart: ${use}`)).chart.use).toBe(use);
  for (const use of ['np', 'p', 'u', 'laney-p', 'laney-u'])
    expect(await mistakes(`from: one/ng, chart: ${use}`)).toHaveLength(1);
});

test('a centre typed without sigma brings the sigma of the distribution, with the settings of the chart', async () => {
  const sigmaOf = async (settings: string) => {
    const { limits } = await load(settings);
    return 'sigma' in limits ? limits.sigma : undefined;
  };
  expect(await sigmaOf('from: one/gap, chart: g, limits: { centre: 20 }')).toBe(Math.sqrt(420));
  expect(await sigmaOf('from: one/flaws, chart: c, limits: { centre: 9 }')).toBe(3);
  expect(await sigmaOf(`${COUNTS}, chart: np, limits: { centre: 0.1 }`)).toBeCloseTo(0.3, 15);
  expect(await sigmaOf(`${COUNTS}, chart: { use: laney-p, sigma_z: 4 }, limits: { centre: 0.1 }`)).toBeCloseTo(1.2, 14);
  expect(await sigmaOf(`${COUNTS}, chart: laney-u, limits: { centre: 4 }`)).toBe(2);
  expect(await sigmaOf(`${COUNTS}, chart: laney-u, limits: { centre: 4, sigma: 7 }`)).toBe(7);
  expect(await sigmaOf('from: one/hours, chart: { use: t, limits: weibull }, limits: { centre: 7 }')).toBeCloseTo(
    7 / Math.LN2,
    12,
  );
});

test('a measured value still needs its sigma, and a centre that cannot be is refused', async () => {
  expect(await mistakes('from: one/x, chart: i-mr, limits: { centre: 5 }')).toHaveLength(1);
  for (const settings of [
    `${COUNTS}, chart: np, limits: { centre: 2 }`,
    'from: one/ng, chart: { use: bernoulli-cusum, p1: 0.02 }, limits: { centre: 0.03 }',
    'from: one/ng, chart: bernoulli-cusum, limits: { centre: 0 }',
    'from: one/gap, chart: g, limits: { centre: -3 }',
    `${COUNTS}, by_part: { A: { limits: { centre: 1.5 } } }`,
  ])
    expect(await mistakes(settings), settings).toHaveLength(1);
});
