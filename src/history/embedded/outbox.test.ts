import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { blockOf, type Given, someSeries } from '../../../test/contract/history-blocks.ts';
import { openEmbeddedHistory } from './history.ts';

async function scratch(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pumjil-outbox-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'plant.db');
}

const rowsAt = (seq: number, n: number): Given[] =>
  Array.from({ length: n }, (_, i) => ({ series: i % 4, timeNs: BigInt(seq * 100 + i) * 1_000_000n, value: i }));

/** What the table itself says. */
function counted(file: string): { bytes: number; values: number } {
  const db = new DatabaseSync(file, { readOnly: true });
  const row = db.prepare('SELECT sum(length(body)) AS bytes, sum(n) AS n FROM outbox').get();
  db.close();
  return { bytes: Number(row?.bytes ?? 0), values: Number(row?.n ?? 0) };
}

test('whatever happens to the outbox, its counters are those of its rows, and every value is taken, lost or waits', async () => {
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.record({ do: fc.constant('append' as const), n: fc.nat(20) }) },
    fc.record({ do: fc.constant('take' as const), n: fc.integer({ min: 1, max: 6 }) }),
    fc.record({ do: fc.constant('drop' as const), n: fc.nat(3000) }),
    fc.record({ do: fc.constant('restart' as const), n: fc.constant(0) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), fc.nat(3), async (steps, spared) => {
      const folder = await mkdtemp(join(tmpdir(), 'pumjil-outbox-'));
      const file = join(folder, 'plant.db');
      let history = openEmbeddedHistory({ file, outbox: true });
      try {
        history.setSinkCursor('influxdb', 0);
        let seq = 0;
        let sent = 0;
        let taken = 0;
        let lost = 0;
        // The outbox as a plain list: values of each block that waits.
        const model = new Map<number, number>();
        for (const { do: what, n } of steps) {
          if (what === 'append') {
            seq += 1;
            sent += n;
            await history.append(blockOf(seq, rowsAt(seq, n), { series: seq === 1 ? someSeries() : [] }));
            model.set(seq, n);
          } else if (what === 'take') {
            const upto = [...model.keys()][n - 1];
            if (upto === undefined) continue;
            for (const [at, values] of [...model].filter(([at]) => at <= upto)) {
              taken += values;
              model.delete(at);
            }
            history.setSinkCursor('influxdb', upto);
          } else if (what === 'drop') {
            const before = [...model.keys()];
            const { values } = history.dropOutbox(n, spared);
            lost += values;
            const left = new Set(history.outbox(0, 1000).map((block) => block.seq));
            for (const at of before) if (!left.has(at)) model.delete(at);
            // Those in the sink's hand stay, and of the rest the oldest went.
            const others = before.slice(spared);
            expect([...left]).toEqual([
              ...before.slice(0, spared),
              ...others.slice(others.length - Math.max(0, left.size - spared)),
            ]);
            expect(history.outboxSize().bytes <= n || left.size <= spared).toBe(true);
          } else {
            await history.close();
            history = openEmbeddedHistory({ file, outbox: true });
          }
          const size = history.outboxSize();
          expect(size).toEqual(counted(file));
          expect(size.values).toBe([...model.values()].reduce((sum, each) => sum + each, 0));
          expect(history.lost()).toBe(lost);
          expect(taken + lost + size.values).toBe(sent);
        }
      } finally {
        await history.close();
        await rm(folder, { recursive: true, force: true });
      }
    }),
    { numRuns: 25 },
  );
});

test('a block says how many values were accepted where that is not how many measurements it has', async () => {
  const history = openEmbeddedHistory({ file: await scratch(), outbox: true });
  await history.append(blockOf(1, rowsAt(1, 4), { series: someSeries(), accepted: 2 }));
  await history.append(blockOf(2, [], { accepted: 3 }));
  expect(history.outboxSize().values).toBe(5);
  await history.close();
});

test('an outbox of the first version of the tables is counted when it is opened, one value in two streams once', async () => {
  const file = await scratch();
  const history = openEmbeddedHistory({ file, outbox: true });
  history.setSinkCursor('influxdb', 0);
  const { measurements, ...rest } = blockOf(1, rowsAt(1, 4), { series: someSeries() });
  // Rows 0 and 1 are one value that two characteristics watch.
  await history.append({ ...rest, measurements: { ...measurements, ordinal: [0, 0, 1, 2] } });
  await history.append(blockOf(2, rowsAt(2, 5)));
  const { bytes } = history.outboxSize();
  await history.close();
  // What version 1 left: no column, no counters.
  const db = new DatabaseSync(file);
  db.exec("ALTER TABLE outbox DROP COLUMN n; DELETE FROM meta WHERE key LIKE 'outbox%'; PRAGMA user_version = 1");
  db.close();
  const again = openEmbeddedHistory({ file, outbox: true });
  expect(again.outboxSize()).toEqual({ bytes, values: 8 });
  expect(again.lost()).toBe(0);
  await again.append(blockOf(3, rowsAt(3, 1)));
  again.setSinkCursor('influxdb', 2);
  expect(again.outboxSize()).toEqual(counted(file));
  expect(again.outboxSize().values).toBe(1);
  await again.close();
});

test('snapshots before one can be forgotten, never the newest', async () => {
  const history = openEmbeddedHistory({ file: await scratch() });
  for (const seq of [3, 5, 9]) history.saveSnapshot(seq, Uint8Array.of(seq), undefined, seq === 9);
  expect(history.oldestSnapshot()).toEqual({ seq: 3, bytes: Uint8Array.of(3) });
  history.forgetSnapshots(5);
  expect(history.oldestSnapshotSeq()).toBe(5);
  history.forgetSnapshots(100);
  expect(history.oldestSnapshotSeq()).toBe(9);
  expect(history.latestSnapshot()?.bytes).toEqual(Uint8Array.of(9));
  await history.close();
});
