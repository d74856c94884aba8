// What every history must do: H1 exact, H2 repeatable, H3 ordered, H4 durable, H5 retryable, H6 bounded, H7 readable later.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { History, MeasurementRow } from '../../src/history/history.ts';
import { anyRows } from './any-rows.ts';
import { blockOf, eventOf, expectedRow, type Given, pointOf, someSeries } from './history-blocks.ts';
import { childBlock, childRows } from './history-child-blocks.ts';
import { killed, mulberry32, scratchFolder, startChild } from './journal.ts';

export interface HistoryContractOptions {
  /** Program that appends blocks for ever to the history in the folder of its argument and prints the seq of each that resolved. */
  readonly child?: string;
  readonly rounds?: number;
  /** A history whose store does not answer. */
  readonly unreachable?: () => Promise<History>;
  /** Opens the history that an earlier release has written, see test/fixtures; the folder is a copy. */
  readonly earlier?: (folder: string) => Promise<History>;
  /** Rows of H6. */
  readonly manyRows: number;
  /** Contract lines it cannot have, each with the reason. */
  readonly exempt?: Readonly<Record<string, string>>;
}

/** Opens the history in a folder, or in a place named by it; the same folder again is the same history. */
export type OpenHistory = (folder: string) => Promise<History>;

const ALL = { fromMs: -Infinity, toMs: Infinity, limit: 1_000_000 };

/** Runs the contract of histories. */
export function historyContract(name: string, open: OpenHistory, options: HistoryContractOptions): void {
  const ids = someSeries().map((series) => series.id);
  const line = (code: string, what: string, run: Parameters<typeof test>[2]) => {
    const reason = options.exempt?.[code];
    test.skipIf(reason !== undefined)(
      `${name} ${code}: ${what}${reason === undefined ? '' : ` (exempt: ${reason})`}`,
      run,
    );
  };

  line('H1', 'it gives back what was appended, to the bit', async ({ onTestFinished }) => {
    const history = await open(await scratchFolder(onTestFinished));
    let seq = 0;
    const all = new Map<number, MeasurementRow[]>();
    const times = new Set<bigint>();
    await fc.assert(
      fc.asyncProperty(anyRows(30), async (drawn) => {
        const rows = drawn.filter((row) => !times.has(row.timeNs));
        for (const row of rows) times.add(row.timeNs);
        seq += 1;
        await history.append(blockOf(seq, rows));
        for (const [i, row] of rows.entries()) {
          all.set(row.series, [...(all.get(row.series) ?? []), expectedRow(seq, i, row)]);
        }
      }),
      { numRuns: 40 },
    );
    for (const [series, rows] of all) {
      const expected = rows.toSorted((a, b) => (a.timeNs < b.timeNs ? -1 : 1));
      expect(await history.measurements({ ...ALL, series: ids[series]! })).toEqual(expected);
    }
    expect(await history.cursor()).toBe(seq);
    await history.close();
  });

  line('H1', 'it gives back points with every field', async ({ onTestFinished }) => {
    const history = await open(await scratchFolder(onTestFinished));
    const points = [
      pointOf(1, 0),
      pointOf(1, 1, {
        lane: 1,
        statistic: 'range',
        value: Number.NaN,
        status: 'no_value',
        rules: [],
        breakBefore: true,
      }),
      pointOf(2, 0, { timeMs: 2000.25, z: Infinity, context: {}, upper: 5e-324, limitsVersion: 0, status: 'baseline' }),
    ];
    await history.append(blockOf(1, [], { points: points.slice(0, 2), events: [eventOf(1, 2)] }));
    await history.append(blockOf(2, [], { points: points.slice(2) }));
    const series = ids[0]!;
    expect(await history.points({ ...ALL, series })).toEqual(points);
    expect(await history.points({ ...ALL, series, lane: 1 })).toEqual([points[1]]);
    expect(await history.points({ series, fromMs: 2000, toMs: 2000.25, limit: 9 })).toEqual([]);
    await history.close();
  });

  line('H2', 'a block written again changes nothing, also after reopening', async ({ onTestFinished }) => {
    const folder = await scratchFolder(onTestFinished);
    let history = await open(folder);
    const rows: Given[] = Array.from({ length: 10 }, (_, i) => ({ series: i % 2, timeNs: 7_000_000n, value: i }));
    const blocks = [
      blockOf(1, rows, { points: [pointOf(1, 0)] }),
      blockOf(
        2,
        rows.map((row) => ({ ...row, timeNs: 8_000_000n })),
      ),
    ];
    const seen = [];
    for (let round = 0; round < 3; round += 1) {
      for (const block of blocks) await history.append(block);
      seen.push([
        await history.measurements({ ...ALL, series: ids[0]! }),
        await history.measurements({ ...ALL, series: ids[1]! }),
        await history.points({ ...ALL, series: ids[0]! }),
        await history.cursor(),
      ]);
      await history.close();
      history = await open(folder);
    }
    expect(seen[0]?.[0]).toHaveLength(10);
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[2]).toEqual(seen[0]);
    expect(await history.cursor()).toBe(2);
    await history.close();
  });

  line(
    'H3',
    'answers are in time order, ranges half-open, limits kept, late rows in their place',
    async ({ onTestFinished }) => {
      const history = await open(await scratchFolder(onTestFinished));
      const random = mulberry32(7);
      const times: number[] = [];
      for (let seq = 1; seq <= 60; seq += 1) {
        // Mostly forward, now and then far back; never the same ms twice.
        const rows = Array.from({ length: 50 }, (_, i) => {
          const base = random() < 0.1 ? Math.floor(random() * seq) : seq;
          const ms = base * 100_000 + times.length * 7 + i;
          return ms;
        });
        times.push(...rows);
        await history.append(
          blockOf(
            seq,
            rows.map((ms) => ({ series: 0, timeNs: BigInt(ms) * 1_000_000n, value: ms })),
          ),
        );
      }
      const sorted = [...new Set(times)].sort((a, b) => a - b);
      const series = ids[0]!;
      const values = async (fromMs: number, toMs: number, limit: number, last = false) =>
        (await history.measurements({ series, fromMs, toMs, limit, last })).map((row) => row.value);
      expect(await values(-Infinity, Infinity, 1e6)).toEqual(sorted);
      for (let i = 0; i < 20; i += 1) {
        const a = sorted[Math.floor(random() * sorted.length)]!;
        const b = sorted[Math.floor(random() * sorted.length)]!;
        const [from, to] = a < b ? [a, b] : [b, a];
        const inside = sorted.filter((ms) => ms >= from && ms < to);
        expect(await values(from, to, 1e6)).toEqual(inside);
        const limit = 1 + Math.floor(random() * 40);
        expect(await values(from, to, limit)).toEqual(inside.slice(0, limit));
        expect(await values(from, to, limit, true)).toEqual(inside.slice(-limit));
      }
      expect(await values(5, 5, 10)).toEqual([]);
      expect(await history.measurements({ ...ALL, series: 'unknown' })).toEqual([]);
      await history.close();
    },
  );

  line('H4', 'kill -9 after append loses nothing and doubles nothing', async ({ onTestFinished }) => {
    const folder = await scratchFolder(onTestFinished);
    let confirmed = 0;
    for (let round = 0; round < (options.rounds ?? 3); round += 1) {
      const { child, line: printed, lines } = startChild(options.child!, folder);
      await printed(1 + Math.floor(mulberry32(round + 11)() * 60));
      await killed(child);
      confirmed = Math.max(confirmed, ...lines.filter((each) => /^\d+$/.test(each)).map(Number));
      const history = await open(folder);
      const cursor = await history.cursor();
      expect(cursor).toBeGreaterThanOrEqual(confirmed);
      for (const series of [0, 1]) {
        const rows = await history.measurements({ ...ALL, series: ids[series]! });
        expect(rows.map((row) => row.id)).toEqual(childRows(series, cursor).map((row) => row.id));
      }
      expect((await history.points({ ...ALL, series: ids[0]! })).map((point) => point.seq)).toEqual(
        Array.from({ length: cursor }, (_, i) => i + 1),
      );
      await history.close();
    }
    expect(confirmed).toBeGreaterThan(3);
  });

  line('H5', 'a store that does not answer is a retryable error with a hint', async () => {
    const history = await options.unreachable!();
    await expect(history.append(blockOf(1, []))).rejects.toMatchObject({
      code: 'HISTORY_UNREACHABLE',
      retryable: true,
      hint: expect.stringMatching(/./),
    });
    await history.close();
  });

  line('H6', `${options.manyRows} rows are written and paged through in bounded memory`, async ({ onTestFinished }) => {
    const history = await open(await scratchFolder(onTestFinished));
    const perBlock = 5000;
    const before = process.memoryUsage();
    let most = 0;
    for (let seq = 1; seq <= options.manyRows / perBlock; seq += 1) {
      const first = (seq - 1) * perBlock;
      await history.append(
        blockOf(
          seq,
          Array.from({ length: perBlock }, (_, i) => ({
            series: 0,
            timeNs: BigInt(first + i) * 1_000_000n,
            value: first + i,
          })),
        ),
      );
      most = Math.max(most, process.memoryUsage().rss - before.rss);
    }
    let next = 0;
    while (next < options.manyRows) {
      const page = await history.measurements({ series: ids[0]!, fromMs: next, toMs: Infinity, limit: 10_000 });
      if (page[0]?.value !== next || page.at(-1)?.value !== next + page.length - 1) throw new Error(`page at ${next}`);
      next += page.length;
      most = Math.max(most, process.memoryUsage().rss - before.rss);
    }
    expect(next).toBe(options.manyRows);
    expect(most / 2 ** 20).toBeLessThan(300);
    await history.close();
  });

  line('H7', 'what an earlier release has written is read', async ({ onTestFinished }) => {
    const history = await options.earlier!(await scratchFolder(onTestFinished));
    const cursor = await history.cursor();
    expect(cursor).toBe(40);
    for (const series of [0, 1]) {
      const rows = await history.measurements({ ...ALL, series: ids[series]! });
      expect(rows).toEqual(childRows(series, cursor));
    }
    expect(await history.points({ ...ALL, series: ids[0]! })).toEqual(
      Array.from({ length: cursor }, (_, i) => pointOf(i + 1, 0)),
    );
    await history.append(childBlock(41));
    expect(await history.measurements({ ...ALL, series: ids[1]! })).toEqual(childRows(1, 41));
    await history.close();
  });
}
