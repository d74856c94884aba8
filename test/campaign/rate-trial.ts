// Rate trial: how many values a second go through the whole line, from the door over the journal and the engine into the history,
// for as long as it is asked to hold them.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openReader } from '../../src/history/embedded/reader.ts';
import { verifyDataDir } from '../../src/pipeline/verify.ts';
import { freePort, startPumjil, temporaryFolder, until } from '../e2e/pumjil.ts';

export interface RateTrial {
  readonly seconds: number;
  readonly valuesPerSecond: number;
  readonly streams: number;
  /** Values in one delivery. */
  readonly batch: number;
  onProgress?(text: string): void;
}

export interface RateResult {
  readonly acknowledged: number;
  readonly refused: number;
  readonly valuesPerSecond: number;
  /** Time between the last acknowledgement and everything being in the history, s. */
  readonly drainedInS: number;
  /** Most values that were durable but not yet in the history. */
  readonly mostWaiting: number;
  /** 99 % of the deliveries were acknowledged within this time, ms. */
  readonly acknowledgedWithinMs: number;
  readonly points: number;
  /** CPU time of the process over wall time, in cores. */
  readonly cores: number;
  readonly peakMegabytes: number;
  /** What replay and history differ in, as sentences. */
  readonly differences: readonly string[];
}

const TOKEN = 'rate-trial-token-00';
const SENDERS = 4;
/** Values up to which the journal is replayed and compared at the end. */
const REPLAYED = 1_000_000;

function config(port: number, streams: number): string {
  const characteristics = Array.from(
    { length: streams },
    (_, i) =>
      `  c${i}: { from: mes/v${i}, unit: mm, chart: xbar-s, subgroup: { size: 5 }, rules: nelson, limits: { baseline: 25 } }`,
  ).join('\n');
  return `plant: { id: rate-1, name: { en: Rate trial, ko: 처리량 시험 }, timezone: Asia/Seoul, language: ko, size: small, industry: machinery_electronics }
server: { host: 127.0.0.1, port: ${port} }
data_dir: ./data
adapters:
  mes: { use: http, token: "\${MES_TOKEN}" }
characteristics:
${characteristics}
`;
}

interface HealthView {
  readonly balance: {
    readonly received: number;
    readonly accepted: number;
    readonly refused: number;
    readonly waiting: number;
  };
  readonly pointsTotal: number;
}

/** Runs the trial; senders keep the pace, and fall behind only when acknowledgements do. */
export async function runRateTrial(trial: RateTrial): Promise<RateResult> {
  const folder = temporaryFolder('rate');
  const port = await freePort();
  const pumjil = await startPumjil(folder, config(port, trial.streams), { MES_TOKEN: TOKEN });
  const latencies: number[] = [];
  let acknowledged = 0;
  let refused = 0;
  let next = 0;
  const startedMs = Date.now();
  const started = performance.now();
  const isOver = () => performance.now() - started > trial.seconds * 1000;

  async function send(): Promise<void> {
    while (!isOver()) {
      const first = next;
      next += trial.batch;
      const due = started + (first / trial.valuesPerSecond) * 1000;
      const pause = due - performance.now();
      if (pause > 0) await new Promise((resume) => setTimeout(resume, pause));
      const sent = performance.now();
      const reply = await fetch(`http://127.0.0.1:${port}/api/measurements/mes`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${TOKEN}`,
          'content-type': 'application/json',
          'idempotency-key': `k${first}`,
        },
        body: delivery(trial, startedMs, first),
      });
      await reply.text();
      if (reply.status === 200) acknowledged += trial.batch;
      else refused += trial.batch;
      latencies.push(performance.now() - sent);
    }
  }

  const health = () => pumjil.get<HealthView>('/api/health');
  let mostWaiting = 0;
  const watch = setInterval(() => {
    void health().then(({ balance }) => {
      mostWaiting = Math.max(mostWaiting, balance.waiting);
      trial.onProgress?.(
        `${((performance.now() - started) / 1000).toFixed(0)} s: ${acknowledged} acknowledged, ${balance.waiting} waiting`,
      );
    });
  }, 2000);
  await Promise.all(Array.from({ length: SENDERS }, send));
  clearInterval(watch);
  const lastAck = performance.now();
  const wallS = (lastAck - started) / 1000;
  const end = await until('everything is in the history', 120_000, async () => {
    const view = await health();
    return view.balance.waiting === 0 && view.balance.accepted >= acknowledged ? view : undefined;
  });
  const drainedInS = (performance.now() - lastAck) / 1000;
  const use = usageOf(pumjil.process.pid ?? 0);
  const differences =
    end.balance.accepted === acknowledged ? [] : [`${end.balance.accepted} accepted, ${acknowledged} acknowledged`];
  await pumjil.stop();
  const stored = storedValues(join(folder, 'data', 'plant.db'));
  if (stored !== acknowledged) differences.push(`${stored} values in the history, ${acknowledged} acknowledged`);
  // A replay keeps every point in memory: the long trial has the counts only.
  if (acknowledged <= REPLAYED) differences.push(...(await verifyDataDir(join(folder, 'data'))).differences);
  rmSync(folder, { recursive: true, force: true });
  latencies.sort((a, b) => a - b);
  return {
    acknowledged,
    refused,
    valuesPerSecond: acknowledged / wallS,
    drainedInS,
    mostWaiting,
    acknowledgedWithinMs: latencies[Math.floor(latencies.length * 0.99)] ?? Number.NaN,
    points: end.pointsTotal,
    cores: use.cpuS / wallS,
    peakMegabytes: use.residentMegabytes,
    differences,
  };
}

/** One delivery: every stream in turn, each value with a time of its own. */
function delivery(trial: RateTrial, startedMs: number, first: number): string {
  const rows: string[] = [];
  for (let i = first; i < first + trial.batch; i++) {
    const value = (5 + 0.01 * Math.sin(i * 12.9898)).toFixed(4);
    const t = startedMs + Math.floor((i / trial.valuesPerSecond) * 1000);
    rows.push(`{"tag":"v${i % trial.streams}","value":${value},"t":${t}}`);
  }
  return `[${rows.join(',')}]`;
}

/** CPU time and peak memory of a process, from /proc; NaN where there is none. */
function usageOf(pid: number): { readonly cpuS: number; readonly residentMegabytes: number } {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    const peak = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    // utime and stime are the 14th and 15th field, in hundredths of a second.
    return { cpuS: (Number(fields[11]) + Number(fields[12])) / 100, residentMegabytes: Number(peak) / 1024 };
  } catch {
    return { cpuS: Number.NaN, residentMegabytes: Number.NaN };
  }
}

function storedValues(file: string): number {
  const reader = openReader(file);
  try {
    return reader.tallies(0, Number.MAX_SAFE_INTEGER).reduce((sum, tally) => sum + tally.good, 0);
  } finally {
    reader.close();
  }
}
