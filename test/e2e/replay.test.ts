// A running plant answers what other rules would have made of its past, what its rules cost, and what its budget says.
import { expect, test } from 'vitest';
import type { ReplayJson } from '../../src/api/contract.ts';
import { freePort, startPumjil, temporaryFolder, until } from './pumjil.ts';

const TOKEN = 'replay-test-token-0123';

const config = (
  port: number,
) => `plant: { id: replay-1, name: { en: Replay, ko: 재계산 }, timezone: UTC, language: ko, size: small, industry: machinery_electronics }
server: { host: 127.0.0.1, port: ${port} }
data_dir: ./data
false_alarms_per_day: 10
adapters:
  mes: { use: http, token: "\${MES_TOKEN}" }
characteristics:
  bore: { from: mes/bore, unit: mm, chart: levey-jennings, limits: { centre: 10, sigma: 0.1 } }
`;

interface Budget {
  readonly budget: number;
  readonly perDay: number;
}

test('replay, price and budget of a running plant', async () => {
  const folder = temporaryFolder('replay');
  const pumjil = await startPumjil(folder, config(await freePort()), { MES_TOKEN: TOKEN });
  // Newer than the price looks back: values of a minute each until just now.
  const endMs = Math.floor(Date.now() / 1000) * 1000 - 60_000;
  const rows = Array.from({ length: 120 }, (_, i) => ({
    tag: 'bore',
    // Half a sigma up and down; at 100, far outside; 60 to 63 two and a half sigma up.
    value: i === 100 ? 10.5 : i >= 60 && i < 64 ? 10.25 : i % 2 === 0 ? 10.05 : 9.95,
    t: endMs - (119 - i) * 60_000,
    id: `r${i}`,
  }));
  const reply = await fetch(`${pumjil.url}/api/measurements/mes`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify(rows),
  });
  expect(reply.status).toBe(200);
  await until('all points', 8000, async () => {
    const { points } = await pumjil.get<{ points: readonly unknown[] }>('/api/streams/bore/points?max=500');
    return points.length === 120 ? points : undefined;
  });
  const ask = async (body: unknown): Promise<ReplayJson> => {
    const answer = await pumjil.post('/api/streams/bore/replay', body);
    expect(answer.status).toBe(200);
    return (await answer.json()) as ReplayJson;
  };
  const events = (await pumjil.get<{ readonly events: readonly unknown[] }>('/api/events?limit=5000')).events.length;
  const same = await ask({});
  expect([same.recorded.signals, same.kept, same.gained.count, same.lost.count]).toEqual([1, 1, 0, 0]);
  expect(same.check).toEqual({ points: 120, equal: 120 });
  const more = await ask({ rules: 'western-electric' });
  // Two of three beyond two sigma from the second of the four values on.
  expect(more.gained.signals.map(({ timeMs, sentence }) => [timeMs, sentence])).toContainEqual([
    endMs - (119 - 61) * 60_000,
    '2 of 3 beyond 2 sigma on one side',
  ]);
  const after = (await pumjil.get<{ readonly events: readonly unknown[] }>('/api/events?limit=5000')).events.length;
  expect(after).toBe(events);

  const { price } = await pumjil.get<{ price: { readonly arl0: number; readonly pointsPerDay: number } }>(
    '/api/rules/price?stream=bore',
  );
  // The default set, 216 by Champ and Woodall's chain; a point a minute around the clock.
  expect([Math.floor(price.arl0), price.pointsPerDay]).toEqual([216, 1440]);
  // p (1 - p) of one point beyond three sigma and 2/1024 of nine on one side, 1440 times a day.
  const budget = await pumjil.get<Budget>('/api/rules/budget');
  expect(budget.budget).toBe(10);
  expect(budget.perDay).toBeCloseTo(1440 * (0.0026925071675297 + 2 / 1024), 6);
  await pumjil.stop();
}, 60_000);
