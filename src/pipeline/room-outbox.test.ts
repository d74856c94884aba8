// The queue of a sink inside its limit, and where the accepted values are meanwhile.
import { expect, test } from 'vitest';
import { characteristic, config, gap, START } from '../../test/fixtures/entries.ts';
import {
  BATCHES,
  batch,
  expectBalance,
  fill,
  folder,
  killed,
  LIMIT,
  open,
  ROWS,
  stored,
} from '../../test/fixtures/filling.ts';
import type { WriterState } from './messages.ts';
import { createReadiness } from './readiness.ts';

test('stop: a sink that stays away fills its outbox; then nothing is confirmed until it has taken some', async () => {
  const dir = folder();
  const limits = { maxBytes: LIMIT, outbox: true };
  // The journal would be full first: here only the outbox is to be.
  const writer = await open(dir, { ...limits, maxBytes: 1e9 });
  writer.history.setSinkCursor('influxdb', 0);
  await writer.append(config(characteristic()));
  await fill(writer, 0, 20);
  expectBalance(writer);
  expect(writer.state().balance).toMatchObject({ stored: 0, waiting: 20 * ROWS, lost: 0 });
  const { bytes } = writer.history.outboxSize();
  writer.setLimits({ maxBytes: bytes, keepMs: 1e9, whenFull: 'stop' });
  const refused = await writer.append(batch(20)).catch((error: unknown) => error);
  expect(refused).toMatchObject({
    code: 'JOURNAL_FULL',
    retryable: true,
    message: expect.stringContaining('InfluxDB'),
    hint: expect.stringContaining('Start InfluxDB'),
  });
  await expect(writer.append(gap())).rejects.toMatchObject({ code: 'JOURNAL_FULL' });
  expect(writer.state()).toMatchObject({ ready: false, notReadyBecause: expect.stringContaining('InfluxDB') });
  // A person's command is not held up.
  writer.setLimits({ maxBytes: bytes + 10, keepMs: 1e9, whenFull: 'stop' });
  await writer.append({
    kind: 'limits',
    atMs: START,
    author: 'kim',
    reason: 'r',
    stream: 'bore',
    centre: 10,
    sigma: 1,
  });
  expect(await stored(writer)).toBe(20 * ROWS);
  const taken = writer.history.outbox(0, 30).slice(0, 10);
  const values = taken.reduce((sum, block) => sum + block.measurements.length, 0);
  writer.history.setSinkCursor('influxdb', taken.at(-1)?.seq ?? 0);
  expect(writer.state()).toMatchObject({ ready: true, balance: { stored: values, waiting: 20 * ROWS - values } });
  expect(await fill(writer, 20, 21)).toBe(21);
  expectBalance(writer);
  const before = writer.state().balance;
  const copy = killed(dir);
  await writer.close();
  for (const each of [dir, copy]) {
    const again = await open(each, limits);
    expect(again.state().balance).toEqual(before);
    await again.close();
  }
});

test('drop_oldest: the oldest blocks of a sink that stays away go, counted as lost, also after a restart', async () => {
  const dir = folder();
  // The journal is far smaller than its limit here, the outbox is not.
  const limits = { whenFull: 'drop_oldest', outbox: true } as const;
  const writer = await open(dir, limits);
  writer.history.setSinkCursor('influxdb', 0);
  await writer.append(config(characteristic()));
  const batches = BATCHES;
  const all = new Map<number, number>();
  for (let k = 0; k < batches; k += 1) {
    await fill(writer, k, k + 1);
    expect(writer.history.outboxSize().bytes).toBeLessThanOrEqual(LIMIT);
    expectBalance(writer);
    const newest = writer.history.outbox(writer.state().cursor - 1, 1)[0];
    all.set(newest?.seq ?? 0, newest?.measurements.length ?? 0);
  }
  const { lost, waiting, accepted, stored: inSink } = writer.state().balance;
  expect({ accepted, inSink }).toEqual({ accepted: batches * ROWS, inSink: 0 });
  expect(lost).toBeGreaterThan(0);
  expect(writer.state().ready).toBe(true);
  expect(writer.state().warnings).toMatchObject([
    { code: 'values_dropped', text: expect.stringContaining(`${lost} values`), sinceMs: expect.any(Number) },
  ]);
  // What still waits is what was not dropped: those that the sink may have in hand, and the newest.
  const left = writer.history.outbox(0, 10_000);
  expect(left.reduce((sum, block) => sum + block.measurements.length, 0)).toBe(waiting);
  expect(left.at(-1)?.seq).toBe([...all.keys()].at(-1));
  expect(await stored(writer)).toBe(batches * ROWS);
  const copy = killed(dir);
  await writer.close();
  for (const each of [dir, copy]) {
    const again = await open(each, limits);
    expect(again.state().balance).toMatchObject({ accepted, lost, waiting, stored: 0 });
    again.history.setSinkCursor('influxdb', again.state().cursor);
    expect(again.state().balance).toMatchObject({ lost, waiting: 0, stored: accepted - lost });
    expect(again.history.outboxSize()).toEqual({ bytes: 0, values: 0 });
    await again.close();
  }
}, 60_000);

test('values that the sink refused for good are quarantined, not stored, and the balance holds', async () => {
  const writer = await open(folder(), { outbox: true });
  writer.history.setSinkCursor('influxdb', 0);
  await writer.append(config(characteristic()));
  await fill(writer, 0, 2);
  writer.history.quarantineLine('influxdb', 'pumjil_measurement,characteristic=bore value=1 1', 'type conflict');
  expectBalance(writer);
  writer.history.setSinkCursor('influxdb', writer.state().cursor);
  expect(writer.state().balance).toMatchObject({ stored: 2 * ROWS - 1, quarantined: 1, waiting: 0, lost: 0 });
  expectBalance(writer);
  await writer.close();
});

test('what a sink takes while nothing else happens is told within seconds', async () => {
  const writer = await open(folder(), { outbox: true });
  writer.history.setSinkCursor('influxdb', 0);
  await writer.append(config(characteristic()));
  await fill(writer, 0, 1);
  const told: WriterState[] = [];
  const readiness = createReadiness(writer, (state) => told.push(state));
  await expect.poll(() => told.at(-1)?.balance.waiting, { timeout: 5000 }).toBe(ROWS);
  writer.history.setSinkCursor('influxdb', writer.state().cursor);
  await expect.poll(() => told.at(-1)?.balance, { timeout: 5000 }).toMatchObject({ stored: ROWS, waiting: 0 });
  readiness.close();
  await writer.close();
});
