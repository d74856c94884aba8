// Kill trial: Pumjil is killed with -9 again and again while plant and broker live on and write down what was acknowledged.
// Afterwards every acknowledged value must be in the history exactly once, and one uninterrupted replay must give the same event hash.
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Aedes } from 'aedes';
import mqtt from 'mqtt';
import { openReader } from '../../src/history/embedded/reader.ts';
import { verifyDataDir } from '../../src/pipeline/verify.ts';
import { freePort, type Pumjil, startPumjil, temporaryFolder, until } from '../e2e/pumjil.ts';

export interface KillTrial {
  readonly kills: number;
  /** Least wall time of the trial, ms; a kill comes after a random pause of durationMs / kills on average. */
  readonly durationMs: number;
  readonly valuesPerSecond: number;
  readonly seed: number;
  onProgress?(text: string): void;
}

export interface KillResult {
  readonly kills: number;
  readonly seconds: number;
  readonly acknowledgedMqtt: number;
  readonly acknowledgedHttp: number;
  readonly valuesPerSecond: number;
  readonly missing: number;
  readonly twice: number;
  readonly differences: readonly string[];
  readonly liveHash: string;
  readonly replayHash: string;
  readonly alarms: number;
  readonly points: number;
  readonly duplicates: number;
  readonly longestStartMs: number;
  readonly balance: {
    readonly received: number;
    readonly accepted: number;
    readonly duplicate: number;
    readonly refused: number;
  };
}

const TOKEN = 'kill-trial-token-0123';

function config(httpPort: number, mqttPort: number): string {
  const characteristics = Array.from({ length: 5 }, (_, i) => {
    const chart = i === 0 ? '{ use: ewma }' : 'i-mr';
    return `  c${i}: { from: bench/v${i}, unit: mm, class: critical, spec: { lower: 4, target: 5, upper: 6 }, split_by: [head], chart: ${chart}, rules: nelson, limits: { baseline: 25 } }`;
  }).join('\n');
  return `plant: { id: kill-1, name: { en: Kill trial, ko: 강제종료 시험 }, timezone: Asia/Seoul, language: ko, size: small, industry: machinery_electronics }
server: { host: 127.0.0.1, port: ${httpPort} }
data_dir: ./data
adapters:
  bench: { use: mqtt, url: "mqtt://127.0.0.1:${mqttPort}", client_id: pumjil-kill, topics: { "plant/+/quality": { payload: json, name: "{key}" } } }
  mes: { use: http, token: "\${MES_TOKEN}" }
characteristics:
${characteristics}
  h0: { from: mes/h0, unit: mm, class: significant, subgroup: { size: 5 }, chart: xbar-s, rules: western-electric, limits: { baseline: 25 } }
`;
}

/** A small repeatable generator: uniform in [0, 1). */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Series → source times (ns as text) that were acknowledged. */
type Acknowledged = Map<string, Set<string>>;

function note(acknowledged: Acknowledged, series: string, timeMs: number): void {
  const times = acknowledged.get(series) ?? new Set<string>();
  times.add(String(BigInt(timeMs) * 1_000_000n));
  acknowledged.set(series, times);
}

/** Runs the trial in a temporary folder and returns what was found. */
export async function runKillTrial(trial: KillTrial): Promise<KillResult> {
  const folder = temporaryFolder('kill');
  const random = generator(trial.seed);
  const broker = await Aedes.createBroker();
  const tcp = createServer(broker.handle);
  const mqttPort = await new Promise<number>((done) => {
    tcp.listen(0, '127.0.0.1', () => {
      const address = tcp.address();
      done(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  const httpPort = await freePort();
  const text = config(httpPort, mqttPort);
  const env = { MES_TOKEN: TOKEN };
  const acknowledged: Acknowledged = new Map();
  let pumjil: Pumjil = await startPumjil(folder, text, env);
  await until('the subscription is there', 10_000, async () =>
    (await health(pumjil)).adapters.find((a) => a.id === 'bench')?.state === 'connected' ? true : undefined,
  );

  const publisher = await mqtt.connectAsync(`mqtt://127.0.0.1:${mqttPort}`, { clientId: 'plant' });
  let isOver = false;
  let timeMs = Date.now();
  let mqttValues = 0;
  let httpValues = 0;
  const started = performance.now();

  /** Four fifths of the values by MQTT, five a message, one head after the other. */
  async function publish(): Promise<void> {
    const messagesPerSecond = (trial.valuesPerSecond * 0.8) / 5;
    let sent = 0;
    while (!isOver) {
      const due = ((performance.now() - started) / 1000) * messagesPerSecond;
      const batch: Promise<unknown>[] = [];
      while (sent < due && batch.length < 100) {
        sent += 1;
        timeMs = Math.max(timeMs + 1, Date.now());
        const head = String(1 + (sent % 4));
        const values: Record<string, number> = {};
        for (let i = 0; i < 5; i++) {
          values[`v${i}`] = 5 + 0.1 * normal(random) + (random() < 0.002 ? 1 : 0);
          note(acknowledged, `c${i}~~${head}`, timeMs);
        }
        mqttValues += 5;
        batch.push(
          publisher.publishAsync(
            'plant/a/quality',
            JSON.stringify({ t: timeMs, id: `m${sent}`, context: { head }, values }),
            { qos: 1 },
          ),
        );
        if (random() < 0.02)
          batch.push(
            publisher.publishAsync(
              'plant/a/quality',
              JSON.stringify({ t: timeMs, id: `m${sent}`, context: { head }, values }),
              { qos: 1 },
            ),
          );
      }
      await Promise.all(batch);
      await new Promise((next) => setTimeout(next, 10));
    }
  }

  /** One fifth by HTTP, ten a request; a request is repeated with the same key until it is confirmed. */
  async function post(): Promise<void> {
    let sent = 0;
    let at = Date.now();
    while (!isOver || sent % 10 !== 0) {
      const rows = Array.from({ length: 10 }, () => {
        at = Math.max(at + 1, Date.now());
        return { tag: 'h0', value: 5 + 0.1 * normal(random), t: at };
      });
      const key = `k${sent}`;
      for (;;) {
        const reply = await fetch(`http://127.0.0.1:${httpPort}/api/measurements/mes`, {
          method: 'POST',
          headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', 'idempotency-key': key },
          body: JSON.stringify(rows),
          signal: AbortSignal.timeout(5000),
        }).catch(() => undefined);
        if (reply?.status === 200) break;
        await reply?.body?.cancel();
        await new Promise((next) => setTimeout(next, 50));
      }
      for (const row of rows) note(acknowledged, 'h0', row.t);
      httpValues += 10;
      sent += 10;
      const pause = sent / (trial.valuesPerSecond * 0.2) - (performance.now() - started) / 1000;
      if (pause > 0) await new Promise((next) => setTimeout(next, pause * 1000));
    }
  }

  const plant = [publish(), post()];
  const meanPauseMs = trial.durationMs / trial.kills;
  let longestStartMs = 0;
  for (let i = 0; i < trial.kills; i++) {
    // Counted from the moment it is up again, so that a slow start is not killed over and over.
    const pauseMs = random() * 2 * meanPauseMs;
    await new Promise((next) => setTimeout(next, pauseMs));
    await pumjil.kill();
    const at = performance.now();
    pumjil = await startPumjil(folder, text, env);
    longestStartMs = Math.max(longestStartMs, performance.now() - at);
    trial.onProgress?.(`kill ${i + 1} of ${trial.kills}`);
  }
  await new Promise((next) => setTimeout(next, Math.max(0, trial.durationMs - (performance.now() - started))));
  isOver = true;
  await Promise.all(plant);
  const seconds = (performance.now() - started) / 1000;
  await publisher.endAsync();

  const expected = [...acknowledged.values()].reduce((n, times) => n + times.size, 0);
  await until('everything that was sent is accepted and written', 60_000, async () => {
    const { balance } = await health(pumjil);
    return balance.accepted >= expected && balance.waiting === 0 ? true : undefined;
  }).catch(() => undefined);
  await pumjil.stop();
  await new Promise<void>((done) => {
    broker.close(() => tcp.close(() => done()));
  });

  const dataDir = join(folder, 'data');
  const verified = await verifyDataDir(dataDir);
  const { missing, twice } = compareTimes(dataDir, acknowledged);
  return {
    kills: trial.kills,
    seconds,
    acknowledgedMqtt: mqttValues,
    acknowledgedHttp: httpValues,
    valuesPerSecond: (mqttValues + httpValues) / seconds,
    missing,
    twice,
    differences: verified.differences,
    // The snapshot taken at the end is what the running system had come to.
    liveHash: verified.snapshot?.seq === verified.lastSeq ? verified.snapshot.eventHash : '',
    replayHash: verified.eventHash,
    alarms: verified.alarmIds.length,
    points: verified.points,
    duplicates: verified.balance.duplicate,
    longestStartMs,
    balance: verified.balance,
  };
}

interface HealthView {
  readonly adapters: readonly { readonly id: string; readonly state: string }[];
  readonly balance: { readonly accepted: number; readonly waiting: number };
  readonly eventHash: string;
}

function health(pumjil: Pumjil): Promise<HealthView> {
  return pumjil.get<HealthView>('/api/health');
}

/** Acknowledged values that are not in the history, and values that are there more than once. */
function compareTimes(dataDir: string, acknowledged: Acknowledged): { missing: number; twice: number } {
  const reader = openReader(join(dataDir, 'plant.db'));
  let missing = 0;
  let twice = 0;
  for (const [series, times] of acknowledged) {
    const rows = reader.measurements({ series, fromMs: 0, toMs: Number.MAX_SAFE_INTEGER, limit: 10_000_000 });
    const stored = new Set<string>();
    for (const row of rows) {
      const time = String(row.timeNs);
      if (stored.has(time)) twice += 1;
      stored.add(time);
    }
    for (const time of times) if (!stored.has(time)) missing += 1;
  }
  reader.close();
  return { missing, twice };
}
