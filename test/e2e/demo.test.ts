// The demo as its user starts it, with a short past: three protocols, every characteristic live, a fault that raises an alarm in words.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { ROOT, temporaryFolder, until } from './pumjil.ts';

const running: { kill(signal: NodeJS.Signals): boolean }[] = [];

afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

interface HealthView {
  readonly adapters: readonly {
    readonly id: string;
    readonly use: string;
    readonly state: string;
    readonly accepted: number;
  }[];
  readonly balance: Readonly<
    Record<'received' | 'accepted' | 'duplicate' | 'refused' | 'stored' | 'waiting' | 'quarantined' | 'lost', number>
  >;
}

interface AlarmsView {
  readonly alarms: readonly {
    readonly kind: string;
    readonly stream: string;
    readonly rules: readonly string[];
    readonly text: { readonly ko: string; readonly en: string };
  }[];
}

test('three protocols connect, the past is there, and a chipped tool raises an alarm in Korean and English', async () => {
  const folder = temporaryFolder('demo');
  const args = ['demo', '--port', '0', '--data', folder, '--past', '2d', '--no-script', '--fault', 'tool-chip@0:01'];
  const child = spawn(process.execPath, [join(ROOT, 'src', 'main.ts'), ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  let out = '';
  let log = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  const gone = new Promise<number | null>((done) => child.once('exit', (code) => done(code)));
  const url = await until('the address is printed', 60_000, () => {
    if (child.exitCode !== null) throw new Error(log.slice(-2000));
    return /^(http:\S+)/m.exec(out)?.[1];
  });
  const login = /once\): (\S+)/.exec(log)?.[1] ?? '';
  const reply = await fetch(login, { redirect: 'manual' });
  const cookie = reply.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ');
  const get = async <T>(path: string): Promise<T> =>
    (await (await fetch(url + path, { headers: { cookie } })).json()) as T;

  const protocols = await until('three protocols are connected', 30_000, async () => {
    const { adapters } = await get<HealthView>('/api/health');
    const live = adapters.filter((adapter) => adapter.state === 'connected').map((adapter) => adapter.use);
    return ['modbus', 'opcua', 'mqtt'].every((use) => live.includes(use)) ? live : undefined;
  });
  expect(protocols).toEqual(expect.arrayContaining(['modbus', 'opcua', 'mqtt', 'http', 'file']));
  expect((await fetch(login, { redirect: 'manual' })).headers.getSetCookie()).toEqual([]);

  const alarm = await until('the chipped tool is seen', 40_000, async () => {
    const { alarms } = await get<AlarmsView>('/api/alarms?open=true&limit=200');
    return alarms.find((each) => each.kind === 'signal' && each.stream.startsWith('L2.vibration'));
  });
  expect(alarm.text.ko).toMatch(/주축 진동.*규칙/);
  expect(alarm.text.en).toMatch(/Spindle vibration.*rule/);

  const { balance } = await get<HealthView>('/api/health');
  expect(balance.received).toBe(balance.accepted + balance.duplicate + balance.refused);
  expect(balance.accepted).toBe(balance.stored + balance.waiting + balance.quarantined + balance.lost);
  expect(balance.accepted).toBeGreaterThan(50_000);
  child.kill('SIGTERM');
  expect(await gone).toBe(0);
}, 150_000);
