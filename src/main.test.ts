import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CommandIo } from './cli/command.ts';
import { main } from './main.ts';

const root = resolve(import.meta.dirname, '..');
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pumjil-cli-'));
  writeFileSync(join(folder, 'pumjil.yaml'), 'plant: { id: a }\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(argv: readonly string[], typed: string[] = []): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const io: CommandIo = {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    env: {},
    cwd: folder,
    isTerminal: false,
    signal: new AbortController().signal,
    ask: async () => typed.shift(),
  };
  const code = await main(argv, io);
  return { code, out, err };
}

test('without a command the overview is printed as a message and the exit code is 2', async () => {
  const { code, out, err } = await run([]);
  expect([code, out]).toEqual([2, '']);
  for (const command of ['check', 'schema', 'user', 'version']) expect(err).toMatch(new RegExp(`^  ${command} `, 'm'));
});

test('--help prints the overview as a result, <command> --help and help <command> that of the command', async () => {
  expect(await run(['--help'])).toMatchObject({ code: 0, out: expect.stringContaining('pumjil <command>'), err: '' });
  const check = await run(['check', '--help']);
  expect(check).toMatchObject({ code: 0, out: expect.stringContaining('Examples:'), err: '' });
  expect(await run(['help', 'check'])).toEqual(check);
});

test('an unknown command and an unknown option are answered with the nearest, exit code 2', async () => {
  expect(await run(['chekc'])).toMatchObject({ code: 2, out: '', err: expect.stringContaining('did you mean check?') });
  expect(await run(['check', '--prob'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('did you mean --probe?'),
  });
  expect(await run(['check', 'x.yaml'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('pumjil check -c x.yaml'),
  });
  expect(await run(['check', '-c'])).toMatchObject({ code: 2, err: expect.stringContaining('needs a value') });
  expect(await run(['load'])).toMatchObject({ code: 2, err: expect.stringContaining('there is no command "load"') });
});

test('check of a good file prints one line, of a bad one every mistake, of a missing one what to do', async () => {
  expect(await run(['check'])).toEqual({
    code: 0,
    out: 'pumjil.yaml: no mistakes; 0 adapters, 0 characteristics\n',
    err: '',
  });
  writeFileSync(join(folder, 'bad.yaml'), 'plant: { id: a, siz: x }\nserver: { port: 99999 }\n');
  const bad = await run(['check', '-c', 'bad.yaml']);
  expect(bad.code).toBe(1);
  expect(bad.out).toContain('bad.yaml:1:17 plant.siz: unknown, did you mean size?');
  expect(bad.out).toContain('bad.yaml:2:17 server.port: 99999 is too big');
  expect(await run(['check', '-c', 'none.yaml'])).toMatchObject({
    code: 1,
    out: '',
    err: expect.stringContaining('CONFIG_UNREADABLE'),
  });
});

test('check --json gives the problems to programs', async () => {
  const { code, out } = await run(['check', '-c', 'bad.yaml', '--json']);
  expect(code).toBe(1);
  expect(JSON.parse(out)).toMatchObject({
    ok: false,
    problems: [
      { line: 1, keys: ['plant', 'siz'], code: 'unknown_key' },
      { line: 2, code: 'out_of_range' },
    ],
  });
});

test('check --probe tells for each adapter whether it was reached, and exits 1 when one was not', async () => {
  // Port 1 of loopback: nobody listens there.
  writeFileSync(
    join(folder, 'probe.yaml'),
    'plant: { id: a }\nadapters:\n  press3: { use: modbus, host: 127.0.0.1, port: 1, timeout_ms: 500, tags: { a: { register: holding, address: 1 } } }\n',
  );
  const { code, out } = await run(['check', '-c', 'probe.yaml', '--probe']);
  expect(code).toBe(1);
  expect(out).toMatch(/^✗ press3 \(modbus\): .*\(ADAPTER_\w+\)\n {4}\S/m);
  expect(await run(['check', '-c', 'probe.yaml', '--probe', 'pres3'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('did you mean press3?'),
  });
});

test('schema prints JSON, version the version of package.json', async () => {
  expect(JSON.parse((await run(['schema'])).out)).toMatchObject({ type: 'object', additionalProperties: false });
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  expect(JSON.parse((await run(['version', '--json'])).out)).toEqual({ pumjil: version, node: process.versions.node });
});

test('users are added, listed, changed and removed in the data folder of the configuration', async () => {
  expect(await run(['user', 'add', 'boss', '--role', 'admin'], ['correct horse'])).toMatchObject({ code: 0, err: '' });
  const made = await run(['user', 'add', '김', '--role', 'operator', '--generate']);
  expect(made.out).toMatch(/^김: password \S{24}\n김: operator\n$/);
  expect((await run(['user', 'list'])).out).toBe('boss\tadmin\n김\toperator\n');
  expect((await run(['user', 'role', '김', 'engineer'])).code).toBe(0);
  expect((await run(['user', 'password', '김'], ['another horse'])).code).toBe(0);
  expect(JSON.parse((await run(['user', 'list', '--json'])).out)).toMatchObject([
    { name: 'boss' },
    { name: '김', role: 'engineer' },
  ]);
  expect((await run(['user', 'remove', '김'])).code).toBe(0);
  expect(existsSync(join(folder, 'data', 'plant.db'))).toBe(true);
});

test('what is wrong with a user is a sentence: exit code 1 for the user, 2 for the command line', async () => {
  expect(await run(['user', 'add', 'lee', '--role', 'operator'], ['short'])).toMatchObject({
    code: 1,
    err: expect.stringContaining('has 5 characters'),
  });
  expect(await run(['user', 'add', 'lee', '--role', 'chef'], ['correct horse'])).toMatchObject({
    code: 1,
    err: expect.stringContaining('"chef" is not a role'),
  });
  expect(await run(['user', 'remove', 'boss'])).toMatchObject({
    code: 1,
    err: expect.stringContaining('last administrator'),
  });
  expect(await run(['user', 'add', 'lee'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('which role has lee?'),
  });
  expect(await run(['user', 'ad'])).toMatchObject({ code: 2 });
});

async function start(
  node: string,
  args: readonly string[],
): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(node, [join(root, 'pumjil.mjs'), ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const code = await new Promise<number | null>((done, fail) => {
    child.on('close', done);
    child.on('error', fail);
  });
  return { code, out, err };
}

test('pumjil.mjs passes arguments, output and exit code', async () => {
  expect(await start(process.execPath, ['check'])).toEqual({
    code: 0,
    out: 'pumjil.yaml: no mistakes; 0 adapters, 0 characteristics\n',
    err: '',
  });
  expect(await start(process.execPath, ['chekc'])).toMatchObject({ code: 2, out: '' });
});

const systemNode = ['/usr/bin/node', '/usr/local/bin/node'].find((path) => existsSync(path));
test.skipIf(systemNode === undefined)(
  'pumjil.mjs started by the Node of the system gives the same answer',
  async () => {
    expect(await start(systemNode ?? '', ['check'])).toMatchObject({
      code: 0,
      out: 'pumjil.yaml: no mistakes; 0 adapters, 0 characteristics\n',
    });
    expect(await start(systemNode ?? '', ['chekc'])).toMatchObject({ code: 2 });
  },
);
