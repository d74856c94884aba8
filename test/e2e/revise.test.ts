// Late and corrected values over HTTP: they are charted in production order, and a point excluded by a person stays excluded.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { verifyDataDir } from '../../src/pipeline/verify.ts';
import { freePort, type Pumjil, startPumjil, temporaryFolder, until } from './pumjil.ts';

const TOKEN = 'revise-test-token-0123';
const T0 = 1_700_000_000_000;

const config = (
  port: number,
) => `plant: { id: revise-1, name: { en: Revise, ko: 정정 }, timezone: Asia/Seoul, language: ko, size: small, industry: machinery_electronics }
server: { host: 127.0.0.1, port: ${port} }
data_dir: ./data
adapters:
  mes: { use: http, token: "\${MES_TOKEN}" }
characteristics:
  bore: { from: mes/bore, unit: mm, chart: i-mr, limits: { centre: 10, sigma: 0.1 } }
`;

interface Points {
  readonly points: readonly {
    readonly id: string;
    readonly lane: number;
    readonly timeMs: number;
    readonly value: number;
    readonly status: string;
    readonly rules: readonly string[];
  }[];
}

async function post(
  pumjil: Pumjil,
  ...rows: readonly (readonly [id: string, s: number, value: number, corrects?: string])[]
) {
  const reply = await fetch(`${pumjil.url}/api/measurements/mes`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify(
      rows.map(([id, s, value, corrects]) => ({
        tag: 'bore',
        value,
        t: T0 + s * 1000,
        id,
        ...(corrects === undefined ? {} : { context: { corrects } }),
      })),
    ),
  });
  expect([reply.status, await reply.json()]).toEqual([200, { accepted: rows.length, duplicates: 0, rejected: [] }]);
}

test('late and corrected rows are charted in production order, and an excluded point stays excluded', async () => {
  const folder = temporaryFolder('revise');
  const pumjil = await startPumjil(folder, config(await freePort()), { MES_TOKEN: TOKEN });
  const chart = async () => {
    const { points } = await pumjil.get<Points>('/api/streams/bore/points');
    return points.filter((point) => point.lane === 0);
  };
  await post(pumjil, ['a', 0, 10], ['b', 1, 10.02], ['c', 4, 9.99], ['d', 5, 100], ['e', 6, 10.01]);
  const before = await until('five points', 5000, async () => {
    const points = await chart();
    return points.length === 5 ? points : undefined;
  });
  expect(before.map((point) => point.rules)).toEqual([[], [], [], ['N1'], []]);
  const reply = await pumjil.post('/api/streams/bore/exclude', { point: before[2]?.id, reason: 'dropped part' });
  expect(reply.status).toBe(200);
  expect((await chart()).map((point) => point.status)).toEqual(['judged', 'judged', 'excluded', 'judged', 'judged']);

  await post(pumjil, ['f', 3, 10.03], ['g', 5, 10, 'd'], ['h', 2, 10.04]);
  const after = await until('judged again', 8000, async () => {
    const points = await chart();
    return points.length === 7 ? points : undefined;
  });
  expect(after.map((point) => [(point.timeMs - T0) / 1000, point.value, point.status])).toEqual([
    [0, 10, 'judged'],
    [1, 10.02, 'judged'],
    [2, 10.04, 'judged'],
    [3, 10.03, 'judged'],
    [4, 9.99, 'excluded'],
    [5, 10, 'judged'],
    [6, 10.01, 'judged'],
  ]);
  expect(after.flatMap((point) => point.rules)).toEqual([]);
  const { alarms } = await pumjil.get<{ alarms: readonly unknown[] }>('/api/alarms');
  expect(alarms).toHaveLength(1);
  const { measurements } = await pumjil.get<{ measurements: readonly unknown[] }>('/api/streams/bore/measurements');
  expect(measurements).toHaveLength(8);
  const { events } = await pumjil.get<{ events: readonly unknown[] }>('/api/events?kind=revision&limit=10');
  expect(events).toMatchObject([{ data: { late: 2, corrected: 1, lost: 2, leftOut: [expect.any(String)] } }]);
  expect(await pumjil.stop()).toBe(0);
  expect((await verifyDataDir(join(folder, 'data'))).differences).toEqual([]);
}, 60_000);
