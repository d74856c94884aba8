// Outage trial: the same plant against a real influxd that is stopped for a while. Number and sum of the values of every stream must equal the journal's.
import { join } from 'node:path';
import { verifyDataDir } from '../../src/pipeline/verify.ts';
import { startInfluxd } from '../contract/influxd.ts';
import { freePort, startPumjil, temporaryFolder, until } from '../e2e/pumjil.ts';

export interface InfluxTrial {
  readonly beforeMs: number;
  readonly outageMs: number;
  readonly valuesPerSecond: number;
  onProgress?(text: string): void;
}

export interface InfluxResult {
  readonly sent: number;
  /** Streams whose count or sum differs, as sentences. */
  readonly differences: readonly string[];
  readonly streams: number;
  /** Slowest answer of the screens' API while influxd was away, ms. */
  readonly slowestAnswerMs: number;
  /** Points that the live stream brought while influxd was away. */
  readonly pointsDuringOutage: number;
  readonly drainedInMs: number;
}

const TOKEN = 'influx-trial-token-0';
const STREAMS = 4;

function config(port: number, url: string): string {
  const characteristics = Array.from(
    { length: STREAMS },
    (_, i) =>
      `  c${i}: { from: mes/v${i}, unit: mm, class: critical, chart: i-mr, rules: nelson, limits: { baseline: 25 } }`,
  ).join('\n');
  return `plant: { id: influx-1, name: { en: Influx trial, ko: 저장소 시험 }, timezone: Asia/Seoul, language: ko, size: small, industry: machinery_electronics }
server: { host: 127.0.0.1, port: ${port} }
data_dir: ./data
history: { use: influxdb, url: "${url}", database: pumjil }
adapters:
  mes: { use: http, token: "\${MES_TOKEN}" }
characteristics:
${characteristics}
`;
}

interface HealthView {
  readonly history: { readonly backlog: number };
  readonly balance: { readonly accepted: number; readonly waiting: number };
  readonly pointsTotal: number;
}

/** Runs the trial; needs Debian's influxd. */
export async function runInfluxTrial(trial: InfluxTrial): Promise<InfluxResult> {
  const folder = temporaryFolder('influx');
  const influxd = await startInfluxd();
  const port = await freePort();
  const pumjil = await startPumjil(folder, config(port, influxd.url), { MES_TOKEN: TOKEN });
  let sent = 0;
  let isOver = false;
  let at = Date.now();
  const started = performance.now();

  async function feed(): Promise<void> {
    while (!isOver) {
      const rows = Array.from({ length: 20 }, (_, i) => {
        at = Math.max(at + 1, Date.now());
        return { tag: `v${i % STREAMS}`, value: 5 + Math.sin(sent + i) / 10, t: at };
      });
      const reply = await fetch(`http://127.0.0.1:${port}/api/measurements/mes`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${TOKEN}`,
          'content-type': 'application/json',
          'idempotency-key': `k${sent}`,
        },
        body: JSON.stringify(rows),
      });
      if (reply.status !== 200) throw new Error(`${reply.status} ${await reply.text()}`);
      await reply.body?.cancel();
      sent += rows.length;
      const pause = (sent / trial.valuesPerSecond) * 1000 - (performance.now() - started);
      if (pause > 0) await new Promise((next) => setTimeout(next, pause));
    }
  }

  const feeding = feed();
  const health = () => pumjil.get<HealthView>('/api/health');
  await new Promise((next) => setTimeout(next, trial.beforeMs));
  trial.onProgress?.('influxd stops');
  await influxd.kill();
  const pointsBefore = (await health()).pointsTotal;
  let slowestAnswerMs = 0;
  const outageEnds = performance.now() + trial.outageMs;
  while (performance.now() < outageEnds) {
    const asked = performance.now();
    await pumjil.get('/api/streams/c0/points?max=200');
    slowestAnswerMs = Math.max(slowestAnswerMs, performance.now() - asked);
    await new Promise((next) => setTimeout(next, 250));
  }
  const pointsDuringOutage = (await health()).pointsTotal - pointsBefore;
  trial.onProgress?.('influxd starts again');
  await influxd.start();
  const drainFrom = performance.now();
  isOver = true;
  await feeding;
  await until('the outbox is empty', 60_000, async () => {
    const { history, balance } = await health();
    return history.backlog === 0 && balance.accepted >= sent && balance.waiting === 0 ? true : undefined;
  });
  const drainedInMs = performance.now() - drainFrom;
  await pumjil.stop();
  const verified = await verifyDataDir(join(folder, 'data'));
  const differences = [...verified.differences];
  for (const [id, { count, sum }] of verified.series) {
    const reply = await fetch(
      `${influxd.url}/query?db=pumjil&q=${encodeURIComponent(`SELECT count(value), sum(value) FROM pumjil_measurement WHERE characteristic = '${id}'`)}`,
    );
    // InfluxDB answers { results: [{ series: [{ values: [[time, count, sum]] }] }] }.
    const answer = (await reply.json()) as { results: { series?: { values: [unknown, number, number][] }[] }[] };
    const [, n = 0, total = Number.NaN] = answer.results[0]?.series?.[0]?.values[0] ?? [];
    if (n !== count) differences.push(`${id}: ${n} values in InfluxDB, ${count} in the journal`);
    if (!(Math.abs(total - sum) <= 1e-9 * Math.abs(sum)))
      differences.push(`${id}: sum ${total} in InfluxDB, ${sum} in the journal`);
  }
  await influxd.stop();
  return { sent, differences, streams: verified.series.size, slowestAnswerMs, pointsDuringOutage, drainedInMs };
}
