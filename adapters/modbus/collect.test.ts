// The adapter against its simulated PLC: what happens at damage, at restarts, at the edges of a record.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ExpectedRow } from '../../src/component.ts';
import { type TestContext, testContext } from '../../test/contract/context.ts';
import { type Supervised, supervise } from '../../test/contract/supervise.ts';
import adapter from './index.ts';
import type { Settings } from './settings.ts';
import { type PlcTestbed, startTestbed } from './testbed.ts';

let plc: PlcTestbed;
let context: TestContext;
let running: Supervised | undefined;

beforeEach(async () => {
  plc = await startTestbed('');
  context = testContext('press');
});
afterEach(async () => {
  await running?.stop();
  running = undefined;
  context.dispose();
  await plc.stop();
});

function settings(more: object = {}): Settings {
  return adapter.settings.parse({ ...(plc.settings as object), ...more });
}
async function start(more: object = {}): Promise<Supervised> {
  running = supervise(adapter, settings(more), context);
  await running.until('connected', () => context.connections.length > 0);
  return running;
}
function shotsOf(run: Supervised): number[] {
  return run.rows.filter((row) => row.tag === 'shots' && row.quality === 0).map((row) => row.value);
}
async function arrived(run: Supervised, expected: readonly ExpectedRow[]): Promise<void> {
  const shot = expected.find((row) => row.tag === 'shots')!.value;
  await run.until(`shot ${shot}`, () => shotsOf(run).includes(shot));
}
const damages: readonly [string, (answer: Buffer) => Uint8Array | undefined][] = [
  ['no answer at all', () => undefined],
  ['a frame cut short', (answer) => answer.subarray(0, 5)],
  ['a length of 65535', (answer) => change(answer, (a) => a.writeUInt16BE(65_535, 4))],
  ['a length that is too short', (answer) => change(answer, (a) => a.writeUInt16BE(3, 4))],
  ['another protocol id', (answer) => change(answer, (a) => a.writeUInt16BE(1, 2))],
  ['another unit', (answer) => change(answer, (a) => a.writeUInt8(9, 6))],
  ['another function', (answer) => change(answer, (a) => a.writeUInt8(4, 7))],
  ['another transaction', (answer) => change(answer, (a) => a.writeUInt16BE(999, 0))],
  ['a byte count that is too small', (answer) => change(answer, (a) => a.writeUInt8(2, 8))],
  ['an exception of another unit', (answer) => exception(answer, 9)],
  ['the answer twice', (answer) => Buffer.concat([answer, answer])],
  ['the answer and noise', (answer) => Buffer.concat([answer, Buffer.from('noise')])],
];
function change(answer: Buffer, edit: (copy: Buffer) => void): Buffer {
  const copy = Buffer.from(answer);
  edit(copy);
  return copy;
}
function exception(answer: Buffer, unit: number): Buffer {
  return Buffer.from([answer[0]!, answer[1]!, 0, 0, 0, 3, unit, 0x83, 2]);
}

for (const [what, damage] of damages) {
  test(`${what} costs one connection, no wrong value and no gap`, async () => {
    const run = await start({ timeout_ms: 150 });
    await arrived(run, await plc.emit());
    await plc.nextAnswer(damage);
    const second = await plc.emit();
    await arrived(run, second);
    expect(shotsOf(run)).toEqual([1, 2]);
    expect(run.gaps).toEqual([]);
    expect(run.retries).toEqual([]);
    await run.until('one connection', () => plc.connections().now === 1);
    expect(run.rows.filter((row) => row.quality !== 0)).toEqual([]);
  });
}

test('a reset does not wait for the timeout', async () => {
  const run = await start({ timeout_ms: 10_000 });
  await plc.resetAtNextRequest();
  const began = performance.now();
  await arrived(run, await plc.emit());
  expect(performance.now() - began).toBeLessThan(3000);
});

test('each record is delivered once, however often it is polled, with its texts first and one time', async () => {
  const run = await start({ every_ms: 10 });
  const before = plc.requests();
  const expected = await plc.emit();
  await arrived(run, expected);
  await run.until('many more polls', () => plc.requests() > before + 40);
  expect(run.rows.map((row) => row.tag)).toEqual(['part_no', 'shots', 'cushion', 'weight', 'hold_pressure']);
  expect(new Set(run.rows.map((row) => row.timeMs)).size).toBe(1);
});

test('records that were overwritten before they could be read are declared missing', async () => {
  const run = await start();
  await arrived(run, await plc.emit());
  run.hold();
  for (let i = 0; i < 5; i++) await plc.emit();
  run.resume();
  await arrived(run, await plc.emit());
  await run.until('the gap', () => run.gaps.length > 0);
  // Seven records of five values were made.
  expect(run.gaps.reduce((sum, gap) => sum + (gap.missing ?? 0), 0)).toBe((7 - shotsOf(run).length) * 5);
  expect(run.gaps[0]).toMatchObject({ reason: 'records_missed', tags: [] });
  expect(run.rows.map((row) => row.timeMs)).toContain(run.gaps[0]!.fromMs);
});

test('a record that was durable before a restart does not come again, one that was not does, as the same', async () => {
  const first = await start();
  await arrived(first, await plc.emit());
  const [delivered] = first.rows;
  await first.stop();

  const stored = testContext('press', { folder: context.folder, durableMs: { '': delivered!.timeMs } });
  const second = supervise(adapter, settings(), stored);
  await second.until('connected', () => stored.connections.length > 0);
  await arrived(second, await plc.emit());
  expect(shotsOf(second)).toEqual([2]);
  expect(second.gaps[0]).toMatchObject({ reason: 'restart', fromMs: delivered!.timeMs });
  await second.stop();

  const latest = second.rows.at(-1)!;
  const lost = testContext('press', { folder: context.folder, durableMs: { '': delivered!.timeMs } });
  const third = supervise(adapter, settings(), lost);
  await third.until('the record again', () => shotsOf(third).includes(2));
  expect(third.rows.at(-1)).toEqual(latest);
  await third.stop();
});

test('after a restart the records made meanwhile are known to be missing', async () => {
  const first = await start();
  await arrived(first, await plc.emit());
  const durable = first.rows[0]!.timeMs;
  await first.stop();
  for (let i = 0; i < 3; i++) await plc.emit();
  const again = testContext('press', { folder: context.folder, durableMs: { '': durable } });
  const second = supervise(adapter, settings(), again);
  await second.until('the latest record', () => shotsOf(second).includes(4));
  expect(second.gaps).toMatchObject([{ reason: 'restart', fromMs: durable, missing: 2 * 5 }]);
  await second.stop();
});

test('a forbidden address inside a block costs its own tag, and the others go on', async () => {
  const run = await start({
    trigger: undefined,
    tags: {
      a: { register: 'input', address: 298 },
      refused: { register: 'input', address: 300 },
      b: { register: 'input', address: 302 },
    },
  });
  plc.input[298] = 11;
  plc.input[302] = 22;
  await run.until('values', () => run.rows.some((row) => row.tag === 'b' && row.value === 22));
  await plc.fault!();
  await run.until('the refusal', () => run.rows.some((row) => row.tag === 'refused' && row.quality === 2));
  const refused = run.rows.findIndex((row) => row.quality === 2);
  await run.until('more polls', () => run.rows.length > refused + 12);
  const after = run.rows.slice(refused - 1);
  expect(after.filter((row) => row.tag !== 'refused').every((row) => row.quality === 0)).toBe(true);
  expect(after.find((row) => row.tag === 'refused')).toMatchObject({ reason: 'modbus_exception_2', value: Number.NaN });
});

test('polls keep their phase when the reads take time', async () => {
  const run = await start({ trigger: undefined, every_ms: 40, tags: { a: { register: 'input', address: 1 } } });
  await run.until('26 polls', () => run.rows.length >= 26);
  const span = run.rows[25]!.timeMs - run.rows[0]!.timeMs;
  expect(span).toBeGreaterThan(25 * 40 - 40);
  expect(span).toBeLessThan(25 * 40 + 400);
});

test('several registers may share a tag name, told apart by their context', async () => {
  const run = await start({
    trigger: undefined,
    tags: {
      one: { register: 'holding', address: 10, as: 'weight', context: { cavity: '1' } },
      two: { register: 'holding', address: 11, as: 'weight', context: { cavity: '2' } },
    },
  });
  plc.holding[10] = 7;
  plc.holding[11] = 8;
  await run.until('both', () => run.rows.some((row) => row.tag === 'weight' && row.value === 8));
  expect(context.tagNames).toEqual(['weight']);
  expect(run.rows.findLast((row) => row.context.cavity === '1')?.value).toBe(7);
});

test('the probe names the tags whose address the device refuses', async () => {
  await plc.fault!();
  await expect(adapter.probe(settings(), context)).rejects.toMatchObject({
    code: 'ADAPTER_ADDRESS',
    message: expect.stringContaining('pressure: modbus_exception_2'),
  });
});

test('a device that takes the connection and says nothing is a timeout, not a hang', async () => {
  const silent = adapter.probe(settings({ timeout_ms: 100 }), context);
  const first = plc.nextAnswer(() => undefined);
  await first;
  await plc.nextAnswer(() => undefined);
  await expect(silent).rejects.toMatchObject({ code: 'ADAPTER_TIMEOUT', retryable: true });
});
