// A plant that means no good: nonsense, wrong clocks, a full disk, a file saved in a hurry. What is said in return must stay true.
import { spawnSync } from 'node:child_process';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { verifyDataDir } from '../../src/pipeline/verify.ts';
import { freePort, type Pumjil, startPumjil, temporaryFolder, until } from './pumjil.ts';

const TOKEN = 'hostile-test-token-0123';
const started: Pumjil[] = [];

afterEach(async () => {
  for (const pumjil of started.splice(0)) await pumjil.kill();
});

function config(port: number, more = ''): string {
  return `plant: { id: hostile-1, name: { en: Hostile, ko: 시험 }, timezone: Asia/Seoul, language: ko, size: small, industry: machinery_electronics }
server: { host: 127.0.0.1, port: ${port} }
data_dir: ./data
adapters:
  mes: { use: http, token: "\${MES_TOKEN}" }
${more}characteristics:
  bore: { from: mes/bore, unit: mm, chart: i-mr, limits: { centre: 10, sigma: 0.1 } }
`;
}

async function start(folder: string, port: number): Promise<Pumjil> {
  const pumjil = await startPumjil(folder, config(port), { MES_TOKEN: TOKEN });
  started.push(pumjil);
  return pumjil;
}

async function post(pumjil: Pumjil, body: unknown, adapter = 'mes'): Promise<{ status: number; body: unknown }> {
  const reply = await fetch(`${pumjil.url}/api/measurements/${adapter}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: reply.status, body: await reply.json() };
}

interface Balance {
  readonly received: number;
  readonly accepted: number;
  readonly duplicate: number;
  readonly refused: number;
  readonly waiting: number;
}

async function balance(pumjil: Pumjil): Promise<Balance> {
  return (await pumjil.get<{ balance: Balance }>('/api/health')).balance;
}

test('nonsense is refused and counted without a flood in the log, a wild clock does not stop the chart', async () => {
  const folder = temporaryFolder('nonsense');
  const pumjil = await start(folder, await freePort());
  const nowMs = Date.now();
  expect((await post(pumjil, [{ tag: 'bore', value: 10, t: nowMs + 50 * 365 * 86_400_000 }])).status).toBe(200);
  // Numbers at the end of their range, and keys that JSON.parse would confuse.
  await post(pumjil, [
    { tag: 'bore', value: 1.7e308, t: nowMs + 1 },
    { tag: 'bore', value: -1.7e308, t: nowMs + 2 },
  ]);
  for (const key of ['\\', '\n'])
    await post(
      pumjil,
      `[{"tag":"bore","value":10,"t":${nowMs + 10 + key.charCodeAt(0)},"context":{"a":"1",${JSON.stringify(key)}:"2"}}]`,
    );
  for (let i = 0; i < 100; i++)
    expect((await post(pumjil, i % 2 ? '{"tag":' : [{ value: 1 }])).status).toBe(i % 2 ? 400 : 200);
  expect((await post(pumjil, `${'['.repeat(100_000)}${']'.repeat(100_000)}`)).status).toBe(200);
  // Refused rows count although nothing good follows them.
  await until('all is counted', 10_000, async () => {
    const { received, accepted, refused, waiting } = await balance(pumjil);
    return received === 106 && accepted === 5 && refused === 101 && waiting === 0;
  });
  expect(pumjil.log().split('"msg":"refused"').length - 1).toBeLessThanOrEqual(3);
  const rows = await pumjil.get<{
    measurements: readonly { context: Record<string, string>; reason: string | null }[];
  }>('/api/streams/bore/measurements');
  expect(rows.measurements.filter((row) => row.reason === 'clock_ahead')).toHaveLength(1);
  expect(rows.measurements.flatMap((row) => Object.keys(row.context))).toEqual(expect.arrayContaining(['\\', '\n']));
  await until('the chart has gone on', 10_000, async () => {
    const { points } = await pumjil.get<{ points: readonly { value: number | null }[] }>('/api/streams/bore/points');
    return points.some((point) => point.value === 10);
  });
  expect(await pumjil.stop()).toBe(0);
  expect((await verifyDataDir(join(folder, 'data'))).differences).toEqual([]);
}, 60_000);

const hasLimits = spawnSync('prlimit', ['--version']).status === 0;

test.skipIf(!hasLimits)(
  'a disk that is full stops confirming and says why; sign-in and reading work, and it goes on by itself',
  async () => {
    const folder = temporaryFolder('full');
    const pumjil = await start(folder, await freePort());
    const pid = String(pumjil.process.pid);
    let n = 0;
    const rows = (count: number) =>
      Array.from({ length: count }, () => ({ tag: 'bore', value: 10, t: 1_700_000_000_000 + n++ * 1000 }));
    expect((await post(pumjil, rows(100))).status).toBe(200);
    spawnSync('prlimit', ['--pid', pid, '--fsize=8192:unlimited']);
    const refused = await until('it no longer confirms', 10_000, async () => {
      const reply = await post(pumjil, rows(500));
      return reply.status === 200 ? undefined : reply;
    });
    expect(refused).toMatchObject({ status: 429, body: { code: 'JOURNAL_FULL' } });
    const ready = await until('it is not ready', 5000, async () => {
      const reply = await fetch(`${pumjil.url}/readyz`);
      return reply.status === 503 ? ((await reply.json()) as { because: string }) : undefined;
    });
    expect(ready.because).toMatch(/could not be written/);
    // The first question signs in.
    expect((await balance(pumjil)).accepted).toBeGreaterThanOrEqual(100);
    spawnSync('prlimit', ['--pid', pid, '--fsize=unlimited']);
    await until('it is ready again, unasked', 15_000, async () => (await fetch(`${pumjil.url}/readyz`)).status === 200);
    expect((await post(pumjil, rows(10))).status).toBe(200);
    await until('everything is written', 10_000, async () => (await balance(pumjil)).waiting === 0);
    expect(await pumjil.stop()).toBe(0);
    expect((await verifyDataDir(join(folder, 'data'))).differences).toEqual([]);
  },
  60_000,
);

test('a configuration saved in a storm, removed and moved to another port never loses a row that was confirmed', async () => {
  const folder = temporaryFolder('storm');
  const port = await freePort();
  const pumjil = await start(folder, port);
  const file = join(folder, 'pumjil.yaml');
  let n = 0;
  let confirmed = 0;
  const statuses = new Set<number>();
  async function one(): Promise<void> {
    const { status } = await post(pumjil, [{ tag: 'bore', value: 10, t: 1_700_000_000_000 + n++ * 1000 }]);
    statuses.add(status);
    if (status === 200) confirmed += 1;
  }
  for (let i = 0; i < 20; i++) {
    const text = config(port, `  two: { use: http, token: "\${MES_TOKEN}", max_rows: ${i + 1} }\n`);
    if (i % 2 === 0) writeFileSync(file, text);
    else {
      writeFileSync(`${file}.new`, text);
      renameSync(`${file}.new`, file);
    }
    await one();
  }
  await until('the last one is in force', 10_000, async () => {
    await one();
    return (await post(pumjil, [], 'two')).status === 200;
  });
  rmSync(file);
  await until('the missing file is told', 15_000, () => pumjil.log().includes('does not exist'));
  await one();
  writeFileSync(file, config(port + 1));
  await until('what needs a new start is told', 15_000, () => /"sections":\["server"\]/.test(pumjil.log()));
  expect((await post(pumjil, [], 'two')).status).toBe(404);
  await one();
  expect([...statuses]).toEqual([200]);
  await until('everything confirmed is written', 10_000, async () => {
    const { accepted, waiting } = await balance(pumjil);
    return accepted === confirmed && waiting === 0;
  });
  expect(await pumjil.stop()).toBe(0);
  expect((await verifyDataDir(join(folder, 'data'))).differences).toEqual([]);
}, 60_000);
