import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { characteristic, config, recordConfig, START, values } from '../../test/fixtures/entries.ts';
import { verifyDataDir } from './verify.ts';
import { type Outputs, openWriter, type Writer } from './writer-core.ts';

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'pumjil-writer-'));
  folders.push(made);
  return made;
}

function open(dataDir: string, outputs: Outputs[] = []): Promise<Writer> {
  return openWriter({ dataDir, maxBytes: 1e9, keepMs: 1e9, outbox: false }, (out) => outputs.push(out));
}

async function rowsOf(writer: Writer, series: string) {
  return writer.history.measurements({ series, fromMs: 0, toMs: Number.MAX_SAFE_INTEGER, limit: 1e6 });
}

describe('the writer', () => {
  test('writes what it accepted once, also after a restart', async () => {
    const dir = folder();
    const first = await open(dir);
    await first.append(config(characteristic()));
    for (let i = 0; i < 50; i++) await first.append(values(['bore', 10 + (i % 3) / 100, i]));
    await first.close();
    const second = await open(dir);
    expect(await rowsOf(second, 'bore')).toHaveLength(50);
    expect(second.state().balance).toMatchObject({ received: 50, accepted: 50, duplicate: 0, stored: 50, waiting: 0 });
    await second.append(values(['bore', 10, 1000]));
    await second.close();
    expect((await verifyDataDir(dir)).differences).toEqual([]);
  });

  test('recognises a repeat, within one process and after a restart', async () => {
    const dir = folder();
    const first = await open(dir);
    await first.append(config(characteristic()));
    const cell = ['bore', 10.2, 5, { sourceId: 'm7' }] as const;
    expect(await first.append(values([...cell]))).toMatchObject({ accepted: 1, duplicates: 0 });
    expect(await first.append(values([...cell]))).toMatchObject({ accepted: 0, duplicates: 1 });
    await first.close();
    const second = await open(dir);
    expect(await second.append(values([...cell], ['bore', 10.3, 6]))).toMatchObject({ accepted: 1, duplicates: 1 });
    expect(second.state().balance).toMatchObject({ received: 4, accepted: 2, duplicate: 2 });
    await second.close();
  });

  test('finds the repeat of a batch that is still on its way to the disk', async () => {
    const writer = await open(folder());
    await writer.append(config(characteristic()));
    const cell = ['bore', 10.2, 5, { sourceId: 'm7' }] as const;
    const answers = await Promise.all([writer.append(values([...cell])), writer.append(values([...cell]))]);
    expect(answers.map((a) => a.accepted + a.duplicates * 10)).toEqual([1, 10]);
    await writer.close();
  });

  test('answers a command when it is written, and publishes what it brought forth', async () => {
    const outputs: Outputs[] = [];
    const writer = await open(folder(), outputs);
    await writer.append(config(characteristic()));
    await writer.append(values(['bore', 10, 1], ['bore', 12, 2]));
    await writer.append({ kind: 'tick', atMs: START });
    const alarm = writer.history.alarms({ open: true, limit: 10 })[0];
    expect(alarm).toMatchObject({ kind: 'signal', state: 'unacknowledged' });
    await writer.append({
      kind: 'command',
      atMs: START,
      author: 'kim',
      id: 'c1',
      verb: 'acknowledge',
      alarm: alarm?.id ?? '',
    });
    expect(writer.history.alarms({ open: true, limit: 10 })[0]).toMatchObject({
      state: 'acknowledged',
      acknowledgedBy: 'kim',
    });
    const live = outputs.flatMap((out) => out.live.map((message) => message.type));
    expect(live.filter((type) => type === 'point')).toHaveLength(4);
    expect(live).toContain('alarm');
    expect(outputs.at(-1)?.streams.map((stream) => stream.id)).toEqual(['bore']);
    await writer.close();
  });

  test('goes on from the journal alone when the snapshot is missing', async () => {
    const dir = folder();
    const first = await open(dir);
    await first.append(config(characteristic({ limits: { baseline: 3 } })));
    for (let i = 0; i < 10; i++) await first.append(values(['bore', 10 + (i % 3), i]));
    await first.append({ kind: 'tick', atMs: START });
    const hash = first.state().eventHash;
    await first.close();
    rmSync(join(dir, 'plant.db'), { force: true });
    const second = await open(dir);
    expect(second.state().eventHash).toBe(hash);
    expect(await rowsOf(second, 'bore')).toHaveLength(10);
    await second.close();
  });

  test('two processes cannot own one data directory', async () => {
    const dir = folder();
    const writer = await open(dir);
    await expect(open(dir)).rejects.toMatchObject({ code: 'DATA_DIR_LOCKED' });
    await writer.close();
  });
});

describe('values that come late', () => {
  const plan = characteristic({ limits: { baseline: 5 } });
  const times = async (writer: Writer) => {
    const points = await writer.history.points({ series: 'bore', fromMs: 0, toMs: START * 2, limit: 1e4, lane: 0 });
    return points.map((point) => point.timeMs - START);
  };

  /** What kill -9 leaves behind: the files as they are. */
  function killed(dir: string): string {
    const copy = folder();
    cpSync(dir, copy, { recursive: true });
    rmSync(join(copy, 'journal', 'lock'), { force: true, recursive: true });
    return copy;
  }

  test('are put in their place by the writer itself, also when it is killed before or after', async () => {
    const dir = folder();
    const outputs: Outputs[] = [];
    const first = await open(dir, outputs);
    await first.append(recordConfig(plan));
    for (const i of [0, 1, 2, 3, 6, 7, 8, 9])
      await first.append(values(['bore', 10 + (i % 3) / 10, i * 1000, { sourceId: `m${i}` }]));
    await first.append(
      values(['bore', 10.1, 5000], ['bore', 10.15, 9000, { context: { corrects: 'm9' } }], ['bore', 10, 4000]),
    );
    await first.append({ kind: 'tick', atMs: START });
    expect(await times(first)).toEqual([0, 1, 2, 3, 6, 7, 8, 9].map((s) => s * 1000));
    const before = killed(dir);
    const written = () =>
      outputs.some((out) => out.live.some((m) => m.type === 'event' && m.event.kind === 'revision'));
    await expect.poll(written, { timeout: 10_000 }).toBe(true);
    const after = killed(dir);
    const inOrder = Array.from({ length: 10 }, (_, i) => i * 1000);
    expect(await times(first)).toEqual(inOrder);
    const hash = first.state().eventHash;
    await first.close();
    for (const copy of [before, after]) {
      const second = await open(copy);
      await expect.poll(() => times(second), { timeout: 10_000 }).toEqual(inOrder);
      if (copy === after) expect(second.state().eventHash).toBe(hash);
      await second.append(values(['bore', 10, 20_000]));
      await second.close();
    }
    for (const each of [dir, before, after]) expect((await verifyDataDir(each)).differences).toEqual([]);
  }, 30_000);
});
