// `pumjil replay` and `pumjil budget` over the data folder of a plant, running and stopped.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { characteristic, config, START, values } from '../../test/fixtures/entries.ts';
import { main } from '../main.ts';
import { openWriter, type Writer } from '../pipeline/writer-core.ts';
import type { ReplayOf } from '../replay/load.ts';
import { createReplays } from '../replay/thread.ts';

const LIMITS = [{ id: 'N1', sentence: '1 of 1 beyond 3 sigma' }];
const PLAN = characteristic({ rules: LIMITS, chart: { use: 'levey-jennings' } });

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pumjil-replay-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function pumjil(cwd: string, ...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const code = await main(argv, {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    env: {},
    cwd,
    isTerminal: false,
    signal: new AbortController().signal,
    ask: async () => undefined,
  });
  return { code, out, err };
}

/** One value a minute: 60 of them, half a sigma up and down, but 3.5 sigma up at 30 and two and a half from 40 to 43. */
async function plant(folder: string): Promise<Writer> {
  const dataDir = join(folder, 'data');
  const writer = await openWriter({ dataDir, maxBytes: 1e9, keepMs: 1e9, outbox: false }, () => undefined);
  await writer.append(config(PLAN));
  for (let i = 0; i < 60; i++) {
    const x = i === 30 ? 10.35 : i >= 40 && i < 44 ? 10.25 : i % 2 === 0 ? 10.05 : 9.95;
    await writer.append(values(['bore', x, i * 60_000]));
  }
  return writer;
}

test('a stopped plant is run again: the plan in force gives what stands, other rules what they would give', async () => {
  const folder = scratch();
  await (await plant(folder)).close();
  const same = await pumjil(folder, 'replay', 'bore', '--data', 'data');
  expect({ code: same.code, err: same.err }).toEqual({ code: 0, err: '' });
  expect(same.out).toContain('signals      1 stand, 1 by replay (1 calls): 1 kept, 0 gained, 0 lost');
  expect(same.out).toContain('gives 60 of 60 recorded points again, to the last bit');

  writeFileSync(join(folder, 'mine.yaml'), 'N1: 1 of 1 beyond 3 sigma\nX1: 2 of 3 beyond 2 sigma on one side\n');
  const { code, out } = await pumjil(folder, 'replay', 'bore', '--data', 'data', '--rules', 'mine.yaml', '--json');
  const answer = JSON.parse(out);
  expect(code).toBe(0);
  // The second of the four values beyond two sigma raises it; the third and fourth go on.
  expect(answer.gained.signals.map((signal: { timeMs: number; rule: string }) => [signal.timeMs, signal.rule])).toEqual(
    [[START + 41 * 60_000, 'X1']],
  );
  expect([answer.kept, answer.lost.count, answer.check]).toEqual([1, 0, { points: 60, equal: 60 }]);

  const wide = await pumjil(folder, 'replay', 'bore', '--data', 'data', '--limits', '10,0.2', '--from', String(START));
  expect(wide.out).toContain('1 stand, 0 by replay (0 calls): 0 kept, 0 gained, 1 lost');
  const ewma = await pumjil(
    folder,
    'replay',
    'bore',
    '--data',
    'data',
    '--chart',
    '{ use: ewma, lambda: 0.5 }',
    '--json',
  );
  expect(JSON.parse(ewma.out).chart).toEqual({ use: 'ewma', lambda: 0.5, width: 2.962, limits: 'exact' });
});

test('what is asked wrongly is told with what there is', async () => {
  const folder = scratch();
  const nothing = await pumjil(folder, 'replay', 'bore', '--data', 'data');
  expect([nothing.code, nothing.err]).toMatchObject([1, expect.stringContaining('DATA_DIR_EMPTY')]);
  await (await plant(folder)).close();
  const ask = (...argv: string[]) => pumjil(folder, 'replay', ...argv, '--data', 'data');
  expect((await ask()).out).toBe('bore\n');
  expect(await ask('bor')).toMatchObject({ code: 2, err: expect.stringContaining('did you mean bore') });
  expect(await ask('bore', '--rules', 'nelsen')).toMatchObject({ code: 1, err: expect.stringContaining('nelson') });
  expect(await ask('bore', '--limits', 'ten')).toMatchObject({ code: 2 });
  expect(await ask('bore', '--from', 'yesterday')).toMatchObject({ code: 2 });
  expect(await ask('bore', '--to', '1970-01-01T00:00:00Z')).toMatchObject({
    code: 1,
    err: expect.stringContaining('REPLAY_EMPTY'),
  });
});

test('beside a running plant replays run in a thread of their own, one after the other, and write nothing', async () => {
  const folder = scratch();
  const writer = await plant(folder);
  const replays = createReplays(join(folder, 'data', 'plant.db'));
  const of: ReplayOf = {
    stream: 'bore',
    part: '',
    characteristic: PLAN,
    isRecord: false,
    latenessMs: 0,
    whatIf: {},
    ruleSets: new Map(),
    nowMs: START + 1e7,
  };
  const hash = writer.state().eventHash;
  const answers = Promise.all([
    replays.replay(of),
    replays.replay({ ...of, whatIf: { limits: { centre: 10, sigma: 0.06 } } }),
    replays.replay({ ...of, whatIf: { rules: 'nelson' } }).catch((error: { code: string }) => error.code),
  ]);
  // The plant goes on meanwhile.
  for (let i = 60; i < 80; i++) await writer.append(values(['bore', 10, i * 60_000]));
  const [same, narrow, refused] = await answers;
  expect(same.check.equal).toBe(same.check.points);
  // 3 · 0.06 is below 0.25: the peak, and the four values nine calm ones later, which is a call of its own.
  expect([narrow.replayed.signals, narrow.replayed.calls]).toEqual([2, 2]);
  expect(refused).toBe('CONFIG_INVALID');
  expect(writer.state().eventHash).toBe(hash);
  await replays.stop();
  await expect(replays.replay(of)).rejects.toMatchObject({ code: 'HISTORY_UNREACHABLE' });
  await writer.close();
});

const YAML = `plant: { id: a, timezone: UTC }
data_dir: ./data
false_alarms_per_day: 3
adapters: { cell7: { use: opcua, endpoint: "opc.tcp://127.0.0.1:4840", tags: { bore: { node: "ns=2;s=Bore" } } } }
characteristics: { bore: { from: cell7/bore, chart: levey-jennings, rules: { use: standard, without: [N2] }, limits: { centre: 10, sigma: 0.1 } } }
`;

test('the budget tells what the plan costs, and what would keep it', async () => {
  const folder = scratch();
  writeFileSync(join(folder, 'pumjil.yaml'), YAML);
  expect((await pumjil(folder, 'check')).out).toContain('false alarms: not known yet, no points have come');
  await (await plant(folder)).close();
  // 1440 points a day, each beginning to be beyond at p (1 - p) with p = 0.0026998: 3.877.
  const check = await pumjil(folder, 'check');
  expect([check.code, check.out]).toMatchObject([
    0,
    expect.stringContaining('about 3.88 a day in control, of 1 streams; over the budget of 3 a day'),
  ]);
  const budget = await pumjil(folder, 'budget');
  expect(budget.code).toBe(1);
  // p (1 - p) = 3/1440: p = 0.0020877 and the quantile of p/2 is 3.0775, 3.08 to the next hundredth.
  expect(budget.out).toContain('1 of 1 beyond 3.08 sigma');
  const enough = await pumjil(folder, 'budget', '--per-day', '4', '--json');
  expect([enough.code, JSON.parse(enough.out).proposals]).toEqual([0, []]);
});
