import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { blockOf, type Given, someSeries } from '../../test/contract/history-blocks.ts';
import { startInfluxd, until, whyNoInfluxd } from '../../test/contract/influxd.ts';
import { PumjilError } from '../errors.ts';
import { openEmbeddedHistory } from './embedded/history.ts';
import { openReader } from './embedded/reader.ts';
import type { History } from './history.ts';
import { openInfluxHistory } from './influxdb/history.ts';
import { pauseAfter, runSink, type SinkState } from './sink.ts';

const unreachable = (retryAfterMs?: number) =>
  new PumjilError('HISTORY_UNREACHABLE', {
    message: 'down',
    hint: '-',
    retryable: true,
    data: retryAfterMs === undefined ? {} : { retryAfterMs },
  });

test('pauses double from 0.2 to 30 s, with jitter, and never undercut what the server asks for', () => {
  expect([1, 2, 3, 8, 9, 100].map((n) => pauseAfter(n, unreachable(), 0))).toEqual([
    200, 400, 800, 25_600, 30_000, 30_000,
  ]);
  expect(pauseAfter(1, unreachable(), 0.5)).toBe(250);
  expect(pauseAfter(1, unreachable(45_000), 0)).toBe(45_000);
  const refused = new PumjilError('HISTORY_CREDENTIALS', { message: '-', hint: '-', retryable: true });
  expect(pauseAfter(1, refused, 0)).toBe(30_000);
});

test('an outage is a cursor that waits: no block is left out, none overtakes, pauses grow', async () => {
  const stop = new AbortController();
  const taken: number[] = [];
  const pauses: number[] = [];
  const states: SinkState[] = [];
  let failing = 4;
  const history = {
    async append(block: { seq: number }) {
      if (block.seq === 3 && failing > 0) {
        failing -= 1;
        throw unreachable();
      }
      taken.push(block.seq);
    },
  } as unknown as History;
  await runSink({
    name: 'test',
    history,
    cursor: 1,
    outbox: (after, limit) =>
      [1, 2, 3, 4, 5]
        .filter((seq) => seq > after)
        .slice(0, limit)
        .map((seq) => blockOf(seq, [])),
    setCursor: (seq) => {
      if (seq === 5) stop.abort();
    },
    signal: stop.signal,
    random: () => 0,
    wait: async (ms) => {
      pauses.push(ms);
    },
    onState: (state) => states.push(state),
  });
  expect(taken).toEqual([2, 3, 4, 5]);
  expect(pauses).toEqual([200, 400, 800, 1600]);
  expect(states.map((state) => `${state.state} ${state.cursor} ${state.failures}`)).toEqual([
    'draining 2 0',
    'waiting 2 1',
    'waiting 2 2',
    'waiting 2 3',
    'waiting 2 4',
    'draining 3 0',
    'draining 4 0',
    'draining 5 0',
    'stopped 5 0',
  ]);
  expect(states[1]?.lastError).toMatchObject({ code: 'HISTORY_UNREACHABLE' });
});

test.skipIf(whyNoInfluxd() !== undefined)(
  'influxd killed and started again in the middle: every row arrives once, equal times included',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pumjil-sink-'));
    const server = await startInfluxd();
    const stop = new AbortController();
    const file = join(folder, 'plant.db');
    const embedded = openEmbeddedHistory({ file, outbox: true });
    embedded.setSinkCursor('influxdb', 0);
    const reader = openReader(file);
    const influx = openInfluxHistory({ url: server.url, database: 'plant', timeoutMs: 2000 });
    onTestFinished(async () => {
      stop.abort();
      await influx.close();
      reader.close();
      await embedded.close();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    });
    const failures: string[] = [];
    const running = runSink({
      name: 'influxdb',
      history: influx,
      cursor: 0,
      outbox: (after, limit) => reader.outbox(after, limit),
      setCursor: (seq) => embedded.setSinkCursor('influxdb', seq),
      signal: stop.signal,
      random: () => 0,
      idleMs: 10,
      onState: (state) => state.lastError !== null && failures.push(state.lastError.code),
    });
    const sent = { n: 0, sum: 0 };
    const write = async (seq: number) => {
      // All cavities of a shot carry its time, and every third shot repeats the time of the one before.
      const ms = seq - (seq % 3 === 0 ? 1 : 0);
      const given: Given[] = [0, 1, 2, 3].map((series) => ({
        series,
        timeNs: BigInt(ms) * 1_000_000n,
        value: seq + series / 4,
      }));
      for (const { value } of given) {
        sent.n += 1;
        sent.sum += value;
      }
      await embedded.append(blockOf(seq, given));
    };
    for (let seq = 1; seq <= 100; seq += 1) await write(seq);
    await until(() => embedded.sinkCursor('influxdb') >= 20, 10_000);
    await server.kill();
    for (let seq = 101; seq <= 200; seq += 1) await write(seq);
    await until(() => failures.length > 0, 10_000);
    await server.start();
    await until(() => embedded.sinkCursor('influxdb') === 200, 15_000);
    stop.abort();
    await running;
    expect(failures.every((code) => code === 'HISTORY_UNREACHABLE')).toBe(true);
    const arrived = { n: 0, sum: 0 };
    for (const series of someSeries()) {
      const rows = await influx.measurements({ series: series.id, fromMs: -Infinity, toMs: Infinity, limit: 1e6 });
      expect(new Set(rows.map((row) => row.id)).size).toBe(rows.length);
      for (const row of rows) {
        arrived.n += 1;
        arrived.sum += row.value;
      }
      expect(rows).toEqual(
        await embedded.measurements({ series: series.id, fromMs: -Infinity, toMs: Infinity, limit: 1e6 }),
      );
    }
    expect(arrived).toEqual(sent);
    expect(embedded.outbox(0, 10)).toEqual([]);
  },
);
