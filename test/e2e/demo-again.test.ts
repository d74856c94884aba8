// A demo that is killed and started again on the same data goes on: nothing is taken for a repeat, no counter leaps.
import { afterEach, expect, test } from 'vitest';
import { valuesOf } from '../campaign/demo-data-trial.ts';
import { type DemoHealth, type DemoRun, startDemo } from '../campaign/demo-run.ts';
import { temporaryFolder, until } from './pumjil.ts';

const running: DemoRun[] = [];

afterEach(() => {
  for (const demo of running.splice(0)) demo.kill();
});

test('a killed demo goes on with new parts, and none of them is taken for a repeat', async () => {
  const folder = temporaryFolder('demo-again');
  const args = ['--past', '0d', '--speed', '120', '--no-script'];
  const ids = ['L1.cushion', 'L2.clamp_pressure', 'L3.torque'];
  const start = async (): Promise<DemoRun> => {
    const demo = await startDemo({ args, folder, startWithinMs: 60_000 });
    running.push(demo);
    return demo;
  };
  const seen = (demo: DemoRun): Promise<true> =>
    until('ten values of each line', 40_000, async () => {
      const values = await Promise.all(ids.map((id) => valuesOf(demo, id)));
      return values.every((each) => each.length >= 10) || undefined;
    });
  const first = await start();
  await seen(first);
  first.kill();
  await until('it is gone', 10_000, () =>
    fetch(first.url).then(
      () => undefined,
      () => true,
    ),
  );

  const second = await start();
  await seen(second);
  const { balance } = await second.get<DemoHealth>('/api/health');
  expect(balance.duplicate).toBe(0);
  expect(balance.received).toBe(balance.accepted + balance.refused);
  const { streams } = await second.get<{ streams: { id: string; characteristic: string }[] }>('/api/streams');
  for (const { id } of streams.filter(({ characteristic }) => characteristic === 'L2.final')) {
    const { points } = await second.get<{ points: { n: number }[] }>(`/api/streams/${encodeURIComponent(id)}/points`);
    for (const { n } of points) expect(n).toBeLessThanOrEqual(1800);
  }
  expect(await second.stop()).toBe(0);
}, 150_000);
