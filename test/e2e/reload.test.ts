// A changed configuration while it runs: new limits and another subgroup size in the middle, then a kill and a replay.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { verifyDataDir } from '../../src/pipeline/verify.ts';
import { freePort, type Pumjil, startPumjil, temporaryFolder, until } from './pumjil.ts';

const TOKEN = 'reload-test-token-0123';

function config(port: number, characteristic: string): string {
  return `plant: { id: reload-1, name: { en: Reload, ko: 설정 변경 }, timezone: Asia/Seoul, language: ko, size: small, industry: machinery_electronics }
server: { host: 127.0.0.1, port: ${port} }
data_dir: ./data
adapters:
  mes: { use: http, token: "\${MES_TOKEN}" }
characteristics:
  bore: ${characteristic}
`;
}

interface Events {
  readonly events: readonly { readonly kind: string; readonly data: Readonly<Record<string, unknown>> }[];
}

async function post(pumjil: Pumjil, from: number, n: number): Promise<void> {
  const rows = Array.from({ length: n }, (_, i) => ({
    tag: 'bore',
    value: 10 + ((from + i) % 7) / 100,
    t: 1_700_000_000_000 + (from + i) * 1000,
  }));
  const reply = await fetch(`${pumjil.url}/api/measurements/mes`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', 'idempotency-key': `k${from}` },
    body: JSON.stringify(rows),
  });
  expect([reply.status, await reply.json()]).toEqual([200, { accepted: n, duplicates: 0, rejected: [] }]);
}

test('new limits and a changed subgroup size are taken over at once, a bad file is not, and a kill changes nothing', async () => {
  const folder = temporaryFolder('reload');
  const port = await freePort();
  const env = { MES_TOKEN: TOKEN };
  const first =
    '{ from: mes/bore, unit: mm, subgroup: { size: 5 }, chart: xbar-r, limits: { centre: 10.03, sigma: 0.02 } }';
  const second =
    '{ from: mes/bore, unit: mm, subgroup: { size: 3 }, chart: xbar-r, limits: { centre: 10, sigma: 0.01 } }';
  let pumjil = await startPumjil(folder, config(port, first), env);
  await post(pumjil, 0, 27);
  const file = join(folder, 'pumjil.yaml');

  writeFileSync(file, config(port, '{ from: mes/bore, unit: mm, chart: xbarr }'));
  await until('the bad file is refused', 10_000, () => pumjil.log().includes('configuration refused'));
  await post(pumjil, 27, 5);

  writeFileSync(file, config(port, second));
  await until('the new configuration is in force', 10_000, async () => {
    const { events } = await pumjil.get<Events>('/api/events?kind=config&limit=10');
    return events.length === 2;
  });
  await post(pumjil, 32, 10);
  await pumjil.kill();

  pumjil = await startPumjil(folder, config(port, second), env);
  await post(pumjil, 42, 10);
  const before = await until('everything is written', 10_000, async () => {
    const health = await pumjil.get<{ eventHash: string; balance: { accepted: number; waiting: number } }>(
      '/api/health',
    );
    return health.balance.accepted === 52 && health.balance.waiting === 0 ? health : undefined;
  });
  expect(await pumjil.stop()).toBe(0);

  const verified = await verifyDataDir(join(folder, 'data'));
  expect(verified.differences).toEqual([]);
  expect(verified.eventHash).toBe(before.eventHash);
  // 27 + 5 values in fives with two left, which the change closes; then 10 + 10 in threes with two left open. Two lanes each.
  expect(verified.points).toBe(2 * (6 + 1 + 6));
}, 60_000);
