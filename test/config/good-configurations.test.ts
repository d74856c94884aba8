// Each <name>.good.yaml must load as it stands, and mean what is said here.
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { loadComponents } from '../../src/cli/load.ts';
import type { Components } from '../../src/config/components.ts';
import { planDiff } from '../../src/config/diff.ts';
import { enginePlan, planHash } from '../../src/config/hash.ts';
import { loadPlan } from '../../src/config/load.ts';
import type { Plan } from '../../src/config/plan.ts';

const path = join(import.meta.dirname, 'complete.good.yaml');
const env = { UA: 'opc-ua-password', MES_TOKEN: 'a-token-of-some-length' };

let components: Components;
let plan: Plan;
beforeAll(async () => {
  components = await loadComponents();
  plan = await loadPlan({ path, components, env });
});

test('every adapter is there with its defaults and secrets filled in', () => {
  expect(plan.adapters.map(({ id, use }) => `${id} ${use}`)).toEqual([
    'press3 modbus',
    'cell7 opcua',
    'bench mqtt',
    'mes http',
    'cmm file',
  ]);
  expect(plan.adapters[0]?.settings).toMatchObject({ port: 5020, timeout_ms: expect.any(Number) });
  expect(plan.adapters[1]?.settings).toMatchObject({ user: { password: 'opc-ua-password' } });
});

test('every short form is written out', () => {
  const [cushion, leak, bore] = plan.characteristics;
  expect(cushion).toMatchObject({
    from: { tag: 'press3/cushion' },
    part: 'press3/part_no',
    split_by: ['cavity'],
    by_part: { 'CV-2200': { spec: { lower: 5, target: 6, upper: 7 } } },
    subgroup: { size: 5, every_s: 3600, close_on: ['lot', 'tool'], partial: 'judge' },
    chart: { use: 'xbar-s' },
    rules: [{ id: 'N1' }, { id: 'N2' }],
    limits: { baseline: 25 },
    gauge: 'CAL-7',
  });
  expect(leak).toMatchObject({
    from: { count: 'bench/a/ng', inspected: 'bench/a/total', counter: 'cumulative' },
    split_by: ['defect'],
    chart: { use: 'p' },
  });
  expect(bore).toMatchObject({ chart: { use: 'ewma', lambda: 0.2, width: 2.7 }, limits: { centre: 12, sigma: 0.01 } });
  expect(bore?.rules.map((rule) => rule.id)).toEqual(['N1', 'N2', 'N3', 'N4', 'N5', 'N6', 'N8', 'X1']);
});

test('the plan is plain JSON, loads the same twice, and holds no secret for the engine', async () => {
  expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  const again = await loadPlan({ path, components, env });
  expect(planDiff(plan, again).isEmpty).toBe(true);
  expect(planHash(again)).toBe(planHash(plan));
  const engine = JSON.stringify(enginePlan(plan));
  for (const secret of Object.values(env)) expect(engine).not.toContain(secret);
});
