// InfluxDB stays away until what waits for it has reached the limit: first with `stop`, then with `drop_oldest`, then it returns.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { verifyDataDir } from '../../src/pipeline/verify.ts';
import { startInfluxd, whyNoInfluxd } from '../contract/influxd.ts';
import { freePort, startPumjil, temporaryFolder, until } from './pumjil.ts';

const TOKEN = 'full-test-token-0123';
const ROWS = 100;
const why = whyNoInfluxd();

interface HealthView {
  readonly balance: Readonly<
    Record<'received' | 'accepted' | 'duplicate' | 'refused' | 'stored' | 'waiting' | 'quarantined' | 'lost', number>
  >;
  readonly warnings: readonly { readonly code: string }[];
}

function config(port: number, influxUrl: string, whenFull: string): string {
  return `plant: { id: full-1, name: { en: Full, ko: 시험 }, timezone: Asia/Seoul, language: ko, size: small, industry: machinery_electronics }
server: { host: 127.0.0.1, port: ${port} }
data_dir: ./data
history: { use: influxdb, url: "${influxUrl}", database: pumjil }
journal: { max_gb: 0.0001, when_full: ${whenFull} }
adapters:
  mes: { use: http, token: "\${MES_TOKEN}" }
characteristics:
  bore: { from: mes/bore, unit: mm, chart: i-mr, limits: { centre: 10, sigma: 0.1 } }
`;
}

test.skipIf(why !== undefined)(
  `an outage beyond the limit: stop refuses and says whom it waits for, drop_oldest counts what goes, the balance holds${why === undefined ? '' : ` (${why})`}`,
  async () => {
    const folder = temporaryFolder('full');
    const influxd = await startInfluxd();
    onTestFinished(() => influxd.stop());
    const port = await freePort();
    const pumjil = await startPumjil(folder, config(port, influxd.url, 'stop'), { MES_TOKEN: TOKEN });
    onTestFinished(() => pumjil.kill());
    let n = 0;

    async function post(): Promise<{ status: number; body: Readonly<Record<string, unknown>> }> {
      const rows = Array.from({ length: ROWS }, (_, i) => ({
        tag: 'bore',
        value: 10 + (((n + i) * 7919) % 1009) / 5000,
        t: 1_700_000_000_000 + (n + i) * 1000,
      }));
      const reply = await fetch(`${pumjil.url}/api/measurements/mes`, {
        method: 'POST',
        headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
        body: JSON.stringify(rows),
      });
      if (reply.status === 200) n += ROWS;
      // An object, whatever the status.
      return { status: reply.status, body: (await reply.json()) as Record<string, unknown> };
    }

    /** The health, once both equations of G3 were seen to hold. */
    async function health(): Promise<HealthView> {
      const view = await pumjil.get<HealthView>('/api/health');
      const { received, accepted, duplicate, refused, stored, waiting, quarantined, lost } = view.balance;
      expect(accepted + duplicate + refused).toBe(received);
      expect(stored + waiting + quarantined + lost).toBe(accepted);
      return view;
    }

    await post();
    await until('InfluxDB has the first values', 20_000, async () => (await health()).balance.stored === ROWS);
    await influxd.kill();

    const refused = await until('it no longer confirms', 30_000, async () => {
      const reply = await post();
      await health();
      return reply.status === 200 ? undefined : reply;
    });
    expect(refused).toMatchObject({
      status: 429,
      body: { code: 'JOURNAL_FULL', message: expect.stringContaining('InfluxDB') },
    });
    const ready = await fetch(`${pumjil.url}/readyz`);
    expect([ready.status, await ready.json()]).toMatchObject([503, { because: expect.stringContaining('InfluxDB') }]);
    expect((await health()).balance).toMatchObject({ stored: ROWS, waiting: n - ROWS, lost: 0 });

    // The operator decides that the newest values matter more: no restart.
    writeFileSync(join(folder, 'pumjil.yaml'), config(port, influxd.url, 'drop_oldest'));
    await until('it is ready again', 20_000, async () => (await fetch(`${pumjil.url}/readyz`)).status === 200);
    const before = n;
    while (n < 3 * before) {
      expect((await post()).status).toBe(200);
      await health();
    }
    const dropped = await until('all is written', 10_000, async () => {
      const view = await health();
      return view.balance.accepted === n && view.warnings.length > 0 ? view : undefined;
    });
    expect(dropped.warnings).toMatchObject([{ code: 'values_dropped' }]);
    expect(pumjil.log()).toContain('oldest values dropped');

    await influxd.start();
    const { balance } = await until('InfluxDB has taken the rest', 60_000, async () => {
      const view = await health();
      return view.balance.waiting === 0 ? view : undefined;
    });
    expect(balance.lost).toBeGreaterThan(0);
    expect(balance.stored + balance.lost).toBe(n);
    const reply = await fetch(
      `${influxd.url}/query?db=pumjil&q=${encodeURIComponent('SELECT count(value) FROM pumjil_measurement')}`,
    );
    // InfluxDB answers { results: [{ series: [{ values: [[time, count]] }] }] }.
    const answer = (await reply.json()) as { results: { series?: { values: [unknown, number][] }[] }[] };
    expect(answer.results[0]?.series?.[0]?.values[0]?.[1]).toBe(balance.stored);
    expect(await pumjil.stop()).toBe(0);
    const verified = await verifyDataDir(join(folder, 'data'));
    expect({ differences: verified.differences, damage: verified.damage }).toEqual({ differences: [], damage: [] });
    expect(verified.balance.accepted).toBe(n);
  },
  180_000,
);
