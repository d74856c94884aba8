// Charts that need more of the plan than their settings.
import { beforeAll, expect, test } from 'vitest';
import { loadComponents } from '../../src/cli/load.ts';
import type { Components } from '../../src/config/components.ts';
import { loadPlan } from '../../src/config/load.ts';

let components: Components;
beforeAll(async () => {
  components = await loadComponents();
});

async function planned(settings: string) {
  const text = `plant: { id: p }
adapters:
  cell7: { use: opcua, endpoint: "opc.tcp://127.0.0.1:4840", tags: { bore: { node: "ns=2;s=Bore" } } }
characteristics:
  bore: { from: cell7/bore, ${settings} }
`;
  const { characteristics } = await loadPlan({ text, folder: import.meta.dirname, components, env: {} });
  return characteristics[0];
}

test('a chart that pools parts closes its subgroups where the part changes', async () => {
  const chart = 'chart: { use: short-run, parts: { A: { target: 10 }, B: { target: 12, sigma: 0.1 } } }';
  expect(await planned(chart)).toMatchObject({
    chart: { use: 'short-run', by: 'part', scale: 'deviation', parts: { A: { target: 10 } } },
    subgroup: { size: 1, close_on: ['part'] },
  });
  expect((await planned(`subgroup: { size: 3, close_on: [lot, part] }, ${chart}`))?.subgroup.close_on).toEqual([
    'lot',
    'part',
  ]);
});

test('charts of subgroups get a usual size, charts of single values 1', async () => {
  expect((await planned('chart: three-way'))?.subgroup.size).toBe(5);
  for (const use of ['levey-jennings', 'run', 'tool-wear', 'residual', 'percentile', 'cusum'])
    expect((await planned(`chart: ${use}`))?.subgroup.size, use).toBe(1);
});

test('several tags together get the chart t2, and stand in the plan in the order written', async () => {
  const text = `plant: { id: p }
adapters:
  cell7: { use: opcua, endpoint: "opc.tcp://127.0.0.1:4840", tags: { bore: { node: "ns=2;s=B" }, depth: { node: "ns=2;s=D" } } }
characteristics:
  seat: { from: { all: [cell7/depth, cell7/bore] }, subgroup: { size: 4 } }
  seat.slow: { from: { all: [cell7/depth, cell7/bore] }, chart: { use: mewma, lambda: 0.2 } }
`;
  const { characteristics } = await loadPlan({ text, folder: import.meta.dirname, components, env: {} });
  expect(characteristics[0]).toMatchObject({
    from: { all: ['cell7/depth', 'cell7/bore'] },
    station: 'cell7',
    chart: { use: 't2', alpha: 0.0027, covariance: 'sample' },
    subgroup: { size: 4 },
    limits: { baseline: 25 },
  });
  expect(characteristics[1]).toMatchObject({ chart: { use: 'mewma', lambda: 0.2, arl0: 370 }, subgroup: { size: 1 } });
});
