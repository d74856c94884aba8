// The demo's configuration is taken by the product's own loader, and says what the plant file says.
import { expect, test } from 'vitest';
import { loadComponents } from '../src/cli/load.ts';
import { loadPlan } from '../src/config/load.ts';
import type { Plan } from '../src/config/plan.ts';
import { backfillConfig, DEMO_SECRETS, demoConfig } from './config.ts';
import { loadPlantFile } from './model/plant-file.ts';

const file = loadPlantFile();
const ports = { l1: 5020, l2: 4840, l3: 1883 };

async function load(text: string): Promise<Plan> {
  return loadPlan({ text, components: await loadComponents(), env: DEMO_SECRETS });
}

test('both configurations are right, and name every characteristic and attribute of the plant file', async () => {
  const live = await load(demoConfig({ speed: 60, ports, folder: './inbox', language: 'ko' }));
  const past = await load(backfillConfig({ folder: './past', language: 'ko' }));
  const expected = [...file.characteristics, ...file.attributes].map((each) => each.id);
  expect(live.characteristics.map((each) => each.id)).toEqual(expected);
  expect(past.characteristics.map((each) => each.id)).toEqual(expected);
  expect(live.adapters.map((each) => each.id)).toEqual(past.adapters.map((each) => each.id));
});

test('past and live values run into the same streams: everything but where part and context come from is equal', async () => {
  const live = await load(demoConfig({ speed: 60, ports, folder: './inbox', language: 'en' }));
  const past = await load(backfillConfig({ folder: './past', language: 'en' }));
  const withoutSource = (plan: Plan) => plan.characteristics.map(({ part: _, context: __, ...rest }) => rest);
  expect(withoutSource(live)).toEqual(withoutSource(past));
});

test('the speed of the clock changes how often is looked, never how a characteristic is judged', async () => {
  const at = (speed: number) => load(demoConfig({ speed, ports, folder: './inbox', language: 'ko' }));
  const [slow, fast] = [await at(1), await at(600)];
  expect(fast.characteristics).toEqual(slow.characteristics);
  expect(fast.adapters).not.toEqual(slow.adapters);
});

test('sampling sentences become counts, special characteristics classes, a part of its own a specification of its own', async () => {
  const plan = await load(demoConfig({ speed: 60, ports, folder: './inbox', language: 'ko' }));
  const of = (id: string) => plan.characteristics.find((each) => each.id === id);
  // 15 min and 30 min of a 38 s cycle.
  expect(of('L1.melt_temp')?.sample).toEqual({ take: 1, of: 24 });
  expect(of('L1.cushion')?.sample).toEqual({ take: 5, of: 47 });
  expect(of('L1.cushion')?.subgroup.size).toBe(5);
  expect(of('L3.op_current')?.sample).toEqual({ take: 1, of: 10 });
  expect(of('L3.test_pressure')?.sample).toEqual({ take: 1, of: 20 });
  // Every part: one in ten, which meets every position.
  expect(of('L3.leak')?.sample).toEqual({ take: 1, of: 10 });
  expect(of('L2.vibration')?.sample).toEqual({ take: 1, of: 1 });
  expect(of('L3.torque')?.class).toBe('critical');
  expect(of('L1.weight')?.split_by).toEqual(['cavity']);
  expect(of('L1.weight')?.by_part['CV-2200-CV']?.spec).toEqual({ lower: 46.9, target: 47.2, upper: 47.5 });
  expect(of('L3.leak')?.chart).toMatchObject({ use: 'i-mr', transform: 'ln' });
  expect(of('L3.leak')?.spec).toEqual({ target: 0.8, upper: 3 });
  expect(of('L2.depth')?.gauge).toBe('G-DD1');
  // Long-run limits where lots make up much of what the means do; a slipped decimal point is no process.
  expect(of('L1.fill_time')?.limits).toEqual({ centre: 1.85, sigma: 0.01697 });
  expect(of('L1.hold_pressure')?.limits).toEqual({ baseline: 25 });
  expect(of('L1.moisture')?.plausible).toEqual({ lower: 0, upper: 0.6 });
  expect(of('L1.weight')?.plausible).toEqual({ lower: 41.1, upper: 48.7 });
  expect(of('L1.visual')?.from).toMatchObject({ counter: 'cumulative' });
});
