import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { alarmOf, blockOf, eventOf, pointOf, someSeries } from '../../../test/contract/history-blocks.ts';
import { openEmbeddedHistory } from './history.ts';
import { openReader } from './reader.ts';

const ALL = { fromMs: -Infinity, toMs: Infinity, limit: 1_000_000 };
const ids = someSeries().map((series) => series.id);
const idOf = (ix: number) => ids[ix] ?? '';

async function scratch(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pumjil-history-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'plant.db');
}

const ms = (n: number) => BigInt(n) * 1_000_000n;

test('rows are the same whether they wait in the tail or lie in chunks', async () => {
  const file = await scratch();
  const history = openEmbeddedHistory({ file });
  const expected: number[] = [];
  for (let seq = 1; seq <= 450; seq += 1) {
    await history.append(blockOf(seq, [{ series: seq % 3, timeNs: ms(seq), value: seq }]));
    if (seq % 3 === 1) expected.push(seq);
  }
  // The tail is emptied after 200 blocks: by now there are chunks and a tail.
  const db = new DatabaseSync(file, { readOnly: true });
  expect(db.prepare('SELECT count(*) AS n FROM tail').get()?.n).toBe(50);
  expect(db.prepare('SELECT count(*) AS n FROM chunk').get()?.n).toBe(6);
  db.close();
  const rows = await history.measurements({ ...ALL, series: idOf(1) });
  expect(rows.map((row) => row.value)).toEqual(expected);
  expect((await history.measurements({ ...ALL, series: idOf(1), limit: 2, last: true })).map((r) => r.value)).toEqual([
    445, 448,
  ]);
  await history.close();
});

test('a point of an earlier entry is replaced, in the tail and in a chunk', async () => {
  const history = openEmbeddedHistory({ file: await scratch() });
  for (let seq = 1; seq <= 250; seq += 1) await history.append(blockOf(seq, [], { points: [pointOf(seq, 0)] }));
  const excluded = [pointOf(7, 0, { status: 'excluded' }), pointOf(240, 0, { status: 'excluded' })];
  await history.append(blockOf(251, [], { points: excluded }));
  const points = await history.points({ ...ALL, series: idOf(0) });
  expect(points).toHaveLength(250);
  expect(points.filter((point) => point.status === 'excluded').map((point) => point.seq)).toEqual([7, 240]);
  await history.close();
});

test('a block that overlaps the cursor stores each row once', async () => {
  const history = openEmbeddedHistory({ file: await scratch() });
  await history.append(blockOf(5, [{ series: 0, timeNs: ms(5), value: 1 }], { points: [pointOf(5, 0)] }));
  const wider = blockOf(5, [{ series: 0, timeNs: ms(5), value: 1 }], { points: [pointOf(5, 0), pointOf(6, 0)] });
  await history.append({ ...wider, seq: 6 });
  expect(await history.measurements({ ...ALL, series: idOf(0) })).toHaveLength(1);
  expect(await history.points({ ...ALL, series: idOf(0) })).toHaveLength(2);
  await history.close();
});

test('events and alarms are upserted and found by kind, series, time and state', async () => {
  const history = openEmbeddedHistory({ file: await scratch() });
  const events = [
    eventOf(1, 0),
    eventOf(2, 0, { kind: 'gap', series: -1, adapter: 'press3' }),
    eventOf(3, 0, { series: 1 }),
  ];
  for (const event of events) {
    await history.append(blockOf(event.seq, [], { events: [event], alarms: [alarmOf(event.id, event.timeMs)] }));
  }
  const closed = alarmOf('1.0', 1000, { state: 'closed', closedMs: 9000, cause: 'tool' });
  await history.append(blockOf(4, [], { alarms: [closed], events: [events[0] ?? eventOf(1, 0)] }));
  expect(history.events({ limit: 10 })).toEqual(events);
  expect(history.events({ limit: 2 })).toEqual(events.slice(1));
  expect(history.events({ limit: 10, kind: 'gap' })).toEqual([events[1]]);
  expect(history.events({ limit: 10, series: idOf(1) })).toEqual([events[2]]);
  expect(history.events({ limit: 10, series: 'unknown' })).toEqual([]);
  expect(history.events({ limit: 10, fromMs: 2000, toMs: 3000 })).toEqual([events[1]]);
  expect(history.events({ limit: 1, afterSeq: 1 })).toEqual([events[1]]);
  expect(history.alarms({ limit: 10, open: true }).map((alarm) => alarm.id)).toEqual(['2.0', '3.0']);
  expect(history.alarms({ limit: 10, open: false })).toEqual([closed]);
  expect(history.alarms({ limit: 1 }).map((alarm) => alarm.id)).toEqual(['3.0']);
  expect(history.alarms({ limit: 10, fromMs: 1000, toMs: 2000 }).map((alarm) => alarm.id)).toEqual(['1.0']);
  expect(history.seriesRows()).toEqual(someSeries());
  await history.close();
});

test('summaries from chunk statistics equal those over all rows', async () => {
  const history = openEmbeddedHistory({ file: await scratch() });
  const all: { ms: number; value: number; quality: number }[] = [];
  for (let seq = 1; seq <= 30; seq += 1) {
    const rows = Array.from({ length: 400 }, (_, i) => {
      const at = ((seq - 1) * 400 + i) * 10;
      const value = i % 9 === 0 ? Number.NaN : Math.sin(at) * 100;
      const quality = Number.isNaN(value) ? 2 : Number(i % 7 === 0);
      all.push({ ms: at, value, quality });
      return { series: 0, timeNs: ms(at), value, quality };
    });
    await history.append(blockOf(seq, rows));
  }
  for (const [from, to, bucketMs] of [
    [0, 120_000, 60_000],
    [5, 119_995, 7000],
    [30_000, 90_000, 30_000],
  ] as const) {
    const buckets = Map.groupBy(
      all.filter((row) => row.ms >= from && row.ms < to && row.quality === 0),
      (row) => Math.floor(row.ms / bucketMs) * bucketMs,
    );
    const answer = history.aggregate(idOf(0), from, to, bucketMs);
    expect(answer.map((bucket) => [bucket.fromMs, bucket.n])).toEqual(
      [...buckets].map(([at, rows]) => [at, rows.length]),
    );
    for (const bucket of answer) {
      const values = (buckets.get(bucket.fromMs) ?? []).map((row) => row.value);
      expect(bucket.min).toBe(Math.min(...values));
      expect(bucket.max).toBe(Math.max(...values));
      expect(bucket.mean).toBeCloseTo(values.reduce((a, b) => a + b, 0) / values.length, 9);
    }
    const inside = all.filter((row) => row.ms >= from && row.ms < to);
    const count = (quality: number) => inside.filter((row) => row.quality === quality).length;
    expect(history.tallies(from, to)).toEqual([
      {
        series: idOf(0),
        good: count(0),
        uncertain: count(1),
        bad: count(2),
        firstMs: inside[0]?.ms,
        lastMs: inside.at(-1)?.ms,
      },
    ]);
  }
  await history.close();
});

test('the newest three snapshots stay, with fingerprints and the seq of a time', async () => {
  const file = await scratch();
  let nowMs = 1_700_000_000_000;
  const history = openEmbeddedHistory({ file, now: () => nowMs });
  expect(history.latestSnapshot()).toBeUndefined();
  expect(history.oldestSnapshotSeq()).toBeUndefined();
  for (const seq of [10, 20, 30, 40]) {
    history.saveSnapshot(
      seq,
      Uint8Array.from({ length: 5000 }, (_, i) => i + seq),
      Uint8Array.of(seq, 255),
    );
    nowMs += 60_000;
  }
  await history.close();
  const again = openEmbeddedHistory({ file, now: () => nowMs });
  expect(again.latestSnapshot()).toEqual({ seq: 40, bytes: Uint8Array.from({ length: 5000 }, (_, i) => i + 40) });
  expect(again.oldestSnapshotSeq()).toBe(20);
  expect(again.blobs('dedupe').map((blob) => [...blob])).toEqual([10, 20, 30, 40].map((seq) => [seq, 255]));
  expect(again.seqAt(1_700_000_000_000 + 119_999)).toBe(20);
  expect(again.seqAt(1_699_999_999_999)).toBeUndefined();
  nowMs += 25 * 3_600_000;
  expect(again.blobs('dedupe')).toEqual([]);
  await again.close();
});

test('records are kept by kind and key', async () => {
  const file = await scratch();
  const history = openEmbeddedHistory({ file });
  history.putRecord('user', 'kim', '{"role":"viewer"}');
  history.putRecord('user', 'kim', '{"role":"admin"}');
  history.putRecord('user', 'an', '{}');
  history.putRecord('session', 'kim', '1');
  history.deleteRecord('session', 'kim');
  await history.close();
  const reader = openReader(file);
  expect(reader.record('user', 'kim')).toBe('{"role":"admin"}');
  expect(reader.record('session', 'kim')).toBeUndefined();
  expect(reader.records('user').map((each) => each.key)).toEqual(['an', 'kim']);
  reader.close();
});

test('a reader sees every committed block while the writer goes on, and never half of a move', async () => {
  const file = await scratch();
  const history = openEmbeddedHistory({ file });
  await history.append(blockOf(1, [{ series: 0, timeNs: ms(1), value: 1 }]));
  const reader = openReader(file);
  for (let seq = 2; seq <= 420; seq += 1) {
    await history.append(blockOf(seq, [{ series: 0, timeNs: ms(seq), value: seq }]));
    if (seq % 13 > 0 && seq % 200 > 1) continue;
    expect(reader.cursor()).toBe(seq);
    expect(reader.measurements({ ...ALL, series: idOf(0) })).toHaveLength(seq);
  }
  expect(() => new DatabaseSync(file, { readOnly: true }).exec('DELETE FROM chunk')).toThrow();
  reader.close();
  await history.close();
});

test('a file of a newer version, or of no version, is refused in words', async () => {
  const file = await scratch();
  await openEmbeddedHistory({ file }).close();
  const db = new DatabaseSync(file);
  db.exec('PRAGMA user_version = 99');
  db.close();
  for (const open of [() => openEmbeddedHistory({ file }), () => openReader(file)]) {
    expect(open).toThrow(expect.objectContaining({ code: 'HISTORY_DAMAGED', message: expect.stringContaining('99') }));
  }
  expect(() => openReader(join(file, '..', 'absent.db'))).toThrow(expect.objectContaining({ code: 'HISTORY_DAMAGED' }));
});

test('a block that fails half-way leaves nothing, and the same block goes in afterwards', async () => {
  const file = await scratch();
  const history = openEmbeddedHistory({ file, outbox: true });
  await history.append(blockOf(1, [{ series: 0, timeNs: ms(1), value: 1 }]));
  const block = blockOf(2, [{ series: 0, timeNs: ms(1), value: 2 }]);
  const broken = { ...block, alarms: [alarmOf('2.0', 1, { raisedMs: Symbol('no number') as unknown as number })] };
  await expect(history.append(broken)).rejects.toMatchObject({ code: 'HISTORY_UNREACHABLE', retryable: true });
  expect(await history.measurements({ ...ALL, series: idOf(0) })).toHaveLength(1);
  await history.append(block);
  expect((await history.measurements({ ...ALL, series: idOf(0) })).map((row) => row.value)).toEqual([1, 2]);
  expect(history.outbox(0, 10).map((each) => each.measurements.tie)).toEqual([[0], [1]]);
  await history.close();
});

test('outbox blocks come back whole, with their series, until every sink has them', async () => {
  const file = await scratch();
  const history = openEmbeddedHistory({ file, outbox: true });
  const blocks = [1, 2, 3].map((seq) => ({
    ...blockOf(seq, [{ series: 1, timeNs: ms(seq), value: seq, context: { lot: 'A' } }], {
      points: [pointOf(seq, 0)],
      events: [eventOf(seq, 1, { series: 2 })],
      alarms: [alarmOf(`${seq}.1`, seq)],
    }),
    series: seq === 1 ? someSeries() : [],
  }));
  for (const block of blocks) await history.append(block);
  const second = history.outbox(1, 1)[0];
  expect(second).toMatchObject({ seq: 2, alarms: blocks[1]?.alarms });
  expect(second?.series.map((series) => series.ix)).toEqual([0, 1, 2]);
  expect(second?.points).toEqual([{ ...pointOf(2, 0), tie: 0 }]);
  expect(second?.events).toEqual([{ ...eventOf(2, 1, { series: 2 }), tie: 0 }]);
  expect(second?.measurements).toMatchObject({ length: 1, value: [2], context: [{ lot: 'A' }], tie: [0] });
  history.setSinkCursor('a', 3);
  expect(history.outbox(0, 10)).toHaveLength(0);
  await history.append(blockOf(4, []));
  history.setSinkCursor('b', 0);
  history.setSinkCursor('a', 4);
  expect(history.outbox(0, 10).map((block) => block.seq)).toEqual([4]);
  expect(history.sinkCursors()).toEqual({ a: 4, b: 0 });
  expect(history.sinkCursor('a')).toBe(4);
  history.trimOutbox(4);
  expect(history.outbox(0, 10)).toEqual([]);
  await history.close();
});

test('ties keep all rows of one characteristic and part apart, however late, across restarts', async () => {
  const anyBlock = fc.array(
    fc.record({ series: fc.nat(2), at: fc.nat(12), unit: fc.constantFrom(1n, 1000n, 1_000_000n) }),
    {
      maxLength: 12,
    },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(anyBlock, fc.boolean()), { maxLength: 8 }), async (drawn) => {
      const folder = await mkdtemp(join(tmpdir(), 'pumjil-ties-'));
      try {
        const file = join(folder, 'plant.db');
        let history = openEmbeddedHistory({ file, outbox: true });
        for (const [i, [rows, isRestarted]] of drawn.entries()) {
          const given = rows.map(({ series, at, unit }) => ({ series, timeNs: BigInt(at) * unit, value: 1 }));
          await history.append(blockOf(i + 1, given, { points: [pointOf(i + 1, 20, { timeMs: i % 2 })] }));
          if (!isRestarted) continue;
          await history.close();
          history = openEmbeddedHistory({ file, outbox: true });
        }
        const finals = new Set<string>();
        const pointFinals = new Set<string>();
        let n = 0;
        for (const { measurements, points } of history.outbox(0, 100)) {
          for (let i = 0; i < measurements.length; i += 1) {
            const part = someSeries()[measurements.series[i] ?? 0]?.part;
            finals.add(`${part} ${(measurements.timeNs[i] ?? 0n) + BigInt(measurements.tie?.[i] ?? 0)}`);
            n += 1;
          }
          for (const point of points) pointFinals.add(`${point.timeMs} ${point.tie}`);
        }
        expect(finals.size).toBe(n);
        expect(pointFinals.size).toBe(drawn.length);
        await history.close();
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    }),
    { numRuns: 30 },
  );
});

test('refused lines are kept and their measurements counted', async () => {
  const history = openEmbeddedHistory({ file: await scratch() });
  history.quarantineLine('influxdb', 'pumjil_measurement,part=a value=1 1', 'field type conflict');
  history.quarantineLine('influxdb', 'pumjil_measurement,part=a value=1 1', 'field type conflict');
  history.quarantineLine('influxdb', 'pumjil_event,kind=a id="1" 1', 'field type conflict');
  expect(history.quarantined()).toBe(1);
  expect(history.quarantine(1)).toMatchObject([{ sink: 'influxdb', reason: 'field type conflict' }]);
  await history.close();
});

test('points that a revision supersedes are gone from tail and chunks, whatever is written again', async () => {
  const file = await scratch();
  const history = openEmbeddedHistory({ file, outbox: true });
  for (let seq = 1; seq <= 250; seq += 1) {
    const points = [pointOf(seq, 0), pointOf(seq, 0, { lane: 1, statistic: 's' }), pointOf(seq, 1, { series: 1 })];
    await history.append(blockOf(seq, [], { points }));
  }
  // Entry 251 brings a point that entry 252 supersedes within one block; those of entry 253 come after it.
  const again = [pointOf(252, 0, { timeMs: 100_000 }), pointOf(252, 1, { timeMs: 250_500 })];
  const block = {
    ...blockOf(253, [], { points: [pointOf(251, 0), ...again, pointOf(253, 0)] }),
    revisions: [{ series: 0, fromMs: 100_000, seq: 252 }],
  };
  await history.append(block);
  await history.append(block);
  const expected = [...Array.from({ length: 99 }, (_, i) => `${i + 1}.0`), '252.0', '252.1', '253.0'];
  const first = await history.points({ ...ALL, series: idOf(0), lane: 0 });
  expect(first.map((point) => point.id)).toEqual(expected);
  expect(await history.points({ ...ALL, series: idOf(0), lane: 1 })).toHaveLength(99);
  expect(await history.points({ ...ALL, series: idOf(1) })).toHaveLength(250);
  expect(history.outbox(252, 10)).toMatchObject([{ revisions: block.revisions }]);
  await history.close();
  const reader = openReader(file);
  expect(reader.points({ ...ALL, series: idOf(0), lane: 0 })).toEqual(first);
  reader.close();
});
